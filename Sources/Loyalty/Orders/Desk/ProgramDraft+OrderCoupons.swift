import Model
import OrderedCollections
import Records

extension ProgramDraft {
    /// Uses and gives back the coupons of an order that was completed by a member; see ``OrderCoupons``.
    ///
    /// Coupons for first orders that later orders have used, which were told before this one, are given back.
    mutating func settleCoupons(
        of kept: inout KeptOrder, for owner: ProgramMember, tiers: Set<String>
    ) throws(ProgramFailure) -> [OrderCouponDeed] {
        let (state, order) = (kept.record.state, kept.record.id)
        guard var cart = state.cart(at: now) else { return [] }
        let later = try reading { [cart] tables throws(Problem) in
            try tables.laterUses(of: owner.id, after: cart.instant, but: order)
        }
        guard !state.coupons.isEmpty || !kept.coupons.isEmpty || !later.isEmpty else { return [] }
        cart.member = owner.id.text
        (cart.tier, cart.tags) = (tiers.min(), kept.tags ?? [])
        var (codes, missing): ([String: OrderCoupon], [String: [Refusal.Reason]]) = (kept.coupons, [:])
        for code in state.coupons where codes[code] == nil { codes[code] = OrderCoupon() }
        let tooMany = codes.keys.sorted().dropFirst(OrderCoupons.codesMax)
        for code in tooMany { missing[code] = [Refusal.Reason("COUPONS_TOO_MANY", ["max": .int(Int64(OrderCoupons.codesMax))])] }
        var fresh: [CouponCheckout.Item] = []
        for code in codes.keys.sorted() where codes[code]?.coupon == nil && missing[code] == nil {
            switch try find(code, for: owner, at: cart.instant) {
            case .known(let id)?: codes[code]?.coupon = id
            case .claimed(let item)?:
                codes[code]?.coupon = item.coupon.id
                if !fresh.contains(where: { $0.coupon.id == item.coupon.id }) { fresh.append(item) }
            case .refused(let reasons)?: missing[code] = reasons
            case nil: break
            }
        }
        let (now, calendar) = (now, calendar)
        let ids = Set((codes.values + later.map(\.known)).compactMap(\.coupon)).sorted()
        var desk = try reading { [cart] tables throws(Problem) in
            try tables.couponDesk(ids, for: cart, at: now, calendar, fresh: fresh)
        }
        let loaded = desk.coupons
        let overtaken = overtake(later, on: &desk)
        if desk.terms.values.contains(where: { $0.template.conditions.isFirstOrderOnly }) {
            let at = cart.instant
            cart.isFirstOrder = try reading { tables throws(Problem) in
                try !tables.hasOrdered(owner.id, before: at, but: order)
            }
        }
        self.now = max(now, desk.recordedAt.advanced(byMicroseconds: 1))
        var coupons = OrderCoupons(state, of: order, cart, codes: codes, missing: missing, desk: desk, now: self.now)
        coupons.settle(barred: owner.barred)
        // A code that was not used stays unclaimed.
        let unused = Set(fresh.map(\.coupon.id).filter { coupons.desk.coupons[$0]?.redemptions.isEmpty ?? true })
        kept.coupons = coupons.codes.mapValues { known in
            var known = known
            if let coupon = known.coupon, unused.contains(coupon) { known.coupon = nil }
            return known
        }
        if coupons.desk.coupons != loaded {
            claim(owner)
            var desk = coupons.desk
            for id in unused { desk.coupons[id] = nil }
            try save(desk)
        }
        return overtaken + coupons.deeds
    }

    /// Undoes uses of coupons for first orders by orders that were not the first.
    private mutating func overtake(_ later: [LaterCouponUse], on desk: inout CouponDesk) -> [OrderCouponDeed] {
        var deeds: [OrderCouponDeed] = []
        for var use in later {
            guard let coupon = use.known.coupon, desk.terms[coupon]?.template.conditions.isFirstOrderOnly == true else { continue }
            let order = use.order
            if case .success = desk.attempt(
                coupon,
                { coupon, _, limits throws(Refusal) in
                    try coupon.rollBack(order: order, limits: &limits)
                })
            {
                deeds.append(.overtake(order: order, code: use.code, coupon: coupon))
            }
            use.known.refuse([Refusal.Reason("CONDITION_FIRST_ORDER")], judged: use.known.judged)
            let refused = use
            write { tables throws(Problem) in
                try tables.write(refused.known, refused.code, of: refused.order, refused.program)
            }
        }
        return deeds
    }

    /// What is behind a code that an order carries.
    private enum Found {
        case known(String)
        /// The coupon of a printed code that nobody had claimed: it is the member's by the order.
        case claimed(CouponCheckout.Item)
        case refused([Refusal.Reason])
    }

    /// The coupon of an id or a printed code; nil when there is none.
    private func find(_ code: String, for owner: ProgramMember, at instant: Instant) throws(ProgramFailure) -> Found? {
        let calendar = calendar
        return try reading { tables throws(Problem) in
            if try tables.hasCoupon(code) { return .known(code) }
            guard let place = try tables.couponCipher()?.place(typed: code) else { return nil }
            if try tables.hasCoupon(place.couponID) { return .known(place.couponID) }
            guard let batch = try tables.couponBatch(Int64(place.batch)), place.index < UInt64(batch.count),
                let terms = try tables.couponTerms(batch.template.name, version: batch.template.version, calendar)
            else { return nil }
            guard batch.isOpen else {
                return .refused([Refusal.Reason("BATCH_CLOSED", ["state": .string(batch.state.rawValue)])])
            }
            var coupon = Coupon(id: place.couponID, of: terms.template)
            do throws(Refusal) {
                // An order shows nobody what its coupons are bound to.
                try coupon.grant(to: owner.id.text, seen: unseenText(terms.template), terms, now: instant)
            } catch { return .refused(error.reasons) }
            return .claimed(CouponCheckout.Item(coupon, terms))
        }
    }
}
