internal import Columns
internal import Model
internal import People
internal import Records

/// One call, checked: what it is, by whom, and where its sections stand.
///
/// Views into the tape and the arena.
struct CallDraft {
    var type: CallType
    var messageID: UnsafeRawBufferPointer?
    var userID: UnsafeRawBufferPointer?
    var anonymousID: UnsafeRawBufferPointer?
    var previousID: UnsafeRawBufferPointer?
    var groupID: UnsafeRawBufferPointer?
    var event: UnsafeRawBufferPointer?
    var name: UnsafeRawBufferPointer?
    var category: UnsafeRawBufferPointer?
    var channel: UnsafeRawBufferPointer?
    /// Objects; nil for none.
    var properties: JSONNode?
    var traits: JSONNode?
    /// Of identify: traits in the place where some SDKs put them.
    var contextTraits: JSONNode?
    var context: JSONNode?
    var integrations: JSONNode?
}

/// Checks a call's fields in one place (specs: collect, §1).
struct CallChecker {
    let limits: CollectLimits
    let arena: TextArena
    /// Whether e-mail and phone of identify count as identities, and whether statements about people are taken.
    var isTrusted = false
    /// Whether commands that join people or take them apart are taken: from files of this machine alone.
    var takesCommands = false
    /// Whether a call may name its person by external ids alone.
    var takesExternalIDs = false

    /// - Parameters:
    ///   - type: What the path says; nil where the call itself says it.
    ///   - bytes: The size of the call and the envelope, above which alone its ids and traits can be too long.
    ///   - outer: The batch's context, which stands under the call's own.
    func check(_ fields: CallFields, type: CallType?, bytes: Int, outer: JSONNode?) throws(Refusal) -> CallDraft {
        var draft: CallDraft
        if let type { draft = CallDraft(type: type) } else { draft = CallDraft(type: try readType(fields.type)) }
        draft.messageID = try messageID(fields.messageID)
        draft.userID = try id(fields.userID, "userId")
        draft.anonymousID = try id(fields.anonymousID, "anonymousId")
        try readParts(of: &draft, fields)
        draft.properties = try section(fields.properties, "properties")
        if draft.type == .declare { try check(statement: draft) }
        draft.traits = try section(fields.traits, "traits")
        draft.context = try section(fields.context, "context")
        if let context = draft.context, bytes > min(limits.idBytes, limits.nameBytes) { try check(context: context) }
        draft.integrations = try section(fields.integrations, "integrations")
        if let channel = fields.channel, channel.kind == .string, channel.string.count <= limits.nameBytes {
            draft.channel = channel.string
        }
        if draft.type == .identify, let traits = ContextView(own: draft.context, outer: outer)["traits"] {
            draft.contextTraits = try section(traits, "context.traits")
        }
        if isTrusted, draft.type == .identify, bytes > limits.idBytes { try checkContacts(draft) }
        if bytes > limits.traitBytes { try checkTraits(draft) }
        return draft
    }

    private func check(statement draft: CallDraft) throws(Refusal) {
        guard draft.event.map({ String(utf8: $0) }) == ConsentStatement.kind else { return try check(relationship: draft) }
        do throws(ConsentStatement.Flaw) {
            _ = try ConsentStatement(draft.properties?.value() ?? [:])
        } catch {
            throw .consent(error)
        }
    }

    /// What a call states of a relationship; a date is read in UTC here, which only an end within a day of the start can tell.
    private func check(relationship draft: CallDraft) throws(Refusal) {
        let declaration: RelationshipDeclaration
        do throws(RelationshipDeclaration.Flaw) {
            declaration = try RelationshipDeclaration(draft.properties?.value() ?? [:], in: ZoneCalendar(zone: .utc))
        } catch {
            throw .relationship(error)
        }
        for (id, type) in [(draft.userID, IdentityType.userID), (draft.anonymousID, .anonymousID)] {
            guard let id, declaration.names(Identity(type: type, value: String(utf8: id))) else { continue }
            throw .relatedToThemselves
        }
    }

    // MARK: - What each type needs

    private func readParts(of draft: inout CallDraft, _ fields: CallFields) throws(Refusal) {
        switch draft.type {
        case .track:
            draft.event = try name(fields.event, "event")
            if draft.event == nil { throw .missingEvent }
        case .page, .screen:
            draft.name = try name(fields.name, "name")
            draft.category = try name(fields.category, "category")
        case .identify: break
        case .group:
            draft.groupID = try id(fields.groupID, "groupId")
            if draft.groupID == nil { throw .missingGroupID }
        case .alias:
            draft.previousID = try id(fields.previousID, "previousId")
            if draft.previousID == nil { throw .missingPreviousID }
            if draft.userID == nil { throw .missingUserID }
        case .declare:
            guard isTrusted || takesCommands else { throw .notAllowedToDeclare }
            draft.event = try name(fields.event, "event")
            guard let event = draft.event else { throw .missingDeclaration }
            guard [RelationshipDeclaration.kind, ConsentStatement.kind].contains(String(utf8: event)) else {
                throw .unknownDeclaration(String(utf8: event))
            }
        case .merge, .unmerge:
            guard takesCommands else { throw .notAllowedToMerge(draft.type.text) }
            let external = fields.context?.member("externalIds")?.elements.reduce(0) { count, _ in count + 1 } ?? 0
            let own = (draft.userID == nil ? 0 : 1) + (draft.anonymousID == nil ? 0 : 1)
            guard external == 2, own == 0 else { throw .needsTwoIdentities(draft.type.text, found: external + own) }
        }
        guard draft.userID == nil, draft.anonymousID == nil, !draft.type.isCommand else { return }
        // Whom something is stated of may be known by an address alone.
        if draft.type == .declare || takesExternalIDs, fields.context?.member("externalIds")?.count ?? 0 > 0 { return }
        throw .missingIdentity
    }

