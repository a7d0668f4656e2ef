import Model
import Testing

@testable import Loyalty

/// What holds after any commands in any order.
struct PointPropertyTests {
    /// Random commands about the points of one member; each is tried, and most are allowed.
    struct History {
        private var random: SplitMix64
        var book: PointBook
        var now = Instant(microseconds: 1_000_000_000)
        private(set) var refused = 0
        private var sources: [PointSource] = []

        init(seed: UInt64) {
            random = SplitMix64(seed: seed)
            var rules = PointRules()
            rules.restoreGrace = random.below(2) == 0 ? 0 : 50
            rules.releaseGrace = random.below(2) == 0 ? 0 : 50
            rules.shortfall = random.below(4) == 0 ? .writeOff : .debt
            rules.holdMax = 1_000
            book = PointBook(owner: .init(number: 1), rules: rules)
        }

        private mutating func amount() -> Int64 { Int64(random.below(60)) - 1 }

        /// - Returns: What was done, for messages.
        mutating func step() -> String {
            now = now.advanced(byMicroseconds: Int64(random.below(40)))
            let before = book
            do throws(PointRefusal) {
                return try act()
            } catch {
                refused += 1
                #expect(book == before, "refused commands leave no trace")
                return "refused \(error.code)"
            }
        }

        private mutating func act() throws(PointRefusal) -> String {
            let amount = amount()
            switch random.below(9) {
            case 0, 1:
                var earned = NewPoints(amount, for: PointSource(id: "s\(random.below(400))"), earnedAt: now, vintage: 0)
                earned.units = Int64(1 + random.below(4))
                if random.below(3) > 0 { earned.expiresAt = now.advanced(byMicroseconds: Int64(random.below(300)) - 20) }
                if random.below(4) == 0 { earned.activation = .at(now.advanced(byMicroseconds: Int64(random.below(100)))) }
                if random.below(8) == 0 {
                    earned.activation = .awaited(until: now.advanced(byMicroseconds: Int64(random.below(100))))
                }
                if random.below(5) == 0 { earned.colours = ["tea"] }
                _ = try book.earn(earned, at: now)
                sources.append(earned.source)
            case 2: _ = try book.burn(amount, at: random.below(2) == 0 ? "tea" : nil, now: now)
            case 3: _ = try book.hold(amount, until: now.advanced(byMicroseconds: Int64(random.below(200))), now: now)
            case 4: _ = try book.capture(pick(book.holds.keys), random.below(2) == 0 ? nil : amount, now: now)
            case 5: try book.release(pick(book.holds.keys), now: now)
            case 6: try book.reverseBurn(pick(book.spendings.keys), amount, now: now)
            case 7: _ = try book.reverseEarn(source(), units: Int64(random.below(3)), now: now)
            default:
                if random.below(2) == 0 {
                    _ = try book.dispute(source(), amount, now: now)
                } else {
                    try book.activate(pick(book.lots.keys), at: now)
                }
            }
            return "done"
        }

        private mutating func source() -> PointSource {
            sources.isEmpty ? PointSource(id: "none") : sources[random.below(sources.count)]
        }

        private mutating func pick(_ ids: some Collection<PointID>) -> PointID {
            ids.isEmpty ? PointID(0) : ids.sorted()[random.below(ids.count)]
        }
    }

