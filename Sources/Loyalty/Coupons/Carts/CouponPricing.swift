/// The price of a cart with some coupons: effects on units, then on the order, then on shipping.
///
/// A coupon takes no more off than its limits of money have left, and those after it count with what it really takes.
///
/// Within a step, shares come before amounts and then by id: so the price is one of the set of coupons, whatever their order.
struct CouponPricing {
    /// What one coupon did when it had its turn.
    struct Turn {
        /// Without what is off the units.
        fileprivate(set) var discount = CouponDiscount()
        /// Off the units, in minor units.
        fileprivate(set) var goods: Int64 = 0
        /// The limits that had less left than it would take off.
        fileprivate(set) var trimmedBy: [String] = []

        var total: Int64 { goods + discount.shipping }
        var isNothing: Bool { total == 0 && !discount.givesRight }
    }

    let lines: [CouponCart.Line]
    private var runs: [CouponRun]
    private var shippingLeft: Int64
    /// What coupons took of limits of money.
    private var moneyTaken: [Limit.Key: Int64] = [:]
    /// Whether it is kept what each coupon took off each unit.
    private let keepsParts: Bool
    /// In the order in which they were had.
    private var turns: [Turn] = []
    /// Which turn each coupon had, in the order in which they were given.
    private var places: [Int] = []

    /// The price before coupons.
    ///
    /// - Precondition: the cart has passed ``CouponCart/check()``.
    init(_ cart: CouponCart, keepsParts: Bool = false) {
        lines = cart.lines.sorted { $0.id < $1.id }
        runs = lines.enumerated().flatMap { CouponRun.runs(of: $0.element, at: $0.offset) }
        shippingLeft = cart.shipping
        self.keepsParts = keepsParts
    }

    /// The price with all of the coupons.
    init(_ cart: CouponCart, _ coupons: [CouponCandidate], keepsParts: Bool = true) {
        self.init(cart, keepsParts: keepsParts)
        places = coupons.map { _ in 0 }
        for index in coupons.indices.sorted(by: { coupons[$0].isApplied(before: coupons[$1]) }) {
            places[index] = turns.count
            add(coupons[index])
        }
        runs.sort { ($0.line, $0.first) < ($1.line, $1.first) }
    }

    /// What each coupon does, in the order in which they were given; only of a price that keeps parts.
    var results: [CouponDiscount] {
        places.map { turn in
            var discount = turns[turn].discount
            discount.parts = parts { $0.cuts[turn] ?? 0 }
            return discount
        }
    }

    /// What each coupon takes off in all, in the order in which they were given.
    var sums: [Turn] { places.map { turns[$0] } }

    /// What the coupon that had its turn last takes off each unit.
    var lastDiscount: CouponDiscount {
        var price = self
        price.runs.sort { ($0.line, $0.first) < ($1.line, $1.first) }
        var discount = turns.last?.discount ?? CouponDiscount()
        discount.parts = price.parts(\.cut)
        return discount
    }

    private func parts(_ amount: (CouponRun) -> Int64) -> [CouponDiscount.Part] {
        CouponDiscount.merged(
            runs.map { CouponDiscount.Part(line: lines[$0.line].id, first: $0.first, count: $0.count, amount: amount($0)) })
    }

    // MARK: - Turns

    /// Lets a coupon have its turn, before which those had theirs that come before it.
    ///
    /// - Parameter eligible: By line, as ``eligible(_:)`` says; nil to look now.
    /// - Complexity: O(n log n) in the lines.
    @discardableResult
    mutating func add(_ coupon: CouponCandidate, _ eligible: [Bool]? = nil) -> Turn {
        var turn = Turn()
        for run in runs.indices { runs[run].cut = 0 }
        let lines = eligible ?? self.eligible(coupon)
        apply(coupon, runs.indices.filter { lines[runs[$0].line] }, &turn)
        turn.goods = runs.reduce(0) { $0 + $1.count * $1.cut }
        trim(coupon.money, &turn)
        if keepsParts { for run in runs.indices where runs[run].cut > 0 { runs[run].cuts[turns.count] = runs[run].cut } }
        turns.append(turn)
        return turn
    }

    /// Which lines count for a coupon.
    func eligible(_ coupon: CouponCandidate) -> [Bool] { lines.map { coupon.terms.isEligible($0) } }

    private mutating func apply(_ coupon: CouponCandidate, _ eligible: [Int], _ turn: inout Turn) {
        switch coupon.template.effect {
        case .amount(let amount, .units(let max)):
            for run in dearest(max, eligible) { runs[run].take(min(amount, runs[run].left)) }
        case .amount(let amount, .order):
            CouponRun.spread(min(coupon.value ?? amount, cost(eligible)), over: eligible, of: &runs)
        case .percent(let percent, let target, let cap):
            let chosen = if case .units(let max) = target { dearest(max, eligible) } else { eligible }
            CouponRun.spread(min(percent.of(cost(chosen)), cap ?? .max), over: chosen, of: &runs)
        case .fixedPrice(let price, let max):
            for run in dearest(max, eligible) { runs[run].take(runs[run].left - price) }
        case .gift(let sku, let units):
            turn.discount.gifts[sku] = units
            turn.discount.givesRight = true
        case .freeShipping(let cap):
            turn.discount.shipping = min(shippingLeft, cap ?? .max)
            shippingLeft -= turn.discount.shipping
        case .priority, .status: turn.discount.givesRight = true
        }
    }

    /// Gives back what a coupon takes off beyond what is left of its limits of money, spread by what it took off each unit.
    private mutating func trim(_ allowances: [CouponCandidate.Allowance], _ turn: inout Turn) {
        let (taken, shipping) = (turn.total, turn.discount.shipping)
        var most = taken
        for allowance in allowances {
            let left = max(0, allowance.left - moneyTaken[allowance.key, default: 0])
            if left < taken { turn.trimmedBy.append(allowance.limit.name) }
            most = min(most, left)
        }
        for allowance in allowances { moneyTaken[allowance.key, default: 0] += most }
        if most == taken { return }
        if shipping > 0 {
            turn.discount.shipping = most
            shippingLeft += taken - most
        } else {
            turn.goods = most
            spread(most)
        }
    }

    /// Lets the coupon whose turn it is take off less in all.
    private mutating func spread(_ amount: Int64) {
        let before = runs.sorted { ($0.line, $0.first) < ($1.line, $1.first) }
        var parts = before.enumerated().map {
            CouponRun(line: $0.offset, first: $0.element.first, count: $0.element.count, price: $0.element.cut)
        }
        CouponRun.spread(amount, over: Array(parts.indices), of: &parts)
        runs = parts.map { part in
            var run = before[part.line]
            (run.first, run.count) = (part.first, part.count)
            run.giveBack(to: part.price - part.left)
            return run
        }
    }

    private func cost(_ chosen: [Int]) -> Int64 { chosen.reduce(0) { $0 + runs[$1].count * runs[$1].left } }

    /// The eligible units that cost most now, so many of them.
    private mutating func dearest(_ max: Int64?, _ eligible: [Int]) -> [Int] {
        guard var rest = max else { return eligible }
        let sorted = eligible.sorted {
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
