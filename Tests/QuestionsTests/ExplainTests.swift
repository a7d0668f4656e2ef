import EventStore
import Model
import OrderedCollections
import TestSupport
import Testing

@testable import Questions

@Suite("One person's way through a funnel") struct ExplainTests {
    /// Minutes from the worlds' start, the event and its cart.
    private typealias Happening = (minute: Int64, event: String, cart: String)

    private func explain(_ happenings: [Happening], _ switches: JSONValue, person: String = "p_0") throws -> JSONValue {
        let calls = happenings.enumerated().map { index, happening in
            let at = Instant(microseconds: RandomWorld.start + happening.minute * .microsecondsPerMinute)
            var call = Call(
                type: .track, messageID: "m\(index)", timestamp: at, receivedAt: at, source: SourceID(text: "src_test"))
            call.userID = "u1"
            call.event = happening.event
            call.properties = ["cart": .string(happening.cart)]
            return (call: call, identities: [Identity(type: .userID, value: "u1")])
        }
        let snapshot = StoreSnapshot(calls: calls, rowsPerPart: 2)
        let people = ReferencePeople(calls, table: snapshot.identities, asOf: nil)
        let now = Instant(microseconds: RandomWorld.start + 3 * .microsecondsPerDay)
        let executor = Executor(
            snapshot: snapshot, population: people, calendar: ZoneCalendar(zone: try TimeZoneTable(identifier: "UTC")), now: now)
        var question: JSONValue = [
            "kind": "funnel", "steps": [["event": "A"], ["event": "B"], ["event": "C"]], "window": "1h",
            "explain": .string(person),
        ]
        if case .object(var members) = question {
            for (key, value) in switches.objectValue ?? [:] { members[key] = value }
            question = .object(members)
        }
        return try executor.answer(Question(json: question)).body["explain"] ?? .null
    }

    private func minute(_ event: JSONValue?) -> Int64? {
        event?["timestamp"]?.stringValue.flatMap { Instant(rfc3339: $0) }
            .map { ($0.microseconds - RandomWorld.start) / .microsecondsPerMinute }
    }

    @Test("Events taken are named, and nothing is missing at the end")
    func reached() throws {
        let way = try explain([(0, "A", "1"), (5, "A", "1"), (10, "B", "1"), (30, "C", "2"), (40, "C", "3")], [:])
        #expect(way["level"] == 3 && way["counted"] == true && way["notReached"] == .null)
        let events = way["chains"]?.arrayValue?.first?["events"]?.arrayValue ?? []
        #expect(events.map(minute) == [5, 10, 30])
        #expect(events.map { $0["step"] } == [1, 2, 3])
        #expect(events.map { $0["messageId"] } == ["m1", "m2", "m3"])
    }

    private static let day: JSONValue = ["from": "2026-03-01T00:30:00Z", "to": "2026-03-02"]
    private static let exclude: JSONValue = [["selector": ["event": "X"], "between": [1, 2], "effect": "drop"]]

