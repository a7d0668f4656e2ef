public import Model

/// The grants of one benefit to one beneficiary, and what was used of them.
///
/// Nothing depends on when a job runs: periods, ends and lapses follow from the instant that is asked about. Instants never go back: an
/// earlier one than that of the last command counts as that one. A command that is refused leaves no trace.
public struct BenefitBook: Hashable, Sendable {
    public let beneficiary: BenefitParty
    public internal(set) var benefit: Benefit
    public internal(set) var grants: [BenefitID: BenefitGrant] = [:]
    public internal(set) var uses: [BenefitID: BenefitUse] = [:]
    /// What somebody may use at most in a period.
    public internal(set) var caps: [BenefitCap] = []
    /// One more with each change: an answer is good as long as this stays, up to the instant that it names.
    public internal(set) var version: Int64 = 0
    /// That of the last command.
    public internal(set) var latest = Instant.distantPast

    public init(of benefit: Benefit, for beneficiary: BenefitParty) {
        self.benefit = benefit
        self.beneficiary = beneficiary
    }

    /// Carries out a command, or nothing of it.
    mutating func perform<Answer>(
        at now: Instant, _ body: (inout BenefitBook, Instant) throws(Refusal) -> Answer
    ) throws(Refusal) -> Answer {
        guard now.isCountable else { throw Refusal([BenefitReason.badTime]) }
        var book = self
        book.latest = max(latest, now)
        book.version += 1
        let answer = try body(&book, book.latest)
        self = book
        return answer
    }

    // MARK: - Granting

    /// Takes over a new version of the benefit; what was granted keeps its amount.
    public mutating func define(_ benefit: Benefit, now: Instant) throws(Refusal) {
        try perform(at: now) { book, _ throws(Refusal) in
            guard benefit.key == book.benefit.key, benefit.contradiction == nil else {
                throw Refusal([BenefitReason.contradiction])
            }
            book.benefit = benefit
        }
    }

    public mutating func grant(_ wish: BenefitGrant, now: Instant) throws(Refusal) {
        try perform(at: now) { book, now throws(Refusal) in
            let reasons = book.reasons(against: wish)
            guard reasons.isEmpty else { throw Refusal(reasons) }
            var grant = wish
            grant.amount = wish.amount ?? book.benefit.kind.weight ?? book.benefit.quota
            grant.createdAt = now
            grant.ending = nil
            book.grants[grant.id] = grant
        }
    }

    private func reasons(against wish: BenefitGrant) -> [Refusal.Reason] {
        var reasons: [Refusal.Reason] = []
        if wish.benefit != benefit.key || wish.beneficiary != beneficiary {
            reasons.append(BenefitReason.unknown(.benefit, wish.benefit))
        }
        let isCounted = benefit.kind.isCounted || benefit.kind.weight != nil
        if let amount = wish.amount {
            if !BenefitBook.amounts.contains(amount) { reasons.append(BenefitReason.badAmount(amount)) }
            if !isCounted || (benefit.kind == .once && amount != 1) { reasons.append(BenefitReason.notCounted(benefit.kind)) }
        }
        let end = wish.until ?? wish.from.advanced(byMicroseconds: 1)
        if !wish.from.isCountable || !end.isCountable || end <= wish.from { reasons.append(BenefitReason.badTime) }
        let twin = grants[wish.id] ?? grants.values.filter { $0.source == wish.source }.min { $0.id < $1.id }
        if let twin { reasons.append(BenefitReason.alreadyGranted(twin)) }
        return reasons
    }

    /// What one command can give or use.
    static let amounts: ClosedRange<Int64> = 1 ... BenefitReader.countMax

    /// Lets another party pay; nothing else changes.
    public mutating func changePayer(of id: BenefitID, to payer: BenefitParty, now: Instant) throws(Refusal) {
        try perform(at: now) { book, _ throws(Refusal) in
            guard book.grants[id] != nil else { throw Refusal([BenefitReason.unknown(.grant, id.text)]) }
            book.grants[id]?.payer = payer
        }
    }

    // MARK: - Ending

    /// Ends what a source gives, as the benefit says for a downgrade; it ends once.
    ///
    /// - Returns: How much less can be used now; 0 when it was as much as one likes.
    @discardableResult
    public mutating func end(_ source: BenefitSource, now: Instant) throws(Refusal) -> Int64 {
        try perform(at: now) { book, now throws(Refusal) in
            let open = try book.open(at: now, BenefitReason.unknown(.source, source.id)) { $0.source == source }
            let running = open.filter { $0.ending == nil }
            guard !running.isEmpty else { throw Refusal([BenefitReason.ended(at: open.compactMap(\.ending?.at).max() ?? now)]) }
            return book.end(running, at: now) { book, grant in book.downgraded(grant, now) }
        }
    }