    @Test(
        "L1, L2, L3, L14: accounts sum to 0, lots add up, balances are what the entries say", arguments: Seeds.upTo(500))
    func sums(seed: UInt64) {
        var history = History(seed: seed)
        for _ in 0 ..< 60 {
            let done = history.step()
            let book = history.book
            let accounts = book.accounts
            #expect(accounts.values.reduce(0, +) == 0, "seed \(seed) after \(done)")
            for lot in book.lots.values {
                let all = lot.quantities
                #expect(all.sum == lot.original, "seed \(seed) after \(done): \(lot)")
                let parts = [all.remaining, all.held, all.spent, all.expired, all.revoked, all.moved, all.donated, all.repaid]
                #expect(parts.allSatisfy { $0 >= 0 }, "seed \(seed) after \(done): \(lot)")
            }
            var settled = book
            settled.settle(until: history.now)
            let balance = settled.balance(at: history.now)
            let booked = settled.accounts
            #expect(balance.available == booked[.available, default: 0], "seed \(seed) after \(done)")
            #expect(balance.pending == booked[.pending, default: 0], "seed \(seed) after \(done)")
            #expect(balance.held == booked[.held, default: 0], "seed \(seed) after \(done)")
            #expect(balance.debt == -booked[.debt, default: 0], "seed \(seed) after \(done)")
            #expect(balance.available == 0 || balance.debt == 0, "seed \(seed) after \(done)")
            for earning in book.earnings.values { #expect(earning.revoked <= earning.amount) }
        }
    }

    @Test("L7, L15: when time is carried out changes no state", arguments: Seeds.upTo(300))
    func timeAlone(seed: UInt64) {
        var (lazy, eager) = (History(seed: seed), History(seed: seed))
        for _ in 0 ..< 60 {
            let done = lazy.step()
            // The other one carries out what is due at every instant between.
            let before = eager.now
            var probe = eager
            _ = probe.step()
            for instant in before.microseconds ..< probe.now.microseconds {
                eager.book.settle(until: Instant(microseconds: instant))
            }
            _ = eager.step()
            #expect(lazy.now == eager.now && lazy.refused == eager.refused)
            var (left, right) = (lazy.book, eager.book)
            left.settle(until: lazy.now)
            right.settle(until: lazy.now)
            #expect(left == right, "seed \(seed) after \(done)")
        }
    }

    @Test("L9, L11: what is held and let go, or spent or donated and given back, was never touched", arguments: Seeds.upTo(300))
    func undone(seed: UInt64) throws {
        var history = History(seed: seed)
        for _ in 0 ..< 40 { _ = history.step() }
        history.book.settle(until: history.now)
        let before = history.book
        let (now, available) = (history.now, before.balance(at: history.now).available)
        guard available > 0, before.lots.values.allSatisfy({ $0.colours.isEmpty || $0.quantities.remaining == 0 }) else { return }
        let amount = 1 + Int64(seed) % available
        var held = before
        let hold = try held.hold(amount, until: now.advanced(byMicroseconds: 1), now: now)
        let whole = held
        try held.release(hold, now: now)
        #expect(held.lots == before.lots && held.debt == before.debt, "seed \(seed)")
        var spent = before
        let spending = try spent.burn(amount, now: now)
        try spent.reverseBurn(spending.id, amount, now: now)
        #expect(spent.lots == before.lots && spent.debt == before.debt, "seed \(seed)")
        var given = before
        let parts = try given.pick(amount, nil)
        _ = try given.donate(amount, to: "trees", now: now)
        _ = try given.reverseDonation(parts, to: "trees", now: now)
        #expect(given.lots == before.lots && given.debt == before.debt, "seed \(seed)")
        // Holding and capturing a part is spending it.
        var (captured, burnt) = (whole, before)
        let part = 1 + Int64(seed / 7) % amount
        let one = try captured.capture(hold, part, now: now)
        let other = try burnt.burn(part, now: now)
        #expect(one == other && captured.lots == burnt.lots, "seed \(seed)")
        #expect(throws: PointRefusal.alreadyCaptured) { try captured.capture(hold, now: now) }
        #expect(throws: PointRefusal.alreadyCaptured) { try captured.release(hold, now: now) }
    }

    @Test("L10: any partition of a return takes the same in sum", arguments: Seeds.upTo(300))
    func partitions(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let (amount, units) = (Int64(1 + random.below(100)), Int64(1 + random.below(9)))
        var earned = NewPoints(amount, for: PointSource(id: "s"), earnedAt: .epoch, vintage: 0)
        earned.units = units
        var book = PointBook(owner: .init(number: 1))
        _ = try book.earn(earned, at: .epoch)
        let dispute = Int64(random.below(Int(amount) + 1))
        var (left, taken, isDisputed) = (units, Int64(0), dispute == 0)
        while left > 0 || !isDisputed {
            if !isDisputed, left == 0 || random.below(3) == 0 {
                taken += try book.dispute(earned.source, dispute, now: .epoch)
                isDisputed = true
            } else {
                let count = 1 + Int64(random.below(Int(left)))
                taken += try book.reverseEarn(earned.source, units: count, now: .epoch)
                left -= count
            }
        }
        #expect(taken == amount && book.accounts[.issuer] == -amount && book.accounts[.revoked] == amount)
    }

    @Test("L8: nothing is spent from a later lot while an earlier one has any", arguments: Seeds.upTo(300))
    func order(seed: UInt64) throws {
        var history = History(seed: seed)
        for _ in 0 ..< 40 { _ = history.step() }
        history.book.settle(until: history.now)
        let before = history.book
        guard let spending = try? history.book.burn(1 + Int64(seed % 30), at: "tea", now: history.now) else {
            return
        }
        let taken = spending.parts.map(\.lot)
        let order = before.lots.values.filter { $0.isSpendable(at: "tea") }.sorted(by: PointLot.isSpentBefore).map(\.id)
        #expect(taken == Array(order.prefix(taken.count)), "seed \(seed)")
        for lot in taken.dropLast() { #expect(history.book.lots[lot]?.quantities.remaining == 0, "seed \(seed)") }
    }
}

extension SplitMix64 {
    /// A number from 0 up to, but not including, `bound`.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
