internal import Columns
internal import Model
internal import OrderedCollections

/// Reads one event of PostHog's `/batch/`, `/capture/`, `/e/`, `/i/v0/e/` and `/i/v1/analytics/events`.
struct PostHogTranslator {
    private static let words = CaptureWords(
        context: CaptureWords.campaign().merging(
            [
                "$lib": "library.name", "$lib_version": "library.version", "$ip": "ip", "$raw_user_agent": "userAgent",
                "$os": "os.name", "$os_version": "os.version", "$device_type": "device.type", "$device_model": "device.model",
                "$device_name": "device.name", "$device_manufacturer": "device.manufacturer", "$app_name": "app.name",
                "$app_version": "app.version", "$app_build": "app.build", "$locale": "locale", "$browser_language": "locale",
                "$timezone": "timezone", "$current_url": "page.url", "$pathname": "page.path", "$referrer": "page.referrer",
            ], uniquingKeysWith: { $1 }),
        page: ["$current_url": "url", "$pathname": "path", "$referrer": "referrer", "$title": "title"])

    /// Names that libraries for browsers and apps give themselves: their ids are anonymous until they say otherwise.
    private static let clientLibraries: Set<String> = [
        "web", "js", "posthog-js", "posthog-js-lite", "posthog-android", "posthog-ios", "posthog-flutter", "posthog-react-native",
    ]
    /// Members that say whom an event is of and how, which the call says in its own way.
    private static let marks: Set<String> = [
        "token", "distinct_id", "$user_id", "$is_identified", "$process_person_profile", "$anon_distinct_id", "$time", "$set",
        "$set_once", "$unset",
    ]

    private let message: CaptureMessage
    private let envelope: CaptureEnvelope
    private let properties: OrderedDictionary<String, JSONValue>
    private let event: String
    private let distinctID: String

    init(message: CaptureMessage, envelope: CaptureEnvelope) throws(Refusal) {
        self.message = message
        self.envelope = envelope
        var properties = try message.object("properties")
        // Version 1 of the protocol has some properties beside the others.
        for key in ["session_id", "window_id"] { if let value = message[key] { properties["$" + key] = value } }
        for (key, value) in try message.object("options") { properties["$" + key] = value }
        self.properties = properties
        for key in [message["api_key"], message["token"], properties["token"]] { try envelope.check(key: key) }
        guard let event = try message.text("event") else { throw .unnamedEvent }
        self.event = event
        guard let id = try message.id(message["distinct_id"] ?? properties["distinct_id"], "distinct_id") else {
            throw .noDistinctID("distinct_id")
        }
        distinctID = id
    }

    static func key(of node: JSONNode) -> String? {
        node.text("api_key") ?? node.text("token") ?? node.member("properties")?.text("token")
    }

    func calls() throws(Refusal) -> [JSONValue] {
        var call = CaptureCall(.track)
        stamp(&call)
        let traits = try traits()
        let once = try person("$set_once")
        var out: [CaptureCall] = []
        switch event {
        case "$identify":
            let anonymous = try message.id(properties["$anon_distinct_id"], "$anon_distinct_id")
            CaptureIdentity.named(distinctID, anonymous: anonymous).apply(to: &call)
            out = [written(call, as: .identify, traits: traits)]
        case "$set", "$set_once", "$unset":
            if traits.isEmpty, once.isEmpty { throw .noOperation(event) }
            identity.apply(to: &call)
            if !traits.isEmpty { out = [written(call, as: .identify, traits: traits)] }
        default:
            let main =
                switch event {
                case "$create_alias", "$merge_dangerously": try alias(call)
                case "$groupidentify": try group(call)
                default: happened(call)
                }
            out = [main]
            identity.apply(to: &call)
            if !traits.isEmpty { out.append(call.beside(.identify, suffix: ":set", traits: traits)) }
        }
        if !once.isEmpty {
            var extra =
                out.isEmpty ? written(call, as: .identify, traits: once) : call.beside(.identify, suffix: ":once", traits: once)
            extra.setContext("traitsOnce", true)
            out.append(extra)
        }
        return out.map(\.json)
    }

    // MARK: - Who and when

    /// Whose event it is; the marks are those of PostHog's own libraries.
    private var identity: CaptureIdentity {
        isAnonymous ? CaptureIdentity(anonymous: distinctID) : CaptureIdentity(user: distinctID)
    }

