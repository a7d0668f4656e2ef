import Model
import Records

/// The coupons and limits that one command is about.
struct CouponDesk {
    /// In the order in which they were asked for.
    var ids: [String]
    var coupons: [String: Coupon]
    let terms: [String: CouponTerms]
    var limits: LimitBook
    /// When the latest of the coupons was recorded.
    let recordedAt: Instant
    let before: [String: Coupon]
    let limitsBefore: LimitBook

    /// The coupons as ``CouponCheckout`` takes them.
    var checkout: CouponCheckout {
        let items = ids.compactMap { id in
            coupons[id].flatMap { coupon in terms[id].map { CouponCheckout.Item(coupon, $0) } }
        }
        return CouponCheckout(items, limits: limits)
    }

    /// Those of some coupons that are not there.
    func missing(of ids: [String]) -> [Refusal.Reason] { ids.filter { coupons[$0] == nil }.map { .noCoupon($0) } }

    mutating func take(_ checkout: CouponCheckout) {
        for item in checkout.items { coupons[item.coupon.id] = item.coupon }
        limits = checkout.limits
    }

    /// Carries out something on one of the coupons.
    mutating func change<Answer>(
        _ id: String, _ body: (inout Coupon, CouponTerms, inout LimitBook) throws(Refusal) -> Answer
    ) throws(ProgramFailure) -> Answer {
        switch attempt(id, body) {
        case .success(let answer): return answer
        case .failure(let refusal): throw .refused(refusal)
        }
    }

    /// Carries out something on one of the coupons, or tells why it cannot be.
    @discardableResult
    mutating func attempt<Answer>(
        _ id: String, _ body: (inout Coupon, CouponTerms, inout LimitBook) throws(Refusal) -> Answer
    ) -> Result<Answer, Refusal> {
        guard var coupon = coupons[id], let terms = terms[id] else { return .failure(.noCoupon(id)) }
        do throws(Refusal) {
            let answer = try body(&coupon, terms, &limits)
            coupons[id] = coupon
            return .success(answer)
        } catch { return .failure(error) }
    }

    /// Lets go what was reserved and has lapsed: for what is judged by an earlier instant it would still stand.
    mutating func forgetLapsed(at now: Instant) {
        limits.settle(until: now)
        for (id, coupon) in coupons where coupon.reservation(at: now) == nil { coupons[id]?.reservation = nil }
    }
}

extension ProgramTables {
    /// Coupons with their limits as they are at an instant: what has lapsed is free, whether anything ran since or not.
    ///
    /// Coupons that are not there are left out.
    /// - Parameters:
    ///   - cart: For which the coupons may be used; it says whose limits count.
    ///   - fresh: Coupons that stand in no row yet.
    func couponDesk(
        _ ids: [String], for cart: CouponCart?, at now: Instant, _ calendar: ZoneCalendar, fresh: [CouponCheckout.Item] = []
    ) throws(Problem) -> CouponDesk {
        var (coupons, terms): ([String: Coupon], [String: CouponTerms]) = ([:], [:])
        var before: [String: Coupon] = [:]
        var recordedAt = Instant.distantPast
        for id in ids where coupons[id] == nil {
            var found: CouponTerms?
            let kept = try coupon(id) { key throws(Problem) in
                guard let terms = try couponTerms(key.name, version: key.version, calendar) else {
                    throw Problem(.damaged, "The template \(key.name) \(key.version) of a coupon is missing.", status: 500)
                }
                found = terms
                return terms.template
            }
            guard let kept else { continue }
            coupons[id] = kept.coupon
            terms[id] = found
            recordedAt = max(recordedAt, kept.recordedAt)
            before[id] = kept.coupon
        }
        for item in fresh { (coupons[item.coupon.id], terms[item.coupon.id]) = (item.coupon, item.terms) }
        let limits = try limits(of: coupons, terms, cart, at: max(now, recordedAt.advanced(byMicroseconds: 1)))
        return CouponDesk(
            ids: ids.filter { coupons[$0] != nil }, coupons: coupons, terms: terms, limits: limits, recordedAt: recordedAt,
            before: before, limitsBefore: limits)
    }

    /// A version of a template, or its newest one, with the days of its zone.
    func couponTerms(_ name: String, version: Int? = nil, _ calendar: ZoneCalendar) throws(Problem) -> CouponTerms? {
        guard let template = try couponTemplate(name, version: version) else { return nil }
        var terms = template.zone == calendar.zone.identifier ? CouponTerms(template, calendar) : try CouponTerms(template)
        terms.rightReasons = try rightReasons(of: template.effect)
        return terms
    }

    private func limits(
        of coupons: [String: Coupon], _ terms: [String: CouponTerms], _ cart: CouponCart?, at now: Instant
    ) throws(Problem) -> LimitBook {
        var pins: [LimitBook.PinID: LimitBook.Pin] = [:]
        var keys: Set<Limit.Key> = []
        let lapsed = try couponReservations(where: "until <= ?", .instant(now))
        let held = coupons.values.compactMap { coupon in coupon.reservation.map { (coupon: coupon.id, reservation: $0) } }
        for (coupon, reservation) in lapsed + held {
            let pin = LimitBook.Pin(charges: reservation.charges, until: reservation.until)
            pins[LimitBook.PinID(coupon, order: reservation.order)] = pin
            keys.formUnion(reservation.charges.map(\.key))
        }
        for coupon in coupons.values {
            for redemption in coupon.redemptions { keys.formUnion(redemption.charges.map(\.key)) }
            guard var cart, let terms = terms[coupon.id] else { continue }
            cart.instant = now
            keys.formUnion(coupon.charges(cart, terms, money: 0).map(\.charge.key))
        }
        var limits: [Limit] = []
        for key in keys.sorted() {
            if let limit = try limit(key) { limits.append(limit) }
        }
        return LimitBook(limits: limits, pins: pins)
    }
}
