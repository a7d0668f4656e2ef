import Model
import Testing

@testable import Loyalty

/// What holds after any commands in any order.
struct PointPropertyTests {
    /// Random commands about the points of one member; each is tried, and most are allowed.
    struct History {
        private var random: SplitMix64
        var book: PointBook
        /// Somebody with whom points are given to and fro.
        private var other: PointBook
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
            rules.hopMax = 4
            book = PointBook(owner: .init(number: 1), rules: rules)
            other = PointBook(owner: .init(number: 2), rules: rules)
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
            switch random.below(12) {
            case 0, 1:
                var earned = NewPoints(amount, for: PointSource(id: "s\(random.below(400))"), earnedAt: now, vintage: 0)
                earned.units = Int64(1 + random.below(4))
                if random.below(3) > 0 { earned.expiresAt = now.advanced(byMicroseconds: Int64(random.below(300)) - 20) }
                if random.below(4) == 0 { earned.activation = .at(now.advanced(byMicroseconds: Int64(random.below(100)))) }
                if random.below(8) == 0 {
                    earned.activation = .awaited(until: now.advanced(byMicroseconds: Int64(random.below(100))))
                }
                if random.below(4) == 0 { earned.colours = [["tea"], ["cups"], ["tea", "cups"]][random.below(3)] }
                _ = try book.earn(earned, at: now)
                sources.append(earned.source)
            case 2: _ = try book.burn(amount, at: random.below(2) == 0 ? "tea" : nil, now: now)
            case 3: _ = try book.hold(amount, until: now.advanced(byMicroseconds: Int64(random.below(200))), now: now)
            case 4: _ = try book.capture(pick(book.holds.keys), random.below(2) == 0 ? nil : amount, now: now)
            case 5: try book.release(pick(book.holds.keys), now: now)
            case 6: try book.reverseBurn(pick(book.spendings.keys), amount, now: now)
            case 7: _ = try book.reverseEarn(source(), units: Int64(random.below(3)), now: now)
            case 8: try book.freeze(lot(), random.below(3) == 0, now: now)
            case 9: try book.transfer(amount, to: &other, now: now)
            case 10: try other.transfer(amount, to: &book, now: now)
            default:
                if random.below(2) == 0 {
                    _ = try book.dispute(source(), amount, now: now)
                } else {
                    try book.activate(lot(), at: now)
                }
            }
            return "done"
        }

        private mutating func source() -> PointSource {
            sources.isEmpty ? PointSource(id: "none") : sources[random.below(sources.count)]
        }

