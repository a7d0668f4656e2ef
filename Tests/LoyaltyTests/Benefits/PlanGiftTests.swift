import Model
import OrderedCollections
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Plans that are given: one pays, another accepts, and what nobody accepts goes back.
struct PlanGiftTests {
    /// `ann` gives; `bob` and `cy` may accept.
    private struct Shop {
        let plans: PlanDeskTests.Shop
        var program: BenefitProgram { plans.program }

        init(_ engine: RecordsEngine) async throws {
            plans = try await PlanDeskTests.Shop(engine)
            _ = try await program.perform("enrol-cy", EnrolMember(Identity(type: .userID, value: "cy")))
        }

        func give(_ id: String, to name: String? = nil, days: Int = 7) async throws -> ProgramAnswer {
            var command = GivePlan("gold", paidBy: TestProgram.member("ann"), to: name.map(TestProgram.member))
            command.days = days
            return try await program.perform(id, command)
        }

        func answer(_ id: String, _ deed: AnswerPlanGift.Deed, _ name: String, of gift: String = "g") async throws -> ProgramAnswer
        {
            try await program.perform(id, AnswerPlanGift(deed, of: BenefitID(gift), by: TestProgram.member(name)))
        }
    }

    @Test("accepted, one has the rights for a period and the other has paid", arguments: RecordsEngine.here)
    func accepted(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        let given = try await shop.give("g", to: "bob")
        #expect(given.body["state"] == "offered" && given.body["fee"] == 3_000 && given.body["refund"] == 0)
        #expect(try await shop.give("g", to: "bob").isReplayed)
        #expect(try await shop.program.check("bob")?.isAllowed == false)
        #expect(try await shop.answer("a0", .accept, "cy").codes == ["GIFT_NOT_YOURS"])
        #expect(try await shop.answer("a1", .accept, "ann").codes == ["SELF_GIFT"])
        let accepted = try await shop.answer("a", .accept, "bob")
        #expect(accepted.body["state"] == "accepted" && accepted.body["beneficiary"] != accepted.body["payer"])
        #expect(try await shop.program.check("bob")?.remaining == 5)
        #expect(try await shop.answer("w", .withdraw, "ann").codes == ["WRONG_STATE"])
        let bob = try #require(try await shop.program.reader.member(TestProgram.member("bob"))?.member.id)
        let books = try await shop.program.reader.benefits(of: bob, at: shop.program.clock.now)
        let held = try #require(books.first?.grants.first)
        #expect(held.source.kind == .gift && held.payer.text == accepted.body["payer"]?.stringValue)
        // A month, from the day on which it was accepted.
        #expect(held.until == shop.plans.day(31))
        #expect(try await shop.plans.told().map(\.name) == ["Plan Given", "Plan Gift Accepted"])
    }

    @Test("what nobody accepts in time goes back at that instant, whenever that is booked", arguments: RecordsEngine.here)
    func expired(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        _ = try await shop.give("g")
        // Seven whole days after this one.
        shop.program.clock.now = shop.plans.day(8).advanced(byMicroseconds: 5)
        let before = try await shop.program.reader.planGift(.init("g"), at: shop.program.clock.now)
        #expect(before?.json["state"] == "expired" && before?.json["refund"] == 3_000)
        #expect(try await shop.answer("a", .accept, "bob").codes == ["BENEFIT_ENDED"])
        shop.program.clock.now = shop.plans.day(20)
        #expect(try await shop.program.program.desk.settlePlans() == 1)
        #expect(try await shop.program.program.desk.settlePlans() == 0)
        let told = try await shop.plans.told()
        #expect(told.last?.name == "Plan Gift Expired" && told.last?.at == shop.plans.day(8) && told.last?.amount == 3_000)
        #expect(told.count == 2)
    }

    @Test("declined or taken back, the fee goes back once", arguments: RecordsEngine.here)
    func refused(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        _ = try await shop.give("g", to: "bob")
        #expect(try await shop.answer("d0", .decline, "cy").codes == ["GIFT_NOT_YOURS"])
        #expect(try await shop.answer("d", .decline, "bob").body["state"] == "declined")
        #expect(try await shop.answer("d2", .decline, "bob").codes == ["BENEFIT_ENDED"])
        _ = try await shop.give("h", to: "bob")
        #expect(try await shop.answer("w0", .withdraw, "bob", of: "h").codes == ["GIFT_NOT_YOURS"])
        #expect(try await shop.answer("w", .withdraw, "ann", of: "h").body["refund"] == 3_000)
        #expect(try await shop.answer("x", .accept, "bob", of: "none").codes == ["PLAN_GIFT_UNKNOWN"])
        #expect(try await shop.give("self", to: "ann").codes == ["SELF_GIFT"])
        #expect(try await shop.give("days", to: "bob", days: 0).codes == ["BAD_TIME"])
        let names = try await shop.plans.told().map(\.name)
        #expect(names == ["Plan Given", "Plan Gift Declined", "Plan Given", "Plan Gift Withdrawn"])
    }

    @Test("of two who accept one gift at two servers one has it", arguments: RecordsEngine.here)
    func race(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        let desks = [shop.program.program.desk, shop.program.program.secondDesk]
        func accept(_ gift: String, _ name: String, _ desk: Int) async throws -> ProgramAnswer {
            let command = AnswerPlanGift(.accept, of: BenefitID(gift), by: TestProgram.member(name))
            while true {
                do throws(Problem) {
                    return try await desks[desk].perform(
                        ProgramRequest(id: "\(gift)-\(name)", actor: .server, command: command))
                } catch {
                    guard error.code == .overloaded else { throw error }
                    try await Task.sleep(for: .milliseconds(5))
                }
            }
        }
        for number in 0 ..< 10 {
            let gift = "g\(number)"
            _ = try await shop.give(gift)
            async let bob = accept(gift, "bob", 0)
            async let cy = accept(gift, "cy", 1)
            let answers = (try await bob, try await cy)
            #expect(answers.0.isRefused != answers.1.isRefused, "\(gift)")
            #expect((answers.0.isRefused ? answers.0 : answers.1).codes == ["WRONG_STATE"])
        }
        var grants = 0
        for name in ["bob", "cy"] {
            let member = try #require(try await shop.program.reader.member(TestProgram.member(name))?.member.id)
            grants += try await shop.program.reader.benefits(of: member, at: shop.program.clock.now).flatMap(\.grants).count
        }
        #expect(grants == 10)
    }

    @Test("a gift is the heirs' when who gave or was given it turns out to be another", arguments: RecordsEngine.here)
    func merging(engine: RecordsEngine) async throws {
        let shop = try await Shop(engine)
        _ = try await shop.give("g", to: "bob")
        let merge = MergeMembers(TestProgram.member("bob"), into: TestProgram.member("cy"))
        #expect(try await !shop.program.perform("m", merge).isRefused)
        #expect(try await !shop.answer("a", .accept, "cy").isRefused)
        let cy = try #require(try await shop.program.reader.member(TestProgram.member("bob"))?.member.id)
        #expect(try await shop.program.reader.planGifts(of: cy, at: shop.program.clock.now).count == 1)
    }
}
