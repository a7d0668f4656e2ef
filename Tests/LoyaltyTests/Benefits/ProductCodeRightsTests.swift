import Model
import Testing

@testable import Loyalty

struct ProductCodeRightsTests {
    private static let calendar = ZoneCalendar(zone: .utc)
    private static let rules = [ProductCodeRights.Rule(benefit: "b", amount: 3, months: 12, payer: .init("brand"))]

    @Test("the first registration grants, the second opens a case, and the same person is known")
    func registering() throws {
        var rights = ProductCodeRights()
        let (one, other) = (BenefitParty("m"), BenefitParty("n"))
        let first = try rights.register("C1", for: one, rules: Self.rules, in: Self.calendar, now: Sample.day(3))
        guard case .granted(let grants) = first else { return #expect(Bool(false), "\(first)") }
        #expect(grants.map(\.beneficiary) == [one] && grants.first?.payer == .init("brand"))
        // A year, its last day included.
        #expect(grants.first?.until == Sample.day(4, month: 13))
        #expect(try rights.register("C1", for: one, rules: Self.rules, in: Self.calendar, now: Sample.day(4)) == .known)
        let before = rights
        #expect(
            try rights.register("C1", for: other, rules: Self.rules, in: Self.calendar, now: Sample.day(4))
                == .contested(holder: one))
        #expect(rights == before)
        let move = try rights.transfer("C1", to: other, rules: Self.rules, in: Self.calendar, now: Sample.day(5))
        #expect(move.from == one && move.ended == grants.first?.source && move.granted.map(\.beneficiary) == [other])
        #expect(code { try rights.transfer("C1", to: other, rules: [], in: Self.calendar, now: Sample.day(5)) } == "ALREADY_DONE")
        _ = try rights.takeBack("C1", isBlocked: true, now: Sample.day(6))
        #expect(code { try rights.register("C1", for: one, rules: [], in: Self.calendar, now: Sample.day(6)) } == "CODE_BLOCKED")
        #expect(code { try rights.takeBack("C1", now: Sample.day(6)) } == "CODE_UNKNOWN")
        #expect(code { try rights.transfer("C2", to: other, rules: [], in: Self.calendar, now: Sample.day(6)) } == "CODE_UNKNOWN")
    }

    @Test("E11: one code has one active registrant, and nobody else has rights from it", arguments: Seeds.upTo(200))
    func oneRegistrant(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var rights = ProductCodeRights()
        let members = ["m0", "m1", "m2", "m3"].map { BenefitParty($0) }
        var books = Dictionary(uniqueKeysWithValues: members.map { ($0, BenefitBook(of: Sample.benefit(.sum), for: $0)) })
        for step in 0 ..< 60 {
            let now = Sample.day(step)
            let (code, party) = ("C\(random.below(3))", members[random.below(4)])
            let before = rights
            do throws(Refusal) {
                var granted: [BenefitGrant] = []
                switch random.below(5) {
                case 0, 1, 2:
                    let holder = rights.registrations[code]?.who
                    switch try rights.register(code, for: party, rules: Self.rules, in: Self.calendar, now: now) {
                    case .granted(let grants):
                        #expect(holder == nil)
                        granted = grants
                    case .known: #expect(holder == party && rights == before)
                    case .contested(let who): #expect(holder == who && who != party && rights == before)
                    }
                case 3:
                    let move = try rights.transfer(code, to: party, rules: Self.rules, in: Self.calendar, now: now)
                    try books[move.from]?.revoke(move.ended, reason: "transferred", now: now)
                    granted = move.granted
                default:
                    let move = try rights.takeBack(code, isBlocked: random.below(20) == 0, now: now)
                    try books[move.from]?.revoke(move.ended, reason: "returned", now: now)
                }
                for grant in granted { try books[grant.beneficiary]?.grant(grant, now: now) }
            } catch { #expect(rights == before, "seed \(seed): \(error)") }
            for code in ["C0", "C1", "C2"] {
                let holders = members.filter { member in
                    books[member]?.check(at: now).sources.contains { $0.series == code } == true
                }
                #expect(holders == [rights.registrations[code]?.who].compactMap(\.self), "seed \(seed) at step \(step): \(code)")
            }
        }
    }
}
