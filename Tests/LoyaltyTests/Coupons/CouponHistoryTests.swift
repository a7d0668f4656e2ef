import Model
import OrderedCollections
import Testing

@testable import Loyalty

/// What holds for coupons and the limits they share, after any commands in any order.
@Suite("Histories of coupons") struct CouponHistoryTests {
    /// Some coupons of two templates that share limits, and members who use them for a few orders.
    struct History {
        var maker: CouponMaker
        var checkout: CouponCheckout
        var now = Instant(microseconds: 1_700_000_000_000_000)
        private(set) var refusedCount = 0
        private(set) var committedCount = 0

        init(seed: UInt64) throws(Refusal) {
            var maker = CouponMaker(seed: seed)
            let limits = [
                CouponLimit("total", .uses, max: maker.number(1 ... 5)),
                CouponLimit("money", .money, max: maker.number(1 ... 3_000)),
                CouponLimit("member", .uses, per: .member, max: maker.number(1 ... 2)),
                CouponLimit("card", .uses, per: .instrument, max: 3),
                CouponLimit("day", .money, period: .day, max: maker.number(500 ... 2_000)),
            ]
            var items: [CouponCheckout.Item] = []
            for (index, effect) in [
                CouponEffect.amount(1_000, on: .order), .percent(CouponPercent(hundredths: 2_500), on: .order, cap: 900),
            ].enumerated() {
                var template = CouponTemplate(
                    key: .init(name: "t\(index)", version: 1), currency: .cny, zone: "UTC", effect: effect)
                // The other template shares the counts, and may promise other maxima, as another version does.
                template.limits = limits.filter { _ in maker.chance(2) }.map { limit in
                    let step: Int64 = limit.measure == .money ? 300 : 1
                    let other = max(1, limit.max + (index == 0 ? 0 : step * maker.number(-2 ... 2)))
                    return CouponLimit(limit.name, limit.measure, per: limit.subject, period: limit.period, max: other)
                }
                template.validity.days = Int(maker.number(1 ... 4))
                template.useCount = Int(maker.number(1 ... 2))
                template.refundPolicy = maker.pick(CouponRefundPolicy.allCases)
                if template.refundPolicy == .valuePart { template.useCount = 1 }
                if index == 1, template.refundPolicy == .valuePart { template.refundPolicy = .never }
                let terms = CouponTerms(template, .utc)
                for number in 0 ..< 4 {
                    var coupon = Coupon(id: "c\(index)\(number)", of: template)
                    try coupon.grant(
                        to: "m\(number % 2)", seen: CouponTextSeen(template, in: .english), terms, now: now)
                    items.append(.init(coupon, terms))
                }
            }
            checkout = CouponCheckout(items, limits: LimitBook())
            self.maker = maker
        }

        private mutating func order() -> String { "o\(maker.number(0 ... 5))" }

        /// Carries out a command on one coupon: more often than not on one for which it makes sense.
        private mutating func act(
            on isMeant: (Coupon) -> Bool, _ body: (inout Coupon, inout LimitBook, CouponTerms) throws(Refusal) -> Void
        ) throws(Refusal) {
            let meant = checkout.items.indices.filter { isMeant(checkout.items[$0].coupon) }
            let index = maker.pick(meant.isEmpty || maker.chance(5) ? Array(checkout.items.indices) : meant)
            var (items, limits) = (checkout.items, checkout.limits)
            try body(&items[index].coupon, &limits, items[index].terms)
            checkout = CouponCheckout(items, limits: limits)
        }

        private var isReserved: (Coupon) -> Bool { { $0.reservation != nil } }
        private var isRedeemed: (Coupon) -> Bool { { !$0.redemptions.isEmpty } }

        /// - Returns: What was done, for messages.
        mutating func step() -> String {
            now = now.advanced(byMicroseconds: maker.number(0 ... 15) * .microsecondsPerMinute)
            if maker.chance(30) { now = now.advanced(byMicroseconds: .microsecondsPerDay / 2) }
            let before = checkout
            do throws(Refusal) {
                return try command()
            } catch {
                refusedCount += 1
                #expect(before.limits == checkout.limits && before.items.map(\.coupon) == checkout.items.map(\.coupon))
                return "refused \(error.reasons.map(\.code))"
            }
        }

