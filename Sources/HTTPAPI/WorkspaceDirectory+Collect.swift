internal import Intake
public import Model
internal import Records
public import Workspaces

extension WorkspaceDirectory: CollectAuthority {
    /// The source that a write key stands for.
    ///
    /// A dictionary look-up once the workspace is open; the first call opens it.
    public func collectTarget(writeKey: String) async throws(Problem) -> CollectTarget? {
        guard let grant = writeGrant(writeKey) else { return nil }
        let workspace: OpenWorkspace
        if let open = openWorkspace(grant.workspace) {
            workspace = open
        } else {
            workspace = try await self.workspace(grant.workspace)
        }
        return CollectTarget(intake: workspace.intake, source: IntakeSource(grant.source))
    }

    /// The largest `bodyBytes` of the sources that are open, at least the standard one.
    public var collectBodyBytesMax: Int { max(largestBodyBytes, SourceLimits.standard.bodyBytes) }
}
