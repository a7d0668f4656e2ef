public import Model

/// How long the events of a name are kept for a purpose.
public struct RetentionRule: Hashable, Sendable {
    /// The name of the event; `*` for all that no other rule names.
    public var event: String
    /// What for, in the workspace's own word; empty for whatever purpose.
    public var purpose: String
    public var days: Int

    public static let allOthers = "*"

    public init(event: String, purpose: String, days: Int) {
        self.event = event
        self.purpose = purpose
        self.days = days
    }
}

/// How many events of a name were deleted because their time was over.
public struct RetentionCount: Hashable, Sendable {
    public var event: String
    public var count: Int
    /// When some were deleted last.
    public var lastAt: Instant

    public init(event: String, count: Int, lastAt: Instant) {
        self.event = event
        self.count = count
        self.lastAt = lastAt
    }
}
