import Model
import Records
import TestSupport
import Testing

@testable import Loyalty

/// Points that come back after their time live on alone: what others hold of the same lot ends as it would have.
struct PointGraceTests {
    private static func day(_ text: String) -> Instant { Instant(rfc3339: text + "T00:00:00Z") ?? .distantPast }

    private static func minute(_ hour: Int64, _ minute: Int64) -> Instant {
        day("2026-03-01").advanced(byMicroseconds: hour * .microsecondsPerHour + minute * .microsecondsPerMinute)
    }

    /// A book with one lot of 100 that ends at 10:00.
    private static func book(releaseGrace: Int64 = 0) throws -> (PointBook, lot: PointID) {
        var rules = PointRules()
        rules.releaseGrace = releaseGrace
        var book = PointBook(owner: .init(number: 1), rules: rules)
        var earned = NewPoints(100, for: PointSource(id: "order"), earnedAt: minute(9, 0), vintage: 202_603)
        (earned.expiresAt, earned.fundedBy, earned.colours) = (minute(10, 0), "roaster", ["tea"])
        let lot = try book.earn(earned, at: minute(9, 0))
        return (book, lot)
    }

    @Test("what is given back extends nothing that is held of the same lot, whatever comes first", arguments: [4, 6])
    func heldBeside(release: Int64) throws {
        var (book, lot) = try Self.book()
        let spending = try book.burn(40, at: "tea", now: Self.minute(9, 50))
        let hold = try book.hold(60, at: "tea", until: Self.minute(10, 20), now: Self.minute(9, 50))
        if release < 5 { try book.release(hold, now: Self.minute(10, release)) }
        try book.reverseBurn(spending.id, 40, now: Self.minute(10, 5))
        if release > 5 { try book.release(hold, now: Self.minute(10, release)) }
        #expect(book.lots[lot]?.quantities.expired == 60 && book.lots[lot]?.expiresAt == Self.minute(10, 0))
        #expect(book.balance(at: Self.minute(10, 6)).available == 40)
        let back = try #require(book.openLots.first)
        #expect(back.original == 40 && back.parent?.lot == lot && back.parent?.owner == book.owner && back.hop == 0)
        #expect(back.colours == ["tea"] && back.fundedBy == "roaster" && back.vintage == 202_603)
        let end = Self.minute(10, 5).advanced(byMicroseconds: book.rules.restoreGrace)
        #expect(back.expiresAt == end && book.balance(at: end).available == 0)
        #expect(book.accounts[.redeemed] == 0 && book.accounts[.expired] == 60)
    }

