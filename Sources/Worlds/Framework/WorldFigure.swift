public import Model

/// One figure that a world is there to show: the question that asks for it, and what the simulated humans did.
public struct WorldFigure: Sendable, Hashable {
    /// What is counted, as it reads after the number: "people who search and pay".
    public let says: String
    /// A question of kind count or trend.
    public let question: JSONValue
    /// A number, or for a trend a list with one for each bucket.
    public let value: JSONValue

    init(says: String, question: JSONValue, value: JSONValue) {
        self.says = says
        self.question = question
        self.value = value
    }

    /// What stands in `truth.json`; nil when it is not of this form.
    public init?(json: JSONValue) {
        guard let says = json["says"]?.stringValue, let question = json["ask"], let value = json["is"] else { return nil }
        self.init(says: says, question: question, value: value)
    }

    public var json: JSONValue { ["says": .string(says), "ask": question, "is": value] }

    /// What an answer to the question says, in the form of ``value``.
    public static func value(in answer: JSONValue) -> JSONValue {
        if let count = answer["count"] { return count }
        let rows = answer["rows"]?.arrayValue ?? []
        return .array(rows.map { row in row["values"]?.arrayValue?.first.flatMap(\.doubleValue).map { .double($0) } ?? .null })
    }

    /// Whether an answer says what was simulated, a number being the same however it is written.
    public func isMet(by answer: JSONValue) -> Bool {
        let found = WorldFigure.value(in: answer)
        guard let many = value.arrayValue else { return found == value }
        return found.arrayValue?.map(\.doubleValue) == many.map(\.doubleValue)
    }
}

/// Expressions of the question language that stories ask with.
enum Ask {
    static func did(_ event: String, within: JSONValue? = nil) -> JSONValue {
        within.map { ["did": ["event": .string(event)], "within": $0] } ?? ["did": ["event": .string(event)]]
    }

    static func did(_ event: String, atLeast times: Int) -> JSONValue {
        ["did": ["event": .string(event)], "times": ["op": ">=", "value": .int(Int64(times))]]
    }

    /// Orders of one shelf.
    static func order(of category: String) -> JSONValue {
        ["event": "Order Completed", "where": ["property": "category", "op": "=", "value": .string(category)]]
    }

    static func role(_ role: String) -> JSONValue { ["role": .string(role)] }
    static func related(_ role: RelationshipRole, to who: JSONValue) -> JSONValue {
        ["related": ["as": .string(role.rawValue), "to": who]]
    }
    static func all(_ expressions: JSONValue...) -> JSONValue { ["all": .array(expressions)] }
    static func not(_ expression: JSONValue) -> JSONValue { ["not": expression] }

    static func sequence(_ events: [String], within window: String) -> JSONValue {
        ["sequence": .array(events.map { ["event": .string($0)] }), "window": .string(window)]
    }
}
