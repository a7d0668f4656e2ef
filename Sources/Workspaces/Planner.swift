public import Model
package import People
package import Questions
public import Records

/// Changes that are ready to be committed, and what the caller is told once they are.
package struct Plan<Value: Sendable>: Sendable {
    package var changes: [Change]
    package var value: Value

    package init(changes: [Change], value: Value) {
        self.changes = changes
        self.value = value
    }

    package func map<Other: Sendable>(_ transform: (Value) -> Other) -> Plan<Other> {
        Plan<Other>(changes: changes, value: transform(value))
    }
}

/// Turns a wish into changes: checks it against what there is, makes ids and keys, and notes who wished it.
///
/// Does no I/O.
package struct Planner: Sendable {
    let catalog: Catalog
    let now: Instant
    let actor: Actor

    /// The most sources of one workspace.
    static let sourcesMax = 200
    /// The most keys of one source, or api keys of one workspace, that are not revoked.
    static let openKeysMax = 20

    /// A workspace without sources and keys, for somebody who names the first source next.
    package func emptyWorkspace(_ wish: NewWorkspace) throws(Problem) -> Plan<Workspace> {
        let currency = try SettingsRules.currency(wish.currency)
        let zone = try SettingsRules.timezone(wish.timezone)
        let region = try wish.region.map { text throws(Problem) in try SettingsRules.region(text) }
        let workspace = Workspace(
            id: id(), name: try SettingsRules.name(wish.name), timezone: zone.identifier, currency: currency,
            language: try SettingsRules.language(wish.language),
            region: region ?? SettingsRules.proposedRegion(timezone: zone.identifier, currency: currency), createdAt: now)
        var changes: [Change] = [.insertWorkspace(workspace)]
        if let owner = wish.owner {
            changes.append(.setMembership(Membership(workspace: workspace.id, member: owner, role: .owner)))
        }
        changes.append(audit(workspace.id, "workspace.created", workspace.id, workspace.name))
        return Plan(changes: changes, value: workspace)
    }

    /// A workspace with a first source "server" and one key of each kind, for programs that begin at once.
    package func newWorkspace(_ wish: NewWorkspace) throws(Problem) -> Plan<CreatedWorkspace> {
        let empty = try emptyWorkspace(wish)
        let workspace = empty.value
        let source = Source(
            id: id(), workspace: workspace.id, name: "server", kind: .server, isTrusted: true, storesIP: false, allowsHistory: true,
            createdAt: now)
        let write = newKey(workspace.id, .write(source.id), name: "first", scopes: [.collect])
        let api = newKey(workspace.id, .api, name: "first", scopes: [.read, .manage])
        return Plan(
            changes: empty.changes + [.insertSource(source), .insertKey(write.key), .insertKey(api.key)],
            value: CreatedWorkspace(workspace: workspace, source: source, writeKey: write.secret, apiKey: api.secret))
    }

    package func changedWorkspace(_ id: WorkspaceID, _ wish: WorkspaceWish) throws(Problem) -> Plan<Workspace> {
        var workspace = try catalog.workspace(id)
        if let name = wish.name { workspace.name = try SettingsRules.name(name) }
        if let timezone = wish.timezone { workspace.timezone = try SettingsRules.timezone(timezone).identifier }
        if let currency = wish.currency { workspace.currency = try SettingsRules.currency(currency) }
        if let language = wish.language { workspace.language = try SettingsRules.language(language) }
        if let region = wish.region { workspace.region = try SettingsRules.region(region) }
        return Plan(
            changes: [.updateWorkspace(workspace), audit(id, "workspace.changed", id, wish.summary)], value: workspace)
    }

    /// - Parameter stages: nil for the standard ones.
    package func changedStages(_ id: WorkspaceID, _ stages: StageScheme?) throws(Problem) -> Plan<Workspace> {
        var workspace = try catalog.workspace(id)
        workspace.stages = stages?.json.text
        let detail = stages.map { $0.names.joined(separator: ", ") } ?? "standard"
        return Plan(changes: [.updateWorkspace(workspace), audit(id, "stages.changed", id, detail)], value: workspace)
    }

    package func changedIdentitySettings(
        _ id: WorkspaceID, _ settings: IdentitySettings
    ) throws(Problem) -> Plan<Workspace> {
        var workspace = try catalog.workspace(id)
        workspace.identitySettings = settings == .standard ? nil : settings.json.text
        let detail = settings == .standard ? "standard" : "own limits, own blocked values: \(settings.blocked.count)"
        return Plan(
            changes: [.updateWorkspace(workspace), audit(id, "identity_settings.changed", id, detail)], value: workspace)
    }

    func id<ID: TextID>() -> ID {
        var generator = SystemRandomNumberGenerator()
        return .random(using: &generator)
    }

    /// Only notes what was done elsewhere.
    func noted(
        _ workspace: WorkspaceID, _ action: String, target: String, _ detail: String, people: [PersonID] = [], why: String? = nil
    ) -> Plan<Void> {
        Plan(
            changes: [
                .audit(
                    AuditEntry(
                        workspace: workspace, at: now, actor: actor, action: action, target: target, detail: detail, people: people,
                        reason: why))
            ], value: ())
    }

    func audit(_ workspace: WorkspaceID?, _ action: String, _ target: some TextID, _ detail: String) -> Change {
        .audit(AuditEntry(workspace: workspace, at: now, actor: actor, action: action, target: target.text, detail: detail))
    }
}

/// What a new workspace shall be, as someone typed it.
public struct NewWorkspace: Hashable, Sendable {
    public var name: String
    public var timezone: String
    public var currency: String
    public var language: String
    /// nil: the country of the time zone.
    public var region: String?
    /// The member who owns it; nil for one that is made by a token or on the command line.
    public var owner: MemberID?

    public init(
        name: String, timezone: String, currency: String, language: String = "en", region: String? = nil, owner: MemberID? = nil
    ) {
        self.name = name
        self.timezone = timezone
        self.currency = currency
        self.language = language
        self.region = region
        self.owner = owner
    }
}

/// A workspace just made.
///
/// Its keys are shown this once.
public struct CreatedWorkspace: Hashable, Sendable {
    public let workspace: Workspace
    /// The first source: trusted, history allowed.
    public let source: Source
    public let writeKey: String
    public let apiKey: String
}

/// Settings of a workspace to change; nil leaves one as it is.
public struct WorkspaceWish: Hashable, Sendable {
    public var name: String?
    public var timezone: String?
    public var currency: String?
    public var language: String?
    public var region: String?

    public init(
        name: String? = nil, timezone: String? = nil, currency: String? = nil, language: String? = nil, region: String? = nil
    ) {
        self.name = name
        self.timezone = timezone
        self.currency = currency
        self.language = language
        self.region = region
    }

    /// For the audit: `name = …, currency = …`.
    var summary: String {
        [("name", name), ("timezone", timezone), ("currency", currency), ("language", language), ("region", region)]
            .compactMap { field, value in value.map { "\(field) = \($0)" } }.joined(separator: ", ")
    }
}
