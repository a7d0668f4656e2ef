import Columns
import EventStore
public import Model
public import People
public import Records

extension OpenWorkspace {
    /// Limits and blocked values that settings ask for; the standard ones where they say nothing.
    ///
    /// - Throws: ``Problem`` with code `bad_identity_settings` for what another program has written.
    package static func identitySettings(of settings: Workspace) throws(Problem) -> IdentitySettings {
        guard let text = settings.identitySettings else { return .standard }
        return try IdentitySettings(json: try JSONParser.parse(text.utf8))
    }

    /// What a command about who is who would change.
    ///
    /// - Throws: ``Problem`` as ``PeopleStore/preview(_:of:now:)``.
    public func preview(
        _ action: IdentityCommand.Action, _ left: String, _ right: String
    ) async throws(Problem) -> IdentityPreview {
        let people = people
        let store = store
        return try await look { view throws(Problem) in
            let command = IdentityCommand(action, try view.identity(named: left), try view.identity(named: right))
            return try people.preview(command, of: store, now: view.instant)
        }
    }

    /// Carries a command out, durably; every answer follows it from then on.
    fileprivate func append(_ command: IdentityCommand, by actor: Actor, at now: Instant) async throws(Problem) {
        var encoder = CallEncoder()
        let random = String(UInt64.random(in: 0 ... .max), radix: 16)
        let call = command.call(
            messageID: "command-\(now.microseconds)-\(random)", at: now, source: SourceID(text: actor.text))
        encoder.append(call, identities: command.identities, payloadHash: 0)
        _ = try await store.append(encoder.finish())
    }
}

extension WorkspaceDirectory {
    /// Joins the people of two identities, or takes two identities apart for good, and notes who did it.
    ///
    /// - Parameters:
    ///   - left: A person's id, `type:value`, or a bare value; so is `right`.
    /// - Returns: What it changed.
    /// - Throws: ``Problem`` as ``PeopleStore/preview(_:of:now:)``; then nothing has changed.
    public func carryOut(
        _ action: IdentityCommand.Action, _ left: String, _ right: String, in workspace: WorkspaceID, by actor: Actor
    ) async throws(Problem) -> IdentityPreview {
        let open = try await self.workspace(workspace)
        let preview = try await open.preview(action, left, right)
        try await open.append(preview.command, by: actor, at: clock.now)
        try await change(by: actor) { planner in
            planner.noted(
                workspace, action == .merge ? "people.merged" : "people.unmerged",
                target: preview.before.first?.person.text ?? "",
                // Entries stay when somebody is erased, so that they name people by ids alone.
                "", people: Set((preview.before + preview.after).map(\.person)).sorted())
        }
        return preview
    }

    /// Limits and blocked values of a workspace.
    public func identitySettings(of workspace: WorkspaceID) throws(Problem) -> IdentitySettings {
        try OpenWorkspace.identitySettings(of: try settings(of: workspace))
    }

    /// Puts other limits and blocked values in force for calls that come from now on; what people hold stays.
    public func changeIdentitySettings(
        of workspace: WorkspaceID, to settings: IdentitySettings, by actor: Actor
    ) async throws(Problem) {
        _ = try await change(by: actor) { planner throws(Problem) in
            try planner.changedIdentitySettings(workspace, settings)
        }
    }
}