    /// What happened, the switches, the level, the step not reached, the reason and the minute of its event.
    private static let reasons: [([(Int64, String, String)], JSONValue, JSONValue, JSONValue, JSONValue, Int64?)] = [
        ([(0, "B", "1")], [:], 0, 1, "noSuchEvent", nil), ([(0, "A", "1"), (5, "B", "1")], [:], 2, 3, "noSuchEvent", nil),
        ([(0, "C", "1"), (1, "A", "1"), (5, "B", "1")], [:], 2, 3, "notAfter", nil),
        ([(0, "A", "1"), (5, "B", "1"), (61, "C", "1")], [:], 2, 3, "tooLate", 61),
        ([(0, "A", "1"), (4, "X", "1"), (5, "B", "1")], ["exclude": exclude], 0, 1, "excluded", 0),
        ([(0, "A", "1"), (5, "B", "2")], ["holdConstant": ["cart"]], 1, 2, "differs", 5),
        ([(0, "A", "1"), (4, "X", "1"), (5, "B", "1")], ["order": "strict"], 1, 2, "interrupted", 5),
        ([(0, "A", "1"), (0, "B", "1")], ["sameTime": "strict"], 1, 2, "sameTime", 0),
        ([(0, "A", "1"), (70, "A", "1"), (75, "B", "1")], ["reentry": "first"], 1, 2, "tooLate", 75),
        ([(0, "A", "1"), (5, "A", "2"), (9, "B", "2")], ["reentry": "first", "holdConstant": ["cart"]], 1, 2, "differs", 9),
        ([(0, "A", "1"), (5, "B", "1"), (31, "C", "1")], ["range": day], 0, 1, "outsideRange", 0),
        ([(0, "A", "1"), (5, "B", "1"), (70, "C", "2")], ["holdConstant": ["cart"]], 2, 3, "several", 70),
        ([(0, "A", "1"), (9, "C", "1")], ["order": "unordered"], 2, 3, "noSuchEvent", nil),
        ([(0, "C", "1"), (9, "A", "1"), (99, "B", "1")], ["order": "unordered"], 2, 3, "tooLate", 99),
        ([(0, "A", "1"), (5, "B", "1")], ["optional": [3]], 2, 3, "noSuchEvent", nil),
        ([(0, "A", "1")], ["optional": [2]], 1, 3, "noSuchEvent", nil),
    ]

    @Test("The first step not reached has its reason", arguments: reasons)
    func reason(
        happenings: [(Int64, String, String)], switches: JSONValue, level: JSONValue, step: JSONValue, reason: JSONValue,
        minute: Int64?
    ) throws {
        let way = try explain(happenings, switches)
        #expect(way["level"] == level)
        #expect(way["notReached"]?["step"] == step)
        #expect(way["notReached"]?["reason"] == reason)
        #expect(self.minute(way["notReached"]?["event"]) == minute)
    }

    @Test("An exclusion names the event between, a difference the property and both values")
    func details() throws {
        let excluded = try explain([(0, "A", "1"), (4, "X", "1"), (5, "B", "1")], ["exclude": ExplainTests.exclude])
        #expect(minute(excluded["notReached"]?["excludedBy"]) == 4)
        let differing = try explain([(0, "A", "1"), (5, "B", "2")], ["holdConstant": ["cart"]])
        #expect(differing["notReached"]?["property"] == "cart")
        #expect(differing["notReached"]?["values"] == ["1", "2"])
    }

    @Test("With totals every attempt is told, and a person out of who still has a way")
    func attempts() throws {
        let happenings: [Happening] = [(0, "A", "1"), (5, "B", "1"), (9, "C", "1"), (10, "A", "1"), (12, "B", "1")]
        let way = try explain(happenings, ["reentry": "totals", "who": ["trait": "plan", "op": "exists"]])
        #expect(way["chains"]?.arrayValue?.map { $0["level"] } == [3, 2])
        #expect(way["counted"] == false && way["level"] == 3)
    }

    @Test("Somebody unknown is refused at the place")
    func unknown() {
        let place = { () -> String? in
            do throws(any Error) {
                _ = try explain([(0, "A", "1")], [:], person: "p_zzz")
                return nil
            } catch {
                return (error as? Problem)?.place
            }
        }
        #expect(place() == "/explain")
    }

    private static let refused: [(JSONValue, JSONValue)] = [
        ("x", "person"), (7, "person"), ("p_0", "account"), ("p_0", "session"),
    ]

    @Test("explain takes the id of a person, and goes with people only", arguments: refused)
    func refusals(person: JSONValue, by: JSONValue) {
        let json: JSONValue = [
            "kind": "funnel", "steps": [["event": "A"], ["event": "B"]], "window": "1h", "explain": person, "by": by,
        ]
        let outcome = Result { () throws(Problem) in try Question(json: json) }
        guard case .failure(let problem) = outcome else {
            Issue.record("an explanation of \(person.text) by \(by.text) was taken")
            return
        }
        #expect(problem.place == "/explain")
    }
}