        private mutating func command() throws(Refusal) -> String {
            let (order, now) = (order(), now)
            switch maker.number(0 ... 9) {
            case 0, 1, 2:
                var cart = CouponCart.of([maker.number(1 ... 5_000), maker.number(1 ... 5_000)])
                cart.instant = now
                cart.member = "m\(maker.number(0 ... 1))"
                cart.instrument = "p\(maker.number(0 ... 1))"
                let mode = maker.pick(CouponStack.Mode.allCases)
                let key = "\(cart.lines.map(\.unitPrice)) \(cart.member ?? "") \(cart.instrument ?? "") \(mode)"
                let answer = try checkout.reserve(cart, order: order, key: key, mode: mode)
                // C3: the same again changes nothing, later neither.
                var again = checkout
                let repeated = try again.reserve(cart, order: order, key: key, mode: mode)
                #expect(repeated.reservations == answer.reservations && repeated.price == answer.price)
                #expect(again.items.map(\.coupon) == checkout.items.map(\.coupon) && again.limits == checkout.limits)
                var late = cart
                late.instant = now.advanced(byMicroseconds: maker.number(1 ... 29) * .microsecondsPerMinute)
                let asked = try again.reserve(late, order: order, key: key, mode: mode)
                for (id, held) in answer.reservations { #expect(asked.reservations[id] == held) }
                let goods = cart.lines.reduce(0) { $0 + $1.unitPrice }
                #expect(
                    answer.price.goodsPaid == goods - answer.reservations.values.reduce(0) { $0 + $1.amount } || cart.lines.isEmpty)
                return "reserve \(order) \(answer.reservations.keys.sorted())"
            case 3, 4, 5:
                let part = maker.number(0 ... 3)
                try act(on: isReserved) { coupon, limits, _ throws(Refusal) in
                    let order = coupon.reservation?.order ?? order
                    let final = coupon.reservation.map { part == 0 ? $0.amount / 2 : $0.amount }
                    let done = try coupon.commit(order: order, final: final, now: now, limits: &limits)
                    let (once, counted) = (coupon, limits)
                    // C3: the same again changes nothing.
                    #expect(try coupon.commit(order: order, now: now, limits: &limits) == done)
                    #expect(coupon == once && limits == counted)
                }
                committedCount += 1
                return "commit"
            case 6:
                try act(on: isReserved) { coupon, limits, _ in
                    coupon.cancel(order: coupon.reservation?.order ?? order, limits: &limits)
                }
                return "cancel"
            case 7:
                try act(on: isRedeemed) { coupon, limits, _ throws(Refusal) in
                    try coupon.rollBack(order: coupon.redemptions.last?.order ?? order, limits: &limits)
                }
                return "roll back"
            default:
                let line = maker.pick(["a", "b"])
                try act(on: isRedeemed) { coupon, limits, terms throws(Refusal) in
                    let order = coupon.redemptions.last?.order ?? order
                    _ = try coupon.refund(order: order, units: [line: 1], terms.template.refundPolicy, limits: &limits)
                }
                return "refund \(line)"
            }
        }
    }

