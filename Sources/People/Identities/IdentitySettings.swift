public import Model
import OrderedCollections

/// What a workspace sets for itself about identities; it counts for calls that come from then on, what a person holds stays.
public struct IdentitySettings: Hashable, Sendable {
    public var limits = IdentityLimits.standard
    /// Values that identify nobody, beside the built-in ones.
    public var blocked: [String] = []

    /// The limits of ``IdentityLimits/standard`` and no values of its own.
    public static let standard = IdentitySettings()

    public init() {}

    /// The rules for calls of a workspace in `region`.
    public func rules(region: String) -> IdentityRules {
        var rules = IdentityRules(blocked: blocked, region: region)
        rules.limits = limits
        return rules
    }
}

extension IdentitySettings {
    private static let countMax = 1_000_000
    private static let typesMax = 100
    private static let valuesMax = 1_000
    private static let bytesMax = 1_000
    private static let members = ["types", "others", "unique", "merges", "identities", "blocked"]
    private static let periods: [(word: String, period: IdentityLimits.Limit.Period)] = [
        ("ever", .ever), ("year", .year), ("month", .month), ("week", .week),
    ]

    /// Reads `{"types": {type: limit}, "others": limit, "unique": [type], "merges": n, "identities": n, "blocked": [value]}`.
    ///
    /// A limit is `{"count": n, "per": "ever" | "year" | "month" | "week"}`, or null for none. What is left out is the standard.
    /// - Throws: ``Problem`` with code `bad_identity_settings`; its place is the JSON pointer of what was refused.
    public init(json: JSONValue) throws(Problem) {
        let object = try IdentitySettings.object(json, "")
        for key in object.keys where !IdentitySettings.members.contains(key) {
            throw IdentitySettings.refused(
                "There is no setting \"\(key.prefix(60))\". Known are \(IdentitySettings.members.joined(separator: ", ")).",
                "/\(IdentitySettings.escaped(key))")
        }
        if let types = object["types"] {
            limits.ofType = [:]
            let types = try IdentitySettings.object(types, "/types")
            try IdentitySettings.check(count: types.count, max: IdentitySettings.typesMax, "/types")
            for (name, limit) in types {
                let place = "/types/\(IdentitySettings.escaped(name))"
                let type = try IdentitySettings.type(name, place)
                limits.ofType[type] = .some(try IdentitySettings.limit(limit, place))
            }
        }
        if let others = object["others"] { limits.ofOthers = try IdentitySettings.limit(others, "/others") }
        if let merges = object["merges"] { limits.merges = try IdentitySettings.cap(merges, "/merges") }
        if let identities = object["identities"] { limits.identities = try IdentitySettings.cap(identities, "/identities") }
        for (index, name) in try IdentitySettings.texts(object["unique"], max: IdentitySettings.typesMax, "/unique").enumerated() {
            limits.unique.insert(try IdentitySettings.type(name, "/unique/\(index)"))
        }
        for value in try IdentitySettings.texts(object["blocked"], max: IdentitySettings.valuesMax, "/blocked")
        where !blocked.contains(value) { blocked.append(value) }
    }

    /// As ``init(json:)`` reads it, every member written.
    public var json: JSONValue {
        let types = limits.ofType.sorted { $0.key.text < $1.key.text }.map { ($0.key.text, IdentitySettings.json($0.value)) }
        return [
            "types": .object(OrderedDictionary(uniqueKeysWithValues: types)), "others": IdentitySettings.json(limits.ofOthers),
            "unique": .array(limits.unique.map(\.text).sorted().map { .string($0) }),
            "merges": limits.merges.map { .int(Int64($0)) } ?? .null,
            "identities": limits.identities.map { .int(Int64($0)) } ?? .null, "blocked": .array(blocked.map { .string($0) }),
        ]
    }

    private static func json(_ limit: IdentityLimits.Limit?) -> JSONValue {
        guard let limit else { return .null }
        let word = periods.first { $0.period == limit.period }?.word ?? "ever"
        return ["count": .int(Int64(limit.count)), "per": .string(word)]
    }

    // MARK: - Reading

    private static func object(_ json: JSONValue, _ place: String) throws(Problem) -> OrderedDictionary<String, JSONValue> {
        guard let object = json.objectValue else { throw refused("An object was expected, not \(json.kindName).", place) }
        return object
    }

    private static func limit(_ json: JSONValue, _ place: String) throws(Problem) -> IdentityLimits.Limit? {
        if json.isNull { return nil }
        let word = json["per"].map(\.stringValue) ?? "ever"
        guard let object = json.objectValue, object.keys.allSatisfy({ $0 == "count" || $0 == "per" }),
            let count = json["count"]?.intValue, (1 ... Int64(countMax)).contains(count),
            let period = periods.first(where: { $0.word == word })?.period
        else {
            throw refused("A limit is a count from 1 to \(countMax) within one of: ever, year, month, week; or it is off.", place)
        }
        return IdentityLimits.Limit(Int(count), per: period)
    }

    private static func cap(_ json: JSONValue, _ place: String) throws(Problem) -> Int? {
        if json.isNull { return nil }
        guard let number = json.intValue, (1 ... Int64(countMax)).contains(number) else {
            throw refused("This is a number from 1 to \(countMax), or it is off.", place)
        }
        return Int(number)
    }

    /// A type of identity; user ids cannot be set, for a person never has two.
    private static func type(_ name: String, _ place: String) throws(Problem) -> IdentityType {
        guard (1 ... bytesMax).contains(name.utf8.count) else {
            throw refused("A text here has 1 to \(bytesMax) bytes.", place)
        }
        guard name != IdentityType.userID.text else {
            throw refused("A person never has two user ids. Nothing can be set for them.", place)
        }
        return IdentityType(name)
    }

    private static func texts(_ json: JSONValue?, max: Int, _ place: String) throws(Problem) -> [String] {
        guard let json else { return [] }
        guard let elements = json.arrayValue else { throw refused("A list of text was expected, not \(json.kindName).", place) }
        try check(count: elements.count, max: max, place)
        var texts: [String] = []
        for (index, element) in elements.enumerated() {
            guard let text = element.stringValue, (1 ... bytesMax).contains(text.utf8.count) else {
                throw refused("A text here has 1 to \(bytesMax) bytes.", "\(place)/\(index)")
            }
            texts.append(text)
        }
        return texts
    }

    private static func check(count: Int, max: Int, _ place: String) throws(Problem) {
        if count > max { throw refused("At most \(max) can be set here, not \(count).", place) }
    }

    private static func refused(_ wording: Wording, _ place: String) -> Problem {
        Problem(.badIdentitySettings, wording, place: place)
    }

    /// For a JSON pointer (RFC 6901).
    private static func escaped(_ key: String) -> String {
        key.prefix(60).map { $0 == "~" ? "~0" : $0 == "/" ? "~1" : String($0) }.joined()
    }
}

extension Problem.Code {
    /// Identity settings that cannot be; the place points at the part.
    public static let badIdentitySettings = Problem.Code("bad_identity_settings")
}
