import Model
import Testing

@testable import Loyalty

/// The exact cases of the specification.
struct PointGoldenTests {
    private static func day(_ text: String) -> Instant { Instant(rfc3339: text + "T00:00:00Z") ?? .distantPast }

    private static func minute(_ hour: Int64, _ minute: Int64) -> Instant {
        day("2026-03-01").advanced(byMicroseconds: hour * .microsecondsPerHour + minute * .microsecondsPerMinute)
    }

    @discardableResult
    private static func earn(
        _ book: inout PointBook, _ amount: Int64, _ name: String, at now: String = "2026-01-01", until end: String? = nil,
        units: Int64 = 1
    ) throws -> PointID {
        var earned = NewPoints(amount, for: PointSource(id: name), earnedAt: day(now), vintage: 202_601)
        earned.expiresAt = end.map(day)
        earned.units = units
        return try book.earn(earned, at: day(now))
    }

    @Test("G1 what expires first is spent first, what never expires last")
    func firstExpiry() throws {
        var book = PointBook(owner: .init(number: 1))
        let never = try Self.earn(&book, 30, "C")
        let march = try Self.earn(&book, 100, "A", until: "2026-04-01")
        let january = try Self.earn(&book, 50, "B", until: "2026-02-01")
        _ = try book.burn(60, now: Self.day("2026-01-10"))
        #expect([january, march, never].map { book.lots[$0]?.quantities.remaining } == [0, 90, 30])
    }

