public import Model
import OrderedCollections

extension Coupon {
    /// Uses the coupon for the order that holds it, for at most what is reserved; the same again gives the same redemption.
    ///
    /// What was reserved before the end of the coupon can be used after it, as long as the reservation holds.
    public mutating func commit(
        order: String, final: Int64? = nil, now: Instant, limits: inout LimitBook
    ) throws(Refusal) -> CouponRedemption {
        if !endingReasons.isEmpty { throw Refusal(endingReasons) }
        guard let held = reservation(at: now), held.order == order else {
            guard let done = redemptions.last(where: { $0.order == order && !$0.isUndone }) else {
                if let held = reservation(at: now) { throw Refusal([held.elsewhere]) }
                throw Refusal("RESERVATION_EXPIRED", ["until": .instant(reservation?.until)])
            }
            guard final == nil || final == done.amount else {
                throw Refusal("USED_FOR_ORDER", ["order": .string(order), "amount": .int(done.amount), "final": .optional(final)])
            }
            return done
        }
        let amount = final ?? held.amount
        guard (0 ... held.amount).contains(amount) else {
            throw Refusal("EXCEEDS_RESERVED", ["reserved": .int(held.amount), "final": .int(amount)])
        }
        let charges = held.charges.map { charge in
            var charge = charge
            if charge.isMoney { charge.amount = amount }
            return charge
        }
        guard limits.use(LimitBook.PinID(id, order: order), charges, now: now) else {
            throw Refusal("RESERVATION_EXPIRED", ["until": .instant(held.until)])
        }
        let isUse = value == nil
        let made = CouponRedemption(
            order: order, at: now, discount: held.discount.trimmed(to: amount), charges: charges, isUse: isUse)
        if !isUse { valueLeft -= amount }
        redemptions.append(made)
        reservation = nil
        return made
    }
}
