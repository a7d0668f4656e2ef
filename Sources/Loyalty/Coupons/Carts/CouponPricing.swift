/// The price of a cart with some coupons: effects on units, then on the order, then on shipping.
///
/// A coupon takes no more off than its limits of money have left, and those after it count with what it really takes.
///
/// Within a step, shares come before amounts and then by id: so the price is one of the set of coupons, whatever their order.
struct CouponPricing {
    private let lines: [CouponCart.Line]
    private var runs: [CouponRun]
    private var shippingLeft: Int64
    private var discounts: [CouponDiscount]
    /// What is left of limits of money, the least that one of the coupons says.
    private var moneyLeft: [Limit.Key: Int64] = [:]
    /// The limits of each coupon that had less left than it would take off, in the order in which they were given.
    private(set) var trimmedBy: [[String]]

    /// - Precondition: the cart has passed ``CouponCart/check()``.
    init(_ cart: CouponCart, _ coupons: [CouponCandidate]) {
        lines = cart.lines.sorted { $0.id < $1.id }
        runs = lines.enumerated().flatMap { CouponRun.runs(of: $0.element, at: $0.offset) }
        shippingLeft = cart.shipping
        discounts = coupons.map { _ in CouponDiscount() }
        trimmedBy = coupons.map { _ in [] }
        for allowance in coupons.flatMap(\.money) {
            moneyLeft[allowance.key] = min(moneyLeft[allowance.key] ?? .max, allowance.left)
        }
        for index in coupons.indices.sorted(by: { coupons[$0].isApplied(before: coupons[$1]) }) {
            apply(coupons[index], index)
            trim(coupons[index].money, index)
        }
        runs.sort { ($0.line, $0.first) < ($1.line, $1.first) }
    }

    /// What each coupon does, in the order in which they were given.
    var results: [CouponDiscount] {
        discounts.enumerated().map { index, discount in
            var discount = discount
            discount.parts = CouponDiscount.merged(
                runs.map {
                    CouponDiscount.Part(line: lines[$0.line].id, first: $0.first, count: $0.count, amount: $0.cuts[index] ?? 0)
                })
            return discount
        }
    }

    private mutating func apply(_ coupon: CouponCandidate, _ index: Int) {
        let template = coupon.terms.template
        switch template.effect {
        case .amount(let amount, .units(let max)):
            for run in dearest(max, coupon.terms) { runs[run].cut(min(amount, runs[run].left), by: index) }
        case .amount(let amount, .order):
            let chosen = eligible(coupon.terms)
            CouponRun.spread(min(coupon.value ?? amount, cost(chosen)), over: chosen, of: &runs, by: index)
        case .percent(let percent, let target, let cap):
            let chosen = if case .units(let max) = target { dearest(max, coupon.terms) } else { eligible(coupon.terms) }
            CouponRun.spread(min(percent.of(cost(chosen)), cap ?? .max), over: chosen, of: &runs, by: index)
        case .fixedPrice(let price, let max):
            for run in dearest(max, coupon.terms) { runs[run].cut(Swift.max(0, runs[run].left - price), by: index) }
        case .gift(let sku, let units):
            discounts[index].gifts[sku] = units
            discounts[index].givesRight = true
        case .freeShipping(let cap):
            discounts[index].shipping = min(shippingLeft, cap ?? .max)
            shippingLeft -= discounts[index].shipping
        case .priority, .status: discounts[index].givesRight = true
        }
    }

    /// Gives back what a coupon takes off beyond what is left of its limits of money, spread by what it took off each unit.
    private mutating func trim(_ allowances: [CouponCandidate.Allowance], _ index: Int) {
        if allowances.isEmpty { return }
        let taken = discounts[index].shipping + runs.reduce(0) { $0 + $1.count * ($1.cuts[index] ?? 0) }
        let short = allowances.filter { moneyLeft[$0.key, default: 0] < taken }
        let most = short.reduce(taken) { min($0, moneyLeft[$1.key, default: 0]) }
        for allowance in allowances { moneyLeft[allowance.key, default: 0] -= most }
        trimmedBy[index] = short.map(\.limit.name)
        if most == taken { return }
        if discounts[index].shipping > 0 {
            discounts[index].shipping = most
            shippingLeft += taken - most
        } else {
            spread(most, index)
        }
    }

    /// Lets a coupon take off less in all.
    private mutating func spread(_ amount: Int64, _ index: Int) {
        let before = runs.sorted { ($0.line, $0.first) < ($1.line, $1.first) }
        var parts = before.enumerated().map {
            CouponRun(line: $0.offset, first: $0.element.first, count: $0.element.count, price: $0.element.cuts[index] ?? 0)
        }
        CouponRun.spread(amount, over: Array(parts.indices), of: &parts)
        runs = parts.map { part in
            var run = before[part.line]
            (run.first, run.count) = (part.first, part.count)
            run.giveBack(to: part.price - part.left, by: index)
            return run
        }
    }

    private func eligible(_ terms: CouponTerms) -> [Int] { runs.indices.filter { terms.isEligible(lines[runs[$0].line]) } }

    private func cost(_ chosen: [Int]) -> Int64 { chosen.reduce(0) { $0 + runs[$1].count * runs[$1].left } }

    /// The eligible units that cost most now, so many of them.
    private mutating func dearest(_ max: Int64?, _ terms: CouponTerms) -> [Int] {
        guard var rest = max else { return eligible(terms) }
        let sorted = eligible(terms).sorted {
            (-runs[$0].left, runs[$0].line, runs[$0].first) < (-runs[$1].left, runs[$1].line, runs[$1].first)
        }
        var chosen: [Int] = []
        for index in sorted where rest > 0 {
            let count = min(rest, runs[index].count)
            CouponRun.split(index, at: count, of: &runs)
            rest -= count
            chosen.append(index)
        }
        return chosen
    }
}

extension CouponCandidate {
    /// What is left of its limits of money.
    var money: [Allowance] { allowances.filter { $0.limit.measure == .money } }
}
