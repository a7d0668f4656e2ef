import Model
import OrderedCollections

/// The coupons of one order: brings the coupon desk to what all that is known of the order means.
///
/// A coupon that the order carries is used for it once, however often and in whatever order its events come: as it was reserved, else for
/// what it takes off by the lines of the order, at the instant of the order. What came back is given back once; a cancelled order, or one
/// that does not carry the coupon any more, has not used it. What does not count is noted, with all reasons, and stops nothing else.
struct OrderCoupons {
    /// The most codes of one order that are looked at.
    static let codesMax = 50

    let state: OrderState
    /// The order, at the instant at which it was completed; its lines are named by their products.
    let cart: CouponCart
    let now: Instant
    private(set) var codes: [String: OrderCoupon]
    private(set) var desk: CouponDesk
    private(set) var deeds: [OrderCouponDeed] = []
    private let order: String
    /// Why codes that the order carries have no coupon.
    private let missing: [String: [Refusal.Reason]]
    /// Carried and not cancelled, each coupon by one code alone.
    private let wanted: [String]

    /// - Parameters:
    ///   - codes: All that the order carries or has carried, with the coupons of the desk that are behind them.
    ///   - missing: Why codes have no coupon there.
    init(
        _ state: OrderState, of order: String, _ cart: CouponCart, codes: [String: OrderCoupon],
        missing: [String: [Refusal.Reason]], desk: CouponDesk, now: Instant
    ) {
        (self.state, self.order, self.cart, self.desk, self.now) = (state, order, cart, desk, now)
        (self.codes, self.missing) = (codes, missing)
        var taken: Set<String> = []
        wanted = codes.keys.sorted().filter { code in
            guard !state.isCancelled, state.coupons.contains(code), let coupon = codes[code]?.coupon else { return false }
            return desk.coupons[coupon] != nil && taken.insert(coupon).inserted
        }
    }

    /// - Parameter barred: Why nothing more is used, where the member takes part no more; what was used before stands.
    mutating func settle(barred: Refusal.Reason? = nil) {
        for code in codes.keys.sorted() where !wanted.contains(code) { handOver(code) }
        for code in codes.keys.sorted() { notice(code) }
        for code in codes.keys.sorted() where !wanted.contains(code) { giveBack(code) }
        if let barred {
            refuseDue(barred)
        } else {
            for code in wanted { useReserved(code) }
            price()
        }
        for code in wanted { takeReturns(code) }
    }

    private func redemption(_ code: String, on desk: CouponDesk) -> CouponRedemption? {
        codes[code]?.coupon.flatMap { desk.coupons[$0] }?.redemptions.last { $0.order == order }
    }

    /// Lets the code by which the order carries a coupon now have the use that stands under another one.
    private mutating func handOver(_ code: String) {
        guard let known = codes[code], known.isUsed || known.state == .returned,
            let heir = wanted.first(where: { codes[$0]?.coupon == known.coupon })
        else { return }
        codes[heir]?.use(known.state, judged: known.judged)
        codes[code]?.use(.givenBack)
    }

    /// Looks what was done by hand meanwhile.
    private mutating func notice(_ code: String) {
        guard let known = codes[code], let redemption = redemption(code, on: desk) else { return }
        switch known.state {
        case .reserved, .priced: if redemption.isUndone { codes[code]?.use(.released) }
        case .open where redemption.isUndone: codes[code]?.use(.released)
        case .open, .givenBack, .refused: if !redemption.isUndone, wanted.contains(code) { codes[code]?.use(.reserved) }
        case .returned, .released: break
        }
    }

    /// Undoes the use of what the order does not carry any more, or notes why a code never counted.
    private mutating func giveBack(_ code: String) {
        guard let known = codes[code] else { return }
        if known.isUsed || known.state == .returned, let coupon = known.coupon {
            if rollBack(coupon, on: &desk) { deeds.append(.rollBack(code: code, coupon: coupon)) }
            codes[code]?.use(.givenBack)
        }
        guard state.coupons.contains(code) else { return }
        if state.isCancelled {
            // What was kept for it is free at once.
            if let coupon = known.coupon { desk.attempt(coupon) { [order] in $0.cancel(order: order, limits: &$2) } }
        } else if known.coupon.flatMap({ desk.coupons[$0] }) != nil {
            refuse(code, [Refusal.Reason("ALREADY_USED")])
        } else {
            refuse(code, missing[code] ?? [Refusal.Reason("NOT_FOUND", ["coupon": .string(code)])])
        }
    }