    private func readType(_ node: JSONNode?) throws(Refusal) -> CallType {
        guard let node else { throw .missingType }
        guard node.kind == .string else { throw .invalidType("type", expected: "text", found: node.kindName) }
        let text = node.string
        switch text.count {
        case 5:
            if text.equals("track") { return .track }
            if text.equals("group") { return .group }
            if text.equals("alias") { return .alias }
            if text.equals("merge") { return .merge }
        case 4: if text.equals("page") { return .page }
        case 6: if text.equals("screen") { return .screen }
        case 7:
            if text.equals("declare") { return .declare }
            if text.equals("unmerge") { return .unmerge }
        case 8: if text.equals("identify") { return .identify }
        default: break
        }
        throw .unknownType(String(utf8: text))
    }

    // MARK: - Fields

    private func messageID(_ node: JSONNode?) throws(Refusal) -> UnsafeRawBufferPointer? {
        guard let node else { return nil }
        guard let text = arena.text(node) else { throw .invalidType("messageId", expected: "text", found: node.kindName) }
        if text.count > limits.messageIDCharacters, text.scalarCount > limits.messageIDCharacters {
            throw .messageIDTooLong(characters: text.scalarCount, limit: limits.messageIDCharacters)
        }
        return text.isEmpty ? nil : text
    }

    private func id(_ node: JSONNode?, _ field: String) throws(Refusal) -> UnsafeRawBufferPointer? {
        guard let node else { return nil }
        guard let text = arena.text(node) else {
            throw .invalidType(field, expected: "text or a number", found: node.kindName)
        }
        if text.count > limits.idBytes { throw .idTooLong(field, bytes: text.count, limit: limits.idBytes) }
        return text
    }

    /// The identifiers in a context, of a call or of a batch.
    func check(context: JSONNode) throws(Refusal) {
        if let externals = context.member("externalIds") { try check(externals: externals) }
        if let id = context.member("device")?.member("id") { try checkLength(id, "context.device.id") }
    }

    /// Of trusted sources, e-mail and phone among the traits are identities.
    private func checkContacts(_ draft: CallDraft) throws(Refusal) {
        for (traits, place) in [(draft.traits, "traits"), (draft.contextTraits, "context.traits")] {
            if let email = traits?.member("email") { try checkLength(email, "\(place).email") }
            if let phone = traits?.member("phone") { try checkLength(phone, "\(place).phone") }
        }
    }

    /// Looks at an id without keeping its text: there may be any number of them.
    private func checkLength(_ id: JSONNode, _ field: String) throws(Refusal) {
        let bytes = TextArena.byteCount(id)
        if bytes > limits.idBytes { throw .idTooLong(field, bytes: bytes, limit: limits.idBytes) }
    }

    /// `externalIds [{id, type}]`: other identifiers of the person.
    private func check(externals: JSONNode) throws(Refusal) {
        for (index, external) in externals.elements.enumerated() {
            let place = "/context/externalIds/\(index)"
            if let type = external.member("type"), type.kind == .string, type.string.count > limits.nameBytes {
                throw .nameTooLong("type", bytes: type.string.count, limit: limits.nameBytes, pointer: "\(place)/type")
            }
            if let id = external.member("id") { try checkLength(id, "context.externalIds.\(index).id") }
        }
    }

    private func name(_ node: JSONNode?, _ field: String) throws(Refusal) -> UnsafeRawBufferPointer? {
        guard let node else { return nil }
        guard node.kind == .string else { throw .invalidType(field, expected: "text", found: node.kindName) }
        let text = node.string
        if text.count > limits.nameBytes {
            throw .nameTooLong(field, bytes: text.count, limit: limits.nameBytes, pointer: "/\(field)")
        }
        return text.isEmpty ? nil : text
    }

    private func section(_ node: JSONNode?, _ field: String) throws(Refusal) -> JSONNode? {
        guard let node, !node.isNull else { return nil }
        if node.kind == .object { return node }
        // PHP writes an empty map as an empty list.
        if node.kind == .array, node.count == 0 { return nil }
        throw .invalidType(field, expected: "an object", found: node.kindName)
    }

    // MARK: - Traits

    private func checkTraits(_ draft: CallDraft) throws(Refusal) {
        guard draft.type == .identify || draft.type == .group else { return }
        var places = [(draft.traits, "/traits"), (draft.contextTraits, "/context/traits")]
        for operation in draft.type == .identify ? TraitOperation.allCases : [] {
            let name = operation.rawValue
            let operands = draft.properties?.members.first { String(utf8: $0.key.string) == name }?.value
            places.append((operands, "/properties/\(name)"))
        }
        for (node, place) in places {
            guard let node, node.kind == .object else { continue }
            for trait in node.members where size(trait.value) > limits.traitBytes {
                let key = String(utf8: trait.key.string)
                throw .traitsInvalid(
                    "The trait \"\(key.prefix(60))\" has more than \(limits.traitBytes) bytes. Traits describe a person; keep long texts elsewhere.",
                    pointer: "\(place)/\(key.pointerSegment)")
            }
        }
    }

    private func size(_ node: JSONNode) -> Int {
        switch node.kind {
        case .string: return node.string.count
        case .array, .object:
            var text: [UInt8] = []
            node.writeCanonical(to: &text)
            return text.count
        default: return 8
        }
    }
}
