import EventStore
import Model
import TestSupport
import Testing

@testable import Questions

/// Dad pays for kid and for the people of the account g; kid has a second payer, mum; mum's dog has bought by itself.
@Suite("Questions by relationships") struct RelatedTests {
    private let calls: [(call: Call, identities: [Identity])]

    init() {
        var calls: [(call: Call, identities: [Identity])] = []
        func add(_ who: String, _ type: CallType, _ event: String?, day: Int, _ change: (inout Call) -> Void = { _ in }) {
            let at = Instant(microseconds: RandomWorld.start).advanced(byMicroseconds: Int64(day) * .microsecondsPerDay)
            var call = Call(
                type: type, messageID: "m\(calls.count)", timestamp: at, receivedAt: at, userID: who, event: event,
                source: SourceID(text: "src_test"))
            change(&call)
            calls.append((call, [Identity(type: .userID, value: who)]))
        }
        func pays(_ who: String, _ to: JSONValue, day: Int, until: String? = nil) {
            add(who, .declare, "relationship", day: day) { call in
                call.properties = ["as": "payer", "to": to]
                if let until { call.properties = ["as": "payer", "to": to, "until": .string(until)] }
            }
        }
        for who in ["dad", "mum", "kid", "dog", "cat", "eve"] { add(who, .track, "view", day: 0) }
        add("cat", .group, nil, day: 0) { $0.groupID = "g" }
        pays("dad", ["type": "user_id", "id": "kid"], day: 1)
        pays("mum", ["type": "user_id", "id": "kid"], day: 1, until: "2026-03-20T00:00:00Z")
        pays("dad", ["account": "g"], day: 2)
        add("dog", .track, "order", day: 3)
        for day in [4, 5] { add("kid", .track, "view", day: day) }
        add("cat", .track, "view", day: 6)
        add("eve", .track, "view", day: 7)
        self.calls = calls
    }

    private func answer(_ json: JSONValue) throws -> JSONValue {
        let snapshot = StoreSnapshot(calls: calls, rowsPerPart: 5)
        let people = ReferencePeople(calls, table: snapshot.identities, asOf: nil)
        let executor = Executor(
            snapshot: snapshot, population: people, calendar: ZoneCalendar(zone: .utc),
            now: Instant(microseconds: RandomWorld.start + 45 * .microsecondsPerDay))
        return try executor.answer(Question(json: json)).body
    }

    private static let march: JSONValue = ["from": "2026-03-01", "to": "2026-03-15"]
    private static let april: JSONValue = ["from": "2026-03-01", "to": "2026-04-01"]
    private static let silent: JSONValue = ["absentFor": ["any": true], "duration": "8d"]
    private static let countCases: [(JSONValue, Int)] = [
        (["kind": "count", "who": ["role": "payer"], "range": march], 2),
        (["kind": "count", "who": ["role": "payer"], "range": april], 1),
        (["kind": "count", "who": ["related": ["as": "payer", "to": ["everyone": true]]], "range": march], 2),
        // Payers whose users went silent: kid for eight days, cat not.
        (["kind": "count", "who": ["related": ["as": "payer", "to": silent]], "range": march], 2),
        (["kind": "count", "who": ["related": ["as": "payer", "to": ["not": silent]]], "range": march], 1),
        (["kind": "count", "who": ["related": ["as": "guardian", "to": ["everyone": true]]], "range": march], 0),
        // Payers and customers; of kid alone both payers; beneficiaries and customers.
        (["kind": "count", "by": "payer", "range": march], 3), (["kind": "count", "by": "payer", "range": april], 2),
        (
            [
                "kind": "count", "by": "payer", "who": ["did": ["event": "view"], "times": ["op": "=", "value": 3]], "range": march,
            ], 2
        ),
        (["kind": "count", "by": "beneficiary", "range": march], 3),
        (["kind": "count", "by": "payer", "who": ["not": ["everyone": true]]], 0),
    ]

    @Test("Counts follow who pays for whom", arguments: countCases)
    func counts(question: JSONValue, count: Int) throws {
        #expect(try answer(question)["count"] == .int(Int64(count)), "\(question.text)")
    }

    private static let trendCases: [(JSONValue, JSONValue, JSONValue)] = [
        // dad, kid twice over, cat, mum and dog: 1 + 3 + 2, 1 + 3, 2; eve's count for nobody.
        ("payer", "total", 12), ("payer", "persons", 3),
        // kid with dad and mum, cat with dad, dog.
        ("beneficiary", "total", 10), ("beneficiary", "persons", 3),
    ]

    @Test("Events count for each who pays for the person, or for whom the person pays", arguments: trendCases)
    func trends(unit: JSONValue, measure: JSONValue, number: JSONValue) throws {
        let body = try answer([
            "kind": "trend", "series": [["selector": ["any": true], "measure": measure]], "interval": "year", "by": unit,
            "range": ["from": "2026-03-01", "to": "2026-03-15"],
        ])
        #expect(body["rows"]?.arrayValue?.first?["values"]?.arrayValue?.first == number, "\(body.text)")
    }

    @Test("People are listed by payer, and a funnel goes over what payer and beneficiary did together")
    func others() throws {
        let listed = try answer(["kind": "count", "by": "payer", "list": true, "range": Self.march])
        #expect(
            listed["people"]?.arrayValue?.compactMap { $0["identities"]?["user_id"]?.arrayValue?.first } == ["dad", "mum", "dog"])
        let steps: JSONValue = [["event": "view"], ["event": "view"], ["event": "view"], ["event": "view"], ["event": "view"]]
        let funnel = try answer(["kind": "funnel", "steps": steps, "window": "14d", "by": "payer", "range": Self.march])
        #expect(funnel["steps"]?.arrayValue?.compactMap { $0["count"] } == [3, 2, 2, 2, 1])
    }

    private static let wrong: [(JSONValue, String)] = [
        (["related": ["as": "boss", "to": ["everyone": true]]], "/who/related/as"),
        (["related": ["as": "payer"]], "/who/related/to"),
        (["related": ["to": ["everyone": true]]], "/who/related/as"), (["related": "payer"], "/who/related"),
        (["related": ["as": "payer", "to": ["everyone": true], "at": 1]], "/who/related/at"),
        (["related": ["as": "payer", "to": ["tag": "t"]]], "/who/related/to/tag"),
    ]

    @Test("A wrong expression is refused at its place", arguments: wrong)
    func refused(who: JSONValue, place: String) {
        #expect { try Question(json: ["kind": "count", "who": who]) } throws: { ($0 as? Problem)?.place == place }
    }
}
