import Model
import OrderedCollections
import Testing

@testable import Loyalty

/// Conditions on one event mean what they mean in questions.
struct EventConditionTests {
    private static let properties: JSONValue = [
        "price": 100, "half": 0.5, "big": .bigNumber("99999999999999999999"), "name": "Green Tea", "tags": ["new", "tea", 3],
        "gift": true, "none": .null, "a.b": "dotted", "shop": ["city": "Hangzhou", "zip.code": "310"],
        "born": "2026-10-31", "seen": "2026-10-31T20:00:00Z",
    ]

    private static func event() -> EarningEvent {
        var event = EarningEvent(.event("Review"), source: "e", at: EarningWorld.start, properties: properties)
        event.context = ["app": ["name": "shop"]]
        return event
    }

    private static func holds(_ json: JSONValue) throws -> Bool {
        try EventCondition(json: json).reasons(event(), EarningWorld.calendar).isEmpty
    }

    @Test(
        "Operators compare as in questions",
        arguments: [
            ("price", "=", 100, true), ("price", "=", 100.0, true), ("price", "=", "100", false), ("price", "!=", 99, true),
            ("missing", "!=", 1, true), ("missing", "=", 1, false), ("none", "missing", nil, true), ("none", "exists", nil, false),
            ("price", ">", 99.5, true), ("price", ">", "5", false), ("price", "<=", 100, true), ("half", "<", 1, true),
            ("big", ">", 9_223_372_036_854_775_807, true), ("name", "<", "Z", true),
            ("price", "between", [100, 200], true), ("price", "between", [101, 200], false),
            ("name", "in", ["x", "Green Tea"], true), ("name", "notIn", ["x"], true), ("missing", "notIn", ["x"], true),
            ("name", "contains", "Tea", true), ("name", "contains", "tea", false), ("name", "notContains", "tea", true),
            ("name", "contains", "", true), ("name", "startsWith", "Green", true), ("name", "endsWith", "Tea", true),
            ("name", "startsWith", "Green Tea!", false), ("price", "startsWith", "1", false),
            ("tags", "=", "tea", true), ("tags", "contains", "te", true), ("tags", "=", 3, true), ("tags", "=", "cup", false),
            ("gift", "=", true, true), ("gift", "=", false, false), ("gift", "=", 1, false),
            ("a.b", "=", "dotted", true), ("shop.city", "=", "Hangzhou", true), ("shop.zip.code", "=", "310", true),
            ("shop", "exists", nil, true), ("shop.street", "missing", nil, true),
            ("context.app.name", "=", "shop", true), ("app.name", "exists", nil, false),
            ("born", "before", "2026-11-01", true), ("born", "after", "2026-10-30T15:59:59Z", true),
            ("born", "before", "2026-10-30T16:00:00Z", false), ("price", "before", "2026-11-01", false),
            ("born", "withinLast", "1d", false), ("born", "withinLast", "1d1s", true), ("seen", "withinLast", "1d", false),
        ] as [(String, String, JSONValue?, Bool)])
    func operators(property: String, op: String, value: JSONValue?, isMet: Bool) throws {
        var members: OrderedDictionary<String, JSONValue> = ["property": .string(property), "op": .string(op)]
        if let value { members["value"] = value }
        let json = JSONValue.object(members)
        #expect(try Self.holds(json) == isMet)
        #expect(try Self.holds(["not": json]) != isMet)
        #expect(try EventCondition(json: json).json == json)
    }