    @Test(
        "C1, C2: no limit is passed and each counts what is live; no coupon is used more often than it may",
        arguments: Seeds.upTo(40))
    func limits(seed: UInt64) throws {
        var history = try History(seed: seed)
        for number in 0 ..< 80 {
            let done = "seed \(seed), step \(number): " + history.step()
            var book = history.checkout.limits
            book.settle(until: history.now)
            var (used, reserved): ([Limit.Key: Int64], [Limit.Key: Int64]) = ([:], [:])
            // The greatest that one of those promises which count on it.
            var promised: [Limit.Key: Int64] = [:]
            for item in history.checkout.items {
                let coupon = item.coupon
                for charge in coupon.reservation(at: history.now)?.charges ?? [] {
                    reserved[charge.key, default: 0] += charge.amount
                    promised[charge.key] = max(promised[charge.key] ?? 0, charge.max)
                }
                for redemption in coupon.redemptions {
                    for charge in redemption.charges {
                        let amount = charge.isMoney ? redemption.amountLeft : redemption.isUndone ? 0 : 1
                        used[charge.key, default: 0] += amount
                        if amount > 0 { promised[charge.key] = max(promised[charge.key] ?? 0, charge.max) }
                    }
                }
                #expect(coupon.redemptions.count { $0.isUse } <= item.terms.template.useCount, "\(done)")
                #expect(coupon.valueLeft >= 0, "\(done)")
            }
            for limit in book.limits.values {
                #expect(
                    limit.used == used[limit.key, default: 0] && limit.reserved == reserved[limit.key, default: 0],
                    "\(done) \(limit)")
                #expect(limit.used + limit.reserved <= promised[limit.key, default: 0], "\(done) \(limit)")
                #expect(limit.used >= 0 && limit.reserved >= 0, "\(done) \(limit)")
            }
        }
    }

    @Test("Histories are not idle: much is used, and much is refused")
    func busy() throws {
        var (committed, refused) = (0, 0)
        for seed in UInt64(0) ..< 20 {
            var history = try History(seed: seed)
            for _ in 0 ..< 80 { _ = history.step() }
            committed += history.committedCount
            refused += history.refusedCount
        }
        #expect(committed > 60 && refused > 60, "\(committed), \(refused)")
    }

    @Test(
        "C4: used and rolled back, in any part of the stack, leaves all as it was; twice is once", arguments: Seeds.upTo(40))
    func rollBack(seed: UInt64) throws {
        var history = try History(seed: seed)
        for _ in 0 ..< Int(seed % 20) { _ = history.step() }
        var (items, limits) = (history.checkout.items, history.checkout.limits)
        limits.settle(until: history.now)
        for index in items.indices {
            items[index].coupon.cancel(order: items[index].coupon.reservation?.order ?? "", limits: &limits)
        }
        var checkout = CouponCheckout(items, limits: limits)
        var cart = CouponCart.of([3_000, 4_000])
        cart.instant = history.now
        cart.member = "m0"
        cart.instrument = "p0"
        let answer = try checkout.reserve(cart, order: "new", key: "k", mode: .bestForCustomer)
        var (used, book) = (checkout.items.map(\.coupon), checkout.limits)
        for index in used.indices where answer.reservations[used[index].id] != nil {
            _ = try used[index].commit(order: "new", now: history.now, limits: &book)
        }
        for index in used.indices.shuffled(using: &history.maker.random) where answer.reservations[used[index].id] != nil {
            try used[index].rollBack(order: "new", limits: &book)
            let (once, counted) = (used[index], book)
            #expect(throws: Refusal("ALREADY_ROLLED_BACK", ["order": "new"])) {
                try used[index].rollBack(order: "new", limits: &book)
            }
            #expect(used[index] == once && book == counted)
        }
        for (before, after) in zip(items, used) {
            #expect(before.coupon.usesLeft == after.usesLeft && before.coupon.valueLeft == after.valueLeft)
            #expect(before.coupon.state(at: history.now) == after.state(at: history.now))
        }
        for (key, limit) in book.limits {
            #expect(limit.used == (limits.limits[key]?.used ?? 0) && limit.reserved == (limits.limits[key]?.reserved ?? 0))
        }
    }

    @Test("Two coupons and one use left: the better one, and the other is told why")
    func sharedLimit() throws {
        var items: [CouponCheckout.Item] = []
        for (id, amount) in [("a", Int64(100)), ("b", 200)] {
            var template = CouponTemplate(
                key: .init(name: id, version: 1), currency: .cny, zone: "UTC", effect: .amount(amount, on: .order))
            template.limits = [CouponLimit("one", .uses, max: 1)]
            var coupon = Coupon(id: id, of: template)
            let terms = CouponTerms(template, .utc)
            try coupon.grant(to: "m", seen: CouponTextSeen(template, in: .english), terms, now: .epoch)
            items.append(.init(coupon, terms))
        }
        var checkout = CouponCheckout(items, limits: LimitBook())
        var cart = CouponCart.of([1_000])
        cart.member = "m"
        let answer = try checkout.reserve(cart, order: "o", key: "k", mode: .bestForCustomer)
        #expect(answer.reservations.keys.sorted() == ["b"] && answer.price.goodsPaid == 800)
        #expect(answer.skipped.map(\.id) == ["a"])
        #expect(answer.skipped[0].reasons == [Refusal.Reason("LIMIT_TOTAL", ["limit": "one", "max": 1], isRetryable: true)])
        // Another order has to wait, but only until the reservation lapses.
        #expect(try checkout.check(cart, order: "p", mode: .requested).used.isEmpty)
        cart.instant = Instant(microseconds: Coupon.reservationDuration)
        let free = try checkout.check(cart, order: "p", mode: .requested)
        #expect(Array(free.used.keys) == ["a"] && free.skipped.map(\.reasons) == answer.skipped.map(\.reasons))
    }

    @Test("C9 with limits: what is checked is what is reserved, and the best is at least each alone", arguments: Seeds.upTo(60))
    func checkedIsReserved(seed: UInt64) throws {
        var history = try History(seed: seed)
        for _ in 0 ..< Int(seed % 25) { _ = history.step() }
        var cart = CouponCart.of([history.maker.number(1 ... 5_000), history.maker.number(1 ... 5_000)])
        cart.instant = history.now
        (cart.member, cart.instrument) = ("m\(history.maker.number(0 ... 1))", "p0")
        // Of an order that may hold coupons for another cart.
        let order = history.maker.pick(["new", "o0", "o1"])
        let checkout = history.checkout
        var totals: [CouponStack.Mode: Int64] = [:]
        for mode in CouponStack.Mode.allCases {
            let check = try checkout.check(cart, order: order, mode: mode)
            var trial = checkout
            let answer = try trial.reserve(cart, order: order, key: "k", mode: mode)
            #expect(answer.reservations.mapValues(\.discount) == check.used, "\(mode)")
            #expect(answer.reservations.mapValues(\.trimmedBy) == check.trimmedBy, "\(mode)")
            #expect(answer.skipped == check.skipped && answer.price == check.price, "\(mode)")
            totals[mode] = check.total
        }
        let best = try #require(totals[.bestForCustomer])
        #expect(totals.values.allSatisfy { $0 <= best }, "\(totals)")
        for item in checkout.items {
            let alone = item.coupon.candidate(for: cart, item.terms, order: order, checkout.limits).check(cart)
            #expect(alone.discount.total <= best)
        }
    }

    @Test("C9: a budget that is nearly empty counts before the best coupon is chosen, alone and shared")
    func budgetsOfTheBest() throws {
        func items(_ offers: [(id: String, amount: Int64, budget: String, max: Int64)]) throws -> [CouponCheckout.Item] {
            try offers.map { offer in
                var template = CouponTemplate(
                    key: .init(name: offer.id, version: 1), currency: .cny, zone: "UTC", effect: .amount(offer.amount, on: .order))
                template.stacking.isExclusive = offer.id == "a"
                template.limits = [CouponLimit(offer.budget, .money, max: offer.max)]
                var coupon = Coupon(id: offer.id, of: template)
                let terms = CouponTerms(template, .utc)
                try coupon.grant(to: "m", seen: CouponTextSeen(template, in: .english), terms, now: .epoch)
                return .init(coupon, terms)
            }
        }
        var cart = CouponCart.of([2_000, 3_000])
        cart.member = "m"
        var checkout = CouponCheckout(try items([("a", 1_000, "one", 100), ("b", 900, "other", 9_000)]), limits: LimitBook())
        let check = try checkout.check(cart, order: "o", mode: .bestForCustomer)
        #expect(check.used.mapValues(\.total) == ["b": 900] && check.skipped.map(\.id) == ["a"])
        #expect(try checkout.reserve(cart, order: "o", key: "k", mode: .bestForCustomer).reservations["b"]?.amount == 900)
        let alone = CouponCheckout([checkout.items[0]], limits: LimitBook())
        let trimmed = try alone.check(cart, order: "o", mode: .bestForCustomer)
        #expect(trimmed.total == 100 && trimmed.trimmedBy == ["a": ["one"]])
        // Two that share a budget take what is left of it together; a third one finds nothing.
        let shared = CouponCheckout(
            try items([("b", 900, "all", 1_200), ("c", 900, "all", 1_200), ("d", 900, "all", 1_200)]), limits: LimitBook())
        let stack = try shared.check(cart, order: "o", mode: .requested)
        #expect(stack.used.mapValues(\.total) == ["b": 900, "c": 300] && stack.trimmedBy == ["b": [], "c": ["all"]])
        #expect(
            stack.skipped.map(\.reasons) == [[Refusal.Reason("BUDGET_EMPTY", ["limit": "all", "max": 1_200], isRetryable: true)]])
        #expect(stack.price.goodsPaid == 3_800)
    }

    @Test("What is trimmed off one coupon is there for the next: units, order and delivery", arguments: Seeds.upTo(60))
    func trimmedPrices(seed: UInt64) throws {
        var maker = CouponMaker(seed: seed)
        let cart = maker.cart()
        let lefts = ["x": maker.number(1 ... 3_000), "y": maker.number(1 ... 3_000)]
        let coupons = maker.candidates(4).map { candidate in
            let name = maker.pick(["x", "y"])
            let limit = CouponLimit("money", .money, max: 5_000)
            let isMoney = candidate.terms.template.effect.isMoney
            let allowance = CouponCandidate.Allowance(limit: limit, key: .init(name: name), left: lefts[name] ?? 0)
            return CouponCandidate(id: candidate.id, terms: candidate.terms, allowances: isMoney ? [allowance] : [])
        }
        let stack = try CouponStack(cart, coupons, mode: maker.pick(CouponStack.Mode.allCases))
        var taken: [Limit.Key: Int64] = [:]
        for coupon in coupons {
            let total = stack.used[coupon.id]?.total ?? 0
            for allowance in coupon.allowances {
                taken[allowance.key, default: 0] += total
                #expect(total <= allowance.left)
            }
            for line in cart.lines {
                let off = stack.used[coupon.id]?.units(of: line.id) ?? []
                #expect(off.allSatisfy { (0 ... line.unitPrice + 1).contains($0) })
            }
        }
        for coupon in coupons where stack.used[coupon.id] != nil {
            for allowance in coupon.allowances { #expect(taken[allowance.key, default: 0] <= allowance.left) }
        }
        let full = cart.lines.reduce(cart.shipping) { $0 + $1.units * $1.unitPrice + $1.dearerUnits }
        #expect(stack.price.parts.allSatisfy { $0.paid >= 0 } && stack.price.shippingPaid >= 0)
        #expect(stack.price.goodsPaid + stack.price.shippingPaid == full - stack.total)
    }

    @Test("A budget trims and says so; an empty one refuses")
    func budget() throws {
        var template = CouponTemplate.simple(.amount(1_000, on: .order))
        template.limits = [CouponLimit("budget", .money, max: 1_500)]
        let terms = CouponTerms(template, .utc)
        var cart = CouponCart.of([5_000, 5_000])
        var book = LimitBook()
        var answers: [Int64] = []
        for number in 1 ... 3 {
            var coupon = Coupon(id: "c\(number)", of: template)
            try coupon.grant(to: "m", seen: CouponTextSeen(template, in: .english), terms, now: .epoch)
            cart.member = "m"
            var checkout = CouponCheckout([.init(coupon, terms)], limits: book)
            let answer = try checkout.reserve(cart, order: "o\(number)", key: "k", mode: .requested)
            answers.append(10_000 - answer.price.goodsPaid)
            if number == 2 { #expect(answer.reservations["c2"]?.trimmedBy == ["budget"]) }
            if number == 3 { #expect(answer.skipped[0].reasons.map(\.code) == ["BUDGET_EMPTY"]) }
            book = checkout.limits
        }
        #expect(answers == [1_000, 500, 0])
    }
}
