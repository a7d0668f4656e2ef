import Model

extension BenefitBook {
    /// Makes what the sources of one series give exactly what is wanted: a plan says ahead what follows when nobody does anything.
    ///
    /// - Parameter reason: Why what is wanted no more is taken back; nil when its source ended.
    mutating func follow(
        _ wanted: [BenefitGrant], seriesOf source: BenefitSource, reason: String?, now: Instant
    ) throws(Refusal) {
        try perform(at: now) { book, now throws(Refusal) in
            let ids = Set(wanted.map(\.id))
            for grant in book.grants.values where grant.source.isInSeries(with: source) && !ids.contains(grant.id) {
                guard grant.end > now else { continue }
                book.grants[grant.id]?.ending = .init(at: now, reason: reason, until: now, share: nil)
            }
            for wish in wanted {
                guard let known = book.grants[wish.id] else {
                    try book.grant(wish, now: now)
                    continue
                }
                // One that was taken back before it had begun is given again.
                if let ending = known.ending, ending.until <= known.from { book.grants[wish.id]?.ending = nil }
            }
        }
    }
}
