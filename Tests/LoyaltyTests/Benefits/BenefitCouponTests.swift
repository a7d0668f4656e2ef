import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Benefits whose uses make coupons, and coupons whose uses give benefits.
struct BenefitCouponTests {
    private static let (ann, bob) = (TestProgram.member("ann"), TestProgram.member("bob"))

    /// The commands of a program with members `ann` and `bob`, in short.
    private struct Shop {
        let program: BenefitProgram

        func perform(_ id: String, _ command: any ProgramCommand) async throws -> ProgramAnswer {
            program.clock.advance(1_000)
            return try await program.perform(id, command)
        }

        func template(
            _ id: String, _ effect: CouponEffect, _ change: (inout CouponTemplate) -> Void = { _ in }
        ) async throws
            -> ProgramAnswer
        {
            var template = CouponTemplate(key: .init(name: "treat", version: 1), currency: .cny, zone: "UTC", effect: effect)
            change(&template)
            return try await perform(id, SetCouponTemplate(template))
        }

        func define(_ id: String, _ key: String, _ kind: Benefit.Kind) async throws -> ProgramAnswer {
            try await perform(id, DefineBenefit(Benefit(key: key, name: Sample.name, kind: kind)))
        }

        func check(_ benefit: String, _ amount: Int64 = 1) async throws -> BenefitAnswer? {
            var question = BenefitQuestion(benefit, of: ann)
            question.amount = amount
            program.clock.advance(1_000)
            return try await program.reader.check([question], at: program.clock.now).first ?? nil
        }

        func use(_ id: String, _ deed: UseBenefit.Deed, _ amount: Int64 = 1, user: MemberWish? = nil) async throws -> ProgramAnswer
        {
            var use = UseBenefit(deed, of: "treats", by: ann)
            (use.amount, use.user) = (amount, user)
            return try await perform(id, use)
        }

        func settle(_ id: String, _ deed: SettleBenefitUse.Deed, _ use: String) async throws -> ProgramAnswer {
            try await perform(id, SettleBenefitUse(deed, of: .init(use)))
        }

        /// Uses a coupon for an order.
        func redeem(_ id: String, _ coupon: String) async throws -> ProgramAnswer {
            var command = ReserveCoupons([coupon], for: "order-\(id)", by: ann, CouponCart.of([5_000]))
            command.commits = true
            return try await perform(id, command)
        }

        /// The states of somebody's coupons, in order.
        func states(_ who: MemberWish = ann) async throws -> [String] {
            let member = try #require(try await program.reader.member(who)).member.id
            let now = program.clock.now.advanced(byMicroseconds: 1_000)
            return try await program.reader.coupons(of: member).map { $0.coupon.state(at: now).word }.sorted()
        }
    }

    /// A shop where ann has four treats, each of which makes a coupon.
    private static func shop(_ engine: RecordsEngine, _ change: (inout CouponTemplate) -> Void = { _ in }) async throws -> Shop {
        let shop = Shop(program: try await BenefitProgram(engine))
        _ = try await shop.template("template", .amount(500, on: .order), change)
        _ = try await shop.define("treats", "treats", .issueCoupon(template: "treat"))
        var grant = GrantBenefit("treats", to: ann, for: .init(.campaign, id: "spring"))
        grant.amount = 4
        #expect(try await !shop.perform("grant", grant).isRefused)
        return shop
    }

    private static func coupons(_ answer: ProgramAnswer) -> [String] {
        answer.body["coupons"]?.arrayValue?.compactMap { $0["coupon"]?.stringValue } ?? []
    }

