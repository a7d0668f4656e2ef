/// Goes through the sets of coupons that are allowed, for the best of them.
///
/// Sets grow in the order of the arithmetic: one with a coupon more is the price of the one before with one turn more, so that no more
/// turns are counted than there are sets. A coupon takes off no more beside others than alone: sets that could not reach the best known
/// one are passed over, with all above them.
struct CouponWalk {
    private let search: CouponSearch
    private let start: CouponPricing
    /// All coupons in the order of the arithmetic; what is kept is in every set.
    private let coupons: [CouponCandidate]
    /// Which lines count, by coupon.
    private let eligible: [[Bool]]
    /// What the coupons from a position on take off together at most.
    private let most: [Int128]
    private(set) var best: CouponSearch.Choice
    /// How many turns of coupons were counted.
    private(set) var turnCount = 0

    init(_ search: CouponSearch, from best: CouponSearch.Choice) {
        let start = CouponPricing(search.cart)
        let coupons = search.coupons.sorted { $0.isApplied(before: $1) }
        let eligible = coupons.map { start.eligible($0) }
        var most: [Int128] = [0]
        for (coupon, eligible) in zip(coupons, eligible).reversed() {
            var alone = start
            let total = coupon.held?.amount ?? alone.add(coupon, eligible).total
            most.append((most.last ?? 0) + Int128(total))
        }
        self.most = most.reversed()
        (self.search, self.start, self.coupons, self.eligible, self.best) = (search, start, coupons, eligible, best)
    }

    mutating func go() { go(0, CouponSearch.Choice(), start) }

    private mutating func go(_ position: Int, _ chosen: CouponSearch.Choice, _ price: CouponPricing) {
        guard Int128(chosen.total) + most[position] >= Int128(best.total) else { return }
        guard position < coupons.count else {
            if chosen > best { best = chosen }
            return
        }
        let coupon = coupons[position]
        if search.isAllowed(coupon, beside: chosen.coupons) {
            var (more, next) = (chosen, price)
            turnCount += 1
            let turn = next.add(coupon, eligible[position])
            // What takes nothing now never does beside more coupons, for they come after it.
            if !turn.isNothing, coupon.held == nil || coupon.held?.discount == next.lastDiscount {
                more.coupons.append(coupon)
                more.total += turn.total
                more.rights += turn.discount.givesRight ? 1 : 0
                go(position + 1, more, next)
            }
        }
        if coupon.held == nil { go(position + 1, chosen, price) }
    }
}
