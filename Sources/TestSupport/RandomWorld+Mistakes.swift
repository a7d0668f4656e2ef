public import Model
import OrderedCollections

extension RandomWorld {
    /// A random question with a mistake or two, most of which make it one that is refused.
    public func mistakenQuestion(using random: inout SplitMix64) -> JSONValue {
        var json = question(using: &random)
        let other = question(using: &random)
        for _ in 0 ..< Int.random(in: 1 ... 2, using: &random) { json = mistaken(json, other, &random) }
        return json
    }

    /// `json` with one mistake somewhere in it; some are parts of the question `other`.
    private func mistaken(_ json: JSONValue, _ other: JSONValue, _ random: inout SplitMix64) -> JSONValue {
        switch json {
        case .object(var members) where !members.isEmpty && chance(90, &random):
            let place = Int.random(in: 0 ..< members.count, using: &random)
            switch Int.random(in: 0 ..< 10, using: &random) {
            case 0: members.remove(at: place)
            case 1: members[pick(RandomWorld.strangeKeys, &random).stringValue ?? ""] = strange(other, &random)
            case 2: for (key, value) in other.objectValue ?? [:] where chance(50, &random) { members[key] = value }
            default: members.values[place] = mistaken(members.values[place], other, &random)
            }
            return .object(members)
        case .array(var elements) where !elements.isEmpty && chance(80, &random):
            let place = Int.random(in: 0 ..< elements.count, using: &random)
            switch Int.random(in: 0 ..< 6, using: &random) {
            case 0: elements.remove(at: place)
            case 1:
                elements = Array(repeating: elements[place], count: pick([2, 4, 30, 300], &random).intValue.map { Int($0) } ?? 2)
            case 2: elements.reverse()
            default: elements[place] = mistaken(elements[place], other, &random)
            }
            return .array(elements)
        default: return strange(other, &random)
        }
    }

    private func strange(_ other: JSONValue, _ random: inout SplitMix64) -> JSONValue {
        if chance(25, &random), let part = other.objectValue?.values.randomElement(using: &random) { return part }
        return pick(RandomWorld.strangeValues, &random)
    }

    private static let strangeKeys: [JSONValue] = [
        "by", "list", "explain", "optional", "order", "sameTime", "cumulative", "compare", "formula", "halfLife", "thresholds",
        "bins",
        "method", "caseInsensitive", "breakdown", "limit", "tag", "tier", "audience", "range", "last", "from", "between", "events",
        "event", "any", "property", "trait", "where", "within", "times", "measure", "values", "properties", "anchor", "exclude",
        "holdConstant", "channels", "costs", "cursor", "group", "a/b~c", "<b>",
    ]

    private static let strangeValues: [JSONValue] = [
        .null, true, -1, 0, 1, 7, 1_000_000, 0.5, .bigNumber("99999999999999999999"), "", "x", "<b>{1}</b>", "account", "payer",
        "30x",
        "0s", "2d", "unordered", "strict", "step:99", "p_1a", "month", "hour", "thresholds", "2026-03-01", "A + (", "A + C", "(",
        "a{3,1}",
        [], [1], [2], ["1d", "2d"], [3, "x"], [:], ["x": 1], ["event": "view", "any": true], ["last": "30d", "from": "2026-03-01"],
        ["tag": "t"], ["sum": "v"], ["property": "v"], ["everyone": true], ["from": "2026-03-02", "to": "2026-03-01"],
        .string(String(repeating: "茶", count: 400)), .string(String(repeating: "(", count: 200)),
        .array((0 ..< 120).map { .int($0) }), (0 ..< 110).reduce(JSONValue.null) { inner, _ in ["not": inner] },
    ]
}
