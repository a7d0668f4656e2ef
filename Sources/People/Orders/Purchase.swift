public import Model

/// What one customer bought with one order: the order's share that they pay for.
public struct Purchase: Hashable, Sendable {
    /// nil for orders without an `order_id`.
    public var orderID: String?
    /// The person who pays; nil when the named payer is not known or the event is nobody's.
    public var customer: UInt32?
    /// The person who ordered; nil for nobody's event.
    public var actor: UInt32?
    /// Recipients and beneficiaries that are known.
    public var recipients: [UInt32]
    /// When the order was completed, the first time its amount was above 0.
    public var paidAt: Instant
    /// Before returns, in minor units.
    public var amount: Money
    /// Money given back, dated; in the order of time.
    public var refunds: [RefundShare]
    /// When the last unit was returned; nil while any unit is not.
    public var returnedAt: Instant?
    /// The event, for evidence.
    public var arrival: UInt64

    /// Whether it makes a customer at `instant`: paid by then, and not wholly returned by then.
    public func isCurrent(at instant: Instant) -> Bool {
        paidAt <= instant && !(returnedAt.map { $0 <= instant } ?? false)
    }
}

/// Money given back for a purchase.
public struct RefundShare: Hashable, Sendable {
    public var at: Instant
    /// In minor units of the purchase's currency; not below 0.
    public var minorUnits: Int64
}
