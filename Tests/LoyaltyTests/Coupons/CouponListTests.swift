import Model
import TestSupport
import Testing

@testable import Loyalty

@Suite("Lists of coupons") struct CouponListTests {
    private static let budget: Int64 = 50_000

    private static func shop() async throws -> CouponDeskTests.Shop {
        try await CouponDeskTests.Shop(.sqlite) { template in
            template.limits = [
                CouponLimit("spring/budget", .money, max: budget), CouponLimit("spring/day", .uses, period: .day, max: 5),
                CouponLimit("spring/member", .uses, per: .member, max: 3),
            ]
        }
    }

    @Test("The newest version of each template with who made it, and all versions of one")
    func templates() async throws {
        let shop = try await Self.shop()
        var next = try #require(try await shop.reader.couponTemplate("spring"))
        next.validity.days = 14
        _ = try await shop.program.perform("next", SetCouponTemplate(next))
        next.key = CouponTemplateKey(name: "autumn", version: 1)
        _ = try await shop.program.perform("autumn", SetCouponTemplate(next))
        let newest = try await shop.reader.couponTemplates()
        #expect(newest.map(\.template.key) == [.init(name: "autumn", version: 1), .init(name: "spring", version: 2)])
        #expect(newest.allSatisfy { !$0.actor.isEmpty })
        #expect(try await shop.reader.couponVersions("spring").map(\.template.key.version) == [2, 1])
        #expect(try await shop.reader.couponVersions("winter").isEmpty)
        _ = try await shop.grant("g1")
        #expect(try await shop.reader.couponCounts() == ["spring": 1])
    }

    @Test("Limits as they stand: what is kept counts until it lapses, a day's count is that of the day")
    func limits() async throws {
        let shop = try await Self.shop()
        let template = try #require(try await shop.reader.couponTemplate("spring"))
        func stands(after microseconds: Int64) async throws -> [Limit?] {
            let now = shop.program.clock.now.advanced(byMicroseconds: microseconds)
            return try await shop.reader.couponLimits(of: template, at: now).map(\.count)
        }
        let coupon = try await shop.grant("g1")
        #expect(try await stands(after: 0).map { $0?.left } == [Self.budget, 5, nil])
        _ = try await shop.reserve("r1", [coupon], for: "o1")
        #expect(try await stands(after: 0).map { $0?.reserved } == [CouponDeskTests.amount, 1, nil])
        #expect(
            try await stands(after: Coupon.reservationDuration + .microsecondsPerMinute).first??.reserved == 0,
            "nothing ran since")
        _ = try await shop.change("c1", .commit(finals: [:]), of: "o1")
        #expect(try await stands(after: 0).map { $0?.used } == [CouponDeskTests.amount, 1, nil])
        #expect(try await stands(after: 2 * .microsecondsPerDay).map { $0?.used } == [CouponDeskTests.amount, 0, nil])
    }

    @Test("Batches newest first, and what a code stands for before and after it is claimed")
    func batches() async throws {
        let shop = try await Self.shop()
        for id in ["b1", "b2"] { _ = try await shop.program.perform(id, MakeCouponBatch(3, of: "spring")) }
        #expect(try await shop.reader.couponBatches().map(\.number) == [2, 1])
        #expect(try await shop.reader.couponBatches(of: "autumn").isEmpty)
        let place = CouponCodeCipher.Place(batch: 2, index: 1)
        let free = try #require(try await shop.reader.coupon(at: place))
        #expect(free.batch.number == 2 && free.claimed == nil)
        _ = try await shop.program.perform("claim", GrantCoupon(.code(place), to: TestProgram.member("ann")))
        let taken = try #require(try await shop.reader.coupon(at: place))
        #expect(taken.claimed?.coupon.id == place.couponID)
        #expect(try await shop.reader.coupon(at: .init(batch: 2, index: 3)) == nil)
        #expect(try await shop.reader.coupon(at: .init(batch: 9, index: 0)) == nil)
        #expect(try await shop.reader.coupon("none") == nil)
    }

    @Test("A template is tried on a cart: what it takes off, and how much is missing")
    func preview() throws {
        var template = CouponTemplate(
            key: .init(name: "x", version: 1), currency: .cny, zone: "Asia/Shanghai", effect: .amount(2_000, on: .order))
        template.conditions.spendMin = 10_000
        let terms = try CouponTerms(template)
        let fine = try CouponPreview(terms, for: CouponCart.of([6_000, 6_000]))
        #expect(fine.check.discount.total == 2_000 && fine.price.goodsPaid == 10_000)
        let poor = try CouponPreview(terms, for: CouponCart.of([9_000]))
        #expect(poor.check.nearMiss?.spend == 1_000 && poor.price.goodsPaid == 9_000)
        #expect(poor.json["counts"] == false && poor.json["near_miss"]?["spend"] == 1_000)
    }
}
