import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Whoever takes part no more: nothing is given, earned or spent until they are let in again.
struct ClosedMemberTests {
    private static let (ann, bob) = (TestProgram.member("ann"), TestProgram.member("bob"))

    /// A program in which ann and bob have points, a coupon and a benefit, and of which ann is a member no more.
    private static func closed(_ engine: RecordsEngine) async throws -> (program: BenefitProgram, coupon: String) {
        let program = try await BenefitProgram(engine)
        for (id, who) in [("a", "ann"), ("b", "bob")] { _ = try await program.program.earn(id, 100, who) }
        _ = try await program.grant("g", 5, "ann")
        let template = CouponTemplate(
            key: .init(name: "spring", version: 1), currency: .cny, zone: "UTC", effect: .amount(500, on: .order))
        _ = try await program.perform("template", SetCouponTemplate(template))
        let given = try await program.perform("coupon", GrantCoupon(.template("spring"), to: ann))
        _ = try await program.perform("plan", DefinePlan(PlanDeskTests.Shop.offer(PlanDeskTests.Shop.terms())))
        #expect(try await program.perform("close", CloseMember(ann)).body["state"] == "closed")
        return (program, try #require(given.body["coupon"]?.stringValue))
    }

    /// All that takes from ann or gives her, and what others do with her.
    private static func commands(_ coupon: String) -> [any ProgramCommand] {
        var (cap, capping) = (CapBenefit("lounge", of: ann, at: 1, by: bob), CapBenefit("lounge", of: bob, at: 1, by: ann))
        (cap.isGuardian, capping.isGuardian) = (true, true)
        return [
            EarnPoints(1, of: "points", to: ann, for: PointSource(id: "x")),
            SpendPoints(.burn(1, place: nil), of: "points", by: ann),
            SpendPoints(.hold(1, place: nil, seconds: 60), of: "points", by: ann),
            TransferPoints(1, of: "points", from: ann, to: bob), TransferPoints(1, of: "points", from: bob, to: ann),
            GrantCoupon(.template("spring"), to: ann),
            ReserveCoupons([coupon], for: "o", by: ann, CouponCart.of([5_000])),
            ChangeCoupon(.transfer(from: ann, to: bob), coupon),
            GrantBenefit("lounge", to: ann, for: .init(.gift, id: "x")), UseBenefit(.consume(.hard), of: "lounge", by: ann),
            UseBenefit(.reserve(seconds: 60), of: "lounge", by: ann), cap, capping,
            ChangePool(.open(approvalFrom: nil), of: "lounge", ownedBy: ann, by: bob),
            BuyPlan("gold", for: ann, paidBy: bob), BuyPlan("gold", for: bob, paidBy: ann), GivePlan("gold", paidBy: ann),
            GivePlan("gold", paidBy: bob, to: ann), MergeMembers(ann, into: bob), MergeMembers(bob, into: ann),
            EnrolMember(Identity(type: .userID, value: "ann")),
        ]
    }

    @Test("nothing is given to them or taken from them, and each refusal says what to do", arguments: RecordsEngine.here)
    func refused(engine: RecordsEngine) async throws {
        let (program, coupon) = try await Self.closed(engine)
        for (number, command) in Self.commands(coupon).enumerated() {
            let answer = try await program.perform("c\(number)", command)
            #expect(answer.codes == ["MEMBER_CLOSED"], "\(command.content.text)")
            #expect(answer.body["reasons"]?.arrayValue?.first?["remedy"] == "Open it again first.")
        }
        #expect(try await program.check("ann") == nil, "nobody has rights who takes no part")
    }

    @Test("let in again they have what they had, and a refused command stays refused", arguments: RecordsEngine.here)
    func openedAgain(engine: RecordsEngine) async throws {
        let (program, coupon) = try await Self.closed(engine)
        let burn = SpendPoints(.burn(100, place: nil), of: "points", by: Self.ann)
        #expect(try await program.perform("burn", burn).codes == ["MEMBER_CLOSED"])
        #expect(try await program.perform("open", CloseMember(Self.ann, closes: false)).body["state"] == "open")
        let again = try await program.perform("burn", burn)
        #expect(again.isRefused && again.isReplayed)
        #expect(try await program.perform("burn-2", burn).available == 0)
        #expect(try await program.check("ann")?.remaining == 5)
        var reserve = ReserveCoupons([coupon], for: "o", by: Self.ann, CouponCart.of([5_000]))
        reserve.commits = true
        #expect(try await !program.perform("r", reserve).isRefused)
    }
}
