internal import Columns
internal import Model
internal import OrderedCollections

/// What Mixpanel sends to which address.
public enum MixpanelMessages: Sendable, Hashable {
    /// `/track` and `/import`.
    case events
    /// `/engage`
    case people
    /// `/groups`
    case groups

    func key(of message: JSONNode) -> String? {
        self == .events ? message.member("properties")?.text("token") : message.text("$token")
    }
}

/// Reads one message of Mixpanel.
struct MixpanelTranslator {
    private static let words = CaptureWords(
        context: CaptureWords.campaign().merging(
            [
                "mp_lib": "library.name", "$lib_version": "library.version", "ip": "ip", "$ip": "ip", "$os": "os.name",
                "$os_version": "os.version", "$model": "device.model", "$manufacturer": "device.manufacturer",
                "$app_version_string": "app.version", "$app_build_number": "app.build", "mp_country_code": "location.country",
                "$region": "location.region", "$city": "location.city", "$current_url": "page.url", "$referrer": "page.referrer",
            ], uniquingKeysWith: { $1 }),
        page: [
            "$current_url": "url", "$referrer": "referrer", "current_page_title": "title", "current_url_path": "path",
        ],
        traits: [
            "$email": "email", "$phone": "phone", "$name": "name", "$first_name": "first_name", "$last_name": "last_name",
            "$avatar": "avatar", "$created": "created_at", "$city": "city", "$region": "region", "$country_code": "country",
        ])

    /// Operations that need a trait's earlier value; `$delete` changes nothing.
    private static let operations = ["$add", "$append", "$union", "$remove", "$delete"]
    private static let devicePrefix = "$device:"

    private let message: CaptureMessage
    private let kind: MixpanelMessages
    private let envelope: CaptureEnvelope

    init(message: CaptureMessage, kind: MixpanelMessages, envelope: CaptureEnvelope) {
        self.message = message
        self.kind = kind
        self.envelope = envelope
    }

    func calls() throws(Refusal) -> [JSONValue] {
        switch kind {
        case .events: return [try event().json]
        case .people: return try people()
        case .groups: return [try group().json]
        }
    }

    // MARK: - Events

    private func event() throws(Refusal) -> CaptureCall {
        guard let event = try message.text("event") else { throw .unnamedEvent }
        var properties = try message.object("properties")
        try envelope.check(key: properties.removeValue(forKey: "token"))
        var call = CaptureCall(.track)
        call["messageId"] = properties.removeValue(forKey: "$insert_id")
        call["timestamp"] = properties.removeValue(forKey: "time")
        switch event {
        case "$create_alias": try alias(&call, properties)
        case "$merge": try merge(&call, properties)
        case "$identify":
            guard let user = try message.id(properties["$identified_id"] ?? properties["distinct_id"], "distinct_id") else {
                throw .noDistinctID("distinct_id")
            }
            call.type = .identify
            let anonymous = try message.id(properties["$anon_id"] ?? properties["$anon_distinct_id"], "$anon_id")
            CaptureIdentity.named(user, anonymous: anonymous.map(MixpanelTranslator.withoutPrefix)).apply(to: &call)
        case "$mp_web_page_view":
            call.type = .page
            call["name"] = properties["current_page_title"]
            try identity(properties).apply(to: &call)
        default:
            call["event"] = .string(event)
            try identity(properties).apply(to: &call)
        }
        for key in ["distinct_id", "$device_id", "$user_id"] { properties[key] = nil }
        MixpanelTranslator.words.move(&properties, into: &call)
        call.properties = properties
        return call
    }

    private static func withoutPrefix(_ id: String) -> String {
        id.hasPrefix(devicePrefix) ? String(id.dropFirst(devicePrefix.count)) : id
    }

    /// A user's id says so in `$user_id`, or stands alone as `distinct_id`; one of a browser or app is `$device:` and its `$device_id`.
    private func identity(
        _ members: OrderedDictionary<String, JSONValue>, _ distinctKey: String = "distinct_id"
    ) throws(Refusal) -> CaptureIdentity {
        let distinct = try message.id(members[distinctKey], distinctKey)
        let user = try message.id(members["$user_id"], "$user_id")
        let device = try message.id(members["$device_id"], "$device_id")
        if let user { return CaptureIdentity(user: user, anonymous: device) }
        guard let distinct else {
            guard let device else { throw .noDistinctID(distinctKey) }
            return CaptureIdentity(anonymous: device)
        }
        let plain = MixpanelTranslator.withoutPrefix(distinct)
        if plain != distinct || plain == device { return CaptureIdentity(anonymous: plain) }
        return CaptureIdentity(user: distinct, anonymous: device)
    }

