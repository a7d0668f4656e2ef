import Model
import Testing

@testable import Loyalty

/// One benefit of one member, step by step.
struct BenefitExampleTests {
    @Test("burn order: priority, earliest end, when made, id; the parts add up (E8)")
    func burnOrder() throws {
        var book = Sample.book(.sum)
        try book.give(2, .compensation, "late", until: Sample.day(20))
        try book.give(2, .campaign, "never")
        try book.give(2, .gift, "early", until: Sample.day(10))
        try book.give(2, .plan, "first", priority: -1)
        let use = try book.consume(.init(amount: 7), id: .init("u"), now: Sample.day(1))
        #expect(use.parts.map(\.grant.text) == ["first", "early", "late", "never"])
        #expect(use.parts.map(\.amount) == [2, 2, 2, 1])
        #expect(book.check(at: Sample.day(1)).remaining == 1)
    }

    @Test(
        "sources are combined as the benefit says (E5)",
        arguments: [(Benefit.Combination.max, Int64(5)), (.sum, 8)])
    func combinations(combination: Benefit.Combination, left: Int64) throws {
        var book = Sample.book(combination)
        try book.give(5, .tier, "gold")
        try book.give(3, .campaign, "spring")
        #expect(book.check(at: Sample.day(1)).remaining == left)
        try book.consume(.init(amount: 4), id: .init("u"), now: Sample.day(1))
        #expect(book.check(at: Sample.day(1)).remaining == left - 4)
        #expect(book.check(at: Sample.day(1)).sources.count == 2)
    }

