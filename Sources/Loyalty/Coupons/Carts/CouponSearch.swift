import Model
import OrderedCollections

/// Looks among coupons whose conditions hold for those that are used together; what is kept already is among them.
struct CouponSearch {
    let cart: CouponCart
    let coupons: [CouponCandidate]
    let classMaxima: [CouponClass: Int]

    /// A set of coupons with its worth; the greater one wins.
    private struct Choice: Comparable {
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
        if !isAllowed(chosen + [coupon]) {
            return Refusal.Reason("STACK_CONFLICT", ["class": .string(coupon.template.effect.kind.rawValue)])
        }
        let kept = chosen.filter { $0.held != nil }
        if !kept.isEmpty, let own = results(chosen + [coupon]).last, !own.isNothing {
            // It would change what the others take off.
            return Refusal.Reason("STACK_CONFLICT", ["with": .names(Set(kept.map(\.id)))])
        }
        return Refusal.Reason("NO_EFFECT")
    }

    /// What each of the chosen coupons takes off.
    func results(_ chosen: [CouponCandidate]) -> [CouponDiscount] {
        let kept = chosen.compactMap(\.held)
        return kept.count == chosen.count ? kept : CouponPricing(cart, chosen).results
    }

    /// What is kept for this very cart.
    private var kept: [CouponCandidate] { coupons.filter { $0.held != nil } }

    private var free: [CouponCandidate] { coupons.filter { $0.held == nil } }

    private var byPriority: [CouponCandidate] {
        free.sorted { (-$0.template.stacking.priority, $0.id) < (-$1.template.stacking.priority, $1.id) }
    }

    private func agreesWithAll(_ coupon: CouponCandidate, _ chosen: [CouponCandidate]) -> Bool {
        chosen.allSatisfy { $0.template.stacking.agrees(with: coupon.template.stacking) }
    }

    /// Whether every maximum of a class holds: those of the program and of each coupon.
    private func isAllowed(_ chosen: [CouponCandidate]) -> Bool {
        let counts = chosen.reduce(into: [CouponClass: Int]()) { $0[$1.template.effect.kind, default: 0] += 1 }
        let maxima = [classMaxima] + chosen.map(\.template.stacking.classMaxima)
        return maxima.allSatisfy { $0.allSatisfy { counts[$0.key, default: 0] <= $0.value } }
    }

    /// The worth of coupons together; nil when one of them would be used for nothing, or for something else than it is kept with.
    private func choice(_ chosen: [CouponCandidate]) -> Choice? {
        let results = results(chosen)
        if zip(chosen, results).contains(where: { $1.isNothing || $0.held != nil && $0.held != $1 }) { return nil }
        return Choice(
            coupons: chosen, total: results.reduce(0) { $0 + $1.total }, rights: results.count { $0.givesRight })
    }

    /// One after another, each that goes with those before and adds to them.
    private func taken(_ coupons: [CouponCandidate]) -> Choice {
        var taken = choice(kept) ?? Choice()
        for coupon in coupons where agreesWithAll(coupon, taken.coupons) && isAllowed(taken.coupons + [coupon]) {
            guard let more = choice(taken.coupons + [coupon]), (more.total, more.rights) > (taken.total, taken.rights) else {
                continue
            }
            taken = more
        }
        return taken
    }

    private var best: Choice {
        let (kept, free) = (kept, free)
        if free.count <= CouponStack.exactMax {
            var best = choice(kept) ?? Choice()
            search(free, from: 0, chosen: kept, best: &best)
            return best
        }
        let alone = free.compactMap { agreesWithAll($0, kept) && isAllowed(kept + [$0]) ? choice(kept + [$0]) : nil }.sorted(by: >)
        let choices = [taken(alone.compactMap(\.coupons.last)), taken(free), taken(byPriority)] + alone.prefix(1)
        return choices.max() ?? Choice()
    }

    /// Goes through all sets that are allowed; a set that is not has no allowed set above it.
    private func search(_ free: [CouponCandidate], from start: Int, chosen: [CouponCandidate], best: inout Choice) {
        for index in start ..< free.count where agreesWithAll(free[index], chosen) {
            let more = chosen + [free[index]]
            guard isAllowed(more) else { continue }
            if let choice = choice(more), choice > best { best = choice }
            search(free, from: index + 1, chosen: more, best: &best)
        }
    }
}
