public import Model
public import Records

/// Something about people that somebody looked at.
public struct Reading: Hashable, Sendable {
    /// What was looked at, as noun and past verb.
    public enum Action: String, Sendable, CaseIterable {
        case profile = "profile.viewed"
        case timeline = "timeline.viewed"
        case event = "event.viewed"
        case relationships = "relationships.viewed"
        case consents = "consents.viewed"
        case decisions = "decisions.viewed"
        case people = "people.listed"
        case events = "events.exported"
        case peopleExported = "people.exported"
        case personExported = "person.exported"
    }

    public var action: Action
    public var people: [PersonID]
    /// What of it, such as the kind of question; without names, because it stays when somebody is erased.
    public var detail: String

    public init(_ action: Action, of people: [PersonID], _ detail: String = "") {
        self.action = action
        self.people = people
        self.detail = detail
    }
}

/// The audit: who read or changed what, when and why.
extension WorkspaceDirectory {
    /// Notes that somebody looked at something; it is written within half a second, and before the directory is closed.
    public func note(_ reading: Reading, in workspace: WorkspaceID, by actor: Actor, why: String? = nil) async {
        let target = reading.people.count == 1 ? reading.people.first?.text ?? "" : ""
        await readings.add(
            AuditEntry(
                workspace: workspace, at: clock.now, actor: actor, action: reading.action.rawValue, target: target,
                detail: String(reading.detail.prefix(2_000)), people: reading.people, reason: why))
    }

    /// The newest entries of a workspace that are wanted, newest first, up to the last reading.
    public func audit(of workspace: WorkspaceID, _ query: AuditQuery, limit: Int) async throws(Problem) -> [ChainedEntry] {
        await readings.flush()
        return try await records.audit(workspace: workspace, query, limit: limit)
    }

    /// Who has done anything in a workspace.
    public func actors(of workspace: WorkspaceID) async throws(Problem) -> [Actor] { try await records.actors(of: workspace) }

    /// Whether the chain of a workspace's audit, or of what belongs to none, is whole.
    public func checkAudit(of workspace: WorkspaceID?) async throws(Problem) -> AuditCheck {
        await readings.flush()
        return try await records.checkAudit(of: workspace)
    }
}
