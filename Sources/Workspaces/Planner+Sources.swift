package import Model
public import Records

extension Planner {
    package func newSource(in workspace: WorkspaceID, _ wish: NewSource) throws(Problem) -> Plan<CreatedSource> {
        _ = try catalog.workspace(workspace)
        guard catalog.sources(of: workspace).count < Planner.sourcesMax else {
            throw Problem(.badRequest, "A workspace has at most \(Planner.sourcesMax) sources. Use one of them.", status: 409)
        }
        let name = try SettingsRules.name(wish.name)
        try checkName(name, except: nil, in: workspace)
        let isServer = wish.kind != .browser
        let source = Source(
            id: id(), workspace: workspace, name: name, kind: wish.kind, isTrusted: wish.isTrusted ?? isServer,
            storesIP: wish.storesIP ?? false, allowsHistory: wish.allowsHistory ?? true, createdAt: now)
        let write = newKey(workspace, .write(source.id), name: "first", scopes: [.collect])
        return Plan(
            changes: [.insertSource(source), .insertKey(write.key), audit(workspace, "source.created", source.id, source.name)],
            value: CreatedSource(source: source, key: write.key, writeKey: write.secret))
    }

    package func changedSource(_ id: SourceID, in workspace: WorkspaceID, _ wish: SourceWish) throws(Problem) -> Plan<Source> {
        var source = try catalog.source(id, of: workspace)
        if let name = wish.name {
            source.name = try SettingsRules.name(name)
            try checkName(source.name, except: id, in: workspace)
        }
        source.kind = wish.kind ?? source.kind
        source.isTrusted = wish.isTrusted ?? source.isTrusted
        source.storesIP = wish.storesIP ?? source.storesIP
        source.allowsHistory = wish.allowsHistory ?? source.allowsHistory
        source.isSuppressed = wish.isSuppressed ?? source.isSuppressed
        source.limits = wish.limits ?? source.limits
        return Plan(changes: [.updateSource(source), audit(workspace, "source.changed", id, wish.summary)], value: source)
    }

    /// A new key of `source`; with `replaces`, that one stops working in the same moment.
    package func rotatedKey(
        of source: SourceID, in workspace: WorkspaceID, name: String?, replaces: KeyID?
    ) throws(Problem) -> Plan<CreatedKey> {
        _ = try catalog.source(source, of: workspace)
        return try newKeyPlan(in: workspace, .write(source), name: name, scopes: [.collect], replaces: replaces)
    }

    package func newAPIKey(in workspace: WorkspaceID, name: String?, scopes: Set<KeyScope>) throws(Problem) -> Plan<CreatedKey> {
        guard !scopes.isEmpty, scopes.isSubset(of: [.read, .manage]) else {
            throw Problem(.badRequest, "An api key's scopes are read, manage, or both.", place: "/scopes")
        }
        return try newKeyPlan(in: workspace, .api, name: name, scopes: scopes, replaces: nil)
    }

    package func revokedKey(_ id: KeyID, in workspace: WorkspaceID) throws(Problem) -> Plan<Key> {
        var key = try catalog.key(id, in: workspace)
        guard key.revokedAt == nil else { return Plan(changes: [], value: key) }
        key.revokedAt = now
        return Plan(
            changes: [.revokeKey(workspace, id, at: now), audit(workspace, "key.revoked", id, key.shownPrefix)], value: key)
    }

    package func revokedKeys(_ ids: [KeyID], in workspace: WorkspaceID) throws(Problem) -> Plan<[Key]> {
        var whole = Plan<[Key]>(changes: [], value: [])
        for id in ids {
            let one = try revokedKey(id, in: workspace)
            whole.changes += one.changes
            whole.value.append(one.value)
        }
        return whole
    }

    func newKey(_ workspace: WorkspaceID, _ kind: KeyKind, name: String, scopes: Set<KeyScope>) -> (key: Key, secret: String) {
        let secret = Secret.key(prefix: kind == .api ? "ak" : "wk")
        let key = Key(
            id: id(), workspace: workspace, kind: kind, name: name, digest: KeyDigest(of: secret),
            shownPrefix: String(secret.prefix(9)),
            scopes: scopes, createdAt: now, createdBy: actor)
        return (key, secret)
    }

