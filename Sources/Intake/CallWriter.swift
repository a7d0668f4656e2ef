internal import Columns
internal import EventStore
internal import Model
internal import People

/// Writes checked calls from the tape into the store's encoding, without a value in between.
struct CallWriter {
    private let source: IntakeSource
    private let rules: IdentityRules
    private let clientAddress: String?
    private var path: [UInt8] = []
    private var json: [UInt8] = []
    private(set) var encoder = CallEncoder()

    init(source: IntakeSource, rules: IdentityRules, clientAddress: String?) {
        self.source = source
        self.rules = rules
        self.clientAddress = source.storesIP ? clientAddress : nil
    }

    /// How many bytes are written so far.
    var byteCount: Int { encoder.byteCount }

    /// All calls written; the writer starts over.
    mutating func finish() -> CallBatch { encoder.finish() }

    /// Appends one call.
    mutating func write(_ draft: CallDraft, messageID: UnsafeRawBufferPointer, header: CallHeader, envelope: CallEnvelope) {
        var header = header
        let context = ContextView(own: draft.context, outer: envelope.context)
        let named = needsRules(draft, context) ? named(draft, context) : nil
        let user = named == nil ? allowed(draft.userID, &header.flags) : nil
        let anonymous = named == nil ? allowed(draft.anonymousID, &header.flags) : nil
        if named?.blocked == true { header.flags.insert(.blockedIdentity) }
        if takesTraits(draft) { header.flags.insert(.trustedTraits) }
        if draft.type == .identify, context["traitsOnce"]?.isTrue == true { header.flags.insert(.traitsOnce) }
        encoder.begin(header)
        writeFields(draft, messageID: messageID)
        if let user { encoder.identity(type: IdentityType.userID.text, utf8: user) }
        if let anonymous { encoder.identity(type: IdentityType.anonymousID.text, utf8: anonymous) }
        for identity in named?.identities ?? [] { encoder.identity(identity) }
        writeSections(draft, context, integrations: envelope.integrations)
        encoder.end()
    }

    private mutating func writeFields(_ draft: CallDraft, messageID: UnsafeRawBufferPointer) {
        encoder.text(.messageID, messageID)
        encoder.text(.source, source.id.text)
        if let text = draft.userID { encoder.text(.userID, text) }
        if let text = draft.anonymousID { encoder.text(.anonymousID, text) }
        if let text = draft.previousID { encoder.text(.previousID, text) }
        if let text = draft.groupID { encoder.text(.groupID, text) }
        switch draft.type {
        case .track, .declare: if let text = draft.event { encoder.text(.event, text) }
        case .page, .screen: encoder.text(.event, draft.type.text)
        default: break
        }
        if let text = draft.name { encoder.text(.name, text) }
        if let text = draft.category { encoder.text(.category, text) }
    }

    // MARK: - Identities

    private func allowed(_ id: UnsafeRawBufferPointer?, _ flags: inout CallFlags) -> UnsafeRawBufferPointer? {
        guard let id else { return nil }
        if !rules.isBlocked(id) { return id }
        flags.insert(.blockedIdentity)
        return nil
    }

    /// Whether the call names more than a user id and an anonymous id.
    private func needsRules(_ draft: CallDraft, _ context: ContextView) -> Bool {
        if draft.type == .alias || context.deviceID != nil || context["externalIds"] != nil { return true }
        return takesTraits(draft)
    }

    /// Whether traits of the call are identities.
    private func takesTraits(_ draft: CallDraft) -> Bool {
        source.isTrusted && draft.type == .identify && (trait("email", draft) ?? trait("phone", draft)) != nil
    }

    private func trait(_ key: StaticString, _ draft: CallDraft) -> JSONNode? {
        draft.traits?.member(key) ?? draft.contextTraits?.member(key)
    }

    private func named(_ draft: CallDraft, _ context: ContextView) -> NamedIdentities {
        var collector = IdentityCollector(rules: rules)
        collector.begin(draft.type)
        if let id = draft.userID { collector.add(utf8: id, as: .userID) }
        if let id = draft.anonymousID { collector.add(utf8: id, as: .anonymousID) }
        if let id = draft.previousID { collector.addPrevious(String(utf8: id)) }
        if let id = context.deviceID?.idText { collector.add(id, as: .deviceID) }
        for external in context["externalIds"]?.elements.map({ $0 }) ?? [] {
            guard let type = external.member("type"), type.kind == .string, let id = external.member("id")?.idText else { continue }
            collector.add(id, as: IdentityType(String(utf8: type.string)))
        }
        if source.isTrusted, draft.type == .identify {
            if let email = trait("email", draft), email.kind == .string { collector.add(utf8: email.string, as: .email) }
            if let phone = trait("phone", draft)?.idText { collector.add(phone, as: .phone) }
        }
        return collector.finish()
    }

    // MARK: - Sections

