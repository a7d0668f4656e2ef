public import Model

/// A form that people fill step by step: what is asked of them, in which order.
public struct RegistrationForm: Hashable, Sendable {
    /// A few traits that are asked for together.
    public struct Step: Hashable, Sendable {
        public var name: String
        /// The keys of the traits; dots reach into objects.
        public var traits: [String]

        public init(name: String, traits: [String]) {
            self.name = name
            self.traits = traits
        }
    }

    public let id: FormID
    public let workspace: WorkspaceID
    /// Unique within the workspace.
    public var name: String
    public var steps: [Step]
    public let createdAt: Instant

    public init(id: FormID, workspace: WorkspaceID, name: String, steps: [Step], createdAt: Instant) {
        self.id = id
        self.workspace = workspace
        self.name = name
        self.steps = steps
        self.createdAt = createdAt
    }
}
