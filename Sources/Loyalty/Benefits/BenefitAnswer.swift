public import Model

/// What is asked about a benefit beside whose it is.
public struct BenefitContext: Hashable, Sendable {
    /// How much of it.
    public var amount: Int64
    /// Where; nil for nowhere in particular.
    public var place: String?
    /// Who of several.
    public var user: BenefitParty?

    public init(amount: Int64 = 1, place: String? = nil, user: BenefitParty? = nil) {
        self.amount = amount
        self.place = place
        self.user = user
    }
}

/// Whether a benefit can be used, how much of it, and why.
public struct BenefitAnswer: Hashable, Sendable {
    /// What sources of one series give, use by use.
    public struct Line: Hashable, Sendable {
        public let source: BenefitSource
        /// nil for as much as one likes.
        public let amount: Int64?
        public let carried: Int64
        public let consumed: Int64
        public let reserved: Int64
        public let left: Int64?
    }

    public internal(set) var isAllowed: Bool
    /// How much can be used until it starts anew; nil for as much as one likes.
    public let remaining: Int64?
    /// Of a priority.
    public let weight: Int64?
    /// When the period ends, for what has one.
    public let resetsAt: Instant?
    /// The sources of the active grants, in the order in which they are used.
    public let sources: [BenefitSource]
    /// Why it is not allowed; empty when it is.
    public internal(set) var reasons: [Refusal.Reason]
    /// How what remains comes about; of a benefit that takes the largest each line counts all uses.
    public let explanation: [Line]
    /// That of the book.
    public let version: Int64
    /// The first instant at which time alone may change the answer; nil for never.
    public let changesAt: Instant?
}
