import EventStore
import Model
import OrderedCollections
import TestSupport
import Testing

@testable import Questions

@Suite("Questions that ask for nothing, or for too much") struct BadInputTests {
    /// Of three people u1 does A, B and C an hour apart on 1 March 2026, u2 A alone, u3 A and, a minute short of 100 years later, B.
    private func answer(_ json: JSONValue) throws -> JSONValue {
        let hundredYears: Int64 = 36_500 * .microsecondsPerDay
        let happenings: [(String, String, Int64)] = [
            ("u1", "A", 0), ("u1", "B", 3_600_000_000), ("u1", "C", 7_200_000_000), ("u2", "A", 60_000_000), ("u3", "A", 0),
            ("u3", "B", hundredYears - .microsecondsPerMinute),
        ]
        let calls = happenings.enumerated().map { index, happening in
            let at = Instant(microseconds: RandomWorld.start + happening.2)
            var call = Call(
                type: .track, messageID: "m\(index)", timestamp: at, receivedAt: at, source: SourceID(text: "src_test"))
            call.userID = happening.0
            call.event = happening.1
            call.properties = ["n": .int(Int64(index))]
            return (call: call, identities: [Identity(type: .userID, value: happening.0)])
        }
        let snapshot = StoreSnapshot(calls: calls, rowsPerPart: 3)
        let people = ReferencePeople(calls, table: snapshot.identities, asOf: nil)
        let now = Instant(microseconds: RandomWorld.start + .microsecondsPerDay)
        let calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: "UTC"))
        return try Executor(snapshot: snapshot, population: people, calendar: calendar, now: now).answer(Question(json: json)).body
    }

    private static func funnel(_ window: JSONValue, _ range: JSONValue? = nil) -> JSONValue {
        var members: JSONValue = ["kind": "funnel", "steps": [["event": "A"], ["event": "B"]], "window": window]
        if let range, case .object(var inner) = members {
            inner["range"] = range
            members = .object(inner)
        }
        return members
    }

    /// One question of each kind, without its range.
    private static let kinds: [JSONValue] = [
        ["kind": "count", "who": ["did": ["event": "A"]]], ["kind": "trend", "series": [["selector": ["event": "A"]]]],
        ["kind": "funnel", "steps": [["event": "A"], ["event": "B"]], "window": "1d"],
        ["kind": "retention", "start": ["event": "A"], "return": ["any": true]],
        ["kind": "lifecycle", "selector": ["event": "A"]], ["kind": "stickiness", "selector": ["event": "A"]],
        ["kind": "timeToConvert", "steps": [["event": "A"], ["event": "B"]], "window": "1d"], ["kind": "paths"],
        ["kind": "rfm", "selector": ["event": "A"], "value": "n"],
        [
            "kind": "attribution", "conversion": ["event": "B"], "touch": ["property": "n"], "lookback": "1d", "model": "linear",
        ], ["kind": "distribution", "of": [["trait": "plan"]]],
        ["kind": "drivers", "target": ["event": "B"], "lookback": "1d"], ["kind": "timeline", "person": "p_0"],
    ]

    private func asked(_ question: JSONValue, over range: JSONValue) throws -> JSONValue {
        guard case .object(var members) = question else { return question }
        members["range"] = range
        return try answer(.object(members))
    }

    @Test("A range that runs backwards is refused at its place", arguments: kinds)
    func reversed(question: JSONValue) {
        #expect { try asked(question, over: ["from": "2026-03-02", "to": "2026-03-01"]) } throws: { error in
            (error as? Problem)?.place == "/range" && (error as? Problem)?.code == .badQuestion
        }
    }

    private static let emptyRanges: [JSONValue] = [
        ["from": "2031-01-01", "to": "2031-02-01"], ["from": "1999-01-01", "to": "1999-02-01"],
        ["from": "2026-03-01", "to": "2026-03-01"],
    ]

    @Test("Ranges in the future, before all data and of no length hold no event", arguments: kinds, emptyRanges)
    func emptyRange(question: JSONValue, range: JSONValue) throws {
        let body = try asked(question, over: range)
        let numbers = (body["steps"]?.arrayValue ?? []).map { $0["count"] ?? .null } + [body["count"] ?? 0]
        switch question["kind"] {
        // People are judged at the end of the range, with all that they had done by then.
        case "count": #expect(body["count"] == (range["from"] == "2031-01-01" ? 3 : 0))
        // The values of traits do not depend on the range.
        case "distribution": #expect(body["rows"]?.arrayValue?.map { $0["count"] } == [3])
        case "trend", "retention", "lifecycle":
            let rows = body["rows"]?.arrayValue ?? []
            #expect(rows.allSatisfy { !BadInputTests.hasNumber($0) }, "\(body.text)")
        default:
            #expect(numbers.allSatisfy { $0 == 0 })
            let rows = body["rows"]?.arrayValue ?? []
            #expect(rows.allSatisfy { !BadInputTests.hasNumber($0) }, "\(body.text)")
        }
    }

    /// Whether any number in it is not 0.
    private static func hasNumber(_ value: JSONValue) -> Bool {
        switch value {
        case .object(let members): members.contains { $0.key != "partialFrom" && hasNumber($0.value) }
        case .array(let elements): elements.contains(where: hasNumber)
        default: (value.doubleValue ?? 0) != 0
        }
    }

    private static let windowCounts: [(JSONValue, JSONValue)] = [
        ("0s", [3, 0]), ("59m", [3, 0]), ("1h", [3, 1]), ("36499d", [3, 1]), ("36500d", [3, 2]), ("99999999d", [3, 2]),
    ]

    @Test("Windows from nothing to centuries are inclusive and overflow nothing", arguments: windowCounts)
    func windows(window: JSONValue, counts: JSONValue) throws {
        let body = try answer(BadInputTests.funnel(window))
        #expect(.array((body["steps"]?.arrayValue ?? []).map { $0["count"] ?? .null }) == counts)
    }

    @Test("A funnel of 21 steps is refused, one of 20 is answered")
    func manySteps() throws {
        func question(_ count: Int) -> JSONValue {
            ["kind": "funnel", "window": "1d", "steps": .array((0 ..< count).map { ["event": .string("S\($0)")] })]
        }
        #expect { try Question(json: question(21)) } throws: { ($0 as? Problem)?.place == "/steps" }
        #expect(try answer(question(20))["steps"]?.arrayValue?.count == 20)
    }

    @Test("A breakdown on a million values keeps the greatest and adds up to all")
    func millionValues() throws {
        let count = 1_000_000
        let calls = (0 ..< count).map { index in
            let at = Instant(microseconds: RandomWorld.start + Int64(index))
            var call = Call(
                type: .track, messageID: "m\(index)", timestamp: at, receivedAt: at, source: SourceID(text: "src_test"))
            call.userID = "u"
            call.event = "A"
            // The first hundred are of one value.
            call.properties = ["session": .string(index < 100 ? "many" : "s\(index)")]
            return (call: call, identities: [Identity(type: .userID, value: "u")])
        }
        let snapshot = StoreSnapshot(calls: calls, rowsPerPart: 250_000)
        let people = ReferencePeople([calls[0]], table: snapshot.identities, asOf: nil)
        let now = Instant(microseconds: RandomWorld.start + .microsecondsPerDay)
        let calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: "UTC"))
        let executor = Executor(snapshot: snapshot, population: people, calendar: calendar, now: now)
        let question = try Question(json: [
            "kind": "trend", "series": [["selector": ["event": "A"]]], "breakdown": [["property": "session"]], "limit": 2,
            "range": ["from": "2026-03-01", "to": "2026-03-02"],
        ])
        let rows = try executor.answer(question).body["rows"]?.arrayValue ?? []
        #expect(rows.map { $0["value"] } == [["many"], ["s100"], ["other": true]])
        #expect(rows.map { $0["values"] } == [[100], [1], [.int(Int64(count - 101))]])
    }

    @Test("An audience that could go in circles is refused until audiences are there")
    func cycles() {
        #expect { try Question(json: ["kind": "count", "who": ["not": ["audience": "a"]]]) } throws: { error in
            (error as? Problem)?.code == .notBuilt && (error as? Problem)?.place == "/who/not/audience"
        }
    }

    @Test("A question of ten megabytes is read and answered, or refused at its place")
    func tenMegabytes() throws {
        let values = (0 ..< 1_300_000).map { JSONValue.int(Int64($0 + 1)) }
        let question: JSONValue = [
            "kind": "count", "who": ["did": ["event": "A", "where": ["property": "n", "op": "in", "value": .array(values)]]],
        ]
        #expect(question.text.utf8.count > 9_000_000)
        // u1's A has n = 0, which is not among them.
        #expect(try answer(question)["count"] == 2)
        let names = (0 ..< 1_000_000).map { JSONValue.string("event\($0)") }
        #expect { try Question(json: ["kind": "lifecycle", "selector": ["events": .array(names)]]) } throws: { error in
            (error as? Problem)?.place == "/selector/events"
        }
    }
}