    /// Takes back at once all that a source gives.
    ///
    /// - Returns: How much less can be used now; 0 when it was as much as one likes.
    @discardableResult
    public mutating func revoke(_ source: BenefitSource, reason: String, now: Instant) throws(Refusal) -> Int64 {
        try revoke(BenefitReason.unknown(.source, source.id), reason, now) { $0.source == source }
    }

    /// Takes back one grant at once.
    ///
    /// - Returns: How much less can be used now; 0 when it was as much as one likes.
    @discardableResult
    public mutating func revoke(_ id: BenefitID, reason: String, now: Instant) throws(Refusal) -> Int64 {
        try revoke(BenefitReason.unknown(.grant, id.text), reason, now) { $0.id == id }
    }

    /// Takes back at once all that sources of one series give, such as those of a plan that is paid back.
    ///
    /// - Returns: How much less can be used now; 0 when it was as much as one likes.
    @discardableResult
    public mutating func revokeSeries(of source: BenefitSource, reason: String, now: Instant) throws(Refusal) -> Int64 {
        try revoke(BenefitReason.unknown(.source, source.series), reason, now) { $0.source.isInSeries(with: source) }
    }

    private mutating func revoke(
        _ unknown: Refusal.Reason, _ reason: String, _ now: Instant, where isMeant: (BenefitGrant) -> Bool
    ) throws(Refusal) -> Int64 {
        try perform(at: now) { book, now throws(Refusal) in
            let open = try book.open(at: now, unknown, where: isMeant)
            return book.end(open, at: now) { _, _ in .init(at: now, reason: reason, until: now, share: nil) }
        }
    }

    /// The grants that are meant and have not ended.
    private func open(
        at now: Instant, _ unknown: Refusal.Reason, where isMeant: (BenefitGrant) -> Bool
    ) throws(Refusal) -> [BenefitGrant] {
        let meant = grants.values.filter(isMeant)
        guard !meant.isEmpty else { throw Refusal([unknown]) }
        let open = meant.filter { $0.end > now }
        guard !open.isEmpty else { throw Refusal([BenefitReason.ended(at: meant.map(\.end).max() ?? now)]) }
        return open
    }

    /// - Returns: How much less can be used now.
    private mutating func end(
        _ meant: [BenefitGrant], at now: Instant, _ ending: (BenefitBook, BenefitGrant) -> BenefitGrant.Ending
    ) -> Int64 {
        let before = BenefitStanding(of: self, at: now).left ?? 0
        for grant in meant {
            let ending = ending(self, grant)
            grants[grant.id]?.ending = ending
        }
        return before - min(before, BenefitStanding(of: self, at: now).left ?? 0)
    }

    private func downgraded(_ grant: BenefitGrant, _ now: Instant) -> BenefitGrant.Ending {
        guard let span = benefit.period?.span(at: now), benefit.onDowngrade != .cut, grant.isActive(at: now) else {
            return .init(at: now, reason: nil, until: now, share: nil)
        }
        guard benefit.onDowngrade == .prorate, let amount = grant.amount else {
            return .init(at: now, reason: nil, until: span.until, share: nil)
        }
        let held = now.microseconds(since: max(grant.from, span.from))
        let whole = span.until.microseconds(since: span.from)
        let share = whole.dividingFullWidth(amount.multipliedFullWidth(by: held)).quotient
        return .init(at: now, reason: nil, until: span.until, share: share)
    }
}

extension BenefitBook {
    // MARK: - Caps

    /// Caps somebody, instead of what the same party said before.
    public mutating func set(_ cap: BenefitCap, now: Instant) throws(Refusal) {
        try perform(at: now) { book, _ throws(Refusal) in
            guard cap.max >= 0 else { throw Refusal([BenefitReason.badAmount(cap.max)]) }
            book.caps = book.caps.filter { $0.user != cap.user || $0.by != cap.by } + [cap]
        }
    }

    public mutating func removeCap(user: BenefitParty?, by party: BenefitParty, now: Instant) throws(Refusal) {
        try perform(at: now) { book, _ throws(Refusal) in
            book.caps.removeAll { $0.user == user && $0.by == party }
        }
    }
}
