import Model

@testable import Loyalty

/// What a book comes to, counted in the slowest way: period by period from the first on, and series by series.
struct BenefitReference {
    let book: BenefitBook
    let now: Instant

    /// nil for as much as one likes.
    var remaining: Int64? {
        let active = book.grants.values.filter { $0.isActive(at: now) }
        let series = Set(active.map { [$0.source.kind.rawValue, $0.source.series] })
        var total: Int64 = 0
        for each in series {
            guard let left = left(of: each) else { return nil }
            total = book.benefit.combination == .sum ? total + left : max(total, left)
        }
        return total
    }

    private func grants(of series: [String]) -> [BenefitGrant] {
        book.grants.values.filter { [$0.source.kind.rawValue, $0.source.series] == series }
    }

    /// The most that a series gives at an instant: nil inside for as much as one likes, outside for nothing.
    func given(_ series: [String], at instant: Instant) -> Int64?? {
        let active = grants(of: series).filter { $0.isActive(at: instant) }
        guard !active.isEmpty else { return nil }
        var most: Int64 = 0
        for grant in active {
            guard var amount = grant.amount else { return .some(nil) }
            if let ending = grant.ending, let share = ending.share, let span = book.benefit.period?.span(at: instant),
                span.from <= ending.at, ending.at < span.until
            {
                amount = min(amount, share)
            }
            most = max(most, amount)
        }
        return .some(most)
    }

    func used(_ series: [String]?, from start: Instant, until end: Instant) -> Int64 {
        let mine = series.map { Set(grants(of: $0).map(\.id)) }
        return book.uses.values.filter { start <= $0.at && $0.at < end }.flatMap { use -> [Int64] in
            var left: Int64
            switch use.state {
            case .cancelled: left = 0
            case .reserved(let until): left = now < until ? use.amount : 0
            case .consumed: left = use.amount - use.refunded
            }
            return use.parts.map { part in
                let count = min(left, part.amount)
                left -= count
                return mine?.contains(part.grant) ?? true ? count : 0
            }
        }.reduce(0, +)
    }

    private func left(of series: [String]) -> Int64? {
        let counting = book.benefit.combination == .sum ? series : nil
        guard let amount = given(series, at: now) ?? nil else { return nil }
        guard let period = book.benefit.period else {
            return max(0, amount - used(counting, from: .distantPast, until: .distantFuture))
        }
        var span = period.span(at: grants(of: series).map(\.from).min() ?? now)
        var carried: Int64 = 0
        while span.until <= now {
            if let amount = given(series, at: span.until.advanced(byMicroseconds: -1)) ?? nil {
                let left = amount + carried - used(counting, from: span.from, until: span.until)
                carried = min(book.benefit.carryOverMax, max(0, left))
            } else {
                carried = 0
            }
            span = period.span(at: span.until)
        }
        return max(0, amount + carried - used(counting, from: span.from, until: span.until))
    }
}
