import Model
import OrderedCollections
import Testing

@testable import Loyalty

/// Which coupons go together, and which of them win.
@Suite("Stacks of coupons") struct CouponStackTests {
    private func coupon(
        _ id: String, _ amount: Int64, group: String = "", with consents: Set<String>? = nil, exclusive: Bool = false,
        priority: Int = 0,
        classMaxima: [CouponClass: Int] = [:]
    ) -> CouponCandidate {
        var template = CouponTemplate.simple(.amount(amount, on: .order))
        template.stacking.group = group
        template.stacking.consents = consents
        template.stacking.isExclusive = exclusive
        template.stacking.priority = priority
        template.stacking.classMaxima = classMaxima
        return CouponCandidate(id: id, terms: CouponTerms(template, .utc))
    }

    @Test("Both have to agree; who comes second is told with whom it does not go")
    func mutualConsent() throws {
        let coupons = [
            coupon("a", 100, group: "x", with: ["y"]), coupon("b", 200, group: "y", with: ["z"]), coupon("c", 300, group: "y"),
        ]
        let stack = try CouponStack(.of([10_000]), coupons, mode: .requested)
        #expect(Set(stack.used.keys) == ["a", "c"])
        #expect(stack.skipped.map(\.id) == ["b"])
        #expect(stack.skipped[0].reasons == [Refusal.Reason("STACK_CONFLICT", ["with": ["a", "c"]])])
    }

    @Test("A coupon that stands alone wins or loses as a whole, by the mode")
    func exclusive() throws {
        let coupons = [coupon("a", 100), coupon("b", 500, exclusive: true, priority: 1), coupon("c", 300), coupon("d", 250)]
        let cart = CouponCart.of([10_000])
        #expect(Set(try CouponStack(cart, coupons, mode: .requested).used.keys) == ["a", "c", "d"])
        #expect(Set(try CouponStack(cart, coupons, mode: .priority).used.keys) == ["b"])
        #expect(Set(try CouponStack(cart, coupons, mode: .bestForCustomer).used.keys) == ["a", "c", "d"])
        #expect(Set(try CouponStack(cart, Array(coupons.dropLast()), mode: .bestForCustomer).used.keys) == ["b"])
    }

    @Test("The maxima of a class count, those of the program and those of each coupon")
    func classMaxima() throws {
        let coupons = [coupon("a", 100), coupon("b", 200), coupon("c", 300, classMaxima: [.order: 2])]
        let cart = CouponCart.of([10_000])
        #expect(Set(try CouponStack(cart, coupons, mode: .bestForCustomer).used.keys) == ["b", "c"])
        let one = try CouponStack(cart, coupons, mode: .requested, classMaxima: [.order: 1])
        #expect(Set(one.used.keys) == ["a"])
        #expect(one.skipped.allSatisfy { $0.reasons == [Refusal.Reason("STACK_CONFLICT", ["class": "order"])] })
    }

    @Test("What has nothing to take off is not used up")
    func noEffect() throws {
        let stack = try CouponStack(.of([100]), [coupon("a", 100), coupon("b", 50)], mode: .requested)
        #expect(Set(stack.used.keys) == ["a"])
        #expect(stack.skipped[0].reasons == [Refusal.Reason("NO_EFFECT")])
    }

    @Test("Gifts are not lost where only money is compared")
    func gifts() throws {
        let gift = CouponCandidate(id: "g", terms: CouponTerms(.simple(.gift(sku: "mug", units: 1)), .utc))
        let stack = try CouponStack(.of([100]), [gift, coupon("a", 100)], mode: .bestForCustomer)
        #expect(stack.used["g"]?.gifts == ["mug": 1])
        #expect(stack.used["a"]?.total == 100)
    }

