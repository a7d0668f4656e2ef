public import Model

/// The coupons of one order, reserved together: each on itself and on all its limits, or not at all.
public struct CouponCheckout: Sendable {
    /// A coupon with what its template promises.
    public struct Item: Sendable {
        public var coupon: Coupon
        public let terms: CouponTerms

        public init(_ coupon: Coupon, _ terms: CouponTerms) {
            self.coupon = coupon
            self.terms = terms
        }
    }

    /// The coupons as they are now, in the order in which they were given.
    public private(set) var items: [Item]
    public private(set) var limits: LimitBook

    public init(_ items: [Item], limits: LimitBook) {
        self.items = items
        self.limits = limits
    }

    /// What was reserved, what was not and why, and what the order costs then.
    public struct Answer: Sendable {
        public let reservations: [String: CouponReservation]
        public let skipped: [CouponStack.Skipped]
        public let price: CouponOrderPrice
    }

    /// What would be used for a cart now; nothing is changed.
    ///
    /// - Parameter key: As ``reserve(_:order:key:mode:classMaxima:until:)`` has it; nil when only what is not kept yet counts.
    public func check(
        _ cart: CouponCart, order: String, key: String? = nil, mode: CouponStack.Mode, classMaxima: [CouponClass: Int] = [:]
    ) throws(Refusal) -> CouponStack {
        let coupons = candidates(cart, order: order, key: key)
        return try CouponStack(cart, asked(coupons), mode: mode, classMaxima: classMaxima)
    }

    /// Reserves the coupons that are used for a cart; those that the order held before and that are not used any more are let go.
    ///
    /// What is kept for the order and the key already stays as it is, and nothing comes to it: the same again gives the same. It holds for
    /// longer where `until` is later.
    ///
    /// Limits that have not enough left for all decide which are used, as in ``check(_:order:key:mode:classMaxima:)``; what fails all the
    /// same is left out, and the rest is priced without it.
    public mutating func reserve(
        _ cart: CouponCart, order: String, key: String, mode: CouponStack.Mode, classMaxima: [CouponClass: Int] = [:],
        until: Instant? = nil
    ) throws(Refusal) -> Answer {
        var refused: [String: [Refusal.Reason]] = [:]
        while true {
            let coupons = candidates(cart, order: order, key: key).map { candidate in
                var candidate = candidate
                candidate.reasons += refused[candidate.id] ?? []
                return candidate
            }
            let stack = try CouponStack(cart, asked(coupons), mode: mode, classMaxima: classMaxima)
            var trial = self
            var reservations: [String: CouponReservation] = [:]
            var failed: (id: String, reasons: [Refusal.Reason])?
            for index in items.indices
            where stack.used[items[index].coupon.id] == nil || !items[index].coupon.isHeld(for: order, key: key, at: cart.instant) {
                trial.items[index].coupon.cancel(order: order, limits: &trial.limits)
            }
            // In the order in which they were priced: so what one of them draws on a shared limit is there before the next.
            let turns = items.indices.sorted { coupons[$0].isApplied(before: coupons[$1]) }
            for index in turns {
                let item = items[index]
                guard failed == nil, let discount = stack.used[item.coupon.id] else { continue }
                do throws(Refusal) {
                    reservations[item.coupon.id] = try trial.items[index].coupon.reserve(
                        discount, trimmedBy: stack.trimmedBy[item.coupon.id] ?? [], for: cart, item.terms, order: order, key: key,
                        until: until, limits: &trial.limits)
                } catch {
                    failed = (item.coupon.id, error.reasons)
                }
            }
            if let failed {
                refused[failed.id, default: []] += failed.reasons
                continue
            }
            let price = try CouponOrderPrice(cart, reservations.values.map(\.discount))
            self = trial
            return Answer(reservations: reservations, skipped: stack.skipped, price: price)
        }
    }

    /// Those that are asked for: what is kept for the order and the key, where something is.
    private func asked(_ coupons: [CouponCandidate]) -> [CouponCandidate] {
        let held = coupons.filter { $0.held != nil }
        return held.isEmpty ? coupons : held
    }

    /// The coupons with what is left of their limits once those that the order holds for another wish are let go.
    private func candidates(_ cart: CouponCart, order: String, key: String?) -> [CouponCandidate] {
        var limits = limits
        limits.settle(until: cart.instant)
        for item in items where !item.coupon.isHeld(for: order, key: key, at: cart.instant) {
            limits.release(LimitBook.PinID(item.coupon.id, order: order))
        }
        return items.map { $0.coupon.candidate(for: cart, $0.terms, order: order, key: key, limits) }
    }
}
