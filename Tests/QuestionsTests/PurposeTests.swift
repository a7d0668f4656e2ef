import EventStore
import Model
import OrderedCollections
import TestSupport
import Testing

@testable import Questions

/// Ada and bob have granted "ads", cyd has withdrawn it, eve was never asked; ada pays for eve, bob and eve are colleagues.
@Suite("Questions for a purpose") struct PurposeTests {
    private let calls: [(call: Call, identities: [Identity])]
    private static let now = Instant(microseconds: RandomWorld.start + 45 * .microsecondsPerDay)

    init() {
        var calls: [(call: Call, identities: [Identity])] = []
        func add(_ who: String?, _ type: CallType, _ event: String?, day: Int, _ change: (inout Call) -> Void = { _ in }) {
            let at = Instant(microseconds: RandomWorld.start).advanced(byMicroseconds: Int64(day) * .microsecondsPerDay)
            var call = Call(
                type: type, messageID: "m\(calls.count)", timestamp: at, receivedAt: at, userID: who, event: event,
                source: SourceID(text: "src_test"))
            change(&call)
            calls.append((call, who.map { [Identity(type: .userID, value: $0)] } ?? []))
        }
        func consent(_ who: String, _ status: JSONValue, day: Int) {
            add(who, .declare, "consent", day: day) { $0.properties = ["purpose": "ads", "status": status] }
        }
        for who in ["ada", "bob", "cyd", "eve"] {
            add(who, .track, "view", day: 1)
            add(who, .track, "order", day: 2)
        }
        add(nil, .track, "view", day: 1)
        for who in ["bob", "eve"] { add(who, .group, nil, day: 1) { $0.groupID = "g" } }
        add("eve", .group, nil, day: 1) { $0.groupID = "h" }
        add("ada", .declare, "relationship", day: 1) { $0.properties = ["as": "payer", "to": ["type": "user_id", "id": "eve"]] }
        consent("ada", "granted", day: 3)
        consent("bob", "granted", day: 3)
        consent("cyd", "granted", day: 3)
        consent("cyd", "withdrawn", day: 4)
        self.calls = calls
    }

    private func answer(_ json: JSONValue, knowing purposes: [String]? = nil) throws -> JSONValue {
        let snapshot = StoreSnapshot(calls: calls, rowsPerPart: 5)
        let question = try Question(json: json)
        let calendar = ZoneCalendar(zone: .utc)
        let people = ReferencePeople(calls, table: snapshot.identities, asOf: question.asOf(in: calendar))
        var executor = Executor(snapshot: snapshot, population: people, calendar: calendar, now: PurposeTests.now)
        executor.purposes = purposes
        return try executor.answer(question).json
    }

    private static let countCases: [(JSONValue, JSONValue)] = [
        (["kind": "count", "who": ["consent": "ads"]], 2), (["kind": "count", "who": ["not": ["consent": "ads"]]], 2),
        (["kind": "count", "who": ["consent": "mail"]], 0), (["kind": "count", "purpose": "ads"], 2),
        (["kind": "count", "purpose": "mail"], 0), (["kind": "count", "who": ["not": ["consent": "ads"]], "purpose": "ads"], 0),
        (["kind": "count", "who": ["did": ["event": "view"]], "purpose": "ads"], 2),
        // Eve, of whom nothing is known, is nowhere: neither as somebody paid for, nor as a colleague, nor with her account.
        (["kind": "count", "who": ["related": ["as": "payer", "to": ["everyone": true]]]], 1),
        (["kind": "count", "who": ["related": ["as": "payer", "to": ["everyone": true]]], "purpose": "ads"], 0),
        (["kind": "count", "who": ["account": ["match": "any", "of": ["everyone": true]]]], 2),
        (["kind": "count", "who": ["account": ["match": "any", "of": ["everyone": true]]], "purpose": "ads"], 0),
        (["kind": "count", "by": "account"], 2), (["kind": "count", "by": "account", "purpose": "ads"], 1),
        (["kind": "count", "by": "beneficiary"], 4), (["kind": "count", "by": "beneficiary", "purpose": "ads"], 2),
        // The question's range does not bring back what has been withdrawn since.
        (["kind": "count", "purpose": "ads", "range": ["from": "2026-03-01", "to": "2026-03-04"]], 2),
        (["kind": "count", "purpose": "ads", "asOf": "2026-03-05"], 3),
        (["kind": "count", "purpose": "ads", "asOf": "2026-03-04"], 0),
    ]

    @Test("Only those count who have granted the purpose and not withdrawn it", arguments: countCases)
    func counts(question: JSONValue, count: JSONValue) throws {
        #expect(try answer(question)["count"] == count, "\(question.text)")
    }

