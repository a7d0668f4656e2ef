public import Model

extension BenefitBook {
    /// Whether the benefit can be used at an instant; changes nothing.
    ///
    /// - Complexity: O(g·u), of grants and uses.
    public func check(_ context: BenefitContext = BenefitContext(), at instant: Instant) -> BenefitAnswer {
        let instant = max(latest, instant)
        let standing = BenefitStanding(of: self, at: instant.isCountable ? instant : .epoch)
        let reasons = instant.isCountable ? reasons(against: context, .hard, standing) : [BenefitReason.badTime]
        let isLimited = !standing.allowances.isEmpty
        return BenefitAnswer(
            isAllowed: reasons.isEmpty, remaining: remaining(for: context.user, standing), weight: weight(standing),
            resetsAt: isLimited ? standing.span?.until : nil, sources: standing.grants.map(\.source), reasons: reasons,
            explanation: standing.allowances.map {
                .init(
                    source: $0.source, amount: $0.amount, carried: $0.carried, consumed: $0.consumed, reserved: $0.reserved,
                    left: $0.left)
            },
            version: version, changesAt: changesAt(standing))
    }

    /// How much a user can use, by the grants and the caps.
    private func remaining(for user: BenefitParty?, _ standing: BenefitStanding) -> Int64? {
        let caps = caps.filter { $0.holds(user) }.map { left(of: $0, standing) }.min()
        guard let left = standing.left else { return standing.grants.isEmpty ? 0 : caps }
        return min(left, caps ?? left)
    }

    private func weight(_ standing: BenefitStanding) -> Int64? {
        guard benefit.kind.weight != nil else { return nil }
        let weights = standing.grants.compactMap(\.amount)
        return benefit.combination == .sum ? weights.reduce(0) { $0.clampedAdd($1) } : weights.max() ?? 0
    }

    private func changesAt(_ standing: BenefitStanding) -> Instant? {
        var instants = grants.values.flatMap { [$0.from, $0.end] }
        for case .reserved(let until) in uses.values.map(\.state) { instants.append(until) }
        if let span = standing.span, benefit.kind.isCounted { instants.append(span.until) }
        return instants.filter { $0 > standing.instant && $0 != .distantFuture }.min()
    }

    // MARK: - Reasons

    /// All that speaks against a use.
    func reasons(against context: BenefitContext, _ mode: BenefitMode, _ standing: BenefitStanding) -> [Refusal.Reason] {
        var reasons: [Refusal.Reason] = []
        let isAsked = context.amount
        if !BenefitBook.amounts.contains(isAsked) { reasons.append(BenefitReason.badAmount(isAsked)) }
        if !benefit.places.isEmpty, context.place.map(benefit.places.contains) != true {
            reasons.append(BenefitReason.outside(benefit.places))
        }
        guard !standing.grants.isEmpty else { return reasons + absence(at: standing.instant) }
        let resetsAt = standing.span?.until
        if mode == .hard, let left = standing.left, left < isAsked {
            reasons.append(BenefitReason.quotaUsed(left: left, asked: isAsked, resetsAt: resetsAt))
        }
        for cap in caps where cap.holds(context.user) {
            let left = left(of: cap, standing)
            if left < isAsked { reasons.append(BenefitReason.capReached(cap, left: left, asked: isAsked, resetsAt: resetsAt)) }
        }
        return reasons
    }

    /// Why no grant is active.
    private func absence(at instant: Instant) -> [Refusal.Reason] {
        var reasons: [Refusal.Reason] = []
        if let from = grants.values.filter({ $0.from > instant && $0.from < $0.end }).map(\.from).min() {
            reasons.append(BenefitReason.notStarted(from: from))
        }
        let last = grants.values.filter { $0.end <= instant }.max { ($0.end, $0.id) < ($1.end, $1.id) }
        if let last {
            let revoked = last.ending.flatMap { ending in
                ending.until == last.end ? ending.reason.map { BenefitReason.revoked($0, at: ending.at) } : nil
            }
            reasons.append(revoked ?? BenefitReason.ended(at: last.end))
        }
        return reasons.isEmpty ? [BenefitReason.notEntitled] : reasons
    }

    private func left(of cap: BenefitCap, _ standing: BenefitStanding) -> Int64 {
        var used: Int64 = 0
        for use in uses.values where standing.span?.holds(use.at) ?? true {
            guard cap.holds(use.user) else { continue }
            for part in use.standing(at: standing.instant) { used = used.clampedAdd(part.amount) }
        }
        return max(0, cap.max - used)
    }
}