    @Test("each use makes a coupon of its own, what is pinned none before it is confirmed", arguments: RecordsEngine.here)
    func issued(engine: RecordsEngine) async throws {
        let shop = try await Self.shop(engine)
        let two = try await shop.use("u", .consume(.hard), 2)
        #expect(Set(Self.coupons(two)).count == 2, "\(two.body.text)")
        #expect(try await shop.states() == ["granted", "granted"])
        #expect(Self.coupons(try await shop.use("u", .consume(.hard), 2)) == Self.coupons(two))
        #expect(try await shop.states().count == 2)
        #expect(try await Self.coupons(shop.use("r", .reserve(seconds: 600), 2)).isEmpty)
        #expect(try await shop.states().count == 2)
        #expect(try await Self.coupons(shop.settle("r1", .confirm(1), "r")).count == 1)
        #expect(try await shop.states().count == 3)
        // They are coupons like any others.
        #expect(try await !shop.redeem("o", Self.coupons(two)[0]).isRefused)
        // Who uses it has the coupon.
        #expect(try await Self.coupons(shop.use("b", .consume(.hard), user: Self.bob)).count == 1)
        #expect(try await shop.states(Self.bob) == ["granted"])
    }

    @Test("what is given back takes its coupons back, once, and only those that nobody has used", arguments: RecordsEngine.here)
    func givenBack(engine: RecordsEngine) async throws {
        let shop = try await Self.shop(engine)
        let made = Self.coupons(try await shop.use("u", .consume(.hard), 3))
        #expect(made.count == 3)
        #expect(try await !shop.redeem("o", made[0]).isRefused)
        #expect(try await shop.settle("b1", .refund(nil), "u").codes == ["COUPONS_USED"])
        #expect(try await shop.states() == ["granted", "granted", "redeemed"])
        #expect(try await shop.check("treats")?.remaining == 1)
        #expect(Self.coupons(try await shop.settle("b2", .refund(1), "u")) == [made[2]])
        #expect(Self.coupons(try await shop.settle("b3", .refund(1), "u")) == [made[1]])
        #expect(try await shop.states() == ["redeemed", "revoked", "revoked"])
        #expect(try await shop.settle("b4", .refund(1), "u").codes == ["COUPONS_USED"])
        // The order came back, and with it the coupon.
        #expect(try await !shop.perform("undo", ChangeCouponOrder(.rollBack, of: "order-o")).isRefused)
        #expect(Self.coupons(try await shop.settle("b5", .refund(nil), "u")) == [made[0]])
        #expect(try await shop.check("treats")?.remaining == 4)
    }

    @Test("a benefit makes coupons of a template that there is, so many at once", arguments: RecordsEngine.here)
    func refused(engine: RecordsEngine) async throws {
        let shop = Shop(program: try await BenefitProgram(engine))
        #expect(try await shop.define("d1", "treats", .issueCoupon(template: "treat")).codes == ["TEMPLATE_UNKNOWN"])
        _ = try await shop.template("t", .amount(500, on: .order))
        #expect(try await !shop.define("d2", "treats", .issueCoupon(template: "treat")).isRefused)
        #expect(try await !shop.perform("g", GrantBenefit("treats", to: Self.ann, for: .init(.gift, id: "g"))).isRefused)
        #expect(try await shop.check("treats", 101)?.reasons.map(\.code) == ["COUPONS_PER_USE"])
        #expect(try await shop.use("u", .consume(.hard), 101).codes == ["COUPONS_PER_USE"])
        #expect(try await Self.coupons(shop.use("v", .consume(.hard), 100)).count == 100)
    }

    @Test("E2: what cannot be handed over is said before, and leaves no use behind", arguments: RecordsEngine.here)
    func ended(engine: RecordsEngine) async throws {
        let shop = try await Self.shop(engine) { $0.validity.lastDay = LocalDate(text: "2026-03-02") }
        #expect(try await shop.check("treats")?.isAllowed == true)
        #expect(try await !shop.use("u", .consume(.hard)).isRefused)
        shop.program.clock.advance(2 * .microsecondsPerDay)
        #expect(try await shop.check("treats")?.reasons.map(\.code) == ["EXPIRED"])
        #expect(try await shop.use("v", .consume(.hard)).codes == ["EXPIRED"])
        #expect(try await shop.check("treats")?.remaining == 3)
    }