    /// - Returns: False when it was undone already.
    private func rollBack(_ coupon: String, on desk: inout CouponDesk) -> Bool {
        let order = order
        switch desk.attempt(coupon, { coupon, _, limits throws(Refusal) in try coupon.rollBack(order: order, limits: &limits) }) {
        case .success: return true
        case .failure: return false
        }
    }

    private mutating func refuse(_ code: String, _ reasons: [Refusal.Reason], judged: String? = nil) {
        let isNews = codes[code]?.state != .refused || codes[code]?.reasons != reasons
        codes[code]?.refuse(reasons, judged: judged)
        if isNews { deeds.append(.refuse(code: code, reasons)) }
    }

    // MARK: - Using

    /// Whether the order shall use it and does not yet.
    private func isDue(_ code: String) -> Bool {
        switch codes[code]?.state {
        case .open, .givenBack, .refused: true
        case .returned: !state.isOver
        case .reserved, .priced, .released, nil: false
        }
    }

    /// Refuses what the order would use, and lets go what was kept for it; as it stands it is not judged anew.
    private mutating func refuseDue(_ reason: Refusal.Reason) {
        let judged = digest(wanted.filter { isPriced($0) || isDue($0) })
        for code in wanted where isDue(code) {
            if let coupon = codes[code]?.coupon { desk.attempt(coupon) { [order] in $0.cancel(order: order, limits: &$2) } }
            refuse(code, [reason], judged: judged)
        }
    }

    /// Uses what was kept for the order when it was completed, be it that we hear of it later.
    private mutating func useReserved(_ code: String) {
        let (order, at) = (order, cart.instant)
        guard isDue(code), let coupon = codes[code]?.coupon, let held = desk.coupons[coupon]?.reservation(at: at),
            held.order == order,
            case .success(let redemption) = desk.attempt(
                coupon, { coupon, _, limits throws(Refusal) in try coupon.commit(order: order, now: at, limits: &limits) })
        else { return }
        codes[code]?.use(.reserved)
        deeds.append(.commit(code: code, coupon: coupon, amount: redemption.amount))
    }

    /// Uses what was not reserved for what it takes off; anew when the order has changed so that it takes off something else.
    private mutating func price() {
        let own = wanted.filter { isPriced($0) || isDue($0) }
        let judged = digest(own)
        guard own.contains(where: { codes[$0]?.judged != judged || codes[$0]?.state == .returned && !state.isOver }) else { return }
        var trial = desk
        for code in own where isPriced(code) || codes[code]?.state == .returned {
            _ = codes[code]?.coupon.map { rollBack($0, on: &trial) }
        }
        trial.forgetLapsed(at: now)
        let results = use(own, key: judged, on: &trial)
        let uses = own.map { code in
            let stands = codes[code]?.state == .priced || codes[code]?.state == .returned && state.isOver
            let after: CouponRedemption? = if case .success(let made)? = results[code] { made } else { nil }
            return (code: code, before: stands ? redemption(code, on: desk) : nil, after: after)
        }
        let isChanged = uses.contains { $0.before?.discount != $0.after?.discount }
        if isChanged {
            desk = trial
            for (code, before, after) in uses {
                guard let coupon = codes[code]?.coupon else { continue }
                if before?.isUndone == false { deeds.append(.rollBack(code: code, coupon: coupon)) }
                if let after { deeds.append(.commit(code: code, coupon: coupon, amount: after.amount)) }
            }
        }
        for (code, result) in results.sorted(by: { $0.key < $1.key }) {
            switch result {
            case .success where isChanged: codes[code]?.use(.priced, judged: judged)
            case .success: codes[code]?.judged = judged
            case .failure(let refusal): refuse(code, refusal.reasons, judged: judged)
            }
        }
    }

