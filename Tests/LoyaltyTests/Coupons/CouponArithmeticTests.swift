import Model
import OrderedCollections
import Testing

@testable import Loyalty

/// Money is taken off once, rounded once, and every minor unit is somewhere.
@Suite("Arithmetic of coupons") struct CouponArithmeticTests {
    struct Case: Sendable, CustomTestStringConvertible {
        let testDescription: String
        var effect: CouponEffect
        var prices: [Int64]
        var off: [Int64]
        var currency = Currency.cny
    }

    private static func percent(_ hundredths: Int64) -> CouponPercent { CouponPercent(hundredths: hundredths) }

    static let cases = [
        Case(
            testDescription: "G11: 10.00 over three lines of 50", effect: .amount(1_000, on: .order),
            prices: [5_000, 5_000, 5_000],
            off: [334, 333, 333]),
        Case(
            testDescription: "G11: 10 % on the sum of 1.05, 2.05, 3.05, 4.05, not line by line",
            effect: .percent(percent(1_000), on: .order, cap: nil),
            prices: [105, 205, 305, 405], off: [11, 21, 30, 40]),
        Case(
            testDescription: "half a fen goes up, once: 5 % of 0.10", effect: .percent(percent(500), on: .order, cap: nil),
            prices: [10], off: [1]),
        Case(
            testDescription: "half a fen goes up on the sum, not on each: 50 % of three times 0.01",
            effect: .percent(percent(5_000), on: .order, cap: nil), prices: [1, 1, 1], off: [1, 1, 0]),
        Case(
            testDescription: "just below half goes down: 4.99 % of 0.10", effect: .percent(percent(499), on: .order, cap: nil),
            prices: [10], off: [0]),
        Case(
            testDescription: "33.33 % of 100.00", effect: .percent(percent(3_333), on: .order, cap: nil), prices: [3_333, 6_667],
            off: [1_111, 2_222]),
        Case(
            testDescription: "100 % leaves nothing and nothing below", effect: .percent(percent(10_000), on: .order, cap: nil),
            prices: [1, 0, 999], off: [1, 0, 999]),
        Case(
            testDescription: "a cap is spread like any amount", effect: .percent(percent(2_000), on: .order, cap: 100),
            prices: [5_000, 5_000, 5_000], off: [34, 33, 33]),
        Case(
            testDescription: "more than the order takes the order", effect: .amount(9_999, on: .order), prices: [100, 50],
            off: [100, 50]),
        Case(
            testDescription: "off each unit, at most its price", effect: .amount(300, on: .units(max: nil)), prices: [500, 200],
            off: [300, 200]),
        Case(
            testDescription: "off the dearest unit only", effect: .amount(300, on: .units(max: 1)), prices: [500, 800, 200],
            off: [0, 300, 0]),
        Case(
            testDescription: "a fixed price never makes dearer", effect: .fixedPrice(400, unitsMax: nil), prices: [500, 300],
            off: [100, 0]),
        Case(
            testDescription: "goods for nothing take nothing of the amount", effect: .amount(100, on: .order), prices: [0, 300],
            off: [0, 100]),
        Case(
            testDescription: "yen have no minor units: 10 of 33 and 67", effect: .amount(10, on: .order), prices: [33, 67],
            off: [3, 7], currency: Currency(code: "JPY") ?? .usd),
        Case(
            testDescription: "dinars have three decimals: 10 % of 1.005", effect: .percent(percent(1_000), on: .order, cap: nil),
            prices: [1_005], off: [101], currency: Currency(code: "KWD") ?? .usd),
        Case(
            testDescription: "beyond 2^53 and still exact", effect: .percent(percent(5_000), on: .order, cap: nil),
            prices: [9_007_199_254_740_993, 1], off: [4_503_599_627_370_497, 0]),
        Case(
            testDescription: "near the end of Int64", effect: .amount(.max, on: .order), prices: [.max - 1, 1], off: [.max - 1, 1]),
    ]

