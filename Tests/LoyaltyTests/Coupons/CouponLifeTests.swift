import Model
import OrderedCollections
import Testing

@testable import Loyalty

/// One coupon from its making to its end.
@Suite("Life of a coupon") struct CouponLifeTests {
    static let start = Instant(microseconds: 1_700_000_000_000_000)
    static func at(_ minutes: Int64) -> Instant { start.advanced(byMicroseconds: minutes * .microsecondsPerMinute) }

    /// A shop with one coupon of one template.
    struct Shop {
        var terms: CouponTerms
        var checkout: CouponCheckout
        var cart: CouponCart

        init(_ effect: CouponEffect = .amount(1_000, on: .order), _ change: (inout CouponTemplate) -> Void = { _ in }) throws {
            var template = CouponTemplate.simple(effect)
            template.validity.days = 1
            change(&template)
            terms = CouponTerms(template, .utc)
            var coupon = Coupon(id: "c", of: template)
            try coupon.grant(to: "m", seen: CouponTextSeen(template, in: .english), terms, now: CouponLifeTests.start)
            checkout = CouponCheckout([.init(coupon, terms)], limits: LimitBook())
            cart = CouponCart.of([5_000, 5_000, 5_000])
            cart.member = "m"
            cart.instrument = "card"
        }

        var coupon: Coupon { checkout.items[0].coupon }

        mutating func reserve(_ order: String, key: String = "k", at minutes: Int64) throws -> CouponReservation? {
            cart.instant = CouponLifeTests.at(minutes)
            return try checkout.reserve(cart, order: order, key: key, mode: .requested).reservations["c"]
        }

        func reasons(_ order: String, at minutes: Int64) throws -> [String] {
            var cart = cart
            cart.instant = CouponLifeTests.at(minutes)
            return try checkout.check(cart, order: order, mode: .requested).skipped.flatMap { $0.reasons.map(\.code) }
        }

        /// Carries out a command on the coupon and the limits.
        mutating func act<Answer>(_ body: (inout Coupon, inout LimitBook) throws -> Answer) throws -> Answer {
            var (coupon, limits) = (coupon, checkout.limits)
            let answer = try body(&coupon, &limits)
            checkout = CouponCheckout([.init(coupon, terms)], limits: limits)
            return answer
        }

        mutating func commit(_ order: String, final: Int64? = nil, at minutes: Int64) throws -> CouponRedemption {
            try act { try $0.commit(order: order, final: final, now: CouponLifeTests.at(minutes), limits: &$1) }
        }

        mutating func rollBack(_ order: String) throws { try act { try $0.rollBack(order: order, limits: &$1) } }

        mutating func refund(_ order: String, _ units: [String: Int64]) throws -> Coupon.Returned {
            let policy = terms.template.refundPolicy
            return try act { try $0.refund(order: order, units: units, policy, limits: &$1) }
        }

        func used(_ name: String) -> Int64 {
            checkout.limits.limits.values.filter { $0.key.name == name }.reduce(0) { $0 + $1.used }
        }
    }

    static func codes(_ body: () throws -> Void) -> [String]? {
        do {
            try body()
            return nil
        } catch {
            return (error as? Refusal)?.reasons.map(\.code)
        }
    }

