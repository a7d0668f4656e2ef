import EventStore
import Model
import TestSupport
import Testing

@testable import Questions

@Suite("Hints on names that nothing carries") struct NameHintTests {
    private func answer(_ json: JSONValue) throws -> Answer {
        let at = Instant(microseconds: RandomWorld.start)
        var calls: [(call: Call, identities: [Identity])] = []
        func add(_ type: CallType, _ event: String?, _ properties: JSONValue, traits: JSONValue = [:]) {
            var call = Call(
                type: type, messageID: "m\(calls.count)", timestamp: at, receivedAt: at, source: SourceID(text: "src_test"))
            call.userID = "u1"
            call.event = event
            call.properties = properties
            call.traits = traits
            call.context = ["campaign": ["source": "ads"]]
            calls.append((call, [Identity(type: .userID, value: "u1")]))
        }
        add(.track, "Order Completed", ["revenue": 5, "cart": ["total": 3]])
        add(.track, "Order Refunded", [:])
        add(.track, "Product Viewed", [:])
        add(.identify, nil, [:], traits: ["plan": "pro", "address": ["city": "杭州"]])
        let snapshot = StoreSnapshot(calls: calls, rowsPerPart: 1)
        let people = ReferencePeople(calls, table: snapshot.identities, asOf: nil)
        let calendar = ZoneCalendar(zone: try TimeZoneTable(identifier: "UTC"))
        let executor = Executor(snapshot: snapshot, population: people, calendar: calendar, now: at)
        return try executor.answer(Question(json: json))
    }

    @Test("A misspelt event is answered by nothing and named with its place and the nearest ones")
    func misspeltEvent() throws {
        let answer = try answer([
            "kind": "funnel", "steps": [["event": "Product Viewed"], ["event": "order_compelted"]], "window": "1d",
        ])
        #expect(answer.body["steps"]?.arrayValue?.map { $0["count"] } == [1, 0])
        #expect(
            answer.hints == [
                NameHint(subject: .event, name: "order_compelted", place: "/steps/1/event", nearest: ["Order Completed"])
            ])
        let hint = answer.json["hints"]?.arrayValue?.first
        #expect(hint?["message"] == "No event is named \"order_compelted\". Nearest: \"Order Completed\".")
        #expect(hint.flatMap(NameHint.init) == answer.hints.first)
    }

    @Test("The beginning of a name is near it")
    func beginning() throws {
        let answer = try answer(["kind": "lifecycle", "selector": ["events": ["Product Viewed", "Order"]]])
        #expect(answer.hints.map(\.place) == ["/selector/events/1"])
        #expect(answer.hints.first?.nearest == ["Order Completed", "Order Refunded"])
    }

    private static let placed: [(JSONValue, NameHint.Subject, String, [String])] = [
        (
            [
                "kind": "trend",
                "series": [["selector": ["event": "Order Completed"], "measure": ["perPerson": ["sum": "revenu"]]]],
            ], .property, "/series/0/measure/perPerson/sum", ["revenue"]
        ),
        (
            ["kind": "count", "who": ["not": ["trait": "plam", "op": "in", "value": ["event", "none"]]]], .trait, "/who/not/trait",
            ["plan"]
        ),
        (
            ["kind": "count", "who": ["did": ["any": true], "measure": ["max": "none"], "op": ">", "value": 1]], .property,
            "/who/measure/max", []
        ),
        (
            [
                "kind": "funnel", "steps": [["any": true], ["any": true]], "window": "1d", "holdConstant": ["cart", "cart.totals"],
            ], .property, "/holdConstant/1", ["cart.total"]
        ),
        (
            [
                "kind": "attribution", "conversion": ["event": "Order Completed"], "touch": ["property": "context.campaign.sorce"],
                "lookback": "7d", "model": "linear",
            ], .property, "/touch/property", ["context.campaign.source"]
        ),
        (["kind": "rfm", "selector": ["any": true], "value": "cart.ttoal"], .property, "/value", ["cart.total"]),
        (["kind": "distribution", "of": [["trait": "address.town"]]], .trait, "/of/0/trait", []),
        (
            [
                "kind": "retention", "start": ["any": true, "where": ["property": "Revenue", "op": "exists"]],
                "return": ["any": true],
            ], .property, "/start/where/property", ["revenue"]
        ),
    ]

    @Test("Every place that takes a name is looked at", arguments: placed)
    func everyPlace(json: JSONValue, subject: NameHint.Subject, place: String, nearest: [String]) throws {
        let hints = try answer(json).hints
        #expect(hints.map(\.place) == [place])
        #expect(hints.map(\.subject) == [subject])
        #expect(hints.map(\.nearest) == [nearest])
    }

    @Test("Known names, objects and context among them, have no hint")
    func known() throws {
        let answer = try answer([
            "kind": "trend",
            "series": [["selector": ["event": "Order Completed", "where": ["property": "cart", "op": "exists"]]]],
            "breakdown": [["property": "context.campaign.source"], ["trait": "address.city"], ["trait": "address"]],
        ])
        #expect(answer.hints.isEmpty)
        #expect(answer.json["hints"] == nil)
    }

    @Test("Hints are at most ten, and many and long names take bounded time")
    func bounds() throws {
        let names = (0 ..< 60).map { JSONValue.string("no such event \($0)") }
        #expect(try answer(["kind": "lifecycle", "selector": ["events": .array(names)]]).hints.count == KnownNames.hintsMax)
        let long = String(repeating: "茶a", count: 50_000)
        #expect(NearestNames(to: long).among((0 ..< 100_000).lazy.map { "\($0)\(long)" }).count == 3)
    }

    private static let distances: [(String, String, Bool)] = [
        ("revenue", "revneue", true), ("revenue", "Reve_nue", true), ("revenue", "avenue", true), ("revenue", "price", false),
        ("ab", "cd", false), ("a", "b", true), ("看茶", "看花", true), ("", "", true), ("order", "Order Completed At", true),
    ]

    @Test("Near is what differs by a third of the letters or begins the other", arguments: distances)
    func nearness(name: String, other: String, isNear: Bool) {
        #expect(NearestNames(to: name).among([other]).isEmpty != isNear)
    }
}
