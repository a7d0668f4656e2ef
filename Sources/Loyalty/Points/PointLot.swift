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
        /// With those that came back as a lot of their own, after its time.
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

    /// What never changes: one reference, for lots are copied with their book at each command.
    private final class Fixed: Sendable {
        let parent: Parent?
        let hop: Int
        let source: PointSource
        let original: Int64
        let earnedAt: Instant
        let vintage: Int64
        let fundedBy: String?
        let value: PointValue
        let isTransferable: Bool
        let colours: Set<String>

        init(
            parent: Parent?, hop: Int, source: PointSource, original: Int64, earnedAt: Instant, vintage: Int64, fundedBy: String?,
            value: PointValue, isTransferable: Bool, colours: Set<String>
        ) {
            (self.parent, self.hop, self.source, self.original) = (parent, hop, source, original)
            (self.earnedAt, self.vintage, self.fundedBy, self.value) = (earnedAt, vintage, fundedBy, value)
            (self.isTransferable, self.colours) = (isTransferable, colours)
        }
    }

    public let id: PointID
    private let fixed: Fixed
    public internal(set) var activation: Activation
    /// The first instant at which it can no longer be spent; nil for never.
    public internal(set) var expiresAt: Instant?
    /// Blocks spending, not time.
    public internal(set) var isFrozen = false
    public internal(set) var quantities: Quantities
    /// How many of the expired ones were given anew.
    public internal(set) var reinstated: Int64 = 0

    init(
        id: PointID, parent: Parent?, hop: Int, source: PointSource, original: Int64, earnedAt: Instant, vintage: Int64,
        activation: Activation, expiresAt: Instant?, fundedBy: String?, value: PointValue, isTransferable: Bool,
        colours: Set<String>, quantities: Quantities
    ) {
        self.id = id
        fixed = Fixed(
            parent: parent, hop: hop, source: source, original: original, earnedAt: earnedAt, vintage: vintage,
            fundedBy: fundedBy, value: value, isTransferable: isTransferable, colours: colours)
        self.activation = activation
        self.expiresAt = expiresAt
        self.quantities = quantities
    }

    /// The lot that it was moved, given back or reinstated from.
    public var parent: Parent? { fixed.parent }
    /// How often these points have been moved between members.
    public var hop: Int { fixed.hop }
    public var source: PointSource { fixed.source }
    public var original: Int64 { fixed.original }
    public var earnedAt: Instant { fixed.earnedAt }
    /// The month in which it was earned, as `year × 100 + month`: reports tell points apart by it.
    public var vintage: Int64 { fixed.vintage }
    /// Who bears the cost: the brand, or a partner.
    public var fundedBy: String? { fixed.fundedBy }
    public var value: PointValue { fixed.value }
    public var isTransferable: Bool { fixed.isTransferable }
    /// Where it may be spent; empty for anywhere.
    public var colours: Set<String> { fixed.colours }

    var isActive: Bool { activation == .active }
    /// Whether it waited for a command that did not come in time, in this book.
    func isGivenUp(at instant: Instant) -> Bool {
        guard case .awaited(let until) = activation else { return false }
        return until <= instant && quantities.moved == 0
    }

    /// Whether nothing of it is left to do something with.
    var isClosed: Bool { quantities.remaining == 0 && quantities.held == 0 }

    /// Whether its time is over, be it that parts of it are held still.
    func isOver(at instant: Instant) -> Bool { expiresAt.map { $0 <= instant } ?? false }

    /// Whether it can be spent at a place now; a place is nil when there is none.
    func isSpendable(at place: String?) -> Bool {
        isActive && quantities.remaining > 0 && (colours.isEmpty || place.map(colours.contains) == true)
    }

    public static func == (left: PointLot, right: PointLot) -> Bool {
        guard left.id == right.id, left.activation == right.activation, left.expiresAt == right.expiresAt,
            left.isFrozen == right.isFrozen, left.quantities == right.quantities, left.reinstated == right.reinstated
        else { return false }
        return left.fixed === right.fixed || left.isSame(as: right)
    }

    private func isSame(as other: PointLot) -> Bool {
        parent == other.parent && hop == other.hop && source == other.source && original == other.original
            && earnedAt == other.earnedAt && vintage == other.vintage && fundedBy == other.fundedBy && value == other.value
            && isTransferable == other.isTransferable && colours == other.colours
    }

    public func hash(into hasher: inout Hasher) {
        hasher.combine(id)
        hasher.combine(source)
        hasher.combine(quantities)
    }

    /// Earlier ones are spent first: those of that place alone, then those that expire soonest, were earned first, by id.
    static func isSpentBefore(_ left: PointLot, _ right: PointLot) -> Bool {
        if left.colours.isEmpty != right.colours.isEmpty { return right.colours.isEmpty }
        return expiresBefore(left, right)
    }

    /// The order for what is taken or given at no place: those that expire soonest, were earned first, by id.
    static func expiresBefore(_ left: PointLot, _ right: PointLot) -> Bool {
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

    /// What a command that names it says, by field; the line and the rule may be none.
    var ids: [(field: String, id: String)] {
        [("source", id)] + (line.isEmpty ? [] : [("line", line)]) + (rule.isEmpty ? [] : [("rule", rule)])
    }

    /// What the house gave: its source is the adjustment, and nothing that somebody did.
    init(adjustment: String) { self.init(id: adjustment, rule: PointSource.adjustmentRule) }

    private static let adjustmentRule = "adjustment"

    /// Whether the house gave it.
    public var isAdjustment: Bool { rule == PointSource.adjustmentRule }

    /// By their bytes: the records tell them apart so.
    public static func == (left: PointSource, right: PointSource) -> Bool {
        left.id.isExactly(right.id) && left.line.isExactly(right.line) && left.rule.isExactly(right.rule)
    }

    /// Of the id alone: a source has few lines.
    public func hash(into hasher: inout Hasher) { id.hashExactly(into: &hasher) }
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

    /// The worth of a number of points, rounded down, be it more than Int64 holds.
    func wide(_ count: Int64) -> Int128 { Int128(count) * Int128(minor) / Int128(points) }

    /// The worth of a number of points, rounded down; no more than Int64 holds.
    func of(_ count: Int64) -> Int64 { Int64(clamping: wide(count)) }
}