    private func alias(_ call: inout CaptureCall, _ properties: OrderedDictionary<String, JSONValue>) throws(Refusal) {
        guard let alias = try message.id(properties["alias"], "alias") else { throw .missingAlias("alias") }
        let identity = try identity(properties)
        call.type = .alias
        // Of a browser's visitor the alias is the user's id; for a user it is another id of the same.
        CaptureIdentity.named(identity.user ?? alias, anonymous: nil).apply(to: &call)
        call["previousId"] = .string(identity.user == nil ? identity.anonymous ?? alias : alias)
    }

    private func merge(_ call: inout CaptureCall, _ properties: OrderedDictionary<String, JSONValue>) throws(Refusal) {
        let ids = properties["$distinct_ids"]?.arrayValue ?? []
        var texts: [String] = []
        for id in ids { if let text = try message.id(id, "$distinct_ids") { texts.append(text) } }
        guard texts.count == 2 else { throw .missingAlias("$distinct_ids") }
        // The user is the one that is not a device's; where both may be, the second.
        if texts[1].hasPrefix(MixpanelTranslator.devicePrefix) { texts.swapAt(0, 1) }
        call.type = .alias
        CaptureIdentity.named(texts[1], anonymous: nil).apply(to: &call)
        call["previousId"] = .string(MixpanelTranslator.withoutPrefix(texts[0]))
    }

    // MARK: - Profiles

    private func people() throws(Refusal) -> [JSONValue] {
        try envelope.check(key: message["$token"])
        var call = CaptureCall(.identify)
        try identity(message.members, "$distinct_id").apply(to: &call)
        call["timestamp"] = message["$time"]
        if let address = message["$ip"] { call.setContext("ip", address) }
        let traits = MixpanelTranslator.words.renamed(traits: try traits())
        let once = MixpanelTranslator.words.renamed(traits: try message.object("$set_once"))
        var out: [CaptureCall] = []
        if !traits.isEmpty { out.append(call.beside(.identify, suffix: "", traits: traits)) }
        if !once.isEmpty {
            var extra = call.beside(.identify, suffix: "", traits: once)
            extra.setContext("traitsOnce", true)
            out.append(extra)
        }
        let operations = operations(MixpanelTranslator.operations)
        if !operations.isEmpty {
            call.properties = operations
            out.append(call)
        }
        if out.isEmpty { throw .noOperation("/engage") }
        return out.map(\.json)
    }

    private func group() throws(Refusal) -> CaptureCall {
        try envelope.check(key: message["$token"])
        guard let id = try message.id("$group_id") else { throw .missingGroup("$group_id") }
        var call = CaptureCall(.group)
        CaptureIdentity.nobody.apply(to: &call)
        call["groupId"] = .string(id)
        call["timestamp"] = message["$time"]
        let traits = try traits()
        if !traits.isEmpty { call["traits"] = .object(traits) }
        var properties = operations(["$set_once"] + MixpanelTranslator.operations)
        if traits.isEmpty, properties.isEmpty { throw .noOperation("/groups") }
        if let type = message["$group_key"] { properties["$group_type"] = type }
        call.properties = properties
        return call
    }

    /// What `$set` says and `$unset` takes away.
    private func traits() throws(Refusal) -> OrderedDictionary<String, JSONValue> {
        var traits = try message.object("$set")
        for name in try (message["$unset"] ?? .null).names("$unset") { traits[name] = .null }
        return traits
    }

    /// What needs the trait's earlier value stands among the properties, by the traits' names here.
    private func operations(_ names: [String]) -> OrderedDictionary<String, JSONValue> {
        var out: OrderedDictionary<String, JSONValue> = [:]
        for name in names {
            guard let value = message[name] else { continue }
            out[name] =
                name == "$delete" ? true : value.objectValue.map { .object(MixpanelTranslator.words.renamed(traits: $0)) } ?? value
        }
        return out
    }
}
