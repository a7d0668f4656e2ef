import EventStore
import Model
import TestSupport
import Testing

@testable import Questions

@Suite("Stages of the life cycle") struct StageTests {
    private let calendar: ZoneCalendar

    init() throws { calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: "UTC")) }

    private func call(
        _ person: String, _ event: String, _ date: String, _ properties: JSONValue = [:]
    ) throws -> (
        call: Call, identities: [Identity]
    ) {
        let identity = Identity(type: .userID, value: person)
        let at = calendar.start(of: try #require(LocalDate(text: date))).advanced(byMicroseconds: 1)
        var call = Call(
            type: .track, messageID: "\(person) \(event) \(date)", timestamp: at, receivedAt: at, source: SourceID(text: "src_test")
        )
        call.event = event
        call.userID = person
        call.properties = properties
        return (call, [identity])
    }

    private func answer(_ json: JSONValue, _ calls: [(call: Call, identities: [Identity])], now: String) throws -> JSONValue {
        let snapshot = StoreSnapshot(calls: calls)
        let people = ReferencePeople(calls, table: snapshot.identities, asOf: nil)
        let now = calendar.start(of: try #require(LocalDate(text: now)))
        return try Executor(snapshot: snapshot, population: people, calendar: calendar, now: now).answer(Question(json: json)).body
    }

    @Test("By the standard rules the furthest stage counts, and each move is in the interval in which it was made")
    func standard() throws {
        // A user is who has viewed within two days, a customer who has ordered (see ReferencePeople).
        let calls = [
            try call("ann", "sign", "2026-01-05"), try call("ann", "view", "2026-01-12"), try call("ann", "order", "2026-01-13"),
            try call("ann", "Product Reviewed", "2026-01-21", ["rating": 4]), try call("bob", "view", "2026-01-18"),
            try call("bob", "view", "2026-01-19"), try call("cai", "Product Reviewed", "2026-01-06", ["rating": 3]),
        ].sorted { $0.call.timestamp < $1.call.timestamp }
        let body = try answer(["kind": "stages", "range": ["from": "2026-01-05", "to": "2026-02-02"]], calls, now: "2026-01-29")
        let rows = try #require(body["rows"]?.arrayValue)
        let counts = rows.map { row in StageScheme.standard.names.map { Int(row[$0]?.doubleValue ?? -1) } }
        #expect(
            counts == [
                // attention, use, fan, pay, advocate, lapsed
                [2, 0, 0, 0, 0, 0], [1, 1, 0, 0, 0, 1], [1, 0, 0, 0, 0, 2], [1, 0, 0, 0, 0, 2],
            ])
        let moves = try #require(body["moves"]?.arrayValue).map { move in
            "\(move["bucket"]?.stringValue?.prefix(10) ?? "") \(move["from"]?.text ?? "") \(move["to"]?.text ?? "") \(move["count"]?.text ?? "")"
        }
        #expect(
            moves == [
                "2026-01-05 null \"attention\" 2", "2026-01-12 null \"use\" 1", "2026-01-12 \"attention\" \"lapsed\" 1",
                "2026-01-19 \"use\" \"lapsed\" 1",
            ])
        // Ann leaves attention after a week and bob use; cai stands in attention, the two in lapsed until now.
        let times = try #require(body["times"]?.arrayValue).map { row in
            ["ended", "medianSeconds", "open", "openMedianSeconds"].map { row[$0] ?? .null }
        }
        #expect(
            times == [
                [1, 604_800, 1, 1_468_800.000001], [1, 604_800, 0, nil], [0, nil, 0, nil], [0, nil, 0, nil],
                [0, nil, 0, nil], [0, nil, 2, 259_200.000001],
            ])
    }

    @Test("An order of the last 90 days keeps a customer from lapsing; praise makes an advocate of one")
    func customers() throws {
        let calls = [
            try call("ann", "order", "2026-01-05"), try call("ann", "Order Completed", "2026-01-06"),
            try call("ann", "Product Reviewed", "2026-01-14", ["rating": 5]),
        ]
        let body = try answer(
            ["kind": "stages", "interval": "month", "range": ["from": "2026-01-05", "to": "2026-05-01"]], calls, now: "2026-06-01")
        let stages = try #require(body["rows"]?.arrayValue).map { row in
            StageScheme.standard.names.first { row[$0] == 1 } ?? "none"
        }
        #expect(stages == ["advocate", "advocate", "advocate", "lapsed"])
    }

    @Test("Without a range the first and last events bound it; the interval that is going on is judged now, later ones have no row")
    func openRange() throws {
        let calls = [try call("ann", "sign", "2026-01-05"), try call("bob", "sign", "2026-01-20")]
        let body = try answer(["kind": "stages"], calls, now: "2026-01-21")
        #expect(body["rows"]?.arrayValue?.map { $0["attention"] } == [1, 1, 2])
        let future = try answer(["kind": "stages", "range": ["from": "2026-03-01", "to": "2026-04-01"]], calls, now: "2026-01-21")
        #expect(future == ["rows": [], "moves": [], "times": []])
        #expect(try answer(["kind": "stages"], [], now: "2026-01-21") == ["rows": [], "moves": [], "times": []])
    }

    @Test("A question may bring its own stages; those of the four cells sum to everybody seen by then")
    func ownStages() throws {
        let calls = [
            try call("ann", "view", "2026-01-12"), try call("ann", "order", "2026-01-13"), try call("bob", "view", "2026-01-18"),
            try call("cai", "sign", "2026-01-06"), try call("dan", "order", "2026-01-20"),
        ].sorted { $0.call.timestamp < $1.call.timestamp }
        let (user, customer): (JSONValue, JSONValue) = (["role": "user"], ["role": "customer"])
        let stages: JSONValue = [
            ["name": "user_only", "rule": ["all": [user, ["not": customer]]]],
            ["name": "both", "rule": ["all": [user, customer]]],
            ["name": "customer_only", "rule": ["all": [customer, ["not": user]]]],
            ["name": "neither", "rule": ["all": [["not": user], ["not": customer]]]],
        ]
        let body = try answer(
            ["kind": "stages", "stages": stages, "range": ["from": "2026-01-05", "to": "2026-01-26"]], calls, now: "2026-01-29")
        let names = ["user_only", "both", "customer_only", "neither"]
        let counts = body["rows"]?.arrayValue?.map { row in names.map { Int(row[$0]?.doubleValue ?? -1) } }
        // A user is who has viewed within two days (see ReferencePeople).
        #expect(counts == [[0, 0, 0, 1], [1, 0, 1, 1], [0, 0, 2, 2]])
        #expect {
            try answer(
                ["kind": "stages", "stages": [["name": "Use", "rule": ["everyone": true]]]], calls, now: "2026-01-29")
        } throws: {
            ($0 as? Problem)?.place == "/stages/0/name"
        }
    }

    @Test("A stage that there is none of is refused with those there are")
    func unknownStage() throws {
        let calls = [try call("ann", "sign", "2026-01-05")]
        #expect {
            try answer(["kind": "count", "who": ["not": ["stage": "gold"]]], calls, now: "2026-01-21")
        } throws: { error in
            guard let problem = error as? Problem else { return false }
            return problem.code == .badQuestion && problem.message.contains("\"gold\"")
                && problem.message.contains("attention, use, fan")
        }
    }

    private static let refusedSchemes: [(JSONValue, String)] = [
        ([], ""), (["a"], "/0"), ([["name": "use"]], "/0/rule"), ([["rule": ["everyone": true]]], "/0/name"),
        ([["name": "Use", "rule": ["everyone": true]]], "/0/name"), ([["name": "bucket", "rule": ["everyone": true]]], "/0/name"),
        ([["name": "use", "rule": ["everyone": true]], ["name": "use", "rule": ["everyone": true]]], "/1/name"),
        ([["name": "use", "rule": ["not": ["stage": "pay"]]]], "/0/rule"),
        ([["name": "use", "rule": ["everyone": 1]]], "/0/rule/everyone"),
        ([["name": "use", "rule": ["everyone": true], "colour": 1]], "/0/colour"),
    ]

    @Test("A scheme that cannot be is refused at its place", arguments: refusedSchemes)
    func badScheme(json: JSONValue, place: String) {
        #expect { try StageScheme(json: json) } throws: { ($0 as? Problem)?.place == place }
    }

    @Test("The standard scheme is read back as itself")
    func roundTrip() throws {
        #expect(try StageScheme(json: StageScheme.standard.json).json == StageScheme.standard.json)
    }
}
