import Model
import OrderedCollections

extension EarningProgram {
    /// What an event earns a member by this version: for a preview as well as for the award.
    ///
    /// - Parameters:
    ///   - member: As the member was when the event happened.
    ///   - limits: What is taken already of the limits that ``limits(for:of:in:)`` names.
    /// - Throws: `OVERFLOW` for amounts beyond what can be counted.
    public func plan(
        for event: EarningEvent, of member: EarningMember, limits: EarningLimits = EarningLimits(), in frame: EarningFrame
    ) throws(Refusal) -> EarningPlan {
        let context = EarningContext(self, event, member, frame)
        var declined: [EarningPlan.Declined] = []
        var drafts: [EarningDraft] = []
        for rule in candidates(for: event) {
            let reasons = reasons(rule, context)
            guard reasons.isEmpty else {
                declined.append(.init(name: rule.id, reasons: reasons))
                continue
            }
            let draft = try EarningDraft(rule, context)
            if draft.isEmpty {
                declined.append(.init(name: rule.id, reasons: [.init("NO_LINES")]))
            } else {
                drafts.append(draft)
            }
        }
        declined += try EarningProgram.claim(context.lines.count, &drafts)
        var (awards, left) = ([EarningPlan.Award](), AwardedSoFar(limits: limits))
        for draft in drafts {
            let award = try award(draft, context, &left)
            if award.uncapped > 0 {
                awards.append(award)
            } else {
                declined.append(.init(name: draft.rule.id, reasons: [.init("BELOW_ONE_POINT")]))
            }
        }
        return EarningPlan(
            program: id, version: version, member: member.id, source: event.source, at: event.at, awards: awards,
            declined: declined)
    }

    /// Every limit that an award for this event may draw on, with nothing taken.
    public func limits(for event: EarningEvent, of member: EarningMember, in frame: EarningFrame) -> [Limit] {
        var known: Set<Limit.Key> = []
        return candidates(for: event).flatMap { limits($0, event, member, frame.calendar) }.filter { known.insert($0.key).inserted }
    }

    // MARK: - Rules

    private func candidates(for event: EarningEvent) -> [EarningRule] {
        rules.filter { $0.trigger == event.trigger }.sorted(by: EarningRule.isBefore)
    }

    private func reasons(_ rule: EarningRule, _ context: EarningContext) -> [Refusal.Reason] {
        var reasons = context.reasons(rule.condition)
        let amounts = [rule.base] + rule.bonuses.map(\.amount)
        let usesMoney = amounts.contains { if case .money = $0.measure { true } else { false } }
        if usesMoney, context.event.lines != nil, context.event.currency != currency {
            let have = context.event.currency.map { JSONValue.string($0.code) } ?? .null
            reasons.append(.init("CURRENCY_MISMATCH", ["need": .string(currency.code), "have": have]))
        }
        return reasons + rule.terms.reasons(earnedAt: context.event.at, context.frame)
    }

    /// Leaves each line to one of the rules that claim exclusively: the one of the greatest priority, then the one that gives most.
    ///
    /// - Returns: Rules that are left with nothing.
    private static func claim(_ lineCount: Int, _ drafts: inout [EarningDraft]) throws(Refusal) -> [EarningPlan.Declined] {
        let exclusive = drafts.indices.filter { drafts[$0].rule.claim == .exclusive }
        var claimants: [Int: String] = [:]
        for line in 0 ..< lineCount {
            let wanting = exclusive.filter { drafts[$0].earns(onLine: line) }
            guard var best = wanting.first else { continue }
            for other in wanting.dropFirst() where drafts[other].rule.priority == drafts[best].rule.priority {
                if try drafts[other].isBetter(than: drafts[best], onLine: line) { best = other }
            }
            for other in exclusive where other != best {
                drafts[other].giveUp(line: line)
                if drafts[other].isEmpty, claimants[other] == nil { claimants[other] = drafts[best].rule.id }
            }
        }
        let lost = exclusive.filter { drafts[$0].isEmpty }
        let declined = lost.map { place in
            EarningPlan.Declined(
                name: drafts[place].rule.id,
                reasons: [.init("LINES_CLAIMED", ["by": .string(claimants[place] ?? "")])])
        }
        for place in lost.reversed() { drafts.remove(at: place) }
        return declined
    }

    // MARK: - Caps

    /// What earlier awards of the same event have taken.
    private struct AwardedSoFar {
        var limits: EarningLimits
        var points: Int64 = 0
        var uncapped: Int64 = 0
    }

    private func award(
        _ draft: EarningDraft, _ context: EarningContext, _ sofar: inout AwardedSoFar
    ) throws(Refusal) -> EarningPlan.Award {
        let uncapped = try draft.points()
        let limits = limits(draft.rule, context.event, context.member, context.frame.calendar)
        var (points, trims) = (uncapped, [EarningPlan.Trim]())
        func trim(_ cap: String, _ left: Int64) {
            guard points > left else { return }
            trims.append(.init(cap: cap, points: points - left))
            points = left
        }
        if let cap = draft.rule.caps.event { trim("\(limitName(draft.rule))/event", cap) }
        if let cap = caps.event { trim("\(limitName())/event", max(0, cap - sofar.points)) }
        for limit in limits { trim(limit.key.name, sofar.limits.current(limit).left) }
        let weights = try draft.weights()
        let parts = try EarningArithmetic.spread(points, by: weights)
        let lines = context.lines.indices.filter { weights[$0] > 0 }.map { index in
            EarningPlan.Line(product: context.lines[index].product, units: context.lines[index].units, points: parts[index])
        }
        let terms = draft.rule.terms
        let award = EarningPlan.Award(
            rule: draft.rule.id, ruleVersion: draft.rule.version, uncapped: uncapped, trims: trims, points: points, lines: lines,
            applied: draft.applied, declined: draft.declined, activation: terms.activation(earnedAt: context.event.at),
            expiresAt: terms.expiresAt(earnedAt: context.event.at, context.frame), fundedBy: terms.fundedBy,
            colours: terms.colours, value: context.frame.points.value,
            vintage: context.frame.calendar.vintage(of: context.event.at), limits: limits)
        sofar.points = try EarningArithmetic.sum(sofar.points, points)
        sofar.uncapped = try EarningArithmetic.sum(sofar.uncapped, uncapped)
        try sofar.limits.take([award])
        return award
    }

    /// In the order in which they trim: those on the member, then the budgets, each the rule's own first, and the block of who pays.
    ///
    /// Nobody asks a block that is not among the limits that are given.
    private func limits(
        _ rule: EarningRule, _ event: EarningEvent, _ member: EarningMember, _ calendar: ZoneCalendar
    ) -> [Limit] {
        let (own, shared) = (limitName(rule), limitName())
        let partner = rule.terms.fundedBy == PartnerBlock.house ? nil : rule.terms.fundedBy
        let block = partner.map { Limit(key: .block(of: $0), max: .max) }
        return rule.caps.memberLimits(own, of: member.id, at: event.at, calendar)
            + caps.memberLimits(shared, of: member.id, at: event.at, calendar)
            + [rule.caps.budgetLimit(own), caps.budgetLimit(shared), block].compactMap { $0 }
    }
}