    @Test("Reserved, lapsed by time alone, reserved again, used; the same order again changes nothing")
    func life() throws {
        var shop = try Shop()
        #expect(shop.coupon.state(at: Self.start) == .granted)
        let held = try #require(try shop.reserve("a", at: 0))
        #expect(held.until == Self.at(30) && held.amount == 1_000)
        #expect(shop.coupon.state(at: Self.at(29)) == .reserved && shop.coupon.state(at: Self.at(30)) == .granted)
        #expect(try shop.reasons("b", at: 29) == ["RESERVED_ELSEWHERE"])
        #expect(try shop.reasons("b", at: 30) == [])
        #expect(Self.codes { _ = try shop.commit("a", at: 30) } == ["RESERVATION_EXPIRED"])
        _ = try shop.reserve("b", at: 30)
        let before = shop.coupon
        #expect(try shop.reserve("b", at: 45)?.until == Self.at(60))
        #expect(shop.coupon == before)
        // Another cart is priced in place, and holds anew.
        shop.cart.lines.removeLast(2)
        shop.cart.lines[0].unitPrice = 400
        #expect(try shop.reserve("b", key: "k2", at: 50)?.amount == 400)
        #expect(Self.codes { _ = try shop.commit("b", final: 401, at: 60) } == ["EXCEEDS_RESERVED"])
        let used = try shop.commit("b", final: 300, at: 60)
        #expect(used.amount == 300 && shop.coupon.state(at: Self.at(60)) == .redeemed)
        let after = shop.coupon
        #expect(try shop.commit("b", final: 300, at: 61) == used && shop.coupon == after)
        #expect(Self.codes { _ = try shop.commit("b", final: 299, at: 61) } == ["USED_FOR_ORDER"])
        #expect(try shop.reasons("b", at: 62) == ["ALREADY_USED"] && shop.reasons("z", at: 62) == ["ALREADY_USED"])
    }

