import Model
import Testing

@testable import Loyalty

struct PaidPlanTests {
    private static func terms(_ trialDays: Int = 0) -> PaidPlanTerms {
        var terms = PaidPlanTerms(fee: 3_000, zone: .utc)
        terms.trialDays = trialDays
        terms.listPrices = ["lounge": 1_000, "delivery": 150]
        terms.promisesSavings = true
        return terms
    }

    private static func plan(_ trialDays: Int = 0) throws(Refusal) -> PaidPlan {
        try PaidPlan(
            id: .init("p"), terms: terms(trialDays), payer: .init("aunt"), beneficiary: Sample.member, country: "CN",
            now: Sample.day(0))
    }

    @Test("trial, paid periods, a missed payment with its grace, and the end")
    func life() throws {
        var plan = try Self.plan(14)
        #expect(plan.state == .trial && plan.until == Sample.day(14))
        try plan.noticeRenewal(now: Sample.day(9))
        try plan.pay(3_000, by: .renewal, now: Sample.day(13))
        #expect(plan.state == .trial)
        plan.settle(until: Sample.day(14))
        #expect(plan.state == .active && plan.period == 1 && plan.until == Sample.day(14, month: 2))
        plan.settle(until: Sample.day(15, month: 2))
        #expect(plan.state == .pastDue && plan.until == Sample.day(21, month: 2))
        try plan.pay(3_000, by: .oneself, now: Sample.day(16, month: 2))
        #expect(plan.state == .active && plan.from == Sample.day(14, month: 2) && plan.until == Sample.day(14, month: 3))
        #expect(plan.isEntitled(at: Sample.day(20, month: 3)) && !plan.isEntitled(at: Sample.day(21, month: 3)))
        plan.settle(until: Sample.day(0, month: 9))
        #expect(plan.state == .expired && plan.until == Sample.day(21, month: 3))
        #expect(
            plan.facts.map(\.kind.rawValue) == [
                "trial_started", "renewal_noticed", "paid", "period_started", "payment_due", "paid", "period_started",
                "payment_due", "expired",
            ])
        #expect(code { try plan.pay(3_000, by: .oneself, now: Sample.day(0, month: 9)) } == "WRONG_STATE")
    }

    @Test(
        "nothing renews itself without a notice in time", arguments: [(24, true), (25, true), (26, true), (27, false), (30, false)])
    func notice(day: Int, isInTime: Bool) throws {
        // The period of January ends with it: five days before are the 27th.
        var plan = try Self.plan()
        #expect(code { try plan.noticeRenewal(now: Sample.day(day)) } == (isInTime ? nil : "NOTICE_LATE"))
        #expect(code { try plan.pay(3_000, by: .renewal, now: Sample.day(30)) } == (isInTime ? nil : "NOTICE_MISSING"))
        try? plan.pay(3_000, by: .oneself, now: Sample.day(30))
        plan.settle(until: Sample.day(3, month: 2))
        #expect(plan.state == .active && plan.period == 2)
        // One notice is for one renewal.
        #expect(code { try plan.pay(3_000, by: .renewal, now: Sample.day(4, month: 2)) } == "NOTICE_MISSING")
    }

    @Test("terms with less notice than the law asks for, or with figures that cannot be, are refused")
    func terms() {
        var terms = Self.terms()
        #expect(terms.reasons(country: "CN").isEmpty)
        terms.noticeDays = 4
        #expect(terms.reasons(country: "CN").map(\.code) == ["NOTICE_TOO_SHORT"] && terms.reasons(country: "FR").isEmpty)
        terms.fee = -1
        terms.trialDays = 400
        #expect(terms.reasons(country: "CN").map(\.code) == ["ZERO_VALUE", "BAD_TIME", "NOTICE_TOO_SHORT"])
        terms.fee = .max
        #expect(
            code {
                try PaidPlan(id: .init("p"), terms: terms, payer: .init("a"), beneficiary: .init("b"), country: "FR", now: .epoch)
            }
                == "AMOUNT_TOO_LARGE")
    }

    @Test("cancelled, it ends with what is paid for; paid again, it goes on")
    func cancelling() throws {
        var plan = try Self.plan()
        try plan.cancel(now: Sample.day(5))
        #expect(plan.state == .active)
        #expect(code { try plan.cancel(now: Sample.day(6)) } == "WRONG_STATE")
        #expect(code { try plan.pay(3_000, by: .renewal, now: Sample.day(6)) } == "NOTICE_MISSING")
        #expect(plan.isEntitled(at: Sample.day(30)) && !plan.isEntitled(at: Sample.day(31)))
        var other = plan
        other.settle(until: Sample.day(40))
        #expect(other.state == .cancelled && other.until == Sample.day(31))
        try plan.pay(3_000, by: .oneself, now: Sample.day(20))
        #expect(code { try plan.pay(3_000, by: .oneself, now: Sample.day(20)) } == "ALREADY_PAID")
        #expect(code { try plan.pay(2_999, by: .oneself, now: Sample.day(20)) } == "WRONG_AMOUNT")
        plan.settle(until: Sample.day(40))
        #expect(plan.state == .active && plan.period == 2)
    }

    @Test(
        "a refund is the fee less what the uses would have cost",
        arguments: [
            ([:], 3_000), (["lounge": 1], 2_000), (["lounge": 2, "delivery": 3], 550), (["lounge": 4], 0), (["unknown": 9], 3_000),
            (["lounge": .max], 0), (["lounge": -1], nil),
        ] as [([String: Int64], Int64?)])
    func refunds(uses: [String: Int64], amount: Int64?) throws {
        var plan = try Self.plan()
        let before = plan
        guard let amount else {
            #expect(code { try plan.refund(uses: uses, now: Sample.day(10)) } == "ZERO_VALUE")
            #expect(plan == before)
            return
        }
        #expect(try plan.refund(uses: uses, now: Sample.day(10)) == amount)
        #expect(plan.state == .refunded && !plan.isEntitled(at: Sample.day(10)))
        #expect(code { try plan.refund(uses: uses, now: Sample.day(10)) } == "WRONG_STATE")
        var ahead = before
        try ahead.pay(3_000, by: .oneself, now: Sample.day(9))
        #expect(try ahead.refund(uses: uses, now: Sample.day(10)) == amount + 3_000)
    }

    @Test("what a finished period did not save is credited once, when that was promised")
    func savings() throws {
        var plan = try Self.plan()
        #expect(code { try plan.settleSavings(ofPeriod: 1, uses: [:], now: Sample.day(20)) } == "PERIOD_NOT_OVER")
        #expect(try plan.settleSavings(ofPeriod: 1, uses: ["lounge": 2], now: Sample.day(31)) == 1_000)
        #expect(code { try plan.settleSavings(ofPeriod: 1, uses: [:], now: Sample.day(31)) } == "ALREADY_DONE")
        #expect(code { try plan.settleSavings(ofPeriod: 2, uses: [:], now: Sample.day(31)) } == "PERIOD_NOT_OVER")
        #expect(code { try plan.settleSavings(ofPeriod: 0, uses: [:], now: Sample.day(31)) } == "PERIOD_NOT_OVER")
        try plan.pay(3_000, by: .oneself, now: Sample.day(32))
        #expect(try plan.settleSavings(ofPeriod: 2, uses: ["lounge": 5], now: Sample.day(0, month: 4)) == 0)
    }

    @Test("the days of months do not drift: from the 31st to the 28th and back to the 31st")
    func anchors() throws {
        var plan = try PaidPlan(
            id: .init("p"), terms: Self.terms(), payer: .init("a"), beneficiary: Sample.member, country: "CN", now: Sample.day(30))
        var ends: [Instant] = []
        for month in 2 ..< 6 {
            ends.append(plan.until)
            try plan.pay(3_000, by: .oneself, now: plan.until.advanced(byMicroseconds: -1))
            plan.settle(until: Sample.day(0, month: month + 1))
        }
        #expect(ends == [Sample.day(27, month: 2), Sample.day(30, month: 3), Sample.day(29, month: 4), Sample.day(30, month: 5)])
    }

    @Test("E6: its benefits work exactly while it is open, whenever time is carried out", arguments: Seeds.upTo(200))
    func histories(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var plan = try Self.plan(random.below(2) * 7)
        var book = BenefitBook(of: Benefit(key: "b", name: Sample.name, kind: .onOff), for: Sample.member)
        var (paid, back) = (plan.state == .active ? Int64(3_000) : 0, Int64(0))
        var now = Sample.day(0)
        for _ in 0 ..< 40 {
            // Rights follow as often as the plan is looked at, at each of its bounds.
            let next = now.advanced(byMicroseconds: Int64(random.below(20)) * .microsecondsPerDay / 2)
            while plan.until <= next, plan.state != .expired, plan.state != .cancelled, plan.state != .refunded {
                plan.settle(until: plan.until)
                if let wish = plan.grant(of: "b", amount: nil) { try? book.grant(wish, now: max(now, plan.from)) }
            }
            now = next
            let before = plan
            do throws(Refusal) {
                switch random.below(7) {
                case 0, 1:
                    try plan.pay(3_000, by: random.below(2) == 0 ? .renewal : .oneself, now: now)
                    paid += 3_000
                case 2, 3: try plan.noticeRenewal(now: now)
                case 4: try plan.cancel(now: now)
                case 5 where random.below(4) == 0:
                    back += try plan.refund(uses: ["lounge": Int64(random.below(5))], now: now)
                default: back += try plan.settleSavings(ofPeriod: plan.period, uses: ["lounge": Int64(random.below(5))], now: now)
                }
            } catch { #expect(plan == before, "seed \(seed)") }
            if plan.state == .refunded || plan.state == .cancelled {
                _ = try? book.revokeSeries(of: .init(.plan, id: "p"), reason: "ended", now: now)
            } else if let wish = plan.grant(of: "b", amount: nil) {
                try? book.grant(wish, now: now)
            }
            #expect(book.check(at: now).isAllowed == plan.isEntitled(at: now), "seed \(seed) at \(now): \(plan.state)")
            #expect(back <= paid, "seed \(seed)")
            var eager = before
            for hours in stride(from: 0, through: 2_000, by: 7) {
                eager.settle(until: now.advanced(byMicroseconds: Int64(hours) * .microsecondsPerHour))
            }
            var lazy = before
            lazy.settle(until: now.advanced(byMicroseconds: 1_995 * .microsecondsPerHour))
            eager.settle(until: now.advanced(byMicroseconds: 1_995 * .microsecondsPerHour))
            #expect(lazy.facts.prefix(eager.facts.count) == eager.facts.prefix(lazy.facts.count), "seed \(seed)")
        }
    }
}
