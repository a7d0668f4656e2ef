import Model
import Testing

@testable import Loyalty

struct BenefitPoolTests {
    private static let (admin, buyer, approver) = (BenefitParty("ada"), BenefitParty("bo"), BenefitParty("cy"))
    private static let (one, other) = (BenefitParty("dee"), BenefitParty("eve"))

    private static func pool(approvalFrom: Int64? = nil) throws(Refusal) -> BenefitPool {
        var pool = BenefitPool(of: Sample.benefit(.sum), for: Sample.member, admin: admin, approvalFrom: approvalFrom)
        for (party, role) in [(buyer, BenefitPool.Role.buyer), (approver, .approver), (one, .user), (other, .user)] {
            try pool.set([role], of: party, by: admin)
        }
        return pool
    }

    @Test("the company's people use what it owns, each up to a cap, all up to what there is")
    func using() throws {
        var pool = try Self.pool()
        _ = try pool.buy(Sample.grant("g", .init(.orderLine, id: "o"), 5), by: Self.buyer, now: Sample.day(0))
        try pool.cap(Self.one, at: 2, by: Self.admin, now: Sample.day(0))
        let use = try pool.consume(2, by: Self.one, id: .init("a"), now: Sample.day(1))
        #expect(use.user == Self.one && pool.book.beneficiary == Sample.member)
        #expect(code { try pool.consume(by: Self.one, id: .init("b"), now: Sample.day(1)) } == "CAP_REACHED")
        #expect(pool.check(4, by: Self.one, at: Sample.day(1)).map(\.code) == ["QUOTA_USED", "CAP_REACHED"])
        _ = try pool.consume(3, by: Self.other, id: .init("c"), now: Sample.day(1))
        #expect(code { try pool.consume(by: Self.other, id: .init("d"), now: Sample.day(1)) } == "QUOTA_USED")
        try pool.refund(.init("a"), now: Sample.day(1))
        #expect(pool.check(2, by: Self.one, at: Sample.day(1)).isEmpty)
        // The cap starts anew with the period.
        #expect(pool.check(2, by: Self.one, at: Sample.day(0, month: 2)).isEmpty)
        #expect(pool.check(3, by: Self.one, at: Sample.day(0, month: 2)).map(\.code) == ["CAP_REACHED"])
    }

    @Test("each does what their role allows, and nobody anything without one")
    func roles() throws {
        var pool = try Self.pool()
        let before = pool
        let wish = Sample.grant("g", .init(.orderLine, id: "o"), 5)
        for party in [Self.admin, Self.approver, Self.one, .init("stranger")] {
            #expect(code { try pool.buy(wish, by: party, now: Sample.day(0)) } == "ROLE_MISSING")
        }
        for party in [Self.buyer, Self.approver, Self.one, .init("stranger")] {
            #expect(code { try pool.set([.admin], of: party, by: party) } == "ROLE_MISSING")
            #expect(code { try pool.cap(Self.one, at: nil, by: party, now: Sample.day(0)) } == "ROLE_MISSING")
        }
        for party in [Self.admin, Self.buyer, Self.approver, .init("stranger")] {
            let codes = pool.check(by: party, at: Sample.day(0)).map(\.code)
            #expect(codes == ["ROLE_MISSING", "NOT_ENTITLED"])
            #expect(code { try pool.consume(by: party, id: .init("u"), now: Sample.day(0)) } == "ROLE_MISSING")
        }
        #expect(code { try pool.set([], of: Self.admin, by: Self.admin) } == "LAST_ADMIN")
        #expect(pool == before)
        try pool.set([.admin], of: Self.one, by: Self.admin)
        try pool.set([], of: Self.admin, by: Self.one)
        #expect(pool.roles[Self.admin] == nil)
    }

    @Test("a pool ends by an admin alone: what it has stays the account's, caps and what waits do not")
    func closing() throws {
        var pool = try Self.pool(approvalFrom: 10)
        _ = try pool.buy(Sample.grant("small", .init(.orderLine, id: "o1"), 9), by: Self.buyer, now: Sample.day(0))
        _ = try pool.buy(Sample.grant("large", .init(.orderLine, id: "o2"), 10), by: Self.buyer, now: Sample.day(0))
        try pool.cap(Self.one, at: 2, by: Self.admin, now: Sample.day(0))
        try pool.book.set(.init(user: nil, by: .init("mother"), max: 7), now: Sample.day(0))
        for party in [Self.buyer, Self.approver, Self.one, .init("stranger")] {
            #expect(code { try pool.close(by: party, now: Sample.day(1)) } == "ROLE_MISSING")
        }
        #expect(pool.waiting.count == 1)
        try pool.close(by: Self.admin, now: Sample.day(1))
        #expect(pool.roles.isEmpty && pool.waiting.isEmpty && pool.purchases.count == 1)
        // A guardian's cap is no matter of the pool.
        #expect(pool.book.caps.map(\.by) == [.init("mother")])
        #expect(pool.book.check(at: Sample.day(1)).remaining == 7)
    }

