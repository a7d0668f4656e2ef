import Model
import OrderedCollections

/// Looks among coupons whose conditions hold for those that are used together; what is kept already is among them.
struct CouponSearch {
    let cart: CouponCart
    let coupons: [CouponCandidate]
    let classMaxima: [CouponClass: Int]

    /// A set of coupons with its worth; the greater one wins.
    struct Choice: Comparable {
        var coupons: [CouponCandidate] = []
        var total: Int64 = 0
        var rights = 0

        static func < (left: Choice, right: Choice) -> Bool {
            if left.total != right.total { return left.total < right.total }
            if left.rights != right.rights { return left.rights < right.rights }
            // Fewer coupons for the same, then those of higher priority, then the first ids.
            if left.coupons.count != right.coupons.count { return left.coupons.count > right.coupons.count }
            let (mine, others) = (left.priority, right.priority)
            if mine != others { return mine < others }
            return right.coupons.map(\.id).sorted().lexicographicallyPrecedes(left.coupons.map(\.id).sorted())
        }

        static func == (left: Choice, right: Choice) -> Bool { !(left < right) && !(right < left) }

        private var priority: Int { coupons.reduce(0) { $0 + $1.template.stacking.priority } }
    }

    func chosen(_ mode: CouponStack.Mode) -> [CouponCandidate] {
        switch mode {
        case .requested: taken(free).coupons
        case .priority: taken(byPriority).coupons
        case .bestForCustomer: best.coupons
        }
    }

    /// Why a coupon whose conditions hold is not among the chosen ones.
    func reason(_ coupon: CouponCandidate, beside chosen: [CouponCandidate]) -> Refusal.Reason {
        let others = chosen.filter { !$0.template.stacking.agrees(with: coupon.template.stacking) }
        if !others.isEmpty { return Refusal.Reason("STACK_CONFLICT", ["with": .names(Set(others.map(\.id)))]) }
        if !isWithinClasses(chosen + [coupon]) {
            return Refusal.Reason("STACK_CONFLICT", ["class": .string(coupon.template.effect.kind.rawValue)])
        }
        if let limit = exhaustedLimit(coupon, beside: chosen) { return limit.reason }
        let (discounts, trims) = outcome(chosen + [coupon])
        guard let own = discounts.last, !own.isNothing else {
            let limit = coupon.money.map(\.limit).first { trims.last?.contains($0.name) ?? false }
            return limit?.reason ?? Refusal.Reason("NO_EFFECT")
        }
        let kept = chosen.filter { $0.held != nil }
        if kept.isEmpty { return Refusal.Reason("NO_EFFECT") }
        // It would change what the others take off.
        return Refusal.Reason("STACK_CONFLICT", ["with": .names(Set(kept.map(\.id)))])
    }

    /// What each of the chosen coupons takes off, and the limits that leave it less than it would.
    func outcome(_ chosen: [CouponCandidate]) -> (discounts: [CouponDiscount], trimmedBy: [[String]]) {
        let kept = chosen.compactMap(\.held)
        if kept.count == chosen.count { return (kept.map(\.discount), kept.map(\.trimmedBy)) }
        let pricing = CouponPricing(cart, chosen)
        return (pricing.results, zip(chosen, pricing.sums).map { $0.held?.trimmedBy ?? $1.trimmedBy })
    }

    /// What is kept for this very cart.
    private var kept: [CouponCandidate] { coupons.filter { $0.held != nil } }

    private var free: [CouponCandidate] { coupons.filter { $0.held == nil } }

    private var byPriority: [CouponCandidate] {
        free.sorted { (-$0.template.stacking.priority, $0.id) < (-$1.template.stacking.priority, $1.id) }
    }

    /// Whether a coupon may be used beside others: a set above one that may not be may not be either.
    func isAllowed(_ coupon: CouponCandidate, beside chosen: [CouponCandidate]) -> Bool {
        chosen.allSatisfy { $0.template.stacking.agrees(with: coupon.template.stacking) } && isWithinClasses(chosen + [coupon])
            && exhaustedLimit(coupon, beside: chosen) == nil
    }

    /// A limit of uses that has not enough left for a coupon beside others.
    private func exhaustedLimit(_ coupon: CouponCandidate, beside chosen: [CouponCandidate]) -> CouponLimit? {
        coupon.allowances.first { own in
            guard own.limit.measure == .uses else { return false }
            let shared = chosen.flatMap(\.allowances).filter { $0.key == own.key }
            return shared.reduce(own.left) { min($0, $1.left) } <= shared.count
        }?.limit
    }

    /// Whether every maximum of a class holds: those of the program and of each coupon.
    private func isWithinClasses(_ chosen: [CouponCandidate]) -> Bool {
        let counts = chosen.reduce(into: [CouponClass: Int]()) { $0[$1.template.effect.kind, default: 0] += 1 }
        let maxima = [classMaxima] + chosen.map(\.template.stacking.classMaxima)
        return maxima.allSatisfy { $0.allSatisfy { counts[$0.key, default: 0] <= $0.value } }
    }

    /// The worth of coupons together; nil when one of them would be used for nothing, or for something else than it is kept with.
    private func choice(_ chosen: [CouponCandidate]) -> Choice? {
        let kept = chosen.compactMap(\.held)
        if kept.count == chosen.count {
            return Choice(
                coupons: chosen, total: kept.reduce(0) { $0 + $1.amount }, rights: kept.count { $0.discount.givesRight })
        }
        let pricing = CouponPricing(cart, chosen, keepsParts: !kept.isEmpty)
        let sums = pricing.sums
        if sums.contains(where: \.isNothing) { return nil }
        if !kept.isEmpty, zip(chosen, pricing.results).contains(where: { $0.held != nil && $0.held?.discount != $1 }) { return nil }
        return Choice(coupons: chosen, total: sums.reduce(0) { $0 + $1.total }, rights: sums.count { $0.discount.givesRight })
    }

    /// One after another, each that goes with those before and adds to them.
    private func taken(_ coupons: [CouponCandidate]) -> Choice {
        var taken = choice(kept) ?? Choice()
        for coupon in coupons where isAllowed(coupon, beside: taken.coupons) {
            guard let more = choice(taken.coupons + [coupon]), (more.total, more.rights) > (taken.total, taken.rights) else {
                continue
            }
            taken = more
        }
        return taken
    }

    private var best: Choice {
        let (kept, free) = (kept, free)
        if free.count <= CouponStack.exactMax { return walk().best }
        let alone = free.filter { isAllowed($0, beside: kept) }.compactMap { choice(kept + [$0]) }.sorted(by: >)
        let choices = [taken(alone.compactMap(\.coupons.last)), taken(free), taken(byPriority)] + alone.prefix(1)
        return choices.max() ?? Choice()
    }

    /// Looks through all allowed sets.
    func walk() -> CouponWalk {
        var walk = CouponWalk(self, from: choice(kept) ?? Choice())
        walk.go()
        return walk
    }
}
