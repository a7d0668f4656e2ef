public import Model

/// A right of one party to one benefit, for a while: who has it, who pays for it, and why.
public struct BenefitGrant: Hashable, Sendable {
    /// How it ended before its time.
    public struct Ending: Hashable, Sendable {
        public let at: Instant
        /// Of a revocation; nil when its source ended.
        public let reason: String?
        /// The first instant at which it can no longer be used.
        public let until: Instant
        /// All that it gives in its last period; nil for what it always gives.
        public let share: Int64?
    }

    public let id: BenefitID
    /// The key of the benefit.
    public let benefit: String
    public let beneficiary: BenefitParty
    public internal(set) var payer: BenefitParty
    public let source: BenefitSource
    public let from: Instant
    /// The first instant at which it has ended; nil for never.
    public let until: Instant?
    /// Lower ones are used first.
    public let priority: Int
    /// How much it gives in each period, or the weight of a priority; nil for as much as one likes.
    public internal(set) var amount: Int64?
    public internal(set) var createdAt: Instant
    public internal(set) var ending: Ending?

    /// A grant as it is wished for; an amount that is left out becomes the one of the benefit.
    public init(
        id: BenefitID, of benefit: String, to beneficiary: BenefitParty, payer: BenefitParty, source: BenefitSource, from: Instant,
        until: Instant? = nil, priority: Int = 0, amount: Int64? = nil
    ) {
        self.id = id
        self.benefit = benefit
        self.beneficiary = beneficiary
        self.payer = payer
        self.source = source
        self.from = from
        self.until = until
        self.priority = priority
        self.amount = amount
        createdAt = from
    }

    /// The first instant at which it can no longer be used, for whatever reason.
    public var end: Instant { min(until ?? .distantFuture, ending?.until ?? .distantFuture) }

    public func isActive(at instant: Instant) -> Bool { from <= instant && instant < end }

    /// What it gives in a period; nil for as much as one likes.
    func amount(in span: BenefitPeriod.Span?) -> Int64? {
        guard let amount, let ending, let share = ending.share, let span, span.holds(ending.at) else { return amount }
        return min(amount, share)
    }

    /// Earlier ones are used first: by priority, by their end, by when they were made, by id.
    static func isUsedBefore(_ left: BenefitGrant, _ right: BenefitGrant) -> Bool {
        if left.priority != right.priority { return left.priority < right.priority }
        if left.end != right.end { return left.end < right.end }
        return (left.createdAt, left.id) < (right.createdAt, right.id)
    }
}

/// What gives a benefit; nothing gives the same benefit twice.
public struct BenefitSource: Hashable, Comparable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case tier
        case plan
        case orderLine = "order_line"
        case productCode = "product_code"
        case gift, compensation, campaign
    }

    public let kind: Kind
    /// The one decision, payment, line or code.
    public let id: String
    /// What its successors share with it: the scheme of tiers, the subscription.
    ///
    /// They never add up, each replaces the one before.
    public let series: String

    public init(_ kind: Kind, id: String, series: String? = nil) {
        self.kind = kind
        self.id = id
        self.series = series ?? id
    }

    /// Whether two sources follow one another instead of standing side by side.
    func isInSeries(with other: BenefitSource) -> Bool { kind == other.kind && series == other.series }

    public static func < (left: BenefitSource, right: BenefitSource) -> Bool {
        (left.kind.rawValue, left.series, left.id) < (right.kind.rawValue, right.series, right.id)
    }
}

/// Somebody who has, uses or pays for a benefit: a person, an account, or the brand itself.
public struct BenefitParty: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) { self.text = text }

    public var description: String { text }
    public static func < (left: BenefitParty, right: BenefitParty) -> Bool { left.text < right.text }
}

/// The id of a grant or a use: that of the command that made it.
public struct BenefitID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let text: String

    public init(_ text: String) { self.text = text }

    public var description: String { text }
    public static func < (left: BenefitID, right: BenefitID) -> Bool { left.text < right.text }
}