    @Test("C8: a coupon whose conditions do not hold changes nothing", arguments: Seeds.upTo(120))
    func ineligible(seed: UInt64) throws {
        var maker = CouponMaker(seed: seed)
        let cart = maker.cart()
        let coupons = maker.candidates(5)
        var template = maker.template("x")
        template.conditions.stores = ["elsewhere"]
        var more = coupons
        more.insert(CouponCandidate(id: "x", terms: CouponTerms(template, .utc)), at: Int(maker.number(0 ... 5)))
        for mode in CouponStack.Mode.allCases {
            let (less, more) = (try CouponStack(cart, coupons, mode: mode), try CouponStack(cart, more, mode: mode))
            #expect(less.used == more.used && less.price == more.price)
            #expect(more.skipped.filter { $0.id != "x" } == less.skipped)
            #expect(more.skipped.first { $0.id == "x" }?.reasons.contains { $0.code == "CONDITION_STORE" } == true)
        }
    }

    @Test("C9: the best is at least any coupon alone and the requested order, whatever the order", arguments: Seeds.upTo(60))
    func best(seed: UInt64) throws {
        var maker = CouponMaker(seed: seed)
        let cart = maker.cart()
        // More than twelve now and then: then one after another.
        var coupons = maker.candidates(seed % 10 == 0 ? 16 : 6)
        let best = try CouponStack(cart, coupons, mode: .bestForCustomer)
        #expect(best.total >= (try CouponStack(cart, coupons, mode: .requested).total))
        #expect(best.total >= (try CouponStack(cart, coupons, mode: .priority).total))
        for coupon in coupons { #expect(best.total >= coupon.check(cart).discount.total) }
        for (index, coupon) in coupons.enumerated() where best.used[coupon.id] != nil {
            for other in coupons[(index + 1)...] where best.used[other.id] != nil {
                #expect(coupon.template.stacking.agrees(with: other.template.stacking))
            }
        }
        guard coupons.count <= CouponStack.exactMax else { return }
        coupons.shuffle(using: &maker.random)
        #expect(try CouponStack(cart, coupons, mode: .bestForCustomer).used == best.used)
    }

    @Test("The best of up to twelve is the best of all that are allowed", arguments: Seeds.upTo(30))
    func exact(seed: UInt64) throws {
        var maker = CouponMaker(seed: seed &+ 500)
        let cart = maker.cart(lines: 3)
        let coupons = maker.candidates(5)
        var most: Int64 = 0
        for subset in 0 ..< 1 << coupons.count {
            let chosen = coupons.indices.filter { subset >> $0 & 1 == 1 }.map { coupons[$0] }
            // A set is allowed when nothing of it is skipped.
            let stack = try CouponStack(cart, chosen, mode: .requested)
            if stack.skipped.isEmpty { most = max(most, stack.total) }
        }
        #expect(try CouponStack(cart, coupons, mode: .bestForCustomer).total >= most)
    }

    @Test("The best of twelve for a thousand lines takes no more turns than there are sets, and no line is counted beside them")
    func turnsOfTheBest() throws {
        let lines = (0 ..< 1_000).map { CouponCart.Line(id: "l\($0)", sku: "s\($0)", unitPrice: 1_000 + Int64($0)) }
        let cart = CouponCart(currency: .cny, lines: lines, at: .epoch)
        func offers(_ effect: (Int64) -> CouponEffect) -> [CouponCandidate] {
            (1 ... 12).map { CouponCandidate(id: "c\($0)", terms: CouponTerms(.simple(effect(Int64($0))), .utc)) }
        }
        let shares = offers { .percent(CouponPercent(hundredths: $0 * 100), on: .order, cap: nil) }
        let walk = CouponSearch(cart: cart, coupons: shares, classMaxima: [:]).walk()
        #expect(walk.best.coupons.count == 12 && walk.turnCount < 1 << 12, "\(walk.turnCount)")
        #expect(try CouponStack(cart, shares, mode: .bestForCustomer).total == walk.best.total)
        // Amounts add up: all of them are the best, and no other set can reach it.
        let amounts = offers { .amount($0, on: .order) }
        let sums = CouponSearch(cart: cart, coupons: amounts, classMaxima: [:]).walk()
        #expect(sums.best.total == 78 && sums.turnCount == 12)
    }
}
