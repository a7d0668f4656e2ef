internal import Model
internal import OrderedCollections

/// A call that is put together from a message of another protocol.
struct CaptureCall {
    var type: CallType
    private var members: OrderedDictionary<String, JSONValue> = [:]
    private var context = JSONValue.object([:])
    private var externalIDs: [JSONValue] = []

    init(_ type: CallType) { self.type = type }

    /// A member of the call; null and empty objects are left out when it is written.
    subscript(key: String) -> JSONValue? {
        get { members[key] }
        set { members[key] = newValue }
    }

    var properties: OrderedDictionary<String, JSONValue> {
        get { members["properties"]?.objectValue ?? [:] }
        set { members["properties"] = newValue.isEmpty ? nil : .object(newValue) }
    }

    /// Puts a value into the context, at keys joined by dots.
    mutating func setContext(_ path: String, _ value: JSONValue) {
        context = context.setting(path.split(separator: ".").map(String.init)[...], to: value)
    }

    mutating func addIdentity(_ type: IdentityType, _ value: String) {
        externalIDs.append(["type": .string(type.text), "id": .string(value)])
    }

    /// The same call of another type, such as identify for the traits that came with an event.
    ///
    /// - Parameter suffix: Makes the messageId of its own out of the message's.
    func beside(_ type: CallType, suffix: String, traits: OrderedDictionary<String, JSONValue>) -> CaptureCall {
        var call = self
        call.type = type
        for key in ["event", "name", "properties"] { call.members[key] = nil }
        call.members["messageId"] = members["messageId"]?.idText.map { .string($0 + suffix) }
        call.members["traits"] = .object(traits)
        return call
    }

    var json: JSONValue {
        var out: OrderedDictionary<String, JSONValue> = ["type": .string(type.text)]
        out.merge(members) { _, last in last }
        var context = context
        if !externalIDs.isEmpty { context = context.setting(["externalIds"], to: .array(externalIDs)) }
        if context != [:] { out["context"] = context }
        return .object(out)
    }
}

/// Whom a message is of.
///
/// The other protocols have one space of ids, and say by marks or by earlier messages whose they are; here a user's id and an anonymous
/// one are two identities. So a message that makes an id a user's carries it as an anonymous id, too: what was sent under it unmarked
/// is then the same person's.
struct CaptureIdentity {
    var user: String?
    var anonymous: String?
    var others: [(type: IdentityType, value: String)] = []

    func apply(to call: inout CaptureCall) {
        call["userId"] = user.map { .string($0) }
        call["anonymousId"] = anonymous.map { .string($0) }
        for other in others { call.addIdentity(other.type, other.value) }
    }

    /// A user's id that was or may be sent unmarked.
    static func named(_ user: String, anonymous: String?) -> CaptureIdentity {
        CaptureIdentity(user: user, anonymous: anonymous, others: [(.anonymousID, user)])
    }

    /// Nobody: for what is told of an account.
    static let nobody = CaptureIdentity(anonymous: "none")
}

/// What a protocol calls by a name of its own and a call has elsewhere.
struct CaptureWords {
    /// Names of properties and their place in the context.
    var context: [String: String] = [:]
    /// Names of properties of pages and screens, and what they are called here.
    var page: [String: String] = [:]
    /// Names of traits and what they are called here.
    var traits: [String: String] = [:]

    /// Campaign parameters, which all three write alike but for the sign before them.
    static func campaign(_ sign: String = "") -> [String: String] {
        [
            sign + "utm_source": "campaign.source", sign + "utm_medium": "campaign.medium", sign + "utm_campaign": "campaign.name",
            sign + "utm_term": "campaign.term", sign + "utm_content": "campaign.content",
        ]
    }

    /// Moves what stands among the properties into the call's context; properties of pages stay and are renamed.
    func move(_ properties: inout OrderedDictionary<String, JSONValue>, into call: inout CaptureCall) {
        let isPage = call.type == .page || call.type == .screen
        var rest: OrderedDictionary<String, JSONValue> = [:]
        for (key, value) in properties {
            if isPage, let name = page[key], !properties.keys.contains(name) {
                rest[name] = value
            } else if let path = context[key] {
                if !value.isNull { call.setContext(path, value) }
            } else {
                rest[key] = value
            }
        }
        properties = rest
    }

    func renamed(traits given: OrderedDictionary<String, JSONValue>) -> OrderedDictionary<String, JSONValue> {
        OrderedDictionary(given.map { (traits[$0.key] ?? $0.key, $0.value) }, uniquingKeysWith: { _, last in last })
    }
}