    @Test("Golden cases and the pains of rounding", arguments: cases)
    func golden(_ example: Case) throws {
        let cart = CouponCart.of(example.prices, example.currency)
        let check = CouponTemplate.simple(example.effect, example.currency).candidate.check(cart)
        #expect(cart.lines.flatMap { check.discount.units(of: $0.id) } == example.off)
        #expect(check.discount.total == example.off.reduce(0, +))
        #expect(check.isApplicable == (check.discount.total > 0))
        if example.effect == .amount(1_000, on: .order) { #expect(check.discount.total == 1_000) }
    }

    @Test("Effects on units come before those on the order, and these before shipping")
    func steps() throws {
        var cart = CouponCart.of([10_000])
        cart.shipping = 1_200
        var coupons: [CouponCandidate] = []
        for (id, effect) in [
            ("a", CouponEffect.freeShipping(cap: 1_000)), ("b", .amount(1_000, on: .order)),
            ("c", .percent(CouponPercent(hundredths: 1_000), on: .order, cap: nil)), ("d", .amount(2_000, on: .units(max: nil))),
        ] {
            coupons.append(CouponCandidate(id: id, terms: CouponTerms(.simple(effect), .utc)))
        }
        for mode in CouponStack.Mode.allCases {
            let stack = try CouponStack(cart, coupons, mode: mode)
            // 100.00 − 20.00 = 80.00; 10 % of it is 8.00; 10.00 off the rest; 10.00 of 12.00 for shipping.
            #expect(stack.used.mapValues(\.total) == ["a": 1_000, "b": 1_000, "c": 800, "d": 2_000], "\(mode)")
            #expect(stack.price.goodsPaid == 6_200 && stack.price.shippingPaid == 200)
        }
    }

    @Test("Tax is converted once for each rate, from the base that the order has")
    func tax() throws {
        let cart = CouponCart.of([333, 333, 334, 1_000])
        let coupon = CouponTemplate.simple(.amount(100, on: .order)).candidate
        let price = try CouponStack(cart, [coupon], mode: .requested).price
        #expect(price.tax == nil, "no rate is named")
        let rates: [String: Int64] = ["a": 1_300, "b": 1_300, "c": 1_300, "d": 600]
        // 20.00 − 1.00 = 19.00, of which 9.50 at 13 % and 9.50 at 6 %; unit by unit it would be 1.08 of tax for a to c.
        #expect(
            try CouponTax(price, in: .gross, rates: rates).parts == [
                .init(rate: 600, net: 896, tax: 54), .init(rate: 1_300, net: 841, tax: 109),
            ])
        #expect(
            try CouponTax(price, in: .net, rates: rates).parts == [
                .init(rate: 600, net: 950, tax: 57), .init(rate: 1_300, net: 950, tax: 124),
            ])
        #expect(throws: Refusal("BAD_AMOUNT", ["of": "a"])) { try CouponTax(price, in: .net, rates: ["a": -1]) }
        // The cart names the same rates, and delivery at one of them: together it is all of the order.
        var named = cart
        for index in named.lines.indices { named.lines[index].taxRate = rates[named.lines[index].id] }
        (named.shipping, named.shippingTaxRate, named.taxBase) = (500, 600, .net)
        let taxed = try CouponStack(named, [coupon], mode: .requested).price
        #expect(
            taxed.tax?.parts == [.init(rate: 600, net: 1_450, tax: 87), .init(rate: 1_300, net: 950, tax: 124)])
        named.taxBase = .gross
        let whole = try CouponStack(named, [coupon], mode: .requested).price
        #expect(whole.tax?.parts.reduce(0) { $0 + $1.gross } == whole.goodsPaid + whole.shippingPaid)
        named.lines = [.init(id: "a", sku: "a", unitPrice: .max / 2)]
        (named.lines[0].taxRate, named.shipping, named.taxBase) = (20_000, 0, .net)
        #expect(throws: Refusal("OVERFLOW")) { try CouponStack(named, [], mode: .requested) }
    }

    @Test("Many units are counted, not listed")
    func manyUnits() {
        var cart = CouponCart.of([3])
        cart.lines[0].units = 1_000_000_000
        let check = CouponTemplate.simple(.amount(1_000, on: .order)).candidate.check(cart)
        #expect(check.discount.total == 1_000)
        #expect(check.discount.parts.count == 2)
    }

    @Test(
        "C5, C6: units sum to the order, nothing is below zero, refunds of all units are what was paid",
        arguments: Seeds.upTo(150))
    func sums(seed: UInt64) throws {
        var maker = CouponMaker(seed: seed)
        let cart = maker.cart()
        let stack = try CouponStack(cart, maker.candidates(4), mode: maker.pick(CouponStack.Mode.allCases))
        let goods = cart.lines.reduce(0) { $0 + $1.units * $1.unitPrice + $1.dearerUnits }
        let offGoods = stack.used.values.reduce(0) { $0 + $1.total - $1.shipping }
        #expect(stack.price.goodsPaid == goods - offGoods)
        #expect(stack.price.shippingPaid >= 0)
        #expect(stack.price.goodsPaid + stack.price.shippingPaid == goods + cart.shipping - stack.total)
        var refunded: Int64 = 0
        for line in cart.lines {
            let units = stack.used.values.map { $0.units(of: line.id) }
            for unit in 0 ..< Int(line.units) {
                let off = units.reduce(0) { $0 + $1[unit] }
                let price = line.unitPrice + (unit < line.dearerUnits ? 1 : 0)
                #expect((0 ... price).contains(off))
                let paid = stack.price.paid(Int64(unit) ..< Int64(unit) + 1, of: line.id)
                #expect(paid == price - off)
                refunded += paid
            }
        }
        #expect(refunded == stack.price.goodsPaid)
    }

    @Test("C10: another order of the lines changes nothing for any of them", arguments: Seeds.upTo(150))
    func permutation(seed: UInt64) throws {
        var maker = CouponMaker(seed: seed)
        let cart = maker.cart(lines: 8)
        let coupons = maker.candidates(4)
        var other = cart
        other.lines.shuffle(using: &maker.random)
        for mode in CouponStack.Mode.allCases {
            let (mine, its) = (try CouponStack(cart, coupons, mode: mode), try CouponStack(other, coupons, mode: mode))
            #expect(mine.used == its.used && mine.skipped == its.skipped && mine.price == its.price)
        }
    }

    @Test("Less than reserved is spread like any amount", arguments: Seeds.upTo(100))
    func trimming(seed: UInt64) throws {
        var maker = CouponMaker(seed: seed)
        var cart = maker.cart()
        cart.shipping = 500
        let stack = try CouponStack(cart, maker.candidates(3), mode: .requested)
        for discount in stack.used.values where discount.total > 0 {
            let less = maker.number(0 ... discount.total)
            let trimmed = discount.trimmed(to: less)
            #expect(trimmed.total == less)
            for line in cart.lines {
                let pairs = zip(trimmed.units(of: line.id), discount.units(of: line.id))
                #expect(pairs.allSatisfy { 0 <= $0 && $0 <= $1 })
            }
        }
    }

    @Test("Carts that cannot be counted with are refused with all reasons")
    func badCarts() {
        var cart = CouponCart.of([.max, .max])
        cart.shipping = -1
        cart.lines[1].id = "a"
        cart.lines.append(.init(id: "z", sku: "tea", units: 0, unitPrice: -5))
        #expect {
            try CouponStack(cart, [], mode: .requested)
        } throws: {
            ($0 as? Refusal)?.reasons.map(\.code) == ["BAD_AMOUNT", "BAD_CART", "BAD_AMOUNT", "OVERFLOW"]
        }
    }

    @Test("Numbers at both ends of Int64 are refused, however many lines there are", arguments: [Int64.max, .min], [1, 2, 3, 40])
    func farNumbers(number: Int64, count: Int) {
        let lines = (0 ..< count).map { CouponCart.Line(id: "\($0)", sku: "tea", units: number, unitPrice: .max) }
        let cart = CouponCart(currency: .cny, lines: lines, at: .epoch)
        let reasons =
            number > 0
            ? [Refusal.Reason("OVERFLOW")] : lines.map { Refusal.Reason("BAD_AMOUNT", ["of": .string($0.id)]) }
        #expect(throws: Refusal(reasons)) { try cart.check() }
        #expect(throws: Refusal(reasons)) { try CouponPreview(CouponTerms(.simple(.amount(1, on: .order)), .utc), for: cart) }
    }

    @Test("An order of very many lines is priced, used and returned line by line", .timeLimit(.minutes(1)))
    func manyLines() throws {
        let count = 200_000
        let lines = (0 ..< count).map { CouponCart.Line(id: "l\($0)", sku: "tea", units: 2, unitPrice: 500) }
        var cart = CouponCart(currency: .cny, lines: lines, at: .epoch)
        cart.member = "m"
        let template = CouponTemplate.simple(.percent(Self.percent(1_000), on: .order, cap: nil))
        let terms = CouponTerms(template, .utc)
        var coupon = Coupon(id: "c", of: template)
        try coupon.grant(to: "m", seen: CouponTextSeen(template, in: .english), terms, now: .epoch)
        var limits = LimitBook()
        let stack = try CouponStack(cart, [coupon.candidate(for: cart, terms, order: "o", limits)], mode: .bestForCustomer)
        #expect(stack.price.parts.count == count && stack.price.goodsPaid == 900 * Int64(count))
        let discount = try #require(stack.used["c"])
        _ = try coupon.reserve(discount, for: cart, terms, order: "o", key: "k", limits: &limits)
        _ = try coupon.commit(order: "o", now: .epoch, limits: &limits)
        let units = Dictionary(uniqueKeysWithValues: lines.map { ($0.id, Int64(1)) })
        for isBack in [false, true] {
            let returned = try coupon.refund(order: "o", units: units, .returnOnFullRefund, limits: &limits)
            #expect(returned == .init(amount: 50 * Int64(count), isBack: isBack))
        }
    }
}
