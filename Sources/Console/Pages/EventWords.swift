import Model
import OrderedCollections

/// How one call reads in a list: a title, the part worth seeing at once, and the class of its mark.
struct EventWords {
    let words: Words

    func title(_ call: Call) -> String {
        switch call.type {
        case .track: call.event ?? call.type.text
        case .page: call.name ?? EventWords.text(call.properties["title"]) ?? words(\.portrait.viewedPage)
        case .screen: call.name ?? words(\.portrait.viewedScreen)
        case .identify: words(\.portrait.identified)
        case .group: words(\.portrait.grouped)
        case .alias: words(\.portrait.aliased)
        case .declare: words(\.portrait.declared)
        case .merge: words(\.portrait.merged)
        case .unmerge: words(\.portrait.unmerged)
        }
    }

    /// What a reader would ask first: the page's path, the product, the order's sum, the words searched.
    func note(_ call: Call) -> String? {
        switch call.type {
        case .identify: return call.userID
        case .group: return call.groupID
        case .declare: return call.event
        case .merge, .unmerge: return nil
        case .alias: return [call.previousID, call.userID].compactMap(\.self).joined(separator: " → ")
        case .page, .screen:
            return EventWords.text(call.properties["path"]) ?? EventWords.text(call.properties["url"]) ?? call.category
        case .track:
            let keys = ["product", "name", "title", "query", "order_id", "sku", "product_id", "category", "path"]
            var parts: [String] = []
            if let first = keys.lazy.compactMap({ EventWords.text(call.properties[$0]) }).first { parts.append(first) }
            if let amount = amount(call) { parts.append(amount) }
            return parts.isEmpty ? nil : parts.joined(separator: " · ")
        }
    }

    func pin(_ call: Call) -> String {
        switch call.type {
        case .identify, .alias, .group, .declare, .merge, .unmerge: "known"
        case .page, .screen: ""
        case .track: EventWords.paid(call) != nil ? "paid" : "did"
        }
    }

    /// The properties as facts, nested objects flattened with dots; at most `limit`.
    static func facts(_ value: JSONValue, limit: Int) -> (facts: [PortraitPage.Fact], left: Int) {
        var all: [PortraitPage.Fact] = []
        flatten(value, "", into: &all)
        return (Array(all.prefix(limit)), max(0, all.count - limit))
    }

    private static func flatten(_ value: JSONValue, _ path: String, into facts: inout [PortraitPage.Fact]) {
        if case .object(let members) = value, !members.isEmpty {
            for (key, member) in members { flatten(member, path.isEmpty ? key : path + "." + key, into: &facts) }
        } else if !path.isEmpty {
            facts.append(PortraitPage.Fact(key: path, value: shown(value)))
        }
    }

    /// A value as people read it: text without quotes, cut at 300 characters.
    static func shown(_ value: JSONValue) -> String {
        let text = value.stringValue ?? value.text
        return text.count > 300 ? text.prefix(300) + "…" : text
    }

    private static func text(_ value: JSONValue?) -> String? {
        guard let value, let text = value.stringValue ?? value.intValue.map(String.init), !text.isEmpty else { return nil }
        return text.count > 120 ? text.prefix(120) + "…" : text
    }

    /// The sum of an order-like event in its own currency; a bare number where it names none.
    private func amount(_ call: Call) -> String? {
        guard let value = EventWords.paid(call) else { return nil }
        let formats = Formats(words.language)
        if let currency = call.properties["currency"]?.stringValue.flatMap({ Currency(code: $0) }),
            let money = Money(value, currency: currency)
        {
            return formats.money(money)
        }
        return formats.decimal(value.doubleValue ?? 0, digits: 2)
    }

    private static func paid(_ call: Call) -> JSONValue? {
        guard let value = call.properties["total"] ?? call.properties["revenue"], value.doubleValue ?? 0 > 0 else { return nil }
        return value
    }

    /// The call as one JSON object, members in a fixed order, empty ones left out.
    static func json(_ call: Call) -> JSONValue {
        var object: [(String, JSONValue)] = [("type", .string(call.type.text)), ("messageId", .string(call.messageID))]
        func add(_ key: String, _ text: String?) { if let text { object.append((key, .string(text))) } }
        func add(_ key: String, _ value: JSONValue) { if value != [:], !value.isNull { object.append((key, value)) } }
        add("userId", call.userID)
        add("anonymousId", call.anonymousID)
        add("previousId", call.previousID)
        add("groupId", call.groupID)
        add("event", [.track, .declare].contains(call.type) ? call.event : nil)
        add("name", call.name)
        add("category", call.category)
        add("timestamp", call.timestamp.rfc3339)
        add("originalTimestamp", call.originalTimestamp?.rfc3339)
        add("sentAt", call.sentAt?.rfc3339)
        add("receivedAt", call.receivedAt.rfc3339)
        add("properties", call.properties)
        add("traits", call.traits)
        add("context", call.context)
        add("integrations", call.integrations)
        add("source", call.source.text)
        if !call.flags.names.isEmpty { object.append(("flags", .array(call.flags.names.map(JSONValue.string)))) }
        return .object(.init(object, uniquingKeysWith: { first, _ in first }))
    }
}