    /// A question of every kind, which finds something of everybody.
    private static let kinds: [JSONValue] = [
        ["kind": "count", "list": true], ["kind": "trend", "series": [["selector": ["any": true]]], "interval": "year"],
        ["kind": "funnel", "steps": [["event": "view"], ["event": "order"]], "window": "9d"],
        ["kind": "retention", "start": ["event": "view"], "return": ["event": "order"], "interval": "day", "periods": 2],
        ["kind": "lifecycle", "selector": ["any": true], "interval": "month"], ["kind": "stages", "interval": "month"],
        ["kind": "stickiness", "selector": ["any": true], "interval": "month"],
        ["kind": "timeToConvert", "steps": [["event": "view"], ["event": "order"]], "window": "9d"], ["kind": "paths"],
        ["kind": "rfm", "selector": ["any": true], "value": "v", "list": true],
        [
            "kind": "attribution", "conversion": ["event": "order"],
            "touch": ["channels": [["as": "a", "selector": ["event": "view"]]]],
            "lookback": "9d", "model": "linear",
        ],
        ["kind": "distribution", "of": [["role": true]]], ["kind": "drivers", "target": ["event": "order"], "lookback": "9d"],
    ]

    @Test("In every kind, nobody counts for a purpose that nobody has granted, and a granted one leaves fewer", arguments: kinds)
    func everyKind(question: JSONValue) throws {
        func own(_ answer: JSONValue) -> String {
            guard case .object(var members) = answer else { return "" }
            for key in ["question", "hints", "watermark", "events_scanned", "elapsed_ms"] { members[key] = nil }
            return JSONValue.object(members).text
        }
        let ranged = question.setting(["range"], to: ["from": "2026-03-01", "to": "2026-04-01"])
        let all = own(try answer(ranged))
        let granted = own(try answer(ranged.setting(["purpose"], to: "ads")))
        let nobody = own(try answer(ranged.setting(["purpose"], to: "mail")))
        // Nobody of these does two things within one visit.
        let hasRows = question["kind"] != "paths"
        #expect((all != granted) == hasRows && (granted != nobody) == hasRows, "\(all) \(granted) \(nobody)")
        for name in ["p_2", "p_3"] { #expect(!granted.contains("\"\(name)\"")) }
        // A distribution compares with everyone else who may count.
        if question["kind"] == "distribution" { return }
        let none = own(try answer(ranged.setting(["who"], to: ["not": ["everyone": true]])))
        #expect(nobody == none)
    }

    @Test("Somebody who has not granted it is not found, not even one by one")
    func oneByOne() throws {
        let question: JSONValue = ["kind": "timeline", "person": "p_3"]
        #expect(try answer(question)["rows"]?.arrayValue?.count == 2)
        #expect { try answer(question.setting(["purpose"], to: "ads")) } throws: { ($0 as? Problem)?.code == .notFound }
        let funnel: JSONValue = [
            "kind": "funnel", "steps": [["event": "view"], ["event": "order"]], "window": "9d", "explain": "p_2",
        ]
        #expect { try answer(funnel.setting(["purpose"], to: "ads")) } throws: { ($0 as? Problem)?.code == .notFound }
    }

    @Test("A purpose that the workspace does not name is refused where it stands, with the nearest names")
    func unknown() throws {
        let known = ["ads", "marketing.email"]
        #expect(try answer(["kind": "count", "purpose": "ads"], knowing: known)["count"] == 2)
        let wrong: [(JSONValue, String, String)] = [
            (["kind": "count", "purpose": "marketing_mail"], "/purpose", "marketing.email"),
            (
                ["kind": "count", "who": ["all": [["everyone": true], ["not": ["consent": "adds"]]]]], "/who/all/1/not/consent",
                "\"ads\"."
            ),
            (["kind": "count", "who": ["consent": "zzzzzz"]], "/who/consent", "\"ads\", \"marketing.email\""),
        ]
        for (question, place, name) in wrong {
            #expect { try answer(question, knowing: known) } throws: { error in
                guard let problem = error as? Problem else { return false }
                return problem.code == .badQuestion && problem.place == place && problem.message.contains(name)
            }
        }
        #expect { try answer(["kind": "count", "purpose": "ads"], knowing: []) } throws: { ($0 as? Problem)?.place == "/purpose" }
        let value: JSONValue = ["kind": "count", "who": ["trait": "plan", "op": "=", "value": "consent"]]
        #expect(try answer(value, knowing: known)["count"] == 0)
    }

    private static let refused: [(JSONValue, String)] = [
        (["kind": "count", "purpose": 3], "/purpose"), (["kind": "count", "purpose": ""], "/purpose"),
        (["kind": "count", "who": ["consent": true]], "/who/consent"),
        (["kind": "count", "who": ["consent": "ads", "op": "="]], "/who/op"),
    ]

    @Test("A purpose that is no name is refused at its place", arguments: refused)
    func refusals(json: JSONValue, place: String) {
        #expect { try Question(json: json) } throws: { ($0 as? Problem)?.place == place }
    }

    @Test("The purpose stands in the normalised question")
    func normalised() throws {
        let question = try Question(json: ["kind": "count", "purpose": "ads"])
        #expect(question.normalised["purpose"] == "ads")
        #expect(try Question(json: question.normalised) == question)
    }
}
