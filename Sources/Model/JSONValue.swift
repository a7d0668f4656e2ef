public import OrderedCollections

/// A JSON value with exact integers and members in the order they were written.
public enum JSONValue: Hashable, Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case double(Double)
    /// An integer beyond Int64, or a number beyond Double, as its decimal text.
    case bigNumber(String)
    case string(String)
    case array([JSONValue])
    case object(OrderedDictionary<String, JSONValue>)

    /// The member `key` of an object; nil for other values and missing members.
    public subscript(key: String) -> JSONValue? {
        if case .object(let members) = self { members[key] } else { nil }
    }

    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }
    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }
    public var intValue: Int64? { if case .int(let value) = self { value } else { nil } }
    public var arrayValue: [JSONValue]? { if case .array(let value) = self { value } else { nil } }
    public var objectValue: OrderedDictionary<String, JSONValue>? { if case .object(let value) = self { value } else { nil } }

    /// The number as a Double, whichever way it is held; nil for other values.
    public var doubleValue: Double? {
        switch self {
        case .int(let value): Double(value)
        case .double(let value): value
        case .bigNumber(let text): Double(text)
        default: nil
        }
    }

    public var isNull: Bool { self == .null }

    /// The field's word for this value's type, for messages: "a number", "text", "an object" and so on.
    public var kindName: Wording {
        switch self {
        case .null: "null"
        case .bool: "true or false"
        case .int, .double, .bigNumber: "a number"
        case .string: "text"
        case .array: "a list"
        case .object: "an object"
        }
    }

    /// What stands there in words: a text or a number itself, of all else what it is.
    package var found: Wording {
        switch self {
        case .string(let text): "the text \"\(text.prefix(60))\""
        case .int, .double, .bigNumber: "the number \(text.prefix(40))"
        default: kindName
        }
    }
}

extension JSONValue: ExpressibleByStringLiteral, ExpressibleByIntegerLiteral, ExpressibleByFloatLiteral,
    ExpressibleByBooleanLiteral,
    ExpressibleByArrayLiteral, ExpressibleByDictionaryLiteral, ExpressibleByNilLiteral
{
    public init(stringLiteral value: String) { self = .string(value) }
    public init(integerLiteral value: Int64) { self = .int(value) }
    public init(floatLiteral value: Double) { self = .double(value) }
    public init(booleanLiteral value: Bool) { self = .bool(value) }
    public init(arrayLiteral elements: JSONValue...) { self = .array(elements) }
    public init(nilLiteral: ()) { self = .null }
    public init(dictionaryLiteral elements: (String, JSONValue)...) {
        self = .object(OrderedDictionary(elements, uniquingKeysWith: { _, last in last }))
    }
}

extension JSONValue {
    /// This object with the member at a path of keys set; objects on the way are made.
    package func setting(_ keys: ArraySlice<String>, to value: JSONValue) -> JSONValue {
        guard let first = keys.first else { return value }
        var members = objectValue ?? [:]
        members[first] = (members[first] ?? [:]).setting(keys.dropFirst(), to: value)
        return .object(members)
    }
}
