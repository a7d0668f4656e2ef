import Crypto
public import Model
import OrderedCollections
import Records

/// Points that a member had in another system, as one row of its file tells of them.
public struct OpeningLot: Hashable, Sendable {
    /// The row's own key in the other system, such as a lot's or an order's id: it is taken over once.
    public let row: String
    public let member: MemberWish
    /// What is left of them.
    public let amount: Int64
    /// When they were earned there.
    public let earnedAt: Instant
    /// How many were earned, spent ones included: so many can be taken back; nil for as many as are left.
    public var original: Int64?
    /// How many units of an order's line they were earned for, so that returns can take their share.
    public var units: Int64 = 1
    /// nil for never, as the other system promised.
    public var expiresAt: Instant?
    /// When they can be spent; nil for at once.
    public var activatesAt: Instant?
    public var fundedBy: String?
    public var colours: Set<String> = []
    public var isTransferable = true

    public init(_ row: String, _ amount: Int64, of member: MemberWish, earnedAt: Instant) {
        self.row = row
        self.member = member
        self.amount = amount
        self.earnedAt = earnedAt
    }

    /// What it is earned for in our books: returns name it so.
    public var source: PointSource { PointSource(id: row, rule: OpeningLot.rule) }

    /// The rule of every source of points that were taken over.
    public static let rule = "opening"
    private static let rowBytesMax = 200

    /// All reasons for which it cannot have come at an instant, whoever it is for.
    func reasons(at instant: Instant) -> [Refusal.Reason] {
        var reasons: [Refusal.Reason] = []
        if !(1 ... OpeningLot.rowBytesMax).contains(row.utf8.count) {
            reasons.append(.init("OPENING_ROW_KEY", ["max": .int(Int64(OpeningLot.rowBytesMax))]))
        }
        for number in [amount, units] where number < 1 { reasons.append(.init("ZERO_VALUE", ["amount": .int(number)])) }
        if let original, original < amount { reasons.append(.init("EXCEEDS_ORIGINAL", ["left": .int(original)])) }
        var names = CommandReasons()
        if let fundedBy { names.require(name: fundedBy, "funded_by") }
        for colour in colours.sorted() { names.require(name: colour, "colours") }
        reasons += names.all
        if earnedAt > instant {
            reasons.append(.init("EFFECTIVE_BEFORE_LOT", ["earned_at": .string(earnedAt.rfc3339)]))
        }
        if let expiresAt, expiresAt <= instant {
            reasons.append(.init("OPENING_LOT_OVER", ["expires_at": .string(expiresAt.rfc3339)]))
        }
        return reasons
    }

    func points(_ currency: PointCurrency, in calendar: ZoneCalendar) -> NewPoints {
        var points = NewPoints(amount, for: source, earnedAt: earnedAt, vintage: calendar.vintage(of: earnedAt))
        (points.units, points.expiresAt, points.value) = (units, expiresAt, currency.value)
        (points.fundedBy, points.colours, points.isTransferable) = (fundedBy, colours, isTransferable)
        if let activatesAt { points.activation = .at(activatesAt) }
        return points
    }

    /// SHA-256, in hexadecimal, of all that the row says: the same row twice is one.
    var digest: String {
        var members = JSONMembers()
        members.put("row", row)
        members.put("member", member.content)
        members.put("amount", .int(amount))
        members.put("original", .int(original ?? amount))
        members.put("units", .int(units))
        members.put("earned_at", earnedAt)
        members.put("expires_at", expiresAt)
        members.put("activates_at", activatesAt)
        members.put("funded_by", fundedBy)
        members.put("colours", .array(colours.sorted().map { .string($0) }))
        members.put("transferable", isTransferable)
        return KeyDigest(bytes: SHA256.hash(data: members.json.utf8)).hex
    }
}

/// A row of a file, as far as it can be read.
public enum OpeningRow: Hashable, Sendable {
    case lot(OpeningLot)
    /// What in it cannot be read, and how many points it is about when that can.
    case unreadable(row: String, amount: Int64?, reason: Refusal.Reason)

    var key: String {
        switch self {
        case .lot(let lot): lot.row
        case .unreadable(let row, _, _): row
        }
    }

    /// How many points it is about; 0 when nobody can read it.
    var amount: Int64 {
        switch self {
        case .lot(let lot): lot.amount
        case .unreadable(_, let amount, _): amount ?? 0
        }
    }
}

extension PointLot {
    /// Whether its points, or those that they were moved or given anew from, came from another system.
    var isOpening: Bool { source.rule == OpeningLot.rule }
}

extension PointBook {
    /// Adds a lot that comes from another system; what the member owes is repaid from it first.
    ///
    /// - Parameter earned: How many were earned there: so many can be taken back.
    mutating func takeOver(_ points: NewPoints, earned: Int64, at now: Instant) throws(PointRefusal) -> PointID {
        try perform(at: now) { book throws(PointRefusal) in
            guard points.amount > 0 else { throw .badAmount(points.amount) }
            guard earned >= points.amount else { throw .exceedsOriginal(left: earned) }
            guard earned <= PointBook.receivedMax else { throw .overflow(max: PointBook.receivedMax) }
            if let known = book.earnings[points.source] { throw .alreadyEarned(lot: known.lot, points.source) }
            let id = try book.newID()
            try book.add(points.lot(id), .imported, from: .opening, at: now)
            book.earnings[points.source] = PointEarning(
                source: points.source, lot: id, amount: earned, units: points.units)
            return id
        }
    }
}
