public import Model

/// What one person is to another person or to an account, from when until when, and how that is known.
public struct Relationship: Hashable, Sendable {
    /// Whom it is to.
    public enum Party: Hashable, Sendable {
        case person(PersonID)
        case account(String)
    }

    /// How it is known.
    public enum Origin: String, Sendable, Hashable {
        /// Somebody said so.
        case declared
        /// It follows from orders, or from a seat in an account.
        case derived
    }

    /// A call that shows it.
    public struct Evidence: Hashable, Sendable {
        public var arrival: UInt64
        /// Whose call it is; nil for nobody's.
        public var person: PersonID?
    }

    public var holder: PersonID
    public var role: RelationshipRole
    public var to: Party
    public var since: Instant
    /// The first instant at which it holds no more; nil while it is open.
    public var until: Instant?
    public var origin: Origin
    /// The declaring call, or the first orders, or first use and payment, that show it, at most 3.
    public var evidence: [Evidence]
    /// The account in which one of the two uses what the other pays for; nil for all that no seat shows first.
    public var account: String?

    /// Whether it holds at `instant`.
    public func holds(at instant: Instant) -> Bool { since <= instant && until.map { instant < $0 } ?? true }
}
