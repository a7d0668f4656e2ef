import EventStore
import Model
import Questions
import TestSupport
import Testing

@Suite("Conjunctions judged in two passes")
struct ConjunctionTests {
    @Test("What few people meet is judged first, and the same people are found", arguments: UInt64(0) ..< 300)
    func sameMembers(seed: UInt64) throws {
        let world = try RandomWorld(seed: seed)
        var random = SplitMix64(seed: seed ^ 0xA11)
        let snapshot = StoreSnapshot(calls: world.calls, rowsPerPart: Int.random(in: 5 ... 80, using: &random))
        for _ in 0 ..< 4 {
            var parts = [world.expression(1, &random), world.expression(2, &random)]
            let times = Int64.random(in: 1 ... 2, using: &random)
            let did: JSONValue = ["did": world.selector(&random), "times": ["op": ">=", "value": .int(times)]]
            parts.insert(did, at: Int.random(in: 0 ... 2, using: &random))
            let question = try Question(json: ["kind": "count", "list": true, "who": ["all": .array(parts)]])
            let people = ReferencePeople(world.calls, table: snapshot.identities, asOf: nil)
            let reference = ReferenceExecutor(
                world.calls, table: snapshot.identities, population: people, calendar: world.calendar, now: world.now)
            let wanted = try reference.answer(question).text
            for peoplePerMember in [0, 1, Double.infinity] {
                var executor = Executor(snapshot: snapshot, population: people, calendar: world.calendar, now: world.now)
                executor.split.peoplePerMember = peoplePerMember
                #expect(try executor.answer(question).body.text == wanted, "seed \(seed): \(question.normalised.text)")
            }
        }
    }

    @Test("The rows of people who do not meet the rare part are not read again")
    func readsLess() throws {
        var calls: [(call: Call, identities: [Identity])] = []
        for person in 0 ..< 1_000 {
            for number in 0 ..< 10 {
                var call = Call(
                    type: .track, messageID: "m\(person)-\(number)", timestamp: Instant(microseconds: Int64(number) * 1_000_000),
                    receivedAt: Instant(microseconds: 60_000_000), source: SourceID(text: "src_web"))
                call.event = person % 100 == 7 && number == 3 ? "rare" : "page"
                calls.append((call, [Identity(type: .userID, value: "u\(person)")]))
            }
        }
        let snapshot = StoreSnapshot(calls: calls)
        let people = ReferencePeople(calls, table: snapshot.identities, asOf: nil)
        let calendar = try RandomWorld(seed: 1).calendar
        let executor = Executor(snapshot: snapshot, population: people, calendar: calendar, now: Instant(microseconds: 90_000_000))
        let question = try Question(json: [
            "kind": "count",
            "who": ["all": [["last": ["any": true], "where": ["property": "x", "op": "missing"]], ["did": ["event": "rare"]]]],
        ])
        let answer = try executor.answer(question)
        #expect(answer.body["count"] == 10)
        #expect(answer.eventsScanned == 10 + 10 * 10, "the rare events, then all those of ten people")
    }
}
