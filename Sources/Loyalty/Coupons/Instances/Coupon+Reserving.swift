public import Model
import OrderedCollections

extension Coupon {
    /// How long a reservation holds unless another end is asked for: 30 minutes.
    public static let reservationDuration: Int64 = 30 * .microsecondsPerMinute

    /// Why the coupon itself cannot be used for an order now, whatever is in the cart; all reasons.
    public func reasons(for cart: CouponCart, _ terms: CouponTerms, order: String, _ limits: LimitBook) -> [Refusal.Reason] {
        reasons(for: cart, terms, order: order, allowances(for: cart, terms, order: order, limits))
    }

    private func reasons(
        for cart: CouponCart, _ terms: CouponTerms, order: String, _ allowances: [CouponCandidate.Allowance]
    ) -> [Refusal.Reason] {
        let now = cart.instant
        var reasons = holderReasons(cart)
        if let interval = grant?.interval {
            if now < interval.from {
                reasons.append(Refusal.Reason("NOT_STARTED", ["from": .instant(interval.from)], isRetryable: true))
            }
            if interval.hasEnded(at: now), !isUsedUp { reasons.append(interval.expired) }
        }
        if isUsedUp || redemptions.contains(where: { $0.order == order && !$0.isUndone }) {
            reasons.append(Refusal.Reason("ALREADY_USED"))
        }
        if let held = reservation(at: now), held.order != order { reasons.append(held.elsewhere) }
        if terms.template.limits.contains(where: { $0.subject == .instrument }), cart.instrument == nil {
            reasons.append(Refusal.Reason("CONDITION_INSTRUMENT"))
        }
        return reasons + allowances.filter { $0.left < 1 }.map(\.limit.reason)
    }

    /// What is left of the template's limits, what the coupon pins for the order itself left out of account.
    private func allowances(
        for cart: CouponCart, _ terms: CouponTerms, order: String, _ limits: LimitBook
    ) -> [CouponCandidate.Allowance] {
        let pin = LimitBook.PinID(id, order: order)
        return charges(cart, terms, money: 1).map { limit, charge in
            CouponCandidate.Allowance(
                limit: limit, key: charge.key, left: limits.left(for: charge, at: cart.instant, beside: pin))
        }
    }

    /// Whether it is kept for an order and the cart that a key names.
    func isHeld(for order: String, key: String?, at now: Instant) -> Bool {
        reservation(at: now).map { $0.order == order && $0.key == key } ?? false
    }

    /// Why it is not the member's to use, at any time.
    private func holderReasons(_ cart: CouponCart) -> [Refusal.Reason] {
        var reasons = endingReasons
        if grant == nil || grant?.member != cart.member { reasons.append(Refusal.Reason("NOT_YOURS")) }
        if let referrer, referrer == cart.member { reasons.append(Refusal.Reason("SELF_REFERRAL")) }
        return reasons
    }

    /// The coupon for ``CouponStack``, with why it cannot be used.
    ///
    /// What is kept for the order and the key stays so: it was in time and within its limits when it was reserved.
    public func candidate(
        for cart: CouponCart, _ terms: CouponTerms, order: String, key: String? = nil, _ limits: LimitBook
    ) -> CouponCandidate {
        if isHeld(for: order, key: key, at: cart.instant) {
            let reasons = holderReasons(cart)
            return CouponCandidate(
                id: id, terms: terms, value: value, reasons: reasons, held: reasons.isEmpty ? reservation : nil)
        }
        let allowances = allowances(for: cart, terms, order: order, limits)
        let reasons = reasons(for: cart, terms, order: order, allowances)
        return CouponCandidate(id: id, terms: terms, value: value, reasons: reasons, allowances: allowances)
    }

