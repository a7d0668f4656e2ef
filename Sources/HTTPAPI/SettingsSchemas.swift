internal import Model
internal import OrderedCollections

/// What the schemas of settings are made of: every part says what it is, in which unit, and what it is when it is left out.
enum SettingsSchemas {
    static func text(_ about: String) -> JSONValue { ["type": "string", "description": .string(about)] }

    static func instant(_ about: String) -> JSONValue {
        ["type": "string", "format": "date-time", "description": .string(about)]
    }

    static func whole(_ range: ClosedRange<Int64>, _ about: String, default standard: Int64? = nil) -> JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "type": "integer", "minimum": .int(range.lowerBound), "maximum": .int(range.upperBound), "description": .string(about),
        ]
        members["default"] = standard.map { .int($0) }
        return .object(members)
    }

    static func count(_ about: String) -> JSONValue { ["type": "integer", "minimum": 0, "description": .string(about)] }

    static func flag(_ about: String, default standard: Bool = false) -> JSONValue {
        ["type": "boolean", "default": .bool(standard), "description": .string(about)]
    }

    static func choice(_ words: [String], _ about: String, default standard: String? = nil) -> JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "enum": .array(words.map { .string($0) }), "description": .string(about),
        ]
        members["default"] = standard.map { .string($0) }
        return .object(members)
    }

    static func names(_ about: String) -> JSONValue {
        ["type": "array", "items": APISchema.text, "uniqueItems": true, "description": .string(about)]
    }

    static func list(of items: JSONValue, max: Int64, _ about: String) -> JSONValue {
        ["type": "array", "items": items, "maxItems": .int(max), "description": .string(about)]
    }

    /// An amount of money as people write it: in the units of the currency, not in minor ones.
    static func money(_ about: String) -> JSONValue {
        [
            "type": ["string", "number"],
            "description": .string(about + " Decimal text or a number in the currency: \"20\" or \"20.50\" of CNY, not 2000."),
        ]
    }

    /// An object in which nothing else may stand.
    static func part(
        _ about: String, _ members: OrderedDictionary<String, JSONValue>, required: [String] = []
    ) -> JSONValue {
        PointSchemas.closed(members, required: required).setting(["description"], to: .string(about))
    }
}