    @Test(
        "E2: with stock, too, a check says what an uncontended use will say", arguments: RecordsEngine.here,
        0 ..< 6 as Range<UInt64>)
    func stock(engine: RecordsEngine, seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let program = try await BenefitProgram(engine, kind: .physicalGift(stock: "mug"))
        var refusals: Set<String> = []
        for step in 0 ..< 40 {
            program.clock.advance(.microsecondsPerDay)
            let amount = Int64(1 + random.below(3))
            switch random.below(4) {
            case 0: _ = try await program.grant("g\(step)", amount, "ann", .init(.campaign, id: "\(step)"))
            case 1: _ = try await program.perform("s\(step)", StockGifts(amount, into: "mug"))
            default:
                var question = BenefitQuestion("lounge", of: Self.ann)
                question.amount = amount
                let said = try #require(try await program.reader.check([question], at: program.clock.now).first ?? nil)
                let answer = try await program.use("u\(step)", .consume(.hard), amount, "ann")
                #expect(answer.codes == said.reasons.map(\.code), "seed \(seed) step \(step)")
                #expect(answer.isRefused != said.isAllowed)
                refusals.formUnion(answer.codes)
            }
        }
        #expect(refusals.contains("OUT_OF_STOCK"), "seed \(seed)")
    }

    // MARK: - Rights

    @Test("a coupon for a status gives it for its days, and takes it back when its use is undone", arguments: RecordsEngine.here)
    func status(engine: RecordsEngine) async throws {
        let shop = Shop(program: try await BenefitProgram(engine))
        #expect(try await shop.template("t1", .status("gold", days: 30)).codes == ["BENEFIT_UNKNOWN"])
        #expect(try await shop.template("t2", .status("lounge", days: 30)).codes == ["OTHER_KIND"])
        _ = try await shop.define("gold", "gold", .status)
        #expect(try await !shop.template("t3", .status("gold", days: 30)) { $0.useCount = 2 }.isRefused)
        let granted = try await shop.perform("g", GrantCoupon(.template("treat"), to: Self.ann))
        let coupon = try #require(granted.body["coupon"]?.stringValue)
        #expect(try await shop.check("gold")?.reasons.map(\.code) == ["NOT_ENTITLED"])
        #expect(try await !shop.redeem("a", coupon).isRefused)
        #expect(try await shop.check("gold")?.isAllowed == true)
        #expect(try await !shop.perform("undo", ChangeCouponOrder(.rollBack, of: "order-a")).isRefused)
        #expect(try await shop.check("gold")?.reasons.map(\.code) == ["BENEFIT_REVOKED"])
        #expect(try await !shop.redeem("b", coupon).isRefused)
        // The day of its use and thirty more.
        shop.program.clock.now = try #require(Instant(rfc3339: "2026-03-31T23:59:00Z"))
        #expect(try await shop.check("gold")?.isAllowed == true)
        shop.program.clock.now = try #require(Instant(rfc3339: "2026-04-01T00:00:00Z"))
        #expect(try await shop.check("gold")?.reasons.map(\.code) == ["BENEFIT_ENDED"])
    }

    @Test("a coupon for a place in a queue gives its weight; one that names no queue is no coupon", arguments: RecordsEngine.here)
    func priority(engine: RecordsEngine) async throws {
        let shop = Shop(program: try await BenefitProgram(engine))
        _ = try await shop.define("queue", "queue", .priority(weight: 1))
        #expect(try await shop.template("t1", .priority(weight: 7)).codes == ["RIGHT_MISSING"])
        #expect(try await !shop.template("t2", .priority(weight: 7, of: "queue", days: 1)).isRefused)
        let granted = try await shop.perform("g", GrantCoupon(.template("treat"), to: Self.ann))
        let coupon = try #require(granted.body["coupon"]?.stringValue)
        #expect(try await shop.check("queue")?.weight == 0)
        #expect(try await !shop.redeem("a", coupon).isRefused)
        #expect(try await shop.check("queue")?.weight == 7)
    }
}