    @Test(
        "going up tops up the difference, and going up and down never gives more (E4)",
        arguments: [Benefit.Combination.max, .sum], [Benefit.Downgrade.cut, .prorate, .keepToPeriodEnd])
    func flapping(combination: Benefit.Combination, downgrade: Benefit.Downgrade) throws {
        var book = Sample.book(combination, downgrade)
        var used: Int64 = 0
        for day in 1 ..< 12 {
            let isGold = day % 2 == 0
            try book.grant(
                Sample.grant("d\(day)", .init(.tier, id: "d\(day)", series: "main"), isGold ? 8 : 5, from: Sample.day(day)),
                now: Sample.day(day))
            if day == 2 { #expect(book.check(at: Sample.day(2)).remaining == 3) }
            let left = try #require(book.check(at: Sample.day(day)).remaining)
            if left > 0 { used += try book.consume(.init(amount: left), id: .init("u\(day)"), now: Sample.day(day)).amount }
            if day == 1 { #expect(used == 5) }
            try book.end(.init(.tier, id: "d\(day)", series: "main"), now: Sample.day(day + 1))
        }
        #expect(used == 8)
    }

    /// Ten a month from the first of a month of 30 days, four used, ended by its source after 12 days.
    @Test(
        "what a grant leaves when its source ends",
        arguments: [(Benefit.Downgrade.cut, Int64(0), Int64(0)), (.prorate, 0, 6), (.keepToPeriodEnd, 6, 6)])
    func downgrades(downgrade: Benefit.Downgrade, left: Int64, bound: Int64) throws {
        var book = Sample.book(.sum, downgrade)
        try book.give(10, .tier, "gold", from: Sample.april(1))
        try book.consume(.init(amount: 4), id: .init("u"), now: Sample.april(2))
        let removed = try book.end(.init(.tier, id: "gold"), now: Sample.april(13))
        #expect(book.check(at: Sample.april(13)).remaining == left && removed == 6 - left)
        #expect(book.check(at: Sample.april(30)).isAllowed == (left > 0))
        let next = book.check(at: Sample.day(0, month: 5))
        #expect(next.remaining == 0 && next.sources.isEmpty && next.reasons.map(\.code) == ["BENEFIT_ENDED"])
        #expect(throws: Refusal.self) { try book.end(.init(.tier, id: "gold"), now: Sample.day(0, month: 5)) }
    }

    @Test("a share of the time is rounded down: 10 of 30 days of 10 is 3, and two of them are used")
    func prorated() throws {
        var book = Sample.book(.sum, .prorate)
        try book.give(10, .tier, "gold", from: Sample.april(1))
        try book.consume(.init(amount: 2), id: .init("u"), now: Sample.april(2))
        try book.end(.init(.tier, id: "gold"), now: Sample.april(11))
        #expect(book.check(at: Sample.april(11)).remaining == 1)
    }

    @Test("a source ends once: its share is that of the first end, and it can still be taken back")
    func endsOnce() throws {
        var book = Sample.book(.sum, .prorate)
        try book.give(10, .tier, "gold", from: Sample.april(1))
        try book.end(.init(.tier, id: "gold"), now: Sample.april(11))
        #expect(code { try book.end(.init(.tier, id: "gold"), now: Sample.april(21)) } == "BENEFIT_ENDED")
        #expect(book.check(at: Sample.april(21)).remaining == 3)
        #expect(try book.revoke(.init(.tier, id: "gold"), reason: "fraud", now: Sample.april(22)) == 3)
        #expect(book.check(at: Sample.april(22)).reasons.map(\.code) == ["BENEFIT_REVOKED"])
    }

    @Test("removing a source takes its remaining part, and what was used and the others stay (E10)")
    func removal() throws {
        var book = Sample.book(.sum)
        try book.give(5, .orderLine, "o1/1", until: Sample.day(20))
        try book.give(3, .campaign, "spring")
        try book.consume(.init(amount: 2), id: .init("u"), now: Sample.day(1))
        try book.reserve(.init(amount: 1), until: Sample.day(3), id: .init("r"), now: Sample.day(1))
        #expect(try book.revoke(.init(.orderLine, id: "o1/1"), reason: "returned", now: Sample.day(2)) == 2)
        #expect(book.check(at: Sample.day(2)).remaining == 3)
        // What was pinned before is kept; what is let go does not come back.
        let use = try book.confirm(.init("r"), now: Sample.day(2))
        #expect(use.parts == [.init(grant: .init("o1/1"), amount: 1)])
        #expect(book.check(at: Sample.day(2)).remaining == 3)
        try book.refund(.init("u"), now: Sample.day(2))
        #expect(book.check(at: Sample.day(2)).remaining == 3)
        try book.revoke(.init(.campaign, id: "spring"), reason: "over", now: Sample.day(2))
        #expect(book.check(at: Sample.day(2)).reasons.map(\.code) == ["BENEFIT_REVOKED"])
    }

    /// Quota 4 a month, at most 5 come over.
    @Test(
        "what is left comes over, up to the most",
        arguments: [
            ([4], 4), ([0], 8), ([1], 7), ([0, 0], 9), ([0, 8], 4), ([0, 3, 2], 9), ([0, 0, 0, 0, 0, 0, 0, 0], 9),
        ] as [([Int64], Int64)])
    func carryOver(used: [Int64], left: Int64) throws {
        var benefit = Sample.benefit(.sum)
        benefit.carryOverMax = 5
        var book = BenefitBook(of: benefit, for: Sample.member)
        try book.give(4, .tier, "gold")
        for (month, amount) in used.enumerated() where amount > 0 {
            try book.consume(.init(amount: amount), id: .init("u\(month)"), now: Sample.day(3, month: month + 1))
        }
        let answer = book.check(at: Sample.day(0, month: used.count + 1))
        #expect(answer.remaining == left)
        #expect(answer.explanation.first?.carried == left - 4)
        let all = try book.consume(.init(amount: left), id: .init("all"), now: Sample.day(0, month: used.count + 1))
        #expect(all.parts == [.init(grant: .init("gold"), amount: left)])
    }

    @Test("of a month in which a share was left, no more than the share comes over")
    func carriedShare() throws {
        var benefit = Sample.benefit(.sum, .prorate)
        benefit.carryOverMax = 100
        var book = BenefitBook(of: benefit, for: Sample.member)
        let gold = BenefitSource(.tier, id: "gold", series: "main")
        try book.grant(Sample.grant("gold", gold, 10), now: Sample.day(0))
        try book.grant(Sample.grant("silver", .init(.tier, id: "silver", series: "main"), 2), now: Sample.day(0))
        try book.end(gold, now: Sample.april(11))
        #expect(book.check(at: Sample.april(30)).remaining == 33)
        #expect(book.check(at: Sample.day(0, month: 5)).remaining == 35)
        #expect(book.check(at: Sample.day(0, month: 7)).remaining == 39)
    }

    @Test("soft use counts what goes beyond, on the last grant; without any grant it is refused too")
    func softUse() throws {
        var book = Sample.book(.sum)
        #expect(throws: Refusal("NOT_ENTITLED")) { try book.consume(mode: .soft, id: .init("u"), now: Sample.day(1)) }
        try book.give(1, .tier, "gold")
        try book.give(1, .gift, "g")
        let use = try book.consume(.init(amount: 5), mode: .soft, id: .init("u"), now: Sample.day(1))
        #expect(use.over == 3 && use.amount == 5 && use.parts.map(\.amount) == [1, 4])
        #expect(book.check(at: Sample.day(1)).remaining == 0)
        #expect(try book.refund(.init("u"), 4, now: Sample.day(1)).over == 0)
        #expect(book.check(at: Sample.day(1)).remaining == 1)
    }

    @Test("a pin holds, lapses by itself, and ends once")
    func pins() throws {
        var book = Sample.book(.sum)
        try book.give(3, .tier, "gold")
        for id in ["a", "b", "c"] { try book.reserve(until: Sample.day(4), id: .init(id), now: Sample.day(1)) }
        #expect(book.check(at: Sample.day(3)).remaining == 0)
        #expect(book.check(at: Sample.day(3)).changesAt == Sample.day(4))
        try book.confirm(.init("a"), now: Sample.day(2))
        try book.cancel(.init("b"), now: Sample.day(2))
        #expect(code { try book.cancel(.init("a"), now: Sample.day(2)) } == "WRONG_STATE")
        #expect(code { try book.confirm(.init("b"), now: Sample.day(2)) } == "WRONG_STATE")
        #expect(book.check(at: Sample.day(3)).remaining == 1)
        #expect(book.check(at: Sample.day(4)).remaining == 2)
        #expect(code { try book.confirm(.init("c"), now: Sample.day(4)) } == "HOLD_EXPIRED")
    }

    @Test("all reasons are given at once")
    func reasons() throws {
        var benefit = Sample.benefit(.sum)
        benefit.places = ["airport"]
        var book = BenefitBook(of: benefit, for: Sample.member)
        try book.give(1, .tier, "gold")
        #expect(
            book.check(.init(amount: 2, place: "shop"), at: Sample.day(1)).reasons.map(\.code) == ["OTHER_PLACE", "QUOTA_USED"])
        #expect(book.check(.init(place: "airport"), at: Sample.day(1)).isAllowed)
        #expect(book.check(.init(amount: 0), at: Sample.day(1)).reasons.map(\.code) == ["ZERO_VALUE", "OTHER_PLACE"])
    }

    @Test(
        "amounts that cannot be are refused",
        arguments: [Int64.min, -1, 0, 1_000_000_000_001, Int64.max])
    func badAmounts(amount: Int64) throws {
        var book = Sample.book(.sum)
        let word = amount < 1 ? "ZERO_VALUE" : "AMOUNT_TOO_LARGE"
        #expect(code { try book.give(amount, .tier, "bad") } == word)
        try book.give(3, .tier, "gold")
        let before = book
        for mode in BenefitMode.allCases {
            #expect(
                code { try book.consume(.init(amount: amount), mode: mode, id: .init("u"), now: Sample.day(1)) } == word)
        }
        #expect(
            code { try book.reserve(.init(amount: amount), until: Sample.day(2), id: .init("u"), now: Sample.day(1)) }
                == word)
        #expect(book == before)
    }

    @Test("instants that cannot be are refused, and a clock that goes back counts as standing still")
    func badTimes() throws {
        var book = Sample.book(.sum)
        #expect(code { try book.give(3, .tier, "a", from: .distantPast) } == "BAD_TIME")
        #expect(code { try book.give(3, .tier, "a", until: Sample.day(0)) } == "BAD_TIME")
        #expect(code { try book.give(3, .tier, "a", until: .distantFuture) } == "BAD_TIME")
        #expect(code { try book.consume(id: .init("u"), now: .distantFuture) } == "BAD_TIME")
        #expect(book.check(at: .distantFuture).reasons.map(\.code) == ["BAD_TIME"])
        try book.give(3, .tier, "gold")
        #expect(code { try book.reserve(until: Sample.day(1), id: .init("r"), now: Sample.day(1)) } == "BAD_TIME")
        try book.consume(id: .init("u"), now: Sample.day(0, month: 2))
        let use = try book.consume(id: .init("v"), now: Sample.day(3))
        #expect(use.at == Sample.day(0, month: 2))
        #expect(book.check(at: Sample.day(3)).remaining == 1)
    }

    @Test("one source gives once, one id is used once, and what is not there is not found")
    func once() throws {
        var book = Sample.book(.sum)
        try book.give(3, .tier, "gold")
        #expect(
            code { try book.grant(Sample.grant("other", .init(.tier, id: "gold"), 3), now: Sample.day(1)) } == "ALREADY_GRANTED")
        try book.consume(id: .init("u"), now: Sample.day(1))
        #expect(code { try book.consume(id: .init("u"), now: Sample.day(1)) } == "ALREADY_DONE")
        for id in ["x", "y"] {
            #expect(code { try book.refund(.init(id), now: Sample.day(1)) } == "USE_UNKNOWN")
            #expect(code { try book.confirm(.init(id), now: Sample.day(1)) } == "USE_UNKNOWN")
            #expect(code { try book.revoke(BenefitID(id), reason: "r", now: Sample.day(1)) } == "GRANT_UNKNOWN")
            #expect(code { try book.changePayer(of: .init(id), to: .init("p"), now: Sample.day(1)) } == "GRANT_UNKNOWN")
        }
        try book.refund(.init("u"), now: Sample.day(1))
        #expect(code { try book.refund(.init("u"), now: Sample.day(1)) } == "EXCEEDS_ORIGINAL")
    }

    @Test("a switch is on or off, a status cannot be used, weights are the largest or the sum")
    func others() throws {
        var onOff = BenefitBook(of: Benefit(key: "b", name: Sample.name, kind: .onOff), for: Sample.member)
        #expect(!onOff.check(at: Sample.day(1)).isAllowed)
        #expect(code { try onOff.give(3, .tier, "gold") } == "NOT_COUNTED")
        try onOff.give(nil, .tier, "gold", until: Sample.day(5))
        #expect(onOff.check(at: Sample.day(1)).isAllowed && onOff.check(at: Sample.day(1)).remaining == nil)
        #expect(try onOff.consume(.init(amount: 50), id: .init("u"), now: Sample.day(1)).parts.map(\.amount) == [50])
        #expect(!onOff.check(at: Sample.day(5)).isAllowed)
        var status = BenefitBook(of: Benefit(key: "b", name: Sample.name, kind: .status), for: Sample.member)
        try status.give(nil, .tier, "gold")
        #expect(status.check(at: Sample.day(1)).isAllowed)
        #expect(code { try status.consume(id: .init("u"), now: Sample.day(1)) } == "NOT_USABLE")
        for (combination, weight) in [(Benefit.Combination.max, Int64(7)), (.sum, 12)] {
            var benefit = Benefit(key: "b", name: Sample.name, kind: .priority(weight: 5))
            benefit.combination = combination
            var queue = BenefitBook(of: benefit, for: Sample.member)
            #expect(queue.check(at: Sample.day(1)).weight == 0)
            try queue.give(nil, .tier, "gold")
            try queue.give(7, .gift, "g")
            #expect(queue.check(at: Sample.day(1)).weight == weight)
        }
    }

    @Test("a guardian's cap holds in each period, whatever was given and even in soft use")
    func caps() throws {
        var book = Sample.book(.sum)
        try book.give(5, .plan, "p")
        try book.set(.init(user: nil, by: .init("mother"), max: 2), now: Sample.day(1))
        #expect(book.check(at: Sample.day(1)).remaining == 2)
        try book.consume(.init(amount: 2), id: .init("u"), now: Sample.day(1))
        #expect(code { try book.consume(mode: .soft, id: .init("v"), now: Sample.day(1)) } == "CAP_REACHED")
        #expect(book.check(at: Sample.day(0, month: 2)).remaining == 2)
        try book.removeCap(user: nil, by: .init("mother"), now: Sample.day(1))
        #expect(book.check(at: Sample.day(1)).remaining == 3)
    }
}
