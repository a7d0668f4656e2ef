import EventStore
import Model
import TestSupport
import Testing

@testable import Questions

@Suite("Stages of one person, and what other stages would change") struct StageHistoryTests {
    private struct Bench {
        let world: RandomWorld
        let people: ReferencePeople
        var executor: Executor
        var reference: ReferenceExecutor

        init(seed: UInt64) throws {
            world = try RandomWorld(seed: seed)
            var random = SplitMix64(seed: seed ^ 0x57A6E5)
            let snapshot = StoreSnapshot(calls: world.calls, rowsPerPart: 17)
            people = ReferencePeople(world.calls, table: snapshot.identities, asOf: nil)
            executor = Executor(snapshot: snapshot, population: people, calendar: world.calendar, now: world.now)
            reference = ReferenceExecutor(
                world.calls, table: snapshot.identities, population: people, calendar: world.calendar, now: world.now)
            executor.stages = try world.stageScheme(using: &random)
            reference.stages = executor.stages
        }

        /// The calls of a person, oldest first.
        func causes(of person: UInt32) -> [StageCause] {
            world.calls.enumerated().filter { _, entry in
                let owner = entry.identities.first.flatMap { executor.snapshot.identities.ordinal(of: $0) }
                return owner.map { people.personOfIdentity[Int($0)] } == person
            }.map { StageCause(at: $1.call.timestamp, arrival: UInt64($0 + 1)) }.sorted()
        }

        func histories() throws -> [StageHistory] {
            try people.persons.map { try executor.stageHistory(of: $0, causes: causes(of: $0)) }
        }
    }

    private static func stage(_ history: StageHistory, at instant: Int64) -> String? {
        history.moves.last { $0.at.microseconds <= instant }?.to
    }

    @Test("Everybody's moves say of each day's end what the question about stages says", arguments: UInt64(0) ..< 120)
    func agreesWithQuestion(seed: UInt64) throws {
        let bench = try Bench(seed: seed)
        let histories = try bench.histories()
        let question = try Question(json: [
            "kind": "stages", "interval": "day", "range": ["from": "2026-03-01", "to": "2026-04-14"],
        ])
        let answer = try bench.reference.answer(question)
        let names = bench.executor.stages.names
        for row in answer["rows"]?.arrayValue ?? [] {
            let start = try #require(row["bucket"]?.stringValue.flatMap { LocalDate(text: String($0.prefix(10))) })
            let end = bench.world.calendar.start(of: start.advanced(byDays: 1)).microseconds - 1
            let counts = names.map { name in histories.count { Self.stage($0, at: end) == name } }
            #expect(counts == names.map { Int(row[$0]?.intValue ?? -1) }, "seed \(seed), \(start)")
        }
    }

    @Test(
        "A move is dated to the microsecond, names the calls of its instant, and the stays fill the time",
        arguments: UInt64(0) ..< 30)
    func exactMoves(seed: UInt64) throws {
        let bench = try Bench(seed: seed)
        for (person, history) in zip(bench.people.persons, try bench.histories()) {
            for move in history.moves.prefix(4) {
                #expect(move.from != move.to)
                for (instant, stage) in [(move.at.microseconds - 1, move.from), (move.at.microseconds, move.to)] {
                    #expect(try stageByQuestion(bench, person, at: instant) == stage, "seed \(seed)")
                }
                #expect(move.arrivals == bench.causes(of: person).filter { $0.at == move.at }.map(\.arrival))
            }
            guard let first = history.moves.first else { continue }
            let unstaged = zip(history.moves, history.moves.dropFirst().map(\.at) + [bench.world.now]).filter { $0.0.to == nil }
                .reduce(0) { $0 + $1.1.microseconds(since: $1.0.at) }
            let stayed = history.stays.reduce(0) { $0 + $1.microseconds }
            #expect(stayed + unstaged == bench.world.now.microseconds(since: first.at))
            #expect(history.stays.map(\.stage) == bench.executor.stages.names)
        }
    }

    /// Of a question whose range ends right after the instant.
    private func stageByQuestion(_ bench: Bench, _ person: UInt32, at instant: Int64) throws -> String? {
        let end = Instant(microseconds: instant + 1).rfc3339
        return try bench.executor.stages.names.first { name in
            let body = try bench.reference.answer(
                Question(json: [
                    "kind": "count", "who": ["stage": .string(name)], "list": true, "range": ["to": .string(end)],
                ]))
            return body["people"]?.arrayValue?.contains { $0["id"] == .string(PersonID(ordinal: person).text) } ?? false
        }
    }

    @Test("What a preview says is what people then do", arguments: UInt64(0) ..< 120)
    func previewHolds(seed: UInt64) throws {
        var bench = try Bench(seed: seed)
        var random = SplitMix64(seed: seed ^ 0xBEEF)
        let scheme = try bench.world.stageScheme(using: &random)
        let preview = try bench.executor.preview(scheme)
        func members(_ names: [String]) throws -> [String?: Set<String>] {
            var sets: [String?: Set<String>] = [:]
            for name in names {
                let body = try bench.reference.answer(
                    Question(json: ["kind": "count", "who": ["stage": .string(name)], "list": true, "limit": 1000]))
                sets[name] = Set((body["people"]?.arrayValue ?? []).compactMap { $0["id"]?.stringValue })
            }
            return sets
        }
        let before = try members(bench.executor.stages.names)
        bench.reference.stages = scheme
        let after = try members(scheme.names)
        let everybody = Set(bench.people.persons.map { PersonID(ordinal: $0).text })
        var counts: [String: Int] = [:]
        for person in everybody {
            let (from, to) = (before.first { $1.contains(person) }?.key, after.first { $1.contains(person) }?.key)
            if (from ?? nil) == nil, (to ?? nil) == nil { continue }
            counts["\((from ?? nil) ?? "-") \((to ?? nil) ?? "-")", default: 0] += 1
        }
        let cells = preview.cells.map { ("\($0.from ?? "-") \($0.to ?? "-")", $0.count) }
        #expect(Dictionary(uniqueKeysWithValues: cells) == counts, "seed \(seed)")
        #expect(preview.movedCount == preview.cells.filter { $0.from != $0.to }.reduce(0) { $0 + $1.count })
    }

    @Test("A rule that cannot be judged is refused at its place before it holds")
    func unknownRole() throws {
        let bench = try Bench(seed: 3)
        let scheme = try StageScheme(
            json: [["name": "a", "rule": ["everyone": true]], ["name": "b", "rule": ["not": ["role": "sorcerer"]]]],
            place: "/stages")
        #expect {
            try bench.executor.preview(scheme, place: "/stages")
        } throws: { error in (error as? Problem)?.code == .notBuilt && (error as? Problem)?.place == "/stages/1/rule" }
        #expect {
            try StageScheme(json: [["name": "A", "rule": ["everyone": true]]], place: "/stages")
        } throws: { ($0 as? Problem)?.place == "/stages/0/name" }
    }
}
