public import Model

/// One parcel of points: earned at once, by one rule for one line, and spent, moved or lost with its own expiry.
///
/// What it was is always what has become of it: `original` is the sum of the eight quantities, none of them negative.
public struct PointLot: Hashable, Sendable {
    /// When a lot can be spent.
    public enum Activation: Hashable, Sendable {
        case active
        case at(Instant)
        /// Waits for a command; without one it is taken back at that instant.
        case awaited(until: Instant)
    }

    /// How many points are where.
    public struct Quantities: Hashable, Sendable {
        /// Left to spend, or pending.
        public var remaining: Int64 = 0
        /// Pinned by holds.
        public var held: Int64 = 0
        public var spent: Int64 = 0
        public var expired: Int64 = 0
        /// Clawed back, or cancelled before they became active.
        public var revoked: Int64 = 0
        /// Given to another member.
        public var moved: Int64 = 0
        public var donated: Int64 = 0
        /// Went to a debt as they came.
        public var repaid: Int64 = 0

        public var sum: Int64 { remaining + held + spent + expired + revoked + moved + donated + repaid }
    }

    /// A lot and whose it is.
    public struct Parent: Hashable, Sendable {
        public let owner: ProgramMemberID
        public let lot: PointID
    }

    public let id: PointID
    /// The lot that it was moved or reinstated from.
    public internal(set) var parent: Parent?
    /// How often these points have been moved between members.
    public let hop: Int
    public let source: PointSource
    public let original: Int64
    public let earnedAt: Instant
    /// The month in which it was earned, as `year × 100 + month`: reports tell points apart by it.
    public let vintage: Int64
    public internal(set) var activation: Activation
    /// The first instant at which it can no longer be spent; nil for never.
    public internal(set) var expiresAt: Instant?
    /// Who bears the cost: the brand, or a partner.
    public let fundedBy: String?
    public let value: PointValue
    public let isTransferable: Bool
    /// Where it may be spent; empty for anywhere.
    public let colours: Set<String>
    /// Blocks spending, not time.
    public internal(set) var isFrozen = false
    public internal(set) var quantities: Quantities
    /// How many of the expired ones were given anew.
    public internal(set) var reinstated: Int64 = 0

    var isActive: Bool { activation == .active }
    /// Whether nothing of it is left to do something with.
    var isClosed: Bool { quantities.remaining == 0 && quantities.held == 0 }

    /// Whether it can be spent at a place now; a place is nil when there is none.
    func isSpendable(at place: String?) -> Bool {
        isActive && quantities.remaining > 0 && (colours.isEmpty || place.map(colours.contains) == true)
    }

    /// Earlier ones are spent first: those of that place alone, then those that expire soonest, were earned first, by id.
    static func isSpentBefore(_ left: PointLot, _ right: PointLot) -> Bool {
        if left.colours.isEmpty != right.colours.isEmpty { return right.colours.isEmpty }
        let (leftEnd, rightEnd) = (left.expiresAt ?? .distantFuture, right.expiresAt ?? .distantFuture)
        if leftEnd != rightEnd { return leftEnd < rightEnd }
        return (left.earnedAt, left.id) < (right.earnedAt, right.id)
    }
}

/// The id of a lot, a hold or a spending within its book, counted from 1 in the order in which they were made.
public struct PointID: Hashable, Comparable, Sendable, CustomStringConvertible {
    public let number: Int64

    public init(_ number: Int64) { self.number = number }

    public var description: String { String(number) }
    public static func < (left: PointID, right: PointID) -> Bool { left.number < right.number }
}

/// What points were earned for: one line of one source, by one rule.
///
/// Nothing is earned for it twice.
public struct PointSource: Hashable, Sendable {
    /// Such as an order.
    public let id: String
    public let line: String
    public let rule: String

    public init(id: String, line: String = "", rule: String = "") {
        self.id = id
        self.line = line
        self.rule = rule
    }
}

/// What points are worth, as money in minor units for a number of points.
public struct PointValue: Hashable, Sendable {
    public let minor: Int64
    public let points: Int64

    /// - Precondition: `points` is above 0, `minor` not below.
    public init(minor: Int64, points: Int64) {
        self.minor = minor
        self.points = points
    }

    /// The worth of a number of points, rounded down.
    func of(_ count: Int64) -> Int64 {
        let product = count.multipliedFullWidth(by: minor)
        return points.dividingFullWidth(product).quotient
    }
}
