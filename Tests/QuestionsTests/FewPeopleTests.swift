import EventStore
import Model
import TestSupport
import Testing

@testable import Questions

@Suite("Questions about a few people alone") struct FewPeopleTests {
    private func executor(_ world: RandomWorld, _ question: Question, only: [UInt32]?) -> Executor {
        let snapshot = StoreSnapshot(calls: world.calls, rowsPerPart: 7)
        let people = ReferencePeople(world.calls, table: snapshot.identities, asOf: question.asOf(in: world.calendar))
        var executor = Executor(snapshot: snapshot, population: people, calendar: world.calendar, now: world.now)
        executor.only = only
        return executor
    }

    @Test("Everybody looked up one by one gives the answer of the pass over all", arguments: UInt64(0) ..< 100)
    func everybody(seed: UInt64) throws {
        let world = try RandomWorld(seed: seed)
        // Nobody's calls count in some answers, and are no person's.
        guard world.calls.allSatisfy({ !$0.identities.isEmpty }) else { return }
        var random = SplitMix64(seed: seed ^ 0xFE)
        for _ in 0 ..< 6 {
            let question = try Question(json: world.question(using: &random))
            let whole = executor(world, question, only: nil)
            let few = executor(world, question, only: whole.population.persons)
            let got = Result { () throws(Problem) in try few.answer(question).body.text }
            let wanted = Result { () throws(Problem) in try whole.answer(question).body.text }
            #expect(got == wanted, "\(question.normalised.text)")
        }
    }

    @Test("The numbers of two halves add up to those of all", arguments: UInt64(0) ..< 60)
    func halves(seed: UInt64) throws {
        let world = try RandomWorld(seed: seed)
        let questions: [JSONValue] = [
            [
                "kind": "trend", "interval": "day", "range": ["from": "2026-02-20", "to": "2026-04-20"],
                "series": [
                    ["selector": ["any": true], "measure": "persons"], ["selector": ["any": true], "measure": "dau"],
                    ["selector": ["any": true], "measure": "wau"], ["selector": ["any": true], "measure": "mau"],
                ],
            ],
            ["kind": "funnel", "steps": [["any": true], ["any": true]], "window": "7d"],
        ]
        for json in questions {
            let question = try Question(json: json)
            let whole = executor(world, question, only: nil)
            let people = whole.population.persons
            let halves = [people.filter { $0 % 2 == 0 }, people.filter { $0 % 2 == 1 }]
            let parts = try halves.map { numbers(try executor(world, question, only: $0).answer(question).body) }
            let all = numbers(try whole.answer(question).body)
            #expect(zip(parts[0], parts[1]).map { $0 + $1 } == all)
            let isCounted = world.calls.contains { $0.call.type.isEvent && !$0.identities.isEmpty }
            #expect(all.contains { $0 > 0 } == isCounted)
        }
    }

    @Test("A pass reads every event once, however many identities a person has", arguments: UInt64(0) ..< 40)
    func readOnce(seed: UInt64) throws {
        let world = try RandomWorld(seed: seed)
        let question = try Question(json: [
            "kind": "trend", "interval": "month", "range": ["from": "2026-02-20", "to": "2026-04-20"],
            "series": [["selector": ["any": true], "measure": "total"]],
        ])
        let executor = executor(world, question, only: nil)
        #expect(try executor.answer(question).eventsScanned == executor.snapshot.eventCount)
    }

    private func numbers(_ answer: JSONValue) -> [Double] {
        let rows = (answer["rows"]?.arrayValue ?? []).flatMap { $0["values"]?.arrayValue ?? [] }
        return (rows + (answer["steps"]?.arrayValue ?? []).compactMap { $0["count"] }).compactMap(\.doubleValue)
    }
}
