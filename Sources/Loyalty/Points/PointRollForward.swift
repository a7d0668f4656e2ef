public import Model

/// How the points that are owed to members went from one balance to the next.
///
/// `opening + issued + reinstated + returned − redeemed − expired − revoked − donated + received − moved = closing`.
public struct PointRollForward: Hashable, Sendable {
    public var opening: Int64 = 0
    public var issued: Int64 = 0
    public var reinstated: Int64 = 0
    /// Spent before, and given back.
    public var returned: Int64 = 0
    public var redeemed: Int64 = 0
    public var expired: Int64 = 0
    public var revoked: Int64 = 0
    public var donated: Int64 = 0
    /// Between members: equal over all of them.
    public var received: Int64 = 0
    public var moved: Int64 = 0
    public var closing: Int64 = 0

    public var isClosed: Bool {
        let came = opening + issued + reinstated + returned + received
        return came - redeemed - expired - revoked - donated - moved == closing
    }

    /// Of entries in order, for what counts from `start` up to, not including, `end`.
    public init(_ entries: some Sequence<PointEntry>, from start: Instant, until end: Instant) {
        for entry in entries where entry.effectiveAt < end { add(entry, entry.effectiveAt < start) }
        closing += opening
    }

    private mutating func add(_ entry: PointEntry, _ isBefore: Bool) {
        add(entry.from, -entry.amount, isBefore)
        add(entry.to, entry.amount, isBefore)
    }

    private mutating func add(_ account: PointAccount, _ amount: Int64, _ isBefore: Bool) {
        switch account {
        case .pending, .available, .held, .debt: if isBefore { opening += amount } else { closing += amount }
        case _ where isBefore: break
        case .issuer: issued -= amount
        case .redeemed: if amount > 0 { redeemed += amount } else { returned -= amount }
        case .expired: if amount > 0 { expired += amount } else { reinstated -= amount }
        case .revoked: revoked += amount
        case .donated: donated += amount
        case .transfer: if amount > 0 { moved += amount } else { received -= amount }
        }
    }
}