    @Test("in time it goes back into its lot, and without a grace it ends with it")
    func inPlace() throws {
        var (book, lot) = try Self.book()
        let spending = try book.burn(40, at: "tea", now: Self.minute(9, 50))
        try book.reverseBurn(spending.id, 10, now: Self.minute(9, 59))
        #expect(book.lots.count == 1 && book.lots[lot]?.quantities.remaining == 70)
        var rules = PointRules()
        rules.restoreGrace = 0
        var strict = PointBook(owner: .init(number: 1), rules: rules)
        (strict.lots, strict.spendings, strict.lastNumber) = (book.lots, book.spendings, book.lastNumber)
        try strict.reverseBurn(spending.id, 30, now: Self.minute(10, 5))
        #expect(strict.lots.count == 1 && strict.lots[lot]?.quantities.expired == 100)
        // Both parts of what comes back late have an end of their own.
        try book.reverseBurn(spending.id, 10, now: Self.minute(10, 5))
        try book.reverseBurn(spending.id, 20, now: Self.minute(10, 7))
        #expect(book.openLots.map(\.original) == [10, 20])
        #expect(throws: PointRefusal.exceedsOriginal(left: 0)) {
            try book.reverseBurn(spending.id, 1, now: Self.minute(10, 8))
        }
    }

    @Test("each hold that lets go after the end gives its own part a time of its own")
    func released() throws {
        var (book, lot) = try Self.book(releaseGrace: .microsecondsPerHour)
        let first = try book.hold(70, at: "tea", until: Self.minute(10, 20), now: Self.minute(9, 50))
        _ = try book.hold(30, at: "tea", until: Self.minute(10, 30), now: Self.minute(9, 50))
        try book.release(first, now: Self.minute(10, 10))
        #expect(book.balance(at: Self.minute(10, 15)).available == 70 && book.lots[lot]?.quantities.held == 30)
        // The other one lapses.
        let times: [(Int64, Int64)] = [(10, 30), (11, 9), (11, 10), (11, 29), (11, 30)]
        let balances = times.map { book.balance(at: Self.minute($0.0, $0.1)).available }
        #expect(balances == [100, 100, 30, 30, 0])
        book.settle(until: Self.minute(12, 0))
        #expect(book.lots[lot]?.reinstated == 100 && book.lots[lot]?.expiresAt == Self.minute(10, 0))
        #expect(book.accounts[.expired] == 100 && book.accounts.values.reduce(0, +) == 0)
    }

    @Test("what is given anew are the lots that ended since, though points of earlier ones came back later")
    func reinstated() throws {
        var book = PointBook(owner: .init(number: 1))
        var earned = NewPoints(100, for: PointSource(id: "order"), earnedAt: Self.day("2026-01-01"), vintage: 202_601)
        earned.expiresAt = Self.day("2026-01-31")
        _ = try book.earn(earned, at: Self.day("2026-01-01"))
        let spending = try book.burn(60, now: Self.day("2026-01-10"))
        try book.reverseBurn(spending.id, 60, now: Self.day("2026-03-10"))
        let (now, end) = (Self.day("2026-03-11"), Self.day("2026-06-01"))
        #expect(try book.reinstate(expiredSince: Self.day("2026-03-01"), until: end, now: now) == 0)
        #expect(try book.reinstate(expiredSince: Self.day("2026-01-31"), until: end, now: now) == 40)
        // What came back and ended anew ended since.
        let later = Self.day("2026-05-01")
        #expect(try book.reinstate(expiredSince: Self.day("2026-04-01"), until: end, now: later) == 60)
        #expect(book.balance(at: later).available == 100)
    }

    @Test("what is frozen comes back frozen")
    func frozen() throws {
        var (book, lot) = try Self.book()
        let spending = try book.burn(40, at: "tea", now: Self.minute(9, 50))
        try book.freeze(lot, true, now: Self.minute(9, 55))
        try book.reverseBurn(spending.id, 40, now: Self.minute(10, 5))
        #expect(throws: PointRefusal.frozen(amount: 40)) { try book.burn(1, at: "tea", now: Self.minute(10, 6)) }
        _ = try book.reinstate(expiredSince: Self.minute(9, 0), until: Self.minute(23, 0), now: Self.minute(10, 7))
        #expect(throws: PointRefusal.frozen(amount: 100)) { try book.burn(1, at: "tea", now: Self.minute(10, 8)) }
    }

    @Test(
        "over the records it repays a debt first, the books are whole, and the month tells what was returned",
        arguments: RecordsEngine.here)
    func records(engine: RecordsEngine) async throws {
        let program = try await TestProgram(try await engine.open())
        _ = try await program.earn("a", 100, "ann") { $0.expiresAt = Self.day("2026-03-10") }
        _ = try await program.earn("b", 30, "ann")
        let spent = try await program.spend("burn", .burn(110, place: nil), "ann")
        let spending = PointID(try #require(spent.body["spending"]?.intValue))
        let taken = try await program.perform(
            "t", TakeBackPoints(.returned(units: 1), of: "points", earnedFor: PointSource(id: "b")))
        #expect(taken.body["balance"]?["debt"] == 10)
        program.clock.now = Self.day("2026-03-12")
        let back = try await program.spend("back", .giveBack(spending, nil), "ann")
        // The last taken comes back first: 10 in its lot, which repays the debt, then 100 that had ended.
        #expect(back.available == 100 && back.body["balance"]?["debt"] == 0, "\(back.body)")
        let march = try #require(PointMonth(text: "2026-03"))
        let total = try await program.reader.report(march, of: "points").report.total
        #expect(total.returned == 110 && total.redeemed == 110 && total.expired == 0 && total.reinstated == 0)
        #expect(total.closing == 100 && total.isClosed)
        program.clock.now = Self.day("2026-04-11")
        let again = try await program.earn("c", 1, "ann")
        #expect(again.available == 1)
        let whole = try await program.reader.check("points")
        #expect(whole.isWhole, "\(whole)")
    }

    // MARK: - Order

    @Test("where there is no place, what expires first is taken and given first, whatever it is for")
    func expiryFirst() throws {
        var book = PointBook(owner: .init(number: 1))
        let now = Self.day("2026-01-02")
        func earn(_ name: String, until end: String, _ colours: Set<String> = []) throws -> PointID {
            var earned = NewPoints(100, for: PointSource(id: name), earnedAt: Self.day("2026-01-01"), vintage: 202_601)
            (earned.expiresAt, earned.colours) = (Self.day(end), colours)
            return try book.earn(earned, at: Self.day("2026-01-01"))
        }
        let spent = try earn("spent", until: "2026-01-10")
        let tea = try earn("tea", until: "2026-12-31", ["tea"])
        let plain = try earn("plain", until: "2026-01-31")
        _ = try book.burn(100, now: now)
        #expect(book.lots[spent]?.quantities.spent == 100)
        var (given, receiver) = (book, PointBook(owner: .init(number: 2)))
        #expect(try book.dispute(PointSource(id: "spent"), 60, now: now) == 60)
        #expect([plain, tea].map { book.lots[$0]?.quantities.revoked } == [60, 0])
        try given.transfer(60, to: &receiver, now: now)
        #expect([plain, tea].map { given.lots[$0]?.quantities.moved } == [60, 0])
        // At its place, what is for that place alone goes first.
        _ = try book.burn(10, at: "tea", now: now)
        #expect([plain, tea].map { book.lots[$0]?.quantities.spent } == [0, 10])
    }
}