    @Test("G2 returns take the same in any partition", arguments: [([1, 1, 1], [3, 3, 4]), ([2, 1], [6, 4]), ([3], [10])])
    func partition(units: [Int64], taken: [Int64]) throws {
        var book = PointBook(owner: .init(number: 1))
        try Self.earn(&book, 10, "order", units: 3)
        let source = PointSource(id: "order")
        #expect(try units.map { try book.reverseEarn(source, units: $0, now: Self.day("2026-01-02")) } == taken)
        #expect(throws: PointRefusal.exceedsOriginal(left: 0)) {
            try book.reverseEarn(source, units: 1, now: Self.day("2026-01-02"))
        }
    }

    @Test("G3 a held part outlives its lot until the hold ends")
    func heldPastExpiry() throws {
        var book = PointBook(owner: .init(number: 1))
        var earned = NewPoints(40, for: PointSource(id: "order"), earnedAt: Self.minute(9, 0), vintage: 202_603)
        earned.expiresAt = Self.minute(10, 0)
        let lot = try book.earn(earned, at: Self.minute(9, 0))
        let hold = try book.hold(40, until: Self.minute(10, 20), now: Self.minute(9, 50))
        var captured = book
        #expect(try captured.capture(hold, now: Self.minute(10, 5)).amount == 40)
        #expect(captured.lots[lot]?.quantities.spent == 40)
        var released = book
        try released.release(hold, now: Self.minute(10, 5))
        #expect(released.lots[lot]?.quantities.expired == 40 && released.balance(at: Self.minute(10, 5)) == .init())
        var rules = PointRules()
        rules.releaseGrace = 30 * .microsecondsPerDay
        var lenient = PointBook(owner: .init(number: 1), rules: rules)
        _ = try lenient.earn(earned, at: Self.minute(9, 0))
        let other = try lenient.hold(40, until: Self.minute(10, 20), now: Self.minute(9, 50))
        try lenient.release(other, now: Self.minute(10, 5))
        #expect(lenient.balance(at: Self.minute(10, 5)).available == 40)
    }

    @Test("G4 spending takes what expires first, so that the rest lives on")
    func expiryAfterSpending() throws {
        var book = PointBook(owner: .init(number: 1))
        try Self.earn(&book, 100, "a", until: "2026-01-31")
        try Self.earn(&book, 100, "b", until: "2026-12-31")
        _ = try book.burn(100, now: Self.day("2026-01-10"))
        #expect(book.balance(at: Self.day("2026-02-01")).available == 100)
    }

    @Test("G5 what was spent already becomes a debt, and the next points repay it first")
    func debt() throws {
        var book = PointBook(owner: .init(number: 1))
        try Self.earn(&book, 150, "order")
        _ = try book.burn(100, now: Self.day("2026-01-02"))
        #expect(try book.reverseEarn(PointSource(id: "order"), units: 1, now: Self.day("2026-01-03")) == 150)
        #expect(book.debt == 100 && book.balance(at: Self.day("2026-01-03")).available == 0)
        try Self.earn(&book, 120, "next", at: "2026-01-04")
        #expect(book.debt == 0 && book.balance(at: Self.day("2026-01-04")).available == 20)
    }

    @Test("G6 a source has one budget, whatever takes it back")
    func oneBudget() throws {
        var book = PointBook(owner: .init(number: 1))
        try Self.earn(&book, 100, "order")
        let source = PointSource(id: "order")
        #expect(try book.dispute(source, 80, now: Self.day("2026-01-02")) == 80)
        #expect(try book.reverseEarn(source, units: 1, now: Self.day("2026-01-03")) == 20)
        #expect(book.accounts[.revoked] == 100)
    }

    @Test("G7 what is transferred keeps its expiry, and goes as it would be spent")
    func transfer() throws {
        var giver = PointBook(owner: .init(number: 1))
        var receiver = PointBook(owner: .init(number: 2))
        try Self.earn(&giver, 30, "C")
        try Self.earn(&giver, 100, "A", until: "2026-04-01")
        try Self.earn(&giver, 50, "B", until: "2026-02-01")
        let before = giver
        try giver.transfer(60, to: &receiver, now: Self.day("2026-01-10"))
        let lots = receiver.lots.values.sorted { $0.id < $1.id }
        #expect(lots.map(\.original) == [50, 10] && lots.map(\.parent?.lot.number) == [3, 2])
        #expect(lots.map(\.expiresAt) == [Self.day("2026-02-01"), Self.day("2026-04-01")] && lots.map(\.hop) == [1, 1])
        #expect(giver.accounts[.transfer, default: 0] + receiver.accounts[.transfer, default: 0] == 0)
        // Twice is as far as points go.
        var third = PointBook(owner: .init(number: 1))
        try receiver.transfer(10, to: &third, now: Self.day("2026-01-11"))
        var fourth = giver
        #expect(throws: PointRefusal.transferLimit(transferable: 0)) {
            try third.transfer(10, to: &fourth, now: Self.day("2026-01-12"))
        }
        #expect(fourth == giver && giver.lots.count == before.lots.count)
    }

    @Test("What has expired is given anew once, and money for charity is rounded down")
    func reinstated() throws {
        var book = PointBook(owner: .init(number: 1))
        try Self.earn(&book, 100, "a", until: "2026-01-31")
        let now = Self.day("2026-02-10")
        #expect(
            try book.reinstate(expiredSince: Self.day("2026-01-01"), until: Self.day("2026-03-01"), now: now)
                == 100)
        #expect(
            try book.reinstate(expiredSince: Self.day("2026-01-01"), until: Self.day("2026-03-01"), now: now)
                == 0)
        #expect(try book.donate(99, to: "trees", now: now) == 99 && book.balance(at: now).available == 1)
        #expect(PointValue(minor: 3, points: 200).of(99) == 1 && PointValue(minor: .max, points: .max).of(.max) == .max)
        #expect(throws: PointRefusal.self) { try book.deduct(2, now: now) }
        try book.deduct(1, now: now)
        let months = [("2026-01-01", "2026-02-01"), ("2026-02-01", "2026-03-01"), ("2026-03-01", "2026-04-01")]
        let rows = months.map { PointRollForward(book.entries, from: Self.day($0.0), until: Self.day($0.1)) }
        #expect(rows.allSatisfy(\.isClosed) && rows.map(\.closing) == [0, 0, 0])
        #expect(rows[0].issued == 100 && rows[0].expired == 100 && rows[1].reinstated == 100 && rows[1].donated == 99)
    }
}
