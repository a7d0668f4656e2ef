public import Intake
import Loyalty
public import Model
import People

extension WorkspaceDirectory {
    /// Everything about one person, what the program knows of them as a member included; nil when there is no such person any more.
    public func export(_ person: PersonID, in workspace: WorkspaceID) async throws(Problem) -> PersonExport? {
        let open = try await self.workspace(workspace)
        let identities = try await open.look { view in view.identities(of: person) }
        let memberships = try await programReader(of: workspace).everything(of: identities, at: clock.now)
        return try await open.look { view throws(Problem) in try PersonExport(view, of: person, memberships: memberships) }
    }
}
