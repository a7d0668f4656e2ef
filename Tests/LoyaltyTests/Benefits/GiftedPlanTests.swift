import Model
import Testing

@testable import Loyalty

struct GiftedPlanTests {
    private static let (payer, friend) = (BenefitParty("aunt"), BenefitParty("m"))

    private static func gift(to recipient: BenefitParty? = nil) throws(Refusal) -> GiftedPlan {
        try GiftedPlan(
            id: .init("g"), payer: payer, recipient: recipient, fee: 9_900, days: 7, in: ZoneCalendar(zone: .utc),
            now: Sample.day(0).advanced(byMicroseconds: 9 * .microsecondsPerHour))
    }

    @Test("accepted in time, the rights are the friend's and the payer pays")
    func accepted() throws {
        var gift = try Self.gift()
        #expect(gift.grant(of: "b", amount: 3, until: nil) == nil)
        let last = Sample.day(8).advanced(byMicroseconds: -1)
        try gift.accept(by: Self.friend, now: last)
        #expect(gift.refund(at: Sample.day(100)) == 0)
        let grant = try #require(gift.grant(of: "b", amount: 3, until: Sample.day(40)))
        #expect(grant.beneficiary == Self.friend && grant.payer == Self.payer && grant.source.kind == .gift)
        var book = Sample.book(.sum)
        try book.grant(grant, now: last)
        #expect(book.check(at: last).remaining == 3)
        #expect(code { try gift.accept(by: .init("other"), now: last) } == "WRONG_STATE")
        #expect(code { try gift.withdraw(by: Self.payer, now: last) } == "WRONG_STATE")
    }

    @Test("not accepted within its days, the fee goes back, at the end of the last one and whenever that is looked at")
    func lapsed() throws {
        var gift = try Self.gift()
        #expect(gift.refund(at: Sample.day(8).advanced(byMicroseconds: -1)) == 0)
        #expect(gift.state(at: Sample.day(99)) == .refunded(at: Sample.day(8)) && gift.refund(at: Sample.day(8)) == 9_900)
        #expect(code { try gift.accept(by: Self.friend, now: Sample.day(8)) } == "BENEFIT_ENDED")
    }

    @Test("it is nobody else's, nor the payer's own")
    func others() throws {
        var gift = try Self.gift(to: Self.friend)
        #expect(code { try gift.accept(by: .init("other"), now: Sample.day(1)) } == "GIFT_NOT_YOURS")
        #expect(code { try gift.accept(by: Self.payer, now: Sample.day(1)) } == "SELF_GIFT")
        #expect(code { try Self.gift(to: Self.payer) } == "SELF_GIFT")
        #expect(code { try gift.withdraw(by: Self.friend, now: Sample.day(1)) } == "GIFT_NOT_YOURS")
        try gift.withdraw(by: Self.payer, now: Sample.day(1))
        #expect(gift.refund(at: Sample.day(1)) == 9_900)
        #expect(code { try gift.accept(by: Self.friend, now: Sample.day(2)) } == "BENEFIT_ENDED")
    }

    @Test("whom it is for can decline it, and nobody else; how it ended is told apart")
    func declining() throws {
        var gift = try Self.gift(to: Self.friend)
        #expect(code { try gift.decline(by: .init("other"), now: Sample.day(1)) } == "GIFT_NOT_YOURS")
        #expect(gift.ending(at: Sample.day(1)) == nil && gift.ending(at: Sample.day(8)) == .expired)
        var taken = gift
        try taken.withdraw(by: Self.payer, now: Sample.day(1))
        #expect(taken.ending(at: Sample.day(9)) == .withdrawn)
        try gift.decline(by: Self.friend, now: Sample.day(1))
        #expect(gift.ending(at: Sample.day(9)) == .declined && gift.refund(at: Sample.day(1)) == 9_900)
        #expect(code { try gift.accept(by: Self.friend, now: Sample.day(2)) } == "BENEFIT_ENDED")
        // What is for whoever comes first is nobody's to decline.
        var open = try Self.gift()
        #expect(code { try open.decline(by: Self.friend, now: Sample.day(1)) } == "GIFT_NOT_YOURS")
    }

    @Test(
        "days and fees that cannot be are refused",
        arguments: [(0, Int64(1), "BAD_TIME"), (367, 1, "BAD_TIME"), (7, -1, "ZERO_VALUE")])
    func bad(days: Int, fee: Int64, word: String) {
        let made = code {
            try GiftedPlan(
                id: .init("g"), payer: Self.payer, recipient: nil, fee: fee, days: days, in: ZoneCalendar(zone: .utc),
                now: Sample.day(0))
        }
        #expect(made == word)
    }
}
