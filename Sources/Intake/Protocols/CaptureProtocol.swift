package import Columns
internal import Model
internal import OrderedCollections
internal import Records

/// A protocol of other SDKs whose messages are read as calls (docs/protocols.md).
public enum CaptureProtocol: Sendable, Hashable {
    case postHog
    case sensors
    case mixpanel(MixpanelMessages)

    /// The write key that stands in a body, in the place where the protocol's SDKs put it; Sensors Analytics' put it into the address.
    package func writeKey(in root: JSONNode) -> String? {
        switch self {
        case .postHog: PostHogTranslator.key(of: root) ?? messages(in: root).lazy.compactMap(PostHogTranslator.key).first
        case .sensors: nil
        case .mixpanel(let kind): messages(in: root).lazy.compactMap(kind.key).first
        }
    }

    /// The messages of a body: those of a list, or the body itself.
    private func messages(in root: JSONNode) -> [JSONNode] { list(in: root).map { Array($0.node.elements) } ?? [root] }

    /// The list of a body's messages, and which of the body's members it is, from 0; nil for a body that is one message.
    func list(in root: JSONNode) -> (node: JSONNode, member: Int?)? {
        if root.kind == .array { return (root, nil) }
        guard self == .postHog else { return nil }
        var found: (JSONNode, Int?)?
        for (position, member) in root.members.enumerated() where member.key.string.equals("batch") {
            found = member.value.kind == .array ? (member.value, position) : nil
        }
        return found
    }

    /// The id by which a message's sender knows it again.
    func messageID(of message: JSONNode) -> String? {
        switch self {
        case .postHog: message.text("uuid")
        case .sensors: nil
        case .mixpanel: message.member("properties")?.text("$insert_id")
        }
    }

    /// What one message means: one call or several, in the members of the Segment specification.
    func calls(of message: CaptureMessage, in envelope: CaptureEnvelope) throws(Refusal) -> [JSONValue] {
        switch self {
        case .postHog: try PostHogTranslator(message: message, envelope: envelope).calls()
        case .sensors: try SensorsTranslator(message: message).calls()
        case .mixpanel(let kind): try MixpanelTranslator(message: message, kind: kind, envelope: envelope).calls()
        }
    }
}

/// What a body says for all of its messages.
struct CaptureEnvelope {
    /// The instant of receipt.
    var now: Instant
    /// When the sender's clock says that it sent the body.
    var sentAt: JSONValue?
    /// The key that stands in the body, which each message's own must be.
    var key: String?

    func check(key own: JSONValue?) throws(Refusal) {
        if let own = own?.stringValue, let key, own != key { throw .otherKey }
    }
}

/// One message of another protocol, read member by member in the sender's words.
struct CaptureMessage {
    private(set) var members: OrderedDictionary<String, JSONValue>
    let limits: CollectLimits

    init(_ message: JSONValue, limits: CollectLimits) throws(Refusal) {
        guard case .object(let members) = message else { throw .notAnObject("\(message.kindName)") }
        self.members = members
        self.limits = limits
    }

    subscript(key: String) -> JSONValue? { members[key].flatMap { $0.isNull ? nil : $0 } }

    func text(_ key: String) throws(Refusal) -> String? {
        guard let value = self[key] else { return nil }
        guard case .string(let text) = value else { throw .invalidType(key, expected: "text", found: "\(value.kindName)") }
        return text.isEmpty ? nil : text
    }

    func object(_ key: String) throws(Refusal) -> OrderedDictionary<String, JSONValue> {
        guard let value = self[key] else { return [:] }
        if case .object(let object) = value { return object }
        // PHP writes an empty map as an empty list.
        if value == [] { return [:] }
        throw .invalidType(key, expected: "an object", found: "\(value.kindName)")
    }

    func id(_ key: String) throws(Refusal) -> String? { try id(self[key], key) }

    /// The text of an id; blank is none.
    func id(_ value: JSONValue?, _ field: String) throws(Refusal) -> String? {
        guard let value, !value.isNull else { return nil }
        guard let text = value.idText else {
            throw .invalidType(field, expected: "text or a number", found: "\(value.kindName)")
        }
        if text.utf8.count > limits.idBytes { throw .idTooLong(field, bytes: text.utf8.count, limit: limits.idBytes) }
        return text.isEmpty ? nil : text
    }
}

extension JSONValue {
    /// The text that this stands for as an id; nil for what is none.
    var idText: String? {
        switch self {
        case .string(let text): text
        case .int(let number): String(number)
        case .double(let number): TextArena.text(number)
        case .bigNumber(let digits): digits
        default: nil
        }
    }
}

extension JSONValue {
    /// The names of a list, of an object's members, or the one that this is; none of null.
    func names(_ field: String) throws(Refusal) -> [String] {
        switch self {
        case .null: return []
        case .string(let name): return [name]
        case .object(let members): return Array(members.keys)
        case .array(let list):
            let names = list.compactMap(\.stringValue)
            if names.count == list.count { return names }
            fallthrough
        default: throw .invalidType(field, expected: "a list of names", found: "\(kindName)")
        }
    }
}

extension JSONNode {
    /// The member `key` of an object, where it is text that says something.
    func text(_ key: StaticString) -> String? {
        guard let value = member(key), value.kind == .string, !value.string.isEmpty else { return nil }
        return String(utf8: value.string)
    }
}