    /// Whether it was used for what it takes off by the lines of the order.
    private func isPriced(_ code: String) -> Bool {
        codes[code].map { $0.state == .priced || $0.state == .returned && $0.judged != nil } ?? false
    }

    /// Reserves and uses coupons for the order, each of which may be skipped.
    private func use(
        _ own: [String], key: String, on trial: inout CouponDesk
    ) -> [String: Result<CouponRedemption, Refusal>] {
        let (order, at) = (order, cart.instant)
        var left = amountLeft
        trial.ids = own.compactMap { codes[$0]?.coupon }
        var checkout = trial.checkout
        let answer: CouponCheckout.Answer
        do throws(Refusal) {
            answer = try checkout.reserve(cart, order: order, key: key, mode: .requested)
        } catch {
            return Dictionary(uniqueKeysWithValues: own.map { ($0, .failure(error)) })
        }
        trial.take(checkout)
        let skipped = Dictionary(answer.skipped.map { ($0.id, $0.reasons) }) { first, _ in first }
        var results: [String: Result<CouponRedemption, Refusal>] = [:]
        for code in own {
            guard let coupon = codes[code]?.coupon else { continue }
            guard let held = answer.reservations[coupon] else {
                results[code] = .failure(Refusal(skipped[coupon] ?? [Refusal.Reason("NO_EFFECT")]))
                continue
            }
            let amount = min(held.amount, left)
            guard amount > 0 || held.amount == 0 else {
                trial.attempt(coupon) { $0.cancel(order: order, limits: &$2) }
                results[code] = .failure(Refusal("NO_EFFECT"))
                continue
            }
            left -= amount
            results[code] = trial.attempt(coupon) { coupon, _, limits throws(Refusal) in
                try coupon.commit(order: order, final: amount, now: at, limits: &limits)
            }
        }
        return results
    }

    /// What of the order is left for coupons that were not reserved, so that together they take off no more than there is.
    private var amountLeft: Int64 {
        let price = cart.lines.reduce(cart.shipping) { $0 + $1.amount }
        let reserved = wanted.filter { code in
            codes[code].map { $0.state == .reserved || $0.state == .returned && $0.judged == nil } ?? false
        }
        return max(0, reserved.reduce(price) { $0 - (redemption($1, on: desk)?.amount ?? 0) })
    }

    /// What they are judged by; of the member only what the order itself says.
    private func digest(_ own: [String]) -> String {
        var cart = cart
        (cart.tier, cart.tags, cart.isFirstOrder) = (nil, [], false)
        return CouponText.hash(of: JSONValue.array([cart.json] + own.map { .string($0) }).text)
    }

    // MARK: - Returns

    /// Gives back what the coupon had taken off units that have come back since, as its refund policy has it.
    private mutating func takeReturns(_ code: String) {
        guard let known = codes[code], known.isUsed, let coupon = known.coupon,
            let redemption = redemption(code, on: desk), !redemption.isUndone
        else { return }
        let units = unitsBack(redemption)
        if !units.isEmpty {
            let order = order
            let result = desk.attempt(coupon) { coupon, terms, limits throws(Refusal) in
                try coupon.refund(order: order, units: units, terms.template.refundPolicy, limits: &limits)
            }
            if case .success(let returned) = result {
                deeds.append(.refund(code: code, coupon: coupon, amount: returned.amount, isBack: returned.isBack))
            }
        }
        if state.isOver {
            codes[code]?.state = .returned
        } else if self.redemption(code, on: desk)?.isUndone == true {
            codes[code]?.use(.released)
        }
    }

    /// How many more units of its lines are back; lines that are no products of the order only come back with all of it.
    private func unitsBack(_ redemption: CouponRedemption) -> [String: Int64] {
        var back = state.returned
        for line in state.event?.lines ?? [] {
            guard let sku = line.sku, state.returned[sku] == nil else { continue }
            back[sku, default: 0] += state.returned[line.product, default: 0]
        }
        var units: [String: Int64] = [:]
        for (line, parts) in redemption.discount.byLine {
            let all = parts.unitCount
            let more = (state.isOver ? all : min(all, back[line, default: 0])) - redemption.returnedUnits[line, default: 0]
            if more > 0 { units[line] = more }
        }
        return units
    }
}