    @Test("a large purchase waits for somebody else's approval")
    func approval() throws {
        var pool = try Self.pool(approvalFrom: 10)
        try pool.set([.buyer, .approver], of: Self.buyer, by: Self.admin)
        _ = try pool.buy(Sample.grant("small", .init(.orderLine, id: "o1"), 9), by: Self.buyer, now: Sample.day(0))
        _ = try pool.buy(Sample.grant("large", .init(.orderLine, id: "o2"), 10), by: Self.buyer, now: Sample.day(0))
        #expect(pool.book.check(at: Sample.day(0)).remaining == 9)
        #expect(code { try pool.approve(.init("large"), by: Self.buyer, now: Sample.day(0)) } == "OWN_PURCHASE")
        #expect(code { try pool.approve(.init("small"), by: Self.approver, now: Sample.day(0)) } == "ALREADY_DONE")
        try pool.approve(.init("large"), by: Self.approver, now: Sample.day(0))
        #expect(pool.book.check(at: Sample.day(0)).remaining == 19)
        #expect(code { try pool.approve(.init("large"), by: Self.approver, now: Sample.day(0)) } == "ALREADY_DONE")
        #expect(
            code { try pool.buy(Sample.grant("x", .init(.gift, id: "o3"), 0), by: Self.buyer, now: Sample.day(0)) } == "ZERO_VALUE")
    }

    @Test("whoever pays sees nothing of the use without consent; a guardian sees and caps")
    func privacy() throws {
        let (payer, mother) = (BenefitParty("aunt"), BenefitParty("mother"))
        var book = Sample.book(.sum)
        try book.give(5, .gift, "g")
        try book.changePayer(of: .init("g"), to: payer, now: Sample.day(0))
        var privacy = BenefitPrivacy(of: Sample.member)
        privacy.guardians = [mother]
        #expect(privacy.maySee(Sample.member) && privacy.maySee(mother) && !privacy.maySee(payer))
        #expect(BenefitPrivacy(of: Sample.member, consents: [payer]).maySee(payer))
        #expect(code { try privacy.cap(&book, at: 1, by: payer, now: Sample.day(1)) } == "ROLE_MISSING")
        try privacy.cap(&book, at: 2, by: mother, now: Sample.day(1))
        #expect(book.check(at: Sample.day(1)).remaining == 2)
        privacy.guardians = []
        #expect(code { try privacy.cap(&book, at: 1, by: mother, now: Sample.day(1)) } == "ROLE_MISSING")
        try privacy.cap(&book, at: nil, by: mother, now: Sample.day(1))
        #expect(book.check(at: Sample.day(1)).remaining == 5)
    }

    @Test("caps and quotas hold whoever asks in whatever order", arguments: Seeds.upTo(100))
    func histories(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var pool = try Self.pool()
        _ = try pool.buy(Sample.grant("g", .init(.plan, id: "p"), 7), by: Self.buyer, now: Sample.day(0))
        try pool.cap(Self.one, at: 3, by: Self.admin, now: Sample.day(0))
        try pool.cap(Self.other, at: 5, by: Self.admin, now: Sample.day(0))
        var ids: [BenefitID] = []
        for step in 0 ..< 50 {
            let now = Sample.day(step * 2)
            let user = random.below(2) == 0 ? Self.one : Self.other
            let amount = Int64(1 + random.below(3))
            if random.below(4) == 0, let id = ids.last {
                _ = try? pool.refund(id, 1, now: now)
            } else {
                let reasons = pool.check(amount, by: user, at: now)
                let use = try? pool.consume(amount, by: user, id: .init("u\(step)"), now: now)
                #expect(reasons.isEmpty == (use != nil), "seed \(seed)")
                if let use { ids.append(use.id) }
            }
            let span = Sample.benefit(.sum).period?.span(at: now)
            let uses = pool.book.uses.values.filter { span?.holds($0.at) == true }
            for (party, max) in [(Self.one, Int64(3)), (Self.other, 5), (nil, 7)] {
                let used = uses.filter { party == nil || $0.user == party }.reduce(0) { $0 + $1.amount - $1.refunded }
                #expect(used <= max, "seed \(seed): \(String(describing: party))")
            }
        }
    }
}
