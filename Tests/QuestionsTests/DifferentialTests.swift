import Columns
import EventStore
import FoundationEssentials
import Model
import OrderedCollections
import Questions
import TestSupport
import Testing

/// The executor against the reference on random worlds: equal to the byte, over any number of parts.
@Suite("Executor and reference executor")
struct DifferentialTests {
    /// More seeds by `TEAHOUSE_FUZZ_SEEDS`.
    private static let seeds = UInt64(ProcessInfo.processInfo.environment["TEAHOUSE_FUZZ_SEEDS"] ?? "") ?? 2_000
    private static let questionsPerWorld = 8

    @Test("Executor and reference agree on random worlds and questions", arguments: 0 ..< 8)
    func executorsAgree(slice: UInt64) throws {
        for seed in stride(from: slice, to: DifferentialTests.seeds, by: 8) { try check(seed: seed) }
    }

    private func check(seed: UInt64) throws {
        let world = try RandomWorld(seed: seed)
        var random = SplitMix64(seed: seed ^ 0xFEED)
        let parts = Int.random(in: 1 ... 9, using: &random)
        let snapshot = StoreSnapshot(calls: world.calls, rowsPerPart: (world.calls.count + parts - 1) / parts)
        let stages = try world.stageScheme(using: &random)
        let traits = try world.computedTraits(using: &random)
        for number in 0 ..< DifferentialTests.questionsPerWorld {
            let json = world.question(using: &random)
            let question: Question
            do {
                question = try Question(json: json)
            } catch {
                Issue.record("seed \(seed), question \(number): \(error) in \(json.text)")
                continue
            }
            let people = ReferencePeople(world.calls, table: snapshot.identities, asOf: question.asOf(in: world.calendar))
            var reference = ReferenceExecutor(
                world.calls, table: snapshot.identities, population: people, calendar: world.calendar, now: world.now)
            var executor = Executor(snapshot: snapshot, population: people, calendar: world.calendar, now: world.now)
            (reference.stages, executor.stages) = (stages, stages)
            (reference.computedTraits, executor.computedTraits) = (traits, traits)
            if seed % 2 == 1 {
                // Two workers, two people at a time, conjunctions in two passes.
                executor.split.peoplePerRange = 2
                executor.split.eventsWorthAThread = 0
                executor.split.peoplePerMember = 0
            }
            let got = Result { () throws(Problem) in try executor.answer(question).body.text }
            if case .failure(let problem) = got, problem.place == "/range" { continue }
            let (answer, wanted) = (try got.get(), try reference.answer(question).text)
            #expect(
                answer == wanted,
                """
                seed \(seed), question \(number), \(parts) parts, \(world.zone.identifier): \(json.text)
                traits    \(traits.map { "\($0.key) \($0.rule.text)" })
                executor  \(answer)
                reference \(wanted)
                """)
        }
    }

    @Test("A normalised question is read back as the same question", arguments: 0 ..< 100 as Range<UInt64>)
    func normalisedIsStable(seed: UInt64) throws {
        let world = try RandomWorld(seed: seed)
        var random = SplitMix64(seed: seed)
        let question = try Question(json: world.question(using: &random))
        #expect(try Question(json: question.normalised).normalised == question.normalised)
    }

    @Test("Pages of a timeline hold each event once, in order", arguments: 0 ..< 60 as Range<UInt64>)
    func timelinePages(seed: UInt64) throws {
        let world = try RandomWorld(seed: seed)
        let snapshot = StoreSnapshot(calls: world.calls, rowsPerPart: 7)
        let people = ReferencePeople(world.calls, table: snapshot.identities, asOf: nil)
        guard let person = people.persons.last else { return }
        let executor = Executor(snapshot: snapshot, population: people, calendar: world.calendar, now: world.now)
        let reference = ReferenceExecutor(
            world.calls, table: snapshot.identities, population: people, calendar: world.calendar, now: world.now)
        for order: JSONValue in ["newest", "oldest"] {
            let all = try Question(json: [
                "kind": "timeline", "person": .string(PersonID(ordinal: person).text), "order": order, "limit": 1000,
            ])
            let wanted = try reference.answer(all)["arrivals"]?.arrayValue ?? []
            var got: [JSONValue] = []
            var cursor: JSONValue?
            repeat {
                var json: JSONValue = [
                    "kind": "timeline", "person": .string(PersonID(ordinal: person).text), "order": order, "limit": 3,
                ]
                if case .object(var members) = json, let cursor {
                    members["cursor"] = cursor
                    json = .object(members)
                }
                let page = try executor.answer(try Question(json: json)).body
                got += page["rows"]?.arrayValue?.compactMap { $0["arrival"] } ?? []
                cursor = page["next"] == .null ? nil : page["next"]
            } while cursor != nil
            #expect(got == wanted)
        }
    }

    @Test("Pages of a list of people hold each person once")
    func listPages() throws {
        let world = try RandomWorld(seed: 4)
        let snapshot = StoreSnapshot(calls: world.calls)
        let people = ReferencePeople(world.calls, table: snapshot.identities, asOf: nil)
        let executor = Executor(snapshot: snapshot, population: people, calendar: world.calendar, now: world.now)
        var got: [JSONValue] = []
        var cursor: JSONValue?
        repeat {
            var json: JSONValue = ["kind": "count", "list": true, "limit": 2]
            if case .object(var members) = json, let cursor {
                members["cursor"] = cursor
                json = .object(members)
            }
            let page = try executor.answer(try Question(json: json)).body
            got += page["people"]?.arrayValue?.compactMap { $0["id"] } ?? []
            cursor = page["next"] == .null ? nil : page["next"]
        } while cursor != nil
        #expect(got == people.persons.map { .string(PersonID(ordinal: $0).text) })
    }
}
