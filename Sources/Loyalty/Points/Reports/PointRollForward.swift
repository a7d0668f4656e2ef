public import Model

/// How the points that are owed to members went from one balance to the next.
///
/// `opening + imported + issued + reinstated + returned − redeemed − expired − revoked − donated + received − moved = closing`.
public struct PointRollForward: Hashable, Sendable {
    public var opening: Int64 = 0
    /// Taken over from another system.
    public var imported: Int64 = 0
    public var issued: Int64 = 0
    public var reinstated: Int64 = 0
    /// Spent or donated before, and given back.
    public var returned: Int64 = 0
    public var redeemed: Int64 = 0
    public var expired: Int64 = 0
    public var revoked: Int64 = 0
    public var donated: Int64 = 0
    /// Between members: equal over all of them.
    public var received: Int64 = 0
    public var moved: Int64 = 0
    public var closing: Int64 = 0

    public init() {}

    public var isClosed: Bool {
        let came = opening + imported + issued + reinstated + returned + received
        return came - redeemed - expired - revoked - donated - moved == closing
    }

    /// Of entries in order, for what counts from `start` up to, not including, `end`.
    public init(_ entries: some Sequence<PointEntry>, from start: Instant, until end: Instant) {
        for entry in entries where entry.effectiveAt < end {
            if entry.effectiveAt < start {
                open(entry.amount, from: entry.from, to: entry.to)
            } else {
                add(entry.amount, from: entry.from, to: entry.to)
            }
        }
    }

    /// Adds what was booked before the period.
    mutating func open(_ amount: Int64, from: PointAccount, to: PointAccount) {
        let change = amount * ((to.isOwed ? 1 : 0) - (from.isOwed ? 1 : 0))
        opening += change
        closing += change
    }

    /// Adds what was booked within the period.
    mutating func add(_ amount: Int64, from: PointAccount, to: PointAccount) {
        closing += amount * ((to.isOwed ? 1 : 0) - (from.isOwed ? 1 : 0))
        switch from {
        case .issuer: issued += amount
        case .opening: imported += amount
        case .redeemed, .campaign, .donated: returned += amount
        case .expired: reinstated += amount
        case .transfer: received += amount
        case .revoked, .pending, .available, .held, .debt: break
        }
        switch to {
        case .redeemed, .campaign: redeemed += amount
        case .expired: expired += amount
        case .revoked: revoked += amount
        case .donated: donated += amount
        case .transfer: moved += amount
        case .issuer, .opening, .pending, .available, .held, .debt: break
        }
    }

    static func += (left: inout PointRollForward, right: PointRollForward) {
        for field in fields { left[keyPath: field.place] += right[keyPath: field.place] }
    }

    /// The figures by their words in reports, in the order of the equation.
    static var fields: [(name: String, place: WritableKeyPath<PointRollForward, Int64>)] {
        [
            ("opening", \.opening), ("imported", \.imported), ("issued", \.issued), ("reinstated", \.reinstated),
            ("returned", \.returned),
            ("redeemed", \.redeemed), ("expired", \.expired), ("revoked", \.revoked), ("donated", \.donated),
            ("received", \.received), ("moved", \.moved), ("closing", \.closing),
        ]
    }
}

extension PointAccount {
    /// Whether it is what members have, or owe.
    var isOwed: Bool {
        switch self {
        case .pending, .available, .held, .debt: true
        case .issuer, .opening, .redeemed, .campaign, .expired, .revoked, .transfer, .donated: false
        }
    }
}
