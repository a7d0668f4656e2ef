import Model
import Testing

@testable import Loyalty

/// What holds after any commands in any order.
struct BenefitPropertyTests {
    @Test("what remains is what counting period by period says", arguments: Seeds.upTo(300))
    func reference(seed: UInt64) {
        var history = BenefitHistory(seed: seed)
        history.isHardOnly = seed % 2 == 0
        for _ in 0 ..< 40 {
            let done = history.step()
            let answer = history.book.check(at: history.now)
            let reference = BenefitReference(book: history.book, now: history.now).remaining
            #expect(answer.remaining == reference, "seed \(seed) after \(done)")
            #expect((answer.remaining ?? 1 >= 1) == answer.isAllowed, "seed \(seed) after \(done)")
            if history.refusal != nil { #expect(history.book == history.before, "seed \(seed): refused commands leave no trace") }
        }
    }

    @Test("E1: in hard mode no more is used in a period than was given and carried", arguments: Seeds.upTo(300))
    func neverMore(seed: UInt64) {
        var history = BenefitHistory(seed: seed)
        for _ in 0 ..< 60 { _ = history.step() }
        let (book, now) = (history.book, history.now)
        let reference = BenefitReference(book: book, now: now)
        let spans: [(Instant, Instant)] =
            book.benefit.period.map { period in
                Array(Set(book.uses.values.map { period.span(at: $0.at) })).map { ($0.from, $0.until) }
            } ?? [(.distantPast, .distantFuture)]
        for (start, end) in spans {
            // The most that every series gave at any instant of the period.
            let alive = book.grants.values.filter { $0.from < end && $0.end > max(start, $0.from) }
            var bound: Int64? = 0
            for (_, grants) in Dictionary(grouping: alive, by: { [$0.source.kind.rawValue, $0.source.series] }) {
                let amounts = grants.compactMap(\.amount)
                guard amounts.count == grants.count, let most = amounts.max(), let sum = bound else {
                    bound = nil
                    break
                }
                bound =
                    book.benefit.combination == .sum
                    ? sum + most + book.benefit.carryOverMax : max(sum, most + book.benefit.carryOverMax)
            }
            let used = reference.used(nil, from: start, until: end)
            if let bound { #expect(used <= bound, "seed \(seed) from \(start): \(used) of \(bound)") }
            // No grant gives more than its own and what came over.
            for grant in alive {
                guard let amount = grant.amount else { continue }
                let taken = book.uses.values.filter { start <= $0.at && $0.at < end }.flatMap { $0.standing(at: now) }
                    .filter { $0.grant == grant.id }.reduce(0) { $0 + $1.amount }
                #expect(taken <= amount + book.benefit.carryOverMax, "seed \(seed): \(grant.id)")
            }
        }
    }

    @Test("E2: a check right before a use agrees with it, on every amount", arguments: Seeds.upTo(200))
    func checkAgrees(seed: UInt64) {
        var history = BenefitHistory(seed: seed)
        history.isHardOnly = seed % 2 == 0
        for _ in 0 ..< 40 {
            let done = history.step()
            let (book, now) = (history.book, history.now)
            for amount in [-1, 0, 1, 2, 5, 9] as [Int64] {
                let answer = book.check(.init(amount: amount), at: now)
                #expect(answer == book.check(.init(amount: amount), at: now))
                var (using, pinning) = (book, book)
                let used = Result { try using.consume(.init(amount: amount), id: .init("x"), now: now) }
                let pinned = Result {
                    try pinning.reserve(.init(amount: amount), until: now.advanced(byMicroseconds: 1), id: .init("x"), now: now)
                }
                for result in [used, pinned] {
                    switch result {
                    case .success(let use):
                        #expect(answer.isAllowed, "seed \(seed) after \(done)")
                        #expect(use.amount == amount && use.over == 0)
                    case .failure(let error):
                        #expect(answer.reasons == (error as? Refusal)?.reasons, "seed \(seed) after \(done)")
                    }
                }
            }
        }
    }

    @Test("E3: what is used and given back, or pinned and let go, was never there", arguments: Seeds.upTo(200))
    func undone(seed: UInt64) throws {
        var history = BenefitHistory(seed: seed)
        history.isHardOnly = seed % 2 == 0
        for _ in 0 ..< 40 { _ = history.step() }
        let (book, now) = (history.book, history.now)
        let later = [0, 30, 200, 900].map { now.advanced(byMicroseconds: $0 * .microsecondsPerHour) }
        guard book.check(at: now).isAllowed else { return }
        let amount = min(book.check(at: now).remaining ?? 5, 1 + Int64(seed % 4))
        var refunded = book
        try refunded.consume(.init(amount: amount), id: .init("x"), now: now)
        var left = amount
        while left > 0 {
            let part = 1 + Int64(history.random.below(Int(left)))
            try refunded.refund(.init("x"), part, now: later[1])
            left -= part
        }
        var cancelled = book
        try cancelled.reserve(.init(amount: amount), until: later[2], id: .init("x"), now: now)
        let pinned = cancelled
        try cancelled.cancel(.init("x"), now: later[1])
        // Pinning and using a part is using that part.
        let part = 1 + Int64(history.random.below(Int(amount)))
        var (confirmed, used) = (pinned, book)
        let one = try confirmed.confirm(.init("x"), part, now: later[1])
        let other = try used.consume(.init(amount: part), id: .init("x"), now: now)
        #expect(one == other, "seed \(seed)")
        for instant in later.dropFirst() {
            let plain = book.check(at: instant)
            for undone in [refunded, cancelled] {
                let answer = undone.check(at: instant)
                #expect(answer.remaining == plain.remaining && answer.explanation == plain.explanation, "seed \(seed)")
            }
            #expect(used.check(at: instant).explanation == confirmed.check(at: instant).explanation, "seed \(seed)")
        }
        // A pin that lapses was never there either.
        for instant in later.dropFirst(2) { #expect(pinned.check(at: instant).remaining == book.check(at: instant).remaining) }
    }

    @Test("E4: flapping between tiers in one period never gives more than the larger quota", arguments: Seeds.upTo(200))
    func flapping(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let downgrade = Benefit.Downgrade.allCases[random.below(3)]
        var book = Sample.book(random.below(2) == 0 ? .sum : .max, downgrade)
        let quotas = (0 ..< 3).map { _ in Int64(1 + random.below(9)) }
        var (used, largest, current) = (Int64(0), Int64(0), "")
        for step in 0 ..< 30 {
            let now = Sample.day(0).advanced(byMicroseconds: Int64(step) * 20 * .microsecondsPerHour)
            if random.below(2) == 0 {
                if !current.isEmpty { try book.end(.init(.tier, id: current, series: "main"), now: now) }
                current = "d\(step)"
                let quota = quotas[random.below(3)]
                largest = max(largest, quota)
                try book.grant(Sample.grant(current, .init(.tier, id: current, series: "main"), quota, from: now), now: now)
            }
            let amount = Int64(1 + random.below(4))
            if let use = try? book.consume(.init(amount: amount), id: .init("u\(step)"), now: now) { used += use.amount }
            #expect(used <= largest, "seed \(seed) at step \(step): \(downgrade)")
        }
        while (try? book.consume(id: .init("last\(used)"), now: Sample.day(26))) != nil { used += 1 }
        #expect(used <= largest, "seed \(seed): \(downgrade)")
    }

    @Test("E5: the largest is never exceeded by any set of sources", arguments: Seeds.upTo(200))
    func largest(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        var (maximum, sum) = (Sample.book(.max), Sample.book(.sum))
        var amounts: [Int64] = []
        for index in 0 ..< 1 + random.below(6) {
            amounts.append(Int64(1 + random.below(9)))
            let priority = random.below(3)
            try maximum.give(amounts[index], .gift, "g\(index)", priority: priority)
            try sum.give(amounts[index], .gift, "g\(index)", priority: priority)
        }
        var used: Int64 = 0
        while (try? maximum.consume(id: .init("u\(used)"), now: Sample.day(1))) != nil { used += 1 }
        #expect(used == amounts.max() && sum.check(at: Sample.day(1)).remaining == amounts.reduce(0, +), "seed \(seed)")
    }

    @Test("E6, E8: every use names grants that were active, and its parts sum to it", arguments: Seeds.upTo(200))
    func named(seed: UInt64) {
        var history = BenefitHistory(seed: seed)
        history.isHardOnly = seed % 2 == 0
        for _ in 0 ..< 60 {
            let done = history.step()
            let (book, now) = (history.book, history.now)
            for id in book.check(at: now).sources {
                #expect(
                    book.grants.values.contains { $0.source == id && $0.from <= now && now < $0.end }, "seed \(seed) after \(done)")
            }
            for grant in book.grants.values {
                guard let ending = grant.ending else { continue }
                let span = book.benefit.period?.span(at: ending.at)
                let policy = book.benefit.onDowngrade == .cut || ending.reason != nil ? ending.at : span?.until ?? ending.at
                #expect(grant.end <= policy, "seed \(seed) after \(done): it outlives its source")
            }
            guard let use = book.uses.values.first(where: { history.before.uses[$0.id] == nil }) else { continue }
            #expect(done.contains(" \(use.amount)"), "seed \(seed): \(done) is \(use.amount)")
            let left = history.before.check(at: now).remaining ?? use.amount
            #expect(use.over == max(0, use.amount - left), "seed \(seed) after \(done)")
            #expect(Set(use.parts.map(\.grant)).count == use.parts.count && use.parts.allSatisfy { $0.amount > 0 })
            let active = book.grants.values.filter { $0.isActive(at: now) }.sorted(by: BenefitGrant.isUsedBefore).map(\.id)
            let places = use.parts.compactMap { active.firstIndex(of: $0.grant) }
            #expect(places.count == use.parts.count && places == places.sorted(), "seed \(seed) after \(done)")
        }
    }

    @Test("E9: who pays changes no right", arguments: Seeds.upTo(100))
    func payer(seed: UInt64) throws {
        var history = BenefitHistory(seed: seed)
        for _ in 0 ..< 40 { _ = history.step() }
        var changed = history.book
        for id in changed.grants.keys { try changed.changePayer(of: id, to: .init("aunt"), now: history.now) }
        for hours in [0, 20, 100, 500] as [Int64] {
            let instant = history.now.advanced(byMicroseconds: hours * .microsecondsPerHour)
            let (one, other) = (history.book.check(at: instant), changed.check(at: instant))
            #expect(
                one.remaining == other.remaining && one.sources == other.sources && one.reasons == other.reasons, "seed \(seed)")
            #expect(one.explanation == other.explanation && one.changesAt == other.changesAt, "seed \(seed)")
        }
        #expect(changed.uses == history.book.uses)
    }

    @Test("E10: removing a source removes its remaining part, and nothing else", arguments: Seeds.upTo(200))
    func removal(seed: UInt64) throws {
        var history = BenefitHistory(seed: seed)
        for _ in 0 ..< 40 { _ = history.step() }
        let (book, now) = (history.book, history.now)
        let source = history.source()
        guard book.grants.values.contains(where: { $0.source == source && $0.isActive(at: now) }) else { return }
        var removed = book
        let count = try removed.revoke(source, reason: "returned", now: now)
        let (before, after) = (book.check(at: now), removed.check(at: now))
        #expect(removed.uses == book.uses, "seed \(seed)")
        #expect(after.sources == before.sources.filter { $0 != source }, "seed \(seed)")
        for grant in book.grants.values where grant.source != source { #expect(removed.grants[grant.id] == grant) }
        // As if it had been made to end now.
        var short = book
        for grant in book.grants.values where grant.source == source {
            short.grants[grant.id] =
                grant.from < now
                ? Sample.grant(grant.id.text, source, grant.amount, from: grant.from, until: now, priority: grant.priority) : nil
            short.grants[grant.id]?.createdAt = grant.createdAt
        }
        #expect(after.remaining == BenefitReference(book: short, now: now).remaining, "seed \(seed)")
        if let all = before.remaining { #expect(after.remaining == all - count, "seed \(seed)") }
        for line in after.explanation where !line.source.isInSeries(with: source) {
            #expect(before.explanation.contains(line), "seed \(seed)")
        }
        if book.benefit.combination == .sum, let line = before.explanation.first(where: { $0.source == source }),
            source.kind != .tier, before.remaining != nil
        {
            #expect(count == line.left, "seed \(seed)")
        }
    }

    @Test("an answer stays true until the instant that it names", arguments: Seeds.upTo(60))
    func changes(seed: UInt64) {
        var history = BenefitHistory(seed: seed)
        for _ in 0 ..< 30 { _ = history.step() }
        var instant = history.now
        for _ in 0 ..< 12 {
            let answer = history.book.check(at: instant)
            guard let next = answer.changesAt else { return }
            let last = history.book.check(at: next.advanced(byMicroseconds: -1))
            #expect(answer == last, "seed \(seed)")
            #expect(next > instant)
            instant = next
        }
    }
}