    @Test("Upper and lower case can count as one")
    func caseInsensitive() throws {
        #expect(try Self.holds(["property": "name", "op": "contains", "value": "gREEN", "caseInsensitive": true]))
        #expect(throws: Problem.self) {
            try EventCondition(json: ["property": "name", "op": "=", "value": "x", "caseInsensitive": true])
        }
    }

    @Test("All reasons are given, and no reason for what could be otherwise")
    func reasons() throws {
        let (price, name): (JSONValue, JSONValue) = (
            ["property": "price", "op": ">", "value": 200], ["property": "name", "op": "=", "value": "Oolong"]
        )
        let met: JSONValue = ["property": "gift", "op": "=", "value": true]
        func reasons(_ json: JSONValue) throws -> [String] {
            try EventCondition(json: json).reasons(Self.event(), EarningWorld.calendar).map {
                "\($0.code) \($0.params["property"]?.stringValue ?? "")"
            }
        }
        #expect(try reasons(["all": [price, met, name]]) == ["CONDITION_PROPERTY price", "CONDITION_PROPERTY name"])
        #expect(try reasons(["any": [price, name]]) == ["CONDITION_PROPERTY price", "CONDITION_PROPERTY name"])
        #expect(try reasons(["any": [price, met, name]]) == [])
        #expect(try reasons(["not": ["any": [met, price]]]) == ["CONDITION_NOT_PROPERTY gift"])
        #expect(try reasons(["not": ["all": [met, price]]]) == [])
        #expect(try reasons(["not": ["not": price]]) == ["CONDITION_PROPERTY price"])
        #expect(try reasons(["any": []]) == ["CONDITION_EMPTY "] && reasons(["all": []]) == [])
        #expect(try reasons(["not": ["all": []]]) == ["CONDITION_EMPTY "] && reasons(["not": ["any": []]]) == [])
    }

    @Test("There are no reasons exactly when the condition holds", arguments: Seeds.slices(400))
    func plainReading(seeds: Seeds) {
        for seed in seeds {
            var world = EarningWorld(seed: seed)
            func condition(_ depth: Int) -> EventCondition {
                let parts = { (0 ..< world.random.below(3)).map { _ in condition(depth + 1) } }
                switch depth > 3 ? 3 : world.random.below(4) {
                case 0: return .all(parts())
                case 1: return .any(parts())
                case 2: return .not(condition(depth + 1))
                default:
                    let op: EventTest.Operator = [.equal, .notEqual, .greater][world.random.below(3)]
                    return .property(
                        "price", EventTest(op: op, operand: .int(world.number(99 ... 101)), isCaseInsensitive: false))
                }
            }
            func holds(_ condition: EventCondition) -> Bool {
                switch condition {
                case .property(_, let test):
                    test.holds(100, at: .init(instant: EarningWorld.start, calendar: EarningWorld.calendar))
                case .all(let parts): parts.allSatisfy(holds)
                case .any(let parts): parts.contains(where: holds)
                case .not(let inner): !holds(inner)
                }
            }
            let made = condition(0)
            #expect(made.reasons(Self.event(), EarningWorld.calendar).isEmpty == holds(made), "seed \(seed): \(made.json.text)")
        }
    }

    @Test(
        "What is no condition is refused at its place",
        arguments: [
            ([:], ""), (["all": [["property": "a", "op": "~", "value": 1]]], "/all/0/op"),
            (["property": "a", "op": "="], "/value"), (["property": "a", "op": "exists", "value": 1], "/value"),
            (["property": "a", "op": "in", "value": 1], "/value"), (["property": "a", "op": "matches", "value": "x"], "/op"),
            (["property": "a", "op": "between", "value": [1, "b"]], "/value"),
            (["property": "a", "op": "withinLast", "value": "1mo"], "/value"),
            (["property": "a", "op": "=", "value": [:]], "/value"), (["not": 1], "/not"),
            (["all": [], "any": []], ""), (["property": "a", "op": "=", "value": 1, "x": 1], "/x"),
        ] as [(JSONValue, String)])
    func refused(json: JSONValue, place: String) throws {
        let problem = #expect(throws: Problem.self) { try EventCondition(json: json) }
        #expect(problem?.place == place && problem?.code == .badEarningProgram)
    }

    @Test(
        "Durations are read as in questions",
        arguments: [
            ("7d", 604_800), ("1d12h", 129_600), ("2w", 1_209_600), ("45s", 45), ("P7D", 604_800), ("PT30M", 1_800),
            ("P1DT12H", 129_600), ("P1M", nil), ("1mo", nil), ("", nil), ("P", nil), ("PT", nil), ("7", nil), ("12h1d", nil),
            ("1d1d", nil), ("d", nil), ("p7d", nil), ("9223372036854775807w", nil),
        ] as [(String, Int64?)])
    func durations(text: String, seconds: Int64?) {
        #expect(EventSpan(text: text)?.microseconds == seconds.map { $0 * .microsecondsPerSecond })
    }
}