        /// One of those that there are by now: a hold that lapses can make one.
        private mutating func lot() -> PointID {
            var book = book
            book.settle(until: now)
            return pick(book.lots.keys)
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
        let (before, now, spendable) = Self.settled(seed)
        guard spendable > 0 else { return }
        let amount = 1 + Int64(seed) % spendable
        var held = before
        let hold = try held.hold(amount, until: now.advanced(byMicroseconds: 1), now: now)
        let whole = held
        try held.release(hold, now: now)
        #expect(held.lots == before.lots && held.debt == before.debt, "seed \(seed)")
        var spent = before
        let spending = try spent.burn(amount, now: now)
        // Another hold pins what is left, of the same lots as well.
        let rest = spendable - amount
        var pinned: PointID?
        if rest > 0 { pinned = try spent.hold(1 + Int64(seed / 3) % rest, until: now.advanced(byMicroseconds: 1), now: now) }
        try spent.reverseBurn(spending.id, amount, now: now)
        if let pinned { try spent.release(pinned, now: now) }
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

    @Test(
        "what is given back late and what a hold lets go late know nothing of each other: whichever comes first, as much is left",
        arguments: Seeds.upTo(300))
    func lateInAnyOrder(seed: UInt64) throws {
        let (settled, start, spendable) = Self.settled(seed)
        guard spendable > 1 else { return }
        var book = settled
        let amount = 1 + Int64(seed) % (spendable - 1)
        let spending = try book.burn(amount, now: start)
        let until = start.advanced(byMicroseconds: 900)
        let hold = try book.hold(1 + Int64(seed / 3) % (spendable - amount), until: until, now: start)
        // Whatever ends has ended by then.
        let now = start.advanced(byMicroseconds: 500)
        var (backFirst, releasedFirst) = (book, book)
        try backFirst.reverseBurn(spending.id, amount, now: now)
        try backFirst.release(hold, now: now)
        try releasedFirst.release(hold, now: now)
        try releasedFirst.reverseBurn(spending.id, amount, now: now)
        #expect(backFirst.accounts == releasedFirst.accounts, "seed \(seed)")
        for later in [0, 30, 49, 50, 1_000] {
            let instant = now.advanced(byMicroseconds: Int64(later))
            #expect(backFirst.balance(at: instant) == releasedFirst.balance(at: instant), "seed \(seed), \(later) later")
        }
    }

    /// A book after a history, when, and how much of it can be spent at no place.
    private static func settled(_ seed: UInt64) -> (book: PointBook, now: Instant, spendable: Int64) {
        var history = History(seed: seed)
        for _ in 0 ..< 40 { _ = history.step() }
        history.book.settle(until: history.now)
        let lots = history.book.lots.values.filter { isEligible($0, at: nil) }
        return (history.book, history.now, lots.reduce(0) { $0 + $1.quantities.remaining })
    }

    /// What can be spent at a place, by the specification.
    private static func isEligible(_ lot: PointLot, at place: String?) -> Bool {
        guard lot.activation == .active, !lot.isFrozen else { return false }
        return lot.colours.isEmpty || place.map { lot.colours.contains($0) } ?? false
    }

    /// The order of the specification: colour match, what expires first (never at the end), what was earned first, id.
    ///
    /// - Parameter matches: Whether there is a place that colours match.
    private static func isEarlier(_ one: PointLot, than other: PointLot, matches: Bool = true) -> Bool {
        if matches, one.colours.isEmpty != other.colours.isEmpty { return other.colours.isEmpty }
        switch (one.expiresAt, other.expiresAt) {
        case (let end?, let otherEnd?) where end != otherEnd: return end < otherEnd
        case (_?, nil): return true
        case (nil, _?): return false
        default: break
        }
        if one.earnedAt != other.earnedAt { return one.earnedAt < other.earnedAt }
        return one.id.number < other.id.number
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

    @Test("L8: nothing is spent from a later lot while an earlier one has any", arguments: Seeds.upTo(300), ["tea", nil])
    func order(seed: UInt64, place: String?) throws {
        let (before, now, _) = Self.settled(seed)
        let eligible = before.lots.values.filter { Self.isEligible($0, at: place) }
        let spendable = eligible.reduce(0) { $0 + $1.quantities.remaining }
        guard spendable > 0 else { return }
        var after = before
        let spending = try after.burn(1 + Int64(seed) % spendable, at: place, now: now)
        let taken = spending.parts.compactMap { before.lots[$0.lot] }
        #expect(taken.count == spending.parts.count && taken.allSatisfy { Self.isEligible($0, at: place) }, "seed \(seed)")
        for (one, next) in zip(taken, taken.dropFirst()) { #expect(Self.isEarlier(one, than: next), "seed \(seed)") }
        for lot in eligible where after.lots[lot.id]?.quantities.remaining != 0 {
            for one in taken where one.id != lot.id {
                #expect(Self.isEarlier(one, than: lot), "seed \(seed): \(one.id), \(lot.id)")
            }
        }
        #expect(throws: PointRefusal.self, "seed \(seed): no more than that can be spent") {
            try after.burn(spendable - spending.amount + 1, at: place, now: now)
        }
    }

    @Test("L8: nothing is given to somebody, or taken back, from a later lot either", arguments: Seeds.upTo(300))
    func orderWithoutPlace(seed: UInt64) throws {
        let (before, now, _) = Self.settled(seed)
        func expectOrder(_ after: PointBook, _ fits: (PointLot) -> Bool) {
            let open = before.lots.values.filter { $0.quantities.remaining > 0 && fits($0) }
            func left(_ lot: PointLot) -> Int64 { after.lots[lot.id]?.quantities.remaining ?? 0 }
            for taken in open where left(taken) < taken.quantities.remaining {
                for lot in open where lot.id != taken.id && left(lot) > 0 {
                    #expect(Self.isEarlier(taken, than: lot, matches: false), "seed \(seed): \(taken.id), \(lot.id)")
                }
            }
        }
        func isGiven(_ lot: PointLot) -> Bool {
            lot.activation == .active && !lot.isFrozen && lot.isTransferable && lot.hop < before.rules.hopMax
        }
        let giveable = before.lots.values.filter(isGiven).reduce(0) { $0 + $1.quantities.remaining }
        if giveable > 0 {
            var (giver, receiver) = (before, PointBook(owner: .init(number: 3)))
            let amount = 1 + Int64(seed) % giveable
            try giver.transfer(amount, to: &receiver, now: now)
            expectOrder(giver, isGiven)
            #expect(receiver.booked.available == amount, "seed \(seed)")
        }
        // Of what is spent nothing is left to take: it comes from the others.
        var book = before
        let source = PointSource(id: "spent")
        let lot = try book.earn(NewPoints(50, for: source, earnedAt: .distantPast, vintage: 0), at: now)
        guard book.lots[lot]?.quantities.remaining == 50, let count = book.lots[lot]?.quantities.remaining else { return }
        book.lots[lot]?.quantities = .init(spent: count)
        _ = try book.dispute(source, 1 + Int64(seed) % 50, now: now)
        expectOrder(book) { $0.activation == .active }
    }
}

extension SplitMix64 {
    /// A number from 0 up to, but not including, `bound`.
    mutating func below(_ bound: Int) -> Int { Int(next() % UInt64(bound)) }
}