    /// Keeps the coupon for an order with what it takes off, on it and on all limits or on none.
    ///
    /// The same order and key again give the same reservation, which holds for longer where a later end is asked for; another key prices
    /// it anew in place. A budget that has less left trims.
    /// - Parameters:
    ///   - discount: What ``CouponStack`` says for this coupon and cart.
    ///   - trimmedBy: The limits for which it says less than the coupon would take off.
    ///   - until: When it lapses; nil for ``reservationDuration`` from the cart's instant on.
    public mutating func reserve(
        _ discount: CouponDiscount, trimmedBy: [String] = [], for cart: CouponCart, _ terms: CouponTerms, order: String,
        key: String,
        until: Instant? = nil, limits: inout LimitBook
    ) throws(Refusal) -> CouponReservation {
        try check(terms)
        let now = cart.instant
        if let held = reservation, isHeld(for: order, key: key, at: now) { return keep(held, until: until ?? held.until, &limits) }
        let until = until ?? now.advanced(byMicroseconds: Coupon.reservationDuration)
        var reasons = reasons(for: cart, terms, order: order, limits)
        if until <= now { reasons.append(Refusal.Reason("BAD_TIME")) }
        if discount.isNothing { reasons.append(Refusal.Reason("NO_EFFECT")) }
        guard reasons.isEmpty else { throw Refusal(reasons) }

        let pin = LimitBook.PinID(id, order: order)
        var amount = discount.total
        var trimmedBy = trimmedBy
        for (limit, charge) in charges(cart, terms, money: amount) where limit.measure == .money {
            let left = limits.left(for: charge, at: now, beside: pin)
            if left < discount.total, !trimmedBy.contains(limit.name) { trimmedBy.append(limit.name) }
            amount = min(amount, left)
        }
        let charges = charges(cart, terms, money: amount)
        let failed = limits.pin(charges.map(\.charge), as: pin, until: until, now: now)
        guard failed.isEmpty else { throw Refusal(charges.filter { failed.contains($0.charge) }.map(\.limit.reason)) }
        let made = CouponReservation(
            order: order, key: key, until: until, discount: discount.trimmed(to: amount), charges: charges.map(\.charge),
            trimmedBy: trimmedBy)
        reservation = made
        return made
    }

    private mutating func keep(
        _ held: CouponReservation, until: Instant, _ limits: inout LimitBook
    ) -> CouponReservation {
        var held = held
        held.until = max(held.until, until)
        limits.keep(LimitBook.PinID(id, order: held.order), until: held.until)
        reservation = held
        return held
    }

    /// Lets a reservation go; nothing happens when there is none for this order.
    public mutating func cancel(order: String, limits: inout LimitBook) {
        guard reservation?.order == order else { return }
        limits.release(LimitBook.PinID(id, order: order))
        reservation = nil
    }

    /// What one use takes on each limit of the template.
    func charges(
        _ cart: CouponCart, _ terms: CouponTerms, money: Int64
    ) -> [(limit: CouponLimit, charge: LimitBook.Charge)] {
        terms.template.limits.map { limit in
            let subject =
                switch limit.subject {
                case .everybody: ""
                case .member: grant?.member ?? ""
                case .instrument: cart.instrument ?? ""
                }
            let period = limit.period == .day ? terms.calendar.date(at: cart.instant).text : ""
            let key = Limit.Key(name: limit.name, subject: subject, period: period)
            let isMoney = limit.measure == .money
            return (limit, LimitBook.Charge(key, max: limit.max, amount: isMoney ? money : 1, isMoney: isMoney))
        }
    }
}

extension CouponLimit {
    /// Why nothing more is left of it.
    var reason: Refusal.Reason {
        let code =
            switch (measure, subject, period) {
            case (.money, _, _): "BUDGET_EMPTY"
            case (.uses, .member, _): "LIMIT_MEMBER"
            case (.uses, .instrument, _): "LIMIT_INSTRUMENT"
            case (.uses, .everybody, .day): "LIMIT_DAY"
            case (.uses, .everybody, .ever): "LIMIT_TOTAL"
            }
        // A day ends, reservations lapse and orders come back.
        return Refusal.Reason(code, ["limit": .string(name), "max": .int(max)], isRetryable: true)
    }
}
