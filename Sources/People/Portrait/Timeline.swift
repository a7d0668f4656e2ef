public import Model

/// In which direction a timeline is read.
public enum TimelineOrder: String, Sendable, Hashable, CaseIterable { case newest, oldest }

/// One call of a timeline, with the identity that it arrived under.
public struct TimelineEntry: Hashable, Sendable {
    public var call: Call
    public var arrival: UInt64
    /// The owner.
    public var identity: Identity
}

/// Calls that belong together: a visit, or calls outside any visit.
///
/// Cut where the page is.
public struct TimelineSession: Hashable, Sendable {
    /// Of the whole session, not only of what stands on this page.
    public var start: Instant
    public var end: Instant
    public var callCount: Int
    /// Whether it holds an event, so that it counts as a visit.
    public var isVisit: Bool
    /// In the order asked for.
    public var entries: [TimelineEntry]
}

/// A page of a person's timeline.
public struct TimelinePage: Hashable, Sendable {
    public var sessions: [TimelineSession]
    /// Calls in all.
    public var total: Int
    /// Where the next page begins; nil on the last one.
    public var next: String?
}