    private func newKeyPlan(
        in workspace: WorkspaceID, _ kind: KeyKind, name: String?, scopes: Set<KeyScope>, replaces: KeyID?
    ) throws(Problem) -> Plan<CreatedKey> {
        let open = catalog.keys(of: kind.source, in: workspace).filter { $0.revokedAt == nil }
        guard open.count < Planner.openKeysMax || replaces != nil else {
            throw Problem(.badRequest, "There are \(open.count) keys already. Revoke one that is not used any more.", status: 409)
        }
        let made = newKey(
            workspace, kind, name: try name.map { text throws(Problem) in try SettingsRules.name(text) } ?? "", scopes: scopes)
        var changes: [Change] = [.insertKey(made.key), audit(workspace, "key.created", made.key.id, made.key.shownPrefix)]
        if let replaces {
            guard open.contains(where: { $0.id == replaces }) else {
                throw Problem(
                    .notFound, "There is no key \(replaces) to replace, or it is revoked.", place: "/replaces", status: 404)
            }
            changes += try revokedKey(replaces, in: workspace).changes
        }
        return Plan(changes: changes, value: CreatedKey(key: made.key, raw: made.secret))
    }

    private func checkName(_ name: String, except own: SourceID?, in workspace: WorkspaceID) throws(Problem) {
        guard !catalog.sources(of: workspace).contains(where: { $0.name == name && $0.id != own }) else {
            throw Problem(.exists, "There is a source named \"\(name)\" already. Choose another name.", place: "/name", status: 409)
        }
    }
}

/// What a new source shall be; nil takes what fits its kind: servers and files are trusted and may send history, browsers neither.
public struct NewSource: Hashable, Sendable {
    public var name: String
    public var kind: SourceKind
    public var isTrusted: Bool?
    public var storesIP: Bool?
    public var allowsHistory: Bool?

    public init(name: String, kind: SourceKind, isTrusted: Bool? = nil, storesIP: Bool? = nil, allowsHistory: Bool? = nil) {
        self.name = name
        self.kind = kind
        self.isTrusted = isTrusted
        self.storesIP = storesIP
        self.allowsHistory = allowsHistory
    }
}

/// Settings of a source to change; nil leaves one as it is.
public struct SourceWish: Hashable, Sendable {
    public var name: String?
    public var kind: SourceKind?
    public var isTrusted: Bool?
    public var storesIP: Bool?
    public var allowsHistory: Bool?
    public var isSuppressed: Bool?
    public var limits: SourceLimits?

    public init(
        name: String? = nil, kind: SourceKind? = nil, isTrusted: Bool? = nil, storesIP: Bool? = nil, allowsHistory: Bool? = nil,
        isSuppressed: Bool? = nil, limits: SourceLimits? = nil
    ) {
        self.name = name
        self.kind = kind
        self.isTrusted = isTrusted
        self.storesIP = storesIP
        self.allowsHistory = allowsHistory
        self.isSuppressed = isSuppressed
        self.limits = limits
    }

    var summary: String {
        let flags = [("trusted", isTrusted), ("stores_ip", storesIP), ("history", allowsHistory), ("suppressed", isSuppressed)]
        return
            ((name.map { ["name = \($0)"] } ?? []) + (kind.map { ["kind = \($0.rawValue)"] } ?? [])
            + flags.compactMap { word, flag in flag.map { "\(word) = \($0)" } } + (limits == nil ? [] : ["limits"]))
            .joined(separator: ", ")
    }
}

/// A source just made, with its first write key, which is shown this once.
public struct CreatedSource: Hashable, Sendable {
    public let source: Source
    public let key: Key
    public let writeKey: String
}

/// A key just made; `raw` is the key itself, shown this once.
public struct CreatedKey: Hashable, Sendable {
    public let key: Key
    public let raw: String
}
