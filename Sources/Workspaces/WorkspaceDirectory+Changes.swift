import EventStore
public import Model
public import Records
import Synchronization

extension WorkspaceDirectory {
    /// Makes a workspace with its first source "server" and one key of each kind.
    ///
    /// - Throws: ``Problem`` with code `bad_name`, `unknown_time_zone`, `unknown_currency`, `unknown_language` or `bad_region`.
    public func create(_ wish: NewWorkspace, by actor: Actor) async throws(Problem) -> CreatedWorkspace {
        try await change(by: actor) { planner throws(Problem) in try planner.newWorkspace(wish) }
    }

    /// Makes a workspace without sources and keys: its owner names the first source.
    ///
    /// - Throws: as ``create(_:by:)``.
    public func createEmpty(_ wish: NewWorkspace, by actor: Actor) async throws(Problem) -> Workspace {
        try await change(by: actor) { planner throws(Problem) in try planner.emptyWorkspace(wish) }
    }

    /// As ``create(_:by:)`` with the wish spelled out.
    public func create(
        name: String, timezone: String, currency: String, language: Language = .en, region: String? = nil, owner: MemberID? = nil,
        by actor: Actor
    ) async throws(Problem) -> CreatedWorkspace {
        try await create(
            NewWorkspace(
                name: name, timezone: timezone, currency: currency, language: language.rawValue, region: region, owner: owner),
            by: actor)
    }

    /// Changes the settings that `wish` names; answers given from now on follow them.
    @discardableResult
    public func update(_ id: WorkspaceID, _ wish: WorkspaceWish, by actor: Actor) async throws(Problem) -> Workspace {
        try await change(by: actor) { planner throws(Problem) in try planner.changedWorkspace(id, wish) }
    }

    /// Makes a source with its first write key.
    public func createSource(_ wish: NewSource, in workspace: WorkspaceID, by actor: Actor) async throws(Problem) -> CreatedSource {
        try await change(by: actor) { planner throws(Problem) in try planner.newSource(in: workspace, wish) }
    }

    /// Changes the settings of a source; `isSuppressed` closes it.
    @discardableResult
    public func updateSource(
        _ id: SourceID, in workspace: WorkspaceID, _ wish: SourceWish, by actor: Actor
    ) async throws(Problem) -> Source {
        try await change(by: actor) { planner throws(Problem) in try planner.changedSource(id, in: workspace, wish) }
    }

    /// Makes a new write key; the one that it replaces, if any, stops working at once.
    public func rotateKey(
        of source: SourceID, in workspace: WorkspaceID, name: String? = nil, replaces: KeyID? = nil, by actor: Actor
    ) async throws(Problem) -> CreatedKey {
        try await change(by: actor) { planner throws(Problem) in
            try planner.rotatedKey(of: source, in: workspace, name: name, replaces: replaces)
        }
    }

    /// Makes an api key with the scopes read, manage or both.
    public func createAPIKey(
        in workspace: WorkspaceID, name: String?, scopes: Set<KeyScope>, by actor: Actor
    ) async throws(Problem) -> CreatedKey {
        try await change(by: actor) { planner throws(Problem) in
            try planner.newAPIKey(in: workspace, name: name, scopes: scopes)
        }
    }

    /// Revokes a key for good, from this moment; revoking again changes nothing.
    @discardableResult
    public func revokeKey(_ id: KeyID, in workspace: WorkspaceID, by actor: Actor) async throws(Problem) -> Key {
        try await change(by: actor) { planner throws(Problem) in try planner.revokedKey(id, in: workspace) }
    }

    /// Plans against the present catalog, commits, and puts it in force.
    package func change<Value: Sendable>(
        by actor: Actor, _ plan: (Planner) throws(Problem) -> Plan<Value>
    ) async throws(Problem) -> Value {
        try await lane.run { () async throws(Problem) in
            let plan = try plan(Planner(catalog: snapshot(), now: clock.now, actor: actor))
            try await commit(plan.changes)
            return plan.value
        }
    }

    func commit(_ changes: [Change]) async throws(Problem) {
        // Calls of a log are resolved again when it is opened: what was decided by other limits must be in a part by then.
        let resolving = try await workspacesResolvedOtherwise(by: changes)
        for workspace in resolving { try await workspace.store.flush() }
        try await records.commit(changes)
        catalog.withLock { $0.apply(changes) }
        for case .updateWorkspace(let settings) in changes { try openWorkspace(settings.id)?.update(settings) }
        for case .insertPurpose(let purpose) in changes {
            openWorkspace(purpose.workspace)?.update(purposes: purposes(of: purpose.workspace))
        }
        // And what came meanwhile.
        for workspace in resolving { try await workspace.store.flush() }
    }

    private func workspacesResolvedOtherwise(by changes: [Change]) async throws(Problem) -> [OpenWorkspace] {
        var found: [OpenWorkspace] = []
        for case .updateWorkspace(let settings) in changes
        where settings.identitySettings != (try self.settings(of: settings.id)).identitySettings {
            found.append(try await workspace(settings.id))
        }
        return found
    }
}
