import Model

/// What a book comes to at one instant: which grants are active, what they give in the period, and what is left of it.
struct BenefitStanding {
    /// What the sources of one series give; where sources are not added, what each series would give alone.
    struct Allowance: Hashable {
        let source: BenefitSource
        /// Of the grant that gives most; nil for as much as one likes.
        let amount: Int64?
        /// From earlier periods.
        let carried: Int64
        let consumed: Int64
        let reserved: Int64

        /// nil for as much as one likes.
        var left: Int64? { amount.map { max(0, $0.clampedAdd(carried).clampedAdd(-consumed.clampedAdd(reserved))) } }
    }

    let book: BenefitBook
    let instant: Instant
    /// nil when all time counts.
    let span: BenefitPeriod.Span?
    /// The active ones, in the order in which they are used.
    let grants: [BenefitGrant]
    /// One for each series with an active grant, in that order.
    private(set) var allowances: [Allowance] = []

    init(of book: BenefitBook, at instant: Instant) {
        self.book = book
        self.instant = instant
        span = book.benefit.period?.span(at: instant)
        grants = book.grants.values.filter { $0.isActive(at: instant) }.sorted(by: BenefitGrant.isUsedBefore)
        guard book.benefit.kind.isCounted else { return }
        for grant in grants where !allowances.contains(where: { $0.source.isInSeries(with: grant.source) }) {
            allowances.append(allowance(of: grant.source))
        }
    }

    /// What can still be used by everybody together; nil for as much as one likes, 0 without a grant.
    var left: Int64? {
        guard !grants.isEmpty else { return 0 }
        guard book.benefit.kind.isCounted else { return nil }
        let each = allowances.compactMap(\.left)
        guard each.count == allowances.count else { return nil }
        return book.benefit.combination == .sum ? each.reduce(0) { $0.clampedAdd($1) } : each.max() ?? 0
    }

    // MARK: - Counting

    /// Whether what a grant gave counts against a series.
    private func isCounted(_ grant: BenefitID, against source: BenefitSource) -> Bool {
        book.benefit.combination != .sum || book.grants[grant]?.source.isInSeries(with: source) == true
    }

    private func allowance(of source: BenefitSource) -> Allowance {
        var (consumed, reserved) = (Int64(0), Int64(0))
        for use in book.uses.values where span?.holds(use.at) ?? true {
            for part in use.standing(at: instant) where isCounted(part.grant, against: source) {
                if use.isReserved {
                    reserved = reserved.clampedAdd(part.amount)
                } else {
                    consumed = consumed.clampedAdd(part.amount)
                }
            }
        }
        return Allowance(
            source: source, amount: amount(of: source, at: instant, in: span) ?? nil, carried: carried(of: source),
            consumed: consumed,
            reserved: reserved)
    }

    /// The most that a grant of the series gives at an instant; nil without a grant, and `.some(nil)` for as much as one likes.
    private func amount(of source: BenefitSource, at instant: Instant, in span: BenefitPeriod.Span?) -> Int64?? {
        let active = book.grants.values.filter { $0.source.isInSeries(with: source) && $0.isActive(at: instant) }
        guard !active.isEmpty else { return nil }
        let amounts = active.compactMap { $0.amount(in: span) }
        return .some(amounts.count == active.count ? amounts.max() : nil)
    }

    /// What a grant has given in this period.
    func taken(from grant: BenefitID) -> Int64 {
        var taken: Int64 = 0
        for use in book.uses.values where span?.holds(use.at) ?? true {
            for part in use.standing(at: instant) where part.grant == grant { taken = taken.clampedAdd(part.amount) }
        }
        return taken
    }

    // MARK: - Carrying over

    /// What was not used in earlier periods, up to the most that the benefit lets come over.
    ///
    /// Only periods in which something happened are gone through; between them the same is added each time.
    private func carried(of source: BenefitSource) -> Int64 {
        guard let period = book.benefit.period, let span, book.benefit.carryOverMax > 0 else { return 0 }
        let earlier = eventful(source, period).filter { $0.from < span.from }.sorted { $0.from < $1.from }
        var carried: Int64 = 0
        for (index, each) in earlier.enumerated() {
            carried = carry(carried, of: source, over: each, times: 1, used: used(of: source, in: each))
            let next = index + 1 < earlier.count ? earlier[index + 1].from : span.from
            let quiet = period.count(from: each.from, to: next) - 1
            if quiet > 0 { carried = carry(carried, of: source, over: period.span(at: each.until), times: quiet, used: 0) }
        }
        return carried
    }

    private func carry(
        _ carried: Int64, of source: BenefitSource, over span: BenefitPeriod.Span, times: Int64, used: Int64
    ) -> Int64 {
        let last = span.until.advanced(byMicroseconds: -1)
        // Without a grant at the end there is nobody to carry for, and what has no bounds leaves nothing over.
        guard let amount = amount(of: source, at: last, in: span) ?? nil else { return 0 }
        let given = amount.multipliedReportingOverflow(by: times)
        let left = carried.clampedAdd(given.overflow ? .max : given.partialValue).clampedAdd(-used)
        return min(book.benefit.carryOverMax, max(0, left))
    }

    private func used(of source: BenefitSource, in span: BenefitPeriod.Span) -> Int64 {
        var used: Int64 = 0
        for use in book.uses.values where span.holds(use.at) {
            for part in use.standing(at: instant) where isCounted(part.grant, against: source) {
                used = used.clampedAdd(part.amount)
            }
        }
        return used
    }

    /// The periods in which grants of a series start or end, or something was used.
    private func eventful(_ source: BenefitSource, _ period: BenefitPeriod) -> Set<BenefitPeriod.Span> {
        var instants = book.uses.values.map(\.at)
        for grant in book.grants.values where grant.source.isInSeries(with: source) {
            instants.append(grant.from)
            if grant.end.isCountable { instants += [grant.end.advanced(byMicroseconds: -1), grant.end] }
        }
        return Set(instants.filter { $0 <= instant }.map { period.span(at: $0) })
    }
}

extension Int64 {
    /// The sum, held at the ends of the range.
    func clampedAdd(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? .min : .max) : sum
    }
}