    private mutating func writeSections(_ draft: CallDraft, _ context: ContextView, integrations: JSONNode?) {
        if let properties = draft.properties { writeMembers(of: properties, .properties) }
        if let traits = draft.traits { writeMembers(of: traits, .traits) }
        if let traits = draft.contextTraits { writeMembers(of: traits, .traits, besides: draft.traits) }
        writeContext(draft, context)
        if let integrations = draft.integrations { writeMembers(of: integrations, .integrations) }
        if let integrations { writeMembers(of: integrations, .integrations, besides: draft.integrations) }
    }

    /// The call's context, then what the batch says beside it.
    ///
    /// The address is kept only for sources that say so; traits of identify have moved to its traits; `channel` has no place of its
    /// own and is kept here.
    private mutating func writeContext(_ draft: CallDraft, _ context: ContextView) {
        for (index, node) in [context.own, context.outer].enumerated() {
            guard let node else { continue }
            for member in node.members {
                let key = member.key.string
                if index == 1, context.own?.has(key) == true { continue }
                if !source.storesIP, key.equals("ip") { continue }
                if draft.type == .identify, key.equals("traits"), draft.contextTraits != nil { continue }
                write(member, .context)
            }
        }
        if let clientAddress, context["ip"] == nil { writeText(clientAddress, key: "ip") }
        if let channel = draft.channel, context["channel"] == nil {
            path.removeAll(keepingCapacity: true)
            append(key: "channel")
            leaf(.context, .string(channel))
        }
    }

    private mutating func writeText(_ text: String, key: StaticString) {
        path.removeAll(keepingCapacity: true)
        append(key: key)
        var text = text
        text.withUTF8 { leaf(.context, .string(UnsafeRawBufferPointer($0))) }
    }

    private mutating func append(key: StaticString) {
        PropertyPath.append(
            key: UnsafeRawBufferPointer(start: key.utf8Start, count: key.utf8CodeUnitCount), isFirst: true, to: &path)
    }

    /// The members of an object that `besides` does not have.
    private mutating func writeMembers(of object: JSONNode, _ section: Section, besides: JSONNode? = nil) {
        for member in object.members where besides?.has(member.key.string) != true { write(member, section) }
    }

    private mutating func write(_ member: JSONNode.Member, _ section: Section) {
        path.removeAll(keepingCapacity: true)
        PropertyPath.append(key: member.key.string, isFirst: true, to: &path)
        writeLeaves(of: member.value, section)
    }

    /// Writes `node`, which stands at `path`: an object with members as one leaf for each of them, anything else as one leaf.
    private mutating func writeLeaves(of node: JSONNode, _ section: Section) {
        switch node.kind {
        case .object where node.count > 0:
            let length = path.count
            for member in node.members {
                PropertyPath.append(key: member.key.string, isFirst: false, to: &path)
                writeLeaves(of: member.value, section)
                path.removeSubrange(length...)
            }
        case .null: leaf(section, .null)
        case .bool: leaf(section, .bool(node.bool))
        case .int: leaf(section, .int(node.int))
        case .double: leaf(section, .double(node.double))
        case .string: leaf(section, .string(node.string))
        case .bigNumber:
            var text = node.bigNumber
            text.withUTF8 { leaf(section, .bigNumber(UnsafeRawBufferPointer($0))) }
        case .array, .object:
            json.removeAll(keepingCapacity: true)
            node.writeCanonical(to: &json)
            CallWriter.append(json: json, section, at: path, to: &encoder)
        }
    }

    private mutating func leaf(_ section: Section, _ value: LeafValue) {
        CallWriter.append(value, section, at: path, to: &encoder)
    }

    private static func append(_ value: LeafValue, _ section: Section, at path: [UInt8], to encoder: inout CallEncoder) {
        path.withUnsafeBytes { encoder.leaf(section, path: $0, value) }
    }

    private static func append(json: [UInt8], _ section: Section, at path: [UInt8], to encoder: inout CallEncoder) {
        json.withUnsafeBytes { append(.json($0), section, at: path, to: &encoder) }
    }
}

/// A call's context over that of its batch.
struct ContextView {
    let own: JSONNode?
    let outer: JSONNode?

    subscript(key: StaticString) -> JSONNode? { own?.member(key) ?? outer?.member(key) }

    var deviceID: JSONNode? {
        guard let id = self["device"]?.member("id"), !id.isNull else { return nil }
        return id
    }
}

extension JSONNode {
    /// Whether this object has a member named `key`.
    func has(_ key: UnsafeRawBufferPointer) -> Bool {
        for member in members where member.key.string.equals(key) { return true }
        return false
    }

    var isTrue: Bool { kind == .bool && bool }

    /// The text of an id: text as it is, a number as its digits.
    var idText: String? {
        switch kind {
        case .string: String(utf8: string)
        case .int: String(int)
        case .bigNumber: bigNumber
        default: nil
        }
    }
}