    @Test("What was reserved before the end is used after it; let go then, it has expired")
    func end() throws {
        var shop = try Shop { $0.validity = CouponValidity(lastDay: ZoneCalendar.utc.date(at: Self.start)) }
        let end = try #require(shop.coupon.grant?.interval.until)
        let minutes = end.microseconds(since: Self.start) / .microsecondsPerMinute - 10
        _ = try shop.reserve("a", at: minutes)
        var other = shop
        _ = try shop.commit("a", at: minutes + 20)
        #expect(shop.coupon.state(at: Self.at(minutes + 20)) == .redeemed)
        try shop.rollBack("a")
        #expect(shop.coupon.state(at: Self.at(minutes + 20)) == .expired)
        try other.act { $0.cancel(order: "a", limits: &$1) }
        #expect(
            other.coupon.state(at: Self.at(minutes + 9)) == .granted && other.coupon.state(at: Self.at(minutes + 11)) == .expired)
        #expect(try other.reasons("b", at: minutes + 11) == ["EXPIRED"])
    }

    @Test("C3: the same order and cart again gets what it holds, after the end, the hours and the day of a limit, too")
    func repeatedAfterTheEnd() throws {
        var shop = try Shop {
            $0.validity = CouponValidity(lastDay: ZoneCalendar.utc.date(at: Self.start))
            $0.conditions.hours = [.init(from: 23 * 60, until: 24 * 60)]
            $0.limits = [CouponLimit("day", .uses, period: .day, max: 1)]
        }
        let end = try #require(shop.coupon.grant?.interval.until)
        let minutes = end.microseconds(since: Self.start) / .microsecondsPerMinute - 10
        let held = try #require(try shop.reserve("a", at: minutes))
        let before = shop.checkout
        #expect(try shop.reserve("a", at: minutes + 15) == held)
        #expect(shop.coupon == before.items[0].coupon && shop.checkout.limits == before.limits)
        // Another cart is another wish, and comes too late.
        shop.cart.lines.removeLast()
        #expect(try shop.reserve("a", key: "k2", at: minutes + 15) == nil)
        shop = try Shop()
        _ = try shop.reserve("a", at: 0)
        shop.cart.member = "n"
        #expect(try shop.checkout.check(shop.cart, order: "a", key: "k", mode: .requested).used.isEmpty)
    }

    @Test("What is kept is kept for longer where a later end is asked for, on the coupon and its limits, and never for less")
    func longer() throws {
        var shop = try Shop { $0.limits = [CouponLimit("all", .uses, max: 1)] }
        let first = try #require(try shop.reserve("a", at: 0))
        #expect(first.until == Self.at(30))
        func reserve(until minutes: Int64) throws -> Instant? {
            let answer = try shop.checkout.reserve(shop.cart, order: "a", key: "k", mode: .requested, until: Self.at(minutes))
            return answer.reservations["c"]?.until
        }
        for (asked, kept) in [(10, 30), (90, 90), (60, 90)] as [(Int64, Int64)] {
            #expect(try reserve(until: asked) == Self.at(kept))
            #expect(shop.checkout.limits.pins[.init("c", order: "a")]?.until == Self.at(kept))
        }
        #expect(try shop.reserve("a", at: 80)?.amount == first.amount)
        #expect(shop.checkout.limits.limits[Limit.Key(name: "all")]?.reserved == 1)
        shop.cart.instant = Self.at(90)
        #expect(shop.coupon.reservation(at: shop.cart.instant) == nil)
        let again = try shop.checkout.reserve(shop.cart, order: "b", key: "k", mode: .requested)
        #expect(again.reservations["c"]?.until == Self.at(120))
    }

    @Test("Only who has read this version of the conditions is given it, and nobody twice")
    func grants() throws {
        let template = CouponTemplate.simple(.amount(100, on: .order))
        let terms = CouponTerms(template, .utc)
        var other = template
        other.conditions.spendMin = 1
        var coupon = Coupon(id: "c", of: template, referrer: "friend")
        let seen = CouponTextSeen(template, in: .chinese)
        #expect(coupon.state(at: .epoch) == .minted)
        #expect(
            Self.codes { try coupon.grant(to: "m", seen: CouponTextSeen(other, in: .chinese), terms, now: .epoch) } == [
                "CONDITIONS_CHANGED"
            ])
        #expect(Self.codes { try coupon.grant(to: "friend", seen: seen, terms, now: .epoch) } == ["SELF_REFERRAL"])
        try coupon.grant(to: "m", seen: seen, terms, now: .epoch)
        let granted = coupon
        try coupon.grant(to: "m", seen: seen, terms, now: Self.start)
        #expect(coupon == granted && coupon.grant?.seen?.hash == CouponText(template, in: .chinese).hash)
        #expect(Self.codes { try coupon.grant(to: "n", seen: seen, terms, now: .epoch) } == ["NOT_YOURS"])
        let english = CouponTextSeen(template, in: .english)
        try coupon.grant(to: "m", seen: english, terms, now: Self.start)
        #expect(coupon == granted, "it was theirs before they read its text in another language")
        #expect(
            Self.codes { try coupon.grant(to: "m", seen: CouponTextSeen(other, in: .chinese), terms, now: Self.start) } == [
                "CONDITIONS_CHANGED"
            ])
        // As records of a time have it that kept only what was read.
        var unread = granted
        unread.grant = granted.grant.map { CouponGrant(member: $0.member, at: $0.at, seen: nil, interval: $0.interval) }
        let before = unread
        try unread.grant(to: "m", seen: english, terms, now: Self.start)
        #expect(unread == before)
        #expect(Self.codes { try coupon.transfer(from: "m", to: "n", terms, now: .epoch) } == ["NOT_TRANSFERABLE"])
        #expect(coupon == granted)
        var cart = CouponCart.of([500])
        cart.member = "n"
        #expect(coupon.reasons(for: cart, terms, order: "o", LimitBook()).map(\.code) == ["NOT_YOURS"])
        var newer = template
        newer.key = .init(name: template.key.name, version: 2)
        #expect(Self.codes { try coupon.grant(to: "m", seen: seen, CouponTerms(newer, .utc), now: .epoch) } == ["NOT_FOUND"])
    }

    @Test("Passed on where the template allows it, not while it is reserved")
    func transfers() throws {
        var shop = try Shop { $0.isTransferable = true }
        let terms = shop.terms
        _ = try shop.reserve("a", at: 0)
        #expect(
            Self.codes { try shop.act { coupon, _ in try coupon.transfer(from: "m", to: "n", terms, now: Self.at(1)) } } == [
                "RESERVED_ELSEWHERE"
            ])
        try shop.act { coupon, _ in try coupon.transfer(from: "m", to: "n", terms, now: Self.at(30)) }
        #expect(try shop.reasons("b", at: 31) == ["NOT_YOURS"])
        shop.cart.member = "n"
        #expect(try shop.reasons("b", at: 31) == [])
    }

    @Test("Revoked and void are ends; the reason is told and reservations are let go")
    func endings() throws {
        var shop = try Shop { $0.limits = [CouponLimit("all", .uses, max: 1)] }
        _ = try shop.reserve("a", at: 0)
        try shop.act { try $0.revoke(reason: "fraud", now: Self.at(1), limits: &$1) }
        #expect(shop.coupon.state(at: Self.at(1)) == .revoked(reason: "fraud"))
        #expect(shop.checkout.limits.limits.values.map(\.left) == [1])
        #expect(Self.codes { _ = try shop.commit("a", at: 2) } == ["REVOKED"])
        #expect(Self.codes { try shop.act { try $0.void(now: Self.at(2), limits: &$1) } } == ["REVOKED"])
        try shop.act { try $0.revoke(reason: "fraud", now: Self.at(3), limits: &$1) }
        var other = try Shop()
        try other.act { try $0.void(now: Self.at(1), limits: &$1) }
        #expect(other.coupon.state(at: Self.at(1)) == .voided)
        #expect(try other.reasons("a", at: 1) == ["REVOKED"])
    }

    @Test("Returns take stored amounts: 1 + 1 + 1 as 3, and the whole order brings the coupon back")
    func refunds() throws {
        let limits = [CouponLimit("money", .money, max: 5_000), CouponLimit("uses", .uses, per: .member, max: 1)]
        var shop = try Shop { $0.limits = limits }
        _ = try shop.reserve("a", at: 0)
        _ = try shop.commit("a", at: 1)
        #expect(shop.used("money") == 1_000 && shop.used("uses") == 1)
        #expect(try shop.refund("a", ["a": 1]) == .init(amount: 334, isBack: false))
        #expect(shop.used("money") == 666 && shop.used("uses") == 1)
        #expect(Self.codes { _ = try shop.refund("a", ["a": 1]) } == ["EXCEEDS_ORIGINAL"])
        #expect(Self.codes { _ = try shop.refund("a", ["b": 1, "c": 2]) } == ["EXCEEDS_ORIGINAL"])
        #expect(throws: Refusal("ZERO_VALUE", ["line": "b", "amount": -1])) { _ = try shop.refund("a", ["b": -1]) }
        #expect(try shop.refund("a", ["b": 1, "c": 1]) == .init(amount: 666, isBack: true))
        #expect(shop.used("money") == 0 && shop.used("uses") == 0 && shop.coupon.state(at: Self.at(2)) == .granted)
        #expect(Self.codes { try shop.rollBack("a") } == ["ALREADY_ROLLED_BACK"])
        #expect(try shop.reserve("b", at: 3)?.amount == 1_000)
    }

    @Test("Where the policy says never, it stays used")
    func neverBack() throws {
        var shop = try Shop {
            $0.refundPolicy = .never
            $0.limits = [CouponLimit("money", .money, max: 5_000), CouponLimit("uses", .uses, max: 1)]
        }
        _ = try shop.reserve("a", at: 0)
        _ = try shop.commit("a", at: 1)
        #expect(try shop.refund("a", ["a": 1, "b": 1, "c": 1]) == .init(amount: 1_000, isBack: false))
        #expect(shop.used("money") == 0 && shop.used("uses") == 1 && shop.coupon.state(at: Self.at(2)) == .redeemed)
    }

    @Test("Where the policy says value, what came back can be spent and no more")
    func valueBack() throws {
        var shop = try Shop { $0.refundPolicy = .valuePart }
        _ = try shop.reserve("a", at: 0)
        _ = try shop.commit("a", at: 1)
        #expect(try shop.refund("a", ["a": 1]) == .init(amount: 334, isBack: true))
        #expect(shop.coupon.state(at: Self.at(1)) == .granted && shop.coupon.value == 334)
        #expect(try shop.reserve("b", at: 2)?.amount == 334)
        #expect(try shop.commit("b", final: 300, at: 3).isUse == false)
        #expect(shop.coupon.value == 34)
        try shop.rollBack("b")
        #expect(shop.coupon.value == 334)
        try shop.rollBack("a")
        #expect(shop.coupon.value == 1_000 && shop.coupon.usesLeft == 0)
        #expect(try shop.reserve("c", at: 4)?.amount == 1_000)
    }
}
