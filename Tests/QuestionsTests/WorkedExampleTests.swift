import EventStore
import Model
import TestSupport
import Testing

@testable import Questions

/// Answers worked out by hand, so that engine and reference cannot share a misreading.
@Suite("Answers worked out by hand") struct WorkedExampleTests {
    /// On 1 March 2026, UTC: u1 and u2 come by ads and mail and order for 30 and 10, u3 orders for 5 at once, u4 only comes.
    private static let happenings: [(user: String, event: String, hour: Int64, properties: [String: JSONValue])] = [
        ("u3", "Order", 0, ["total": 5]), ("u1", "Visit", 19, ["channel": "ads"]), ("u2", "Visit", 19, ["channel": "mail"]),
        ("u4", "Visit", 19, ["channel": "mail"]), ("u1", "Order", 20, ["total": 30]), ("u2", "Visit", 20, ["channel": "ads"]),
        ("u2", "Order", 21, ["total": 10]),
    ]

    private func answer(_ json: JSONValue) throws -> JSONValue {
        let calls = Self.happenings.enumerated().map { index, one in
            let at = Instant(microseconds: RandomWorld.start + one.hour * 3_600_000_000)
            var call = Call(
                type: .track, messageID: "m\(index)", timestamp: at, receivedAt: at, source: SourceID(text: "src_test"))
            call.userID = one.user
            call.event = one.event
            for (key, value) in one.properties { call.properties = [key: value] }
            return (call: call, identities: [Identity(type: .userID, value: one.user)])
        }
        let snapshot = StoreSnapshot(calls: calls, rowsPerPart: 3)
        let people = ReferencePeople(calls, table: snapshot.identities, asOf: nil)
        let now = Instant(microseconds: RandomWorld.start + .microsecondsPerDay)
        let calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: "UTC"))
        return try Executor(snapshot: snapshot, population: people, calendar: calendar, now: now).answer(Question(json: json)).body
    }

    private static let day: JSONValue = ["from": "2026-03-01", "to": "2026-03-02"]

    @Test("Credit, value and costs by touch: what was paid for in vain has a row, and values add up to the whole")
    func attribution() throws {
        let body = try answer([
            "kind": "attribution", "conversion": ["event": "Order"], "touch": ["property": "channel"], "lookback": "1d",
            "model": "linear", "value": "total", "costs": ["ads": 20, "radio": 7], "range": Self.day,
        ])
        #expect(body["conversions"] == 3 && body["value"] == 45)
        let rows: JSONValue = [
            [
                "touch": "ads", "credit": 1.5, "value": 35, "cost": 20, "costPerAcquisition": .double(20 / 1.5),
                "returnOnSpend": 1.75,
            ],
            [
                "touch": "mail", "credit": 0.5, "value": 5, "cost": .null, "costPerAcquisition": .null, "returnOnSpend": .null,
            ], ["touch": "radio", "credit": 0, "value": 0, "cost": 7, "costPerAcquisition": .null, "returnOnSpend": 0],
            ["unattributed": true, "credit": 1, "value": 5],
        ]
        #expect(body["rows"] == rows)
    }

    @Test("The first channel that matches names the touch; what none matches is no touch")
    func channels() throws {
        let paid: JSONValue = [
            "as": "paid", "selector": ["any": true, "where": ["property": "channel", "op": "=", "value": "ads"]],
        ]
        let visits: JSONValue = ["as": "visit", "selector": ["event": "Visit"]]
        func rows(_ channels: JSONValue) throws -> JSONValue? {
            try answer([
                "kind": "attribution", "conversion": ["event": "Order"], "touch": ["channels": channels], "lookback": "1d",
                "model": "firstTouch", "range": Self.day,
            ])["rows"]
        }
        #expect(
            try rows([paid, visits]) == [
                ["touch": "paid", "credit": 1], ["touch": "visit", "credit": 1], ["unattributed": true, "credit": 1],
            ])
        #expect(try rows([visits, paid]) == [["touch": "visit", "credit": 2], ["unattributed": true, "credit": 1]])
        #expect(try rows([paid]) == [["touch": "paid", "credit": 2], ["unattributed": true, "credit": 1]])
    }

    private static func cell(_ r: Int64, _ f: Int64, _ m: Int64, _ monetary: Int64) -> JSONValue {
        ["r": .int(r), "f": .int(f), "m": .int(m), "persons": 1, "frequency": 1, "monetary": .int(monetary)]
    }

    private func rfm(_ method: JSONValue, _ key: String, _ value: JSONValue) throws -> JSONValue? {
        try answer([
            "kind": "rfm", "selector": ["event": "Order"], "value": "total", "method": method, key: value, "range": Self.day,
        ])["rows"]
    }

    @Test("Thresholds count those that are reached, the borders themselves included")
    func thresholds() throws {
        let thresholds: JSONValue = ["recency": ["3h", "4h"], "frequency": [2], "monetary": [10, 30]]
        #expect(
            try rfm("thresholds", "thresholds", thresholds) == [
                Self.cell(1, 1, 1, 5), Self.cell(2, 1, 3, 30), Self.cell(3, 1, 2, 10),
            ])
    }

    @Test("k-means puts close figures together where equal tiles would not")
    func kmeans() throws {
        // Tiles of two would hold the orders of hours 0 and 20 together.
        #expect(try rfm("ntile", "bins", 2) == [Self.cell(1, 1, 1, 5), Self.cell(1, 1, 2, 30), Self.cell(2, 2, 1, 10)])
        #expect(try rfm("kmeans", "bins", 2) == [Self.cell(1, 1, 1, 5), Self.cell(2, 1, 1, 10), Self.cell(2, 1, 2, 30)])
    }

    @Test("Values of a property are behaviours of their own")
    func drivers() throws {
        let body = try answer([
            "kind": "drivers", "target": ["event": "Order"], "lookback": "1d", "properties": ["channel"], "range": Self.day,
        ])
        #expect(body["converted"] == 3 && body["notConverted"] == 1)
        let rows = try #require(body["rows"]?.arrayValue)
        #expect(rows.map { $0["value"] } == ["ads", nil, "mail"] as [JSONValue?])
        #expect(rows.map { $0["lift"] } == [2, .double(2.0 / 3), 0.5] as [JSONValue?])
        #expect(rows.map { $0["property"] } == ["channel", nil, "channel"] as [JSONValue?])
        let counts = rows.map { row in
            ["didConverted", "didNotConvert", "absentConverted", "absentNotConvert"].map { row[$0] ?? .null }
        }
        #expect(counts == [[2, 0, 1, 1], [2, 1, 1, 0], [1, 1, 2, 0]])
    }

    @Test("A person has every value of a property that one of their events carries")
    func distribution() throws {
        let rows = try #require(
            answer([
                "kind": "distribution", "of": [["property": "channel"]], "who": ["did": ["event": "Order"]], "range": Self.day,
            ])["rows"]?.arrayValue)
        #expect(rows.map { $0["value"] } == ["ads", .null, "mail"] as [JSONValue?])
        #expect(rows.map { $0["count"] } == [2, 1, 1] as [JSONValue?])
        #expect(rows.map { $0["shareAgainst"] } == [0.5, 0.25, 0.5] as [JSONValue?])
    }
}