    private var isAnonymous: Bool {
        if properties["$process_person_profile"] == false || properties["$is_identified"] == false { return true }
        if isMarkedUser { return false }
        if properties["$device_id"].map({ !$0.isNull }) == true { return true }
        return event == "$pageview" || event == "$screen"
            || PostHogTranslator.clientLibraries.contains(properties["$lib"]?.stringValue ?? "")
    }

    private var isMarkedUser: Bool {
        properties["$is_identified"] == true || properties["$user_id"].map({ !$0.isNull && $0 != "" }) == true
    }

    private func stamp(_ call: inout CaptureCall) {
        call["messageId"] = message["uuid"] ?? properties["uuid"]
        call["timestamp"] = message["timestamp"]
        call["sentAt"] = message["sent_at"] ?? envelope.sentAt
        guard message["timestamp"] == nil, let milliseconds = message["offset"]?.doubleValue, abs(milliseconds) < 1e13 else {
            return
        }
        // The event was `offset` milliseconds old when it was sent. `$time` is the same at a repeat, so that it is no other event.
        let offset = Int64(milliseconds * 1_000)
        if let time = properties["$time"]?.doubleValue, abs(time) < 1e10 {
            let happened = Instant(microseconds: Int64(time * 1e6))
            call["timestamp"] = .string(happened.rfc3339)
            call["sentAt"] = .string(happened.advanced(byMicroseconds: offset).rfc3339)
        } else {
            call["timestamp"] = .string(envelope.now.advanced(byMicroseconds: -offset).rfc3339)
            call["sentAt"] = nil
        }
    }

    // MARK: - What

    private func happened(_ call: CaptureCall) -> CaptureCall {
        var call = call
        identity.apply(to: &call)
        switch event {
        case "$pageview":
            call["name"] = properties["$title"] ?? properties["title"]
            return written(call, as: .page)
        case "$screen":
            call["name"] = properties["$screen_name"]
            return written(call, as: .screen)
        default:
            call["event"] = .string(event)
            return written(call, as: .track)
        }
    }

    /// The call with the event's properties, and what of them belongs to its context.
    private func written(
        _ call: CaptureCall, as type: CallType, traits: OrderedDictionary<String, JSONValue> = [:]
    ) -> CaptureCall {
        var call = call
        call.type = type
        if !traits.isEmpty { call["traits"] = .object(traits) }
        var properties = properties.filter { !PostHogTranslator.marks.contains($0.key) }
        if case .string(let account)? = properties["$groups"]?.objectValue?.values.first {
            call.setContext("groupId", .string(account))
        }
        PostHogTranslator.words.move(&properties, into: &call)
        call.properties = properties
        return call
    }

    private func alias(_ call: CaptureCall) throws(Refusal) -> CaptureCall {
        var call = call
        guard let alias = try message.id(properties["alias"], "alias") else { throw .missingAlias("alias") }
        // The event's own id is the former one; of a merge it is the one that stays.
        let (user, previous) = event == "$create_alias" ? (alias, distinctID) : (distinctID, alias)
        call.type = .alias
        CaptureIdentity.named(user, anonymous: nil).apply(to: &call)
        call["previousId"] = .string(previous)
        return call
    }

    private func group(_ call: CaptureCall) throws(Refusal) -> CaptureCall {
        var call = call
        guard let key = try message.id(properties["$group_key"], "$group_key") else { throw .missingGroup("$group_key") }
        // Libraries of servers make an id up for it, who is nobody.
        let isSomebody = isMarkedUser || (isAnonymous && properties["$process_person_profile"] != false)
        (isSomebody ? identity : .nobody).apply(to: &call)
        call.type = .group
        call["groupId"] = .string(key)
        call["traits"] = properties["$group_set"]
        if let type = properties["$group_type"] { call.properties = ["$group_type": type] }
        return call
    }

    // MARK: - Traits

    /// What `$set` says and `$unset` takes away.
    private func traits() throws(Refusal) -> OrderedDictionary<String, JSONValue> {
        var traits = try person("$set")
        for name in try (message["$unset"] ?? properties["$unset"] ?? .null).names("$unset") { traits[name] = .null }
        return traits
    }

    /// `$set` or `$set_once`, which stand beside the properties or among them.
    private func person(_ key: String) throws(Refusal) -> OrderedDictionary<String, JSONValue> {
        let inner = try CaptureMessage(.object(properties), limits: message.limits).object(key)
        let outer = try message.object(key)
        return inner.merging(outer) { _, last in last }
    }
}
