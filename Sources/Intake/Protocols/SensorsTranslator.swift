internal import Columns
internal import Model
internal import OrderedCollections

/// Reads one message of Sensors Analytics (神策) at `/sa` and `/debug`.
struct SensorsTranslator {
    private static let events = CaptureWords(
        context: CaptureWords.campaign("$").merging(
            [
                "$ip": "ip", "$user_agent": "userAgent", "$os": "os.name", "$os_version": "os.version", "$model": "device.model",
                "$manufacturer": "device.manufacturer", "$app_name": "app.name", "$country": "location.country",
                "$province": "location.region", "$city": "location.city", "$url": "page.url", "$url_path": "page.path",
                "$title": "page.title", "$referrer": "page.referrer",
            ].merging(library, uniquingKeysWith: { $1 }), uniquingKeysWith: { $1 }),
        page: ["$url": "url", "$url_path": "path", "$title": "title", "$referrer": "referrer"])
    private static let profiles = CaptureWords(
        context: library,
        traits: [
            "$name": "name", "$country": "country", "$province": "province", "$city": "city", "$signup_time": "created_at",
        ])
    private static let library = [
        "$lib": "library.name", "$lib_version": "library.version", "$app_version": "app.version",
    ]
    /// Identities of a browser or an app, rather than of somebody.
    private static let deviceIdentities: Set<String> = [
        "anonymous_id", "cookie_id", "android_id", "android_uuid", "idfv", "ios_uuid", "harmony_uuid",
    ]

    private let message: CaptureMessage
    private let type: String
    private let distinctID: String?
    private let properties: OrderedDictionary<String, JSONValue>

    init(message: CaptureMessage) throws(Refusal) {
        self.message = message
        guard let type = try message.text("type") else { throw .unknownSensorsType("") }
        self.type = type
        distinctID = try message.id("distinct_id")
        properties = try message.object("properties")
    }

    func calls() throws(Refusal) -> [JSONValue] {
        switch type {
        case "track", "track_signup", "track_id_bind", "track_id_unbind": return [try happened().json]
        case "profile_set": return [try profile(traits: properties).json]
        case "profile_set_once":
            var call = try profile(traits: properties)
            call.setContext("traitsOnce", true)
            return [call.json]
        case "profile_unset":
            return [try profile(traits: properties.mapValues { _ in JSONValue.null }).json]
        case "profile_increment": return [try profile(operation: "$add").json]
        case "profile_append": return [try profile(operation: "$append").json]
        case "profile_delete": return [try profile(operation: "$delete").json]
        case "item_set", "item_delete": throw .noItems(type)
        default: throw .unknownSensorsType(type)
        }
    }

    // MARK: - Who and when

    private func begin(_ callType: CallType) throws(Refusal) -> CaptureCall {
        var call = CaptureCall(callType)
        try identity().apply(to: &call)
        call["timestamp"] = message["time"]
        // The sender's clock when it sent, of libraries that keep messages for a while.
        call["sentAt"] = message["_flush_time"]
        if let number = message["_track_id"]?.idText, let distinctID {
            let time = message["time"]?.idText ?? ""
            call["messageId"] = .string("\(number)-\(time)-\(String(XXHash.hash64(Array(distinctID.utf8), seed: 0), radix: 16))")
        }
        for (key, value) in message["lib"]?.objectValue ?? [:] {
            if let path = SensorsTranslator.library[key] { call.setContext(path, value) }
        }
        return call
    }

    private func identity() throws(Refusal) -> CaptureIdentity {
        if type == "track_signup" {
            guard let distinctID else { throw .noDistinctID("distinct_id") }
            return .named(distinctID, anonymous: try message.id("original_id"))
        }
        var identity = CaptureIdentity(user: try message.id("login_id"), anonymous: try message.id("anonymous_id"))
        let given = try message.object("identities")
        for (key, value) in given {
            for value in value.arrayValue ?? [value] {
                if let id = try message.id(value, key) { add(key, id, to: &identity) }
            }
        }
        // What is unbound must not be bound by it once more.
        if type == "track_id_unbind", given.count > 1 { identity.others = [] }
        if identity.user == nil, properties["$is_login_id"] == true { identity.user = distinctID }
        if identity.user == nil, identity.anonymous == nil { identity.anonymous = distinctID }
        if identity.user == nil, identity.anonymous == nil { throw .noDistinctID("distinct_id") }
        return identity
    }

    private func add(_ key: String, _ id: String, to identity: inout CaptureIdentity) {
        let name = key.hasPrefix("$identity_") ? String(key.dropFirst(10)) : key
        switch name {
        case "login_id": identity.user = identity.user ?? id
        case "mobile": identity.others.append((.phone, id))
        case "email": identity.others.append((.email, id))
        case _ where !SensorsTranslator.deviceIdentities.contains(name): identity.others.append((IdentityType(name), id))
        case _ where identity.anonymous == nil: identity.anonymous = id
        default: identity.others.append((.anonymousID, id))
        }
    }

    // MARK: - What

    private func happened() throws(Refusal) -> CaptureCall {
        guard let event = try message.text("event") else { throw .unnamedEvent }
        var call = try begin(.track)
        var properties = properties
        switch event {
        case "$pageview":
            call.type = .page
            call["name"] = properties["$title"]
        case "$AppViewScreen", "$MPViewScreen":
            call.type = .screen
            call["name"] = properties["$screen_name"] ?? properties["$title"]
        default: call["event"] = .string(event)
        }
        properties["$is_login_id"] = nil
        SensorsTranslator.events.move(&properties, into: &call)
        call.properties = properties
        return call
    }

    private func profile(traits: OrderedDictionary<String, JSONValue>) throws(Refusal) -> CaptureCall {
        var call = try begin(.identify)
        call["traits"] = .object(SensorsTranslator.profiles.renamed(traits: own(traits, &call)))
        return call
    }

    /// What needs the trait's earlier value stands among the properties, by the traits' names here; `$delete` changes nothing.
    private func profile(operation: String) throws(Refusal) -> CaptureCall {
        var call = try begin(.identify)
        let members = own(properties, &call)
        call.properties = [operation: operation == "$delete" ? true : .object(SensorsTranslator.profiles.renamed(traits: members))]
        return call
    }

    /// What is said of the person, without what the library says of itself.
    private func own(
        _ members: OrderedDictionary<String, JSONValue>, _ call: inout CaptureCall
    ) -> OrderedDictionary<String, JSONValue> {
        var members = members
        members["$is_login_id"] = nil
        SensorsTranslator.profiles.move(&members, into: &call)
        return members
    }
}
