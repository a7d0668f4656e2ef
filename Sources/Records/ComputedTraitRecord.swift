public import Model

/// The rule of one computed trait of a workspace.
public struct ComputedTraitRecord: Hashable, Sendable {
    public let workspace: WorkspaceID
    /// Unique within the workspace.
    public let key: String
    /// The rule as canonical JSON text.
    public let rule: String
    public let createdAt: Instant

    public init(workspace: WorkspaceID, key: String, rule: String, createdAt: Instant) {
        self.workspace = workspace
        self.key = key
        self.rule = rule
        self.createdAt = createdAt
    }
}
