public import Model

/// Points that are pinned for somebody until they are captured or let go.
public struct PointHold: Hashable, Sendable {
    public enum End: Hashable, Sendable {
        case captured(Int64)
        case released, lapsed
    }

    public struct Part: Hashable, Sendable {
        public let lot: PointID
        public let amount: Int64
    }

    public let id: PointID
    public let parts: [Part]
    /// The first instant at which it is over by itself.
    public let until: Instant
    /// How it ended, which it does once; nil while it holds.
    public internal(set) var end: End?

    public var amount: Int64 { parts.reduce(0) { $0 + $1.amount } }
}

/// Points that were spent, by lot in the order in which they were taken.
public struct PointSpending: Hashable, Sendable {
    public let id: PointID
    public let parts: [PointHold.Part]
    /// What it was spent for, such as a campaign of the house; nil for nothing in particular.
    public internal(set) var campaign: String?
    /// How much of it has come back.
    public internal(set) var returned: Int64 = 0

    public var amount: Int64 { parts.reduce(0) { $0 + $1.amount } }
}

/// What was earned for a source, and how much of it has been taken back for whatever reason.
public struct PointEarning: Hashable, Sendable {
    public let source: PointSource
    public let lot: PointID
    public let amount: Int64
    /// How many units of the line the points were for.
    public let units: Int64
    public internal(set) var returnedUnits: Int64 = 0
    /// For all that came back of an order, parts of a unit included; less than for the units where those are told otherwise.
    public internal(set) var returnedPoints: Int64 = 0
    /// Taken back by amount: disputes and fraud; more than the amount where the order has become smaller since.
    public internal(set) var disputed: Int64 = 0

    /// What must have been taken back by now: the same for any order and any partition of returns.
    var revoked: Int64 {
        let returned = max(PointValue(minor: amount, points: units).of(returnedUnits), returnedPoints)
        return returned + min(disputed, amount - returned)
    }
}
