public import Model
import OrderedCollections

extension Coupon {
    /// Why it cannot be used at an instant, whatever the order: for whoever only looks at it.
    ///
    /// Nobody's coupon has none of its own: who claims it can use it.
    public func reasons(at now: Instant) -> [Refusal.Reason] {
        var reasons = endingReasons
        if let interval = grant?.interval {
            if now < interval.from {
                reasons.append(Refusal.Reason("NOT_STARTED", ["from": .instant(interval.from)], isRetryable: true))
            }
            if interval.hasEnded(at: now), !isUsedUp { reasons.append(interval.expired) }
        }
        if isUsedUp { reasons.append(Refusal.Reason("ALREADY_USED")) }
        if let held = reservation(at: now) { reasons.append(held.elsewhere) }
        return reasons
    }
}

extension CouponBatch {
    /// Why its codes that nobody has claimed cannot be used; none while they can.
    public var reasons: [Refusal.Reason] {
        isOpen ? [] : [Refusal.Reason("BATCH_CLOSED", ["state": .string(state.rawValue)])]
    }
}
