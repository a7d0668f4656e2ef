import Loyalty
import Model
import Workspaces

/// Puts a version of the rules, and what it gives, into words.
struct EarningWords {
    let words: Words
    let formats: Formats
    let calendar: ZoneCalendar
    let program: EarningProgram
    /// Of the currency that is earned.
    let scale: Int

    private var amounts: EarningAmountWords {
        EarningAmountWords(words: words, formats: formats, money: program.currency, scale: scale)
    }

    func points(_ amount: Int64) -> String { amounts.points(amount) }

    private func list(_ names: Set<String>) -> String { names.sorted().joined(separator: words.language == .chinese ? "、" : ", ") }

    // MARK: - Rules

    /// All that a rule says, the points first.
    func rule(_ rule: EarningRule) -> EarningPage.Rule {
        var lines = [amounts.sentence(rule.trigger, rule.base)]
        lines += counted(rule.base) + conditions(rule.condition)
        for bonus in rule.bonuses {
            lines.append(words(\.earning.bonus, ["name": bonus.name, "amount": amounts.amount(bonus.amount)]))
            lines += (counted(bonus.amount) + conditions(bonus.condition)).map { "· " + $0 }
        }
        lines += rule.factors.flatMap(factor)
        if !rule.takesProgramFactors { lines.append(words(\.earning.noFactors)) }
        if rule.claim == .exclusive { lines.append(words(\.earning.exclusive)) }
        return EarningPage.Rule(name: rule.name, lines: lines + caps(rule.caps) + terms(rule.terms))
    }

    /// What holds for all rules.
    var shared: [String] {
        var lines = [words(program.pricesIncludeTax ? \.earning.taxIncluded : \.earning.taxExcluded)]
        lines += program.factors.flatMap(factor)
        let count = program.factors.count + (program.rules.map(\.factors.count).max() ?? 0)
        if count > 1 { lines.append(words(program.factorMode == .max ? \.earning.factorsMax : \.earning.factorsProduct)) }
        return lines + caps(program.caps)
    }

    /// Which part of an order an amount is counted by, where it is not all of it.
    private func counted(_ amount: EarningAmount) -> [String] {
        var lines: [String] = []
        if case .money(_, let part) = amount.measure {
            if part.tax == .excluded { lines.append(words(\.earning.beforeTax)) }
            if part.discounts == .before { lines.append(words(\.earning.beforeDiscounts)) }
            if part.pointsPaid == .counted { lines.append(words(\.earning.paidInPoints)) }
        }
        return lines
            + named([
                (amount.lines.products, \.earning.onlyProducts), (amount.lines.barredProducts, \.earning.barredProducts),
                (amount.lines.categories, \.earning.onlyCategories), (amount.lines.barredCategories, \.earning.barredCategories),
            ])
    }

    private func named(_ parts: [(names: Set<String>, text: KeyPath<Catalogue, Text>)]) -> [String] {
        parts.filter { !$0.names.isEmpty }.map { words($0.text, ["names": list($0.names)]) }
    }

    private func conditions(_ condition: EarningGuard) -> [String] {
        var lines = named([
            (condition.tiers, \.earning.onlyTiers), (condition.tags, \.earning.onlyTags),
            (condition.barredTags, \.earning.barredTags), (condition.channels, \.earning.onlyChannels),
        ])
        if let from = condition.from { lines.append(words(\.earning.fromWhen, ["when": when(from)])) }
        if let to = condition.to { lines.append(words(\.earning.untilWhen, ["when": when(to)])) }
        if !condition.weekdays.isEmpty {
            let days = condition.weekdays.sorted().map(weekday).joined(separator: words.language == .chinese ? "、" : ", ")
            lines.append(words(\.earning.onlyDays, ["names": days]))
        }
        let text = ConditionText(subject: "property")
        return lines
            + condition.conditions.map { one in
                words(\.earning.onlyIf, ["condition": text.text(one.json) ?? one.json.text])
            }
    }

    private func when(_ moment: Moment) -> String {
        switch moment {
        case .date(let date): formats.date(date)
        case .instant(let instant): formats.dateTime(instant, calendar)
        }
    }

    /// 1 for Monday.
    private func weekday(_ day: Int64) -> String {
        formats.weekday(calendar.date(at: .epoch).monday.advanced(byDays: Int(day) - 1))
    }

    private func factor(_ factor: EarningFactor) -> [String] {
        let by = EarningForm.typed(thousandths: factor.thousandths)
        return [words(\.earning.factor, ["name": factor.name, "factor": by])] + conditions(factor.condition).map { "· " + $0 }
    }

    private func caps(_ caps: EarningCaps) -> [String] {
        var lines: [String] = []
        if let event = caps.event { lines.append(words(\.earning.capEvent, ["points": points(event)])) }
        for cap in caps.member { lines.append(words(text(cap.period), ["points": points(cap.max)])) }
        if let budget = caps.budget { lines.append(words(\.earning.capBudget, ["points": points(budget)])) }
        return lines
    }

    private func text(_ period: EarningCaps.Member.Period) -> KeyPath<Catalogue, Text> {
        switch period {
        case .day: \.earning.capDay
        case .week: \.earning.capWeek
        case .month: \.earning.capMonth
        case .quarter: \.earning.capQuarter
        case .year: \.earning.capYear
        case .ever: \.earning.capEver
        }
    }

    private func terms(_ terms: EarningTerms) -> [String] {
        var lines: [String] = []
        switch terms.pending {
        case .none: break
        case .days(let days): lines.append(words(\.earning.afterDays, count: Int(days)))
        case .awaited(let days): lines.append(words(\.earning.awaited, count: Int(days)))
        }
        switch terms.expiry {
        case nil: break
        case .never: lines.append(words(\.earning.never))
        case .lastDay(let date): lines.append(words(\.earning.lastDay, ["day": formats.date(date)]))
        case .rolling(let months, let isRounded):
            lines.append(words(isRounded ? \.earning.afterMonthsEnd : \.earning.afterMonths, count: Int(months)))
        }
        if let partner = terms.fundedBy { lines.append(words(\.earning.paidBy, ["partner": partner])) }
        return lines + named([(terms.colours, \.earning.onlyPlaces)])
    }

    // MARK: - Figures

    /// A budget and how far it has burned down.
    func budget(_ budget: EarningBudget) -> LimitBar {
        let (used, max) = (budget.limit.used, budget.limit.max)
        let parts = max > 0 ? Int64(min(1_000, Int128(used) * 1_000 / Int128(max))) : 1_000
        return LimitBar(
            label: name(of: budget.rule), text: words(\.earning.budgetUsed, ["used": points(used), "max": points(max)]),
            parts: String(parts))
    }

    /// A rule by its id; nil for all of them together.
    func name(of rule: String?) -> String {
        guard let rule else { return words(\.earning.budgetAll) }
        return program.rules.first { $0.id == rule }?.name ?? rule
    }

    /// What an order would earn, by rule, and why other rules give nothing.
    func outcome(_ plan: EarningPlan) -> EarningPage.Trial {
        let awards = plan.awards.map { award in
            Said(
                text: award.trims.isEmpty
                    ? words(\.earning.ruleGives, ["rule": name(of: award.rule), "points": points(award.points)])
                    : words(
                        \.earning.ruleTrimmed,
                        ["rule": name(of: award.rule), "points": points(award.points), "uncapped": points(award.uncapped)]))
        }
        let declined = plan.declined.flatMap { one in one.reasons.map { (one.name, words($0.wording)) } }.map { rule, reason in
            Said(text: words(\.earning.ruleNothing, ["rule": name(of: rule), "reason": reason.text]), lang: reason.lang)
        }
        let sentence =
            plan.points > 0
            ? words(\.earning.tryEarns, ["points": points(plan.points)], count: amounts.isOne(plan.points) ? 1 : 2)
            : words(\.earning.tryNothing)
        return EarningPage.Trial(sentence: sentence, isGood: plan.points > 0, lines: awards + declined)
    }

    /// What the version would have given, beside what the one that counts now gives.
    func rehearsal(_ made: EarningRehearsal, against live: EarningRehearsal?) -> EarningPage.Rehearsal {
        let simulation = made.simulation
        guard made.eventCount > 0 else {
            return EarningPage.Rehearsal(sentences: [words(\.earning.rehearsedNothing)], rows: [], hasRows: false)
        }
        var sentences = [
            words(
                \.earning.rehearsed,
                [
                    "events": formats.number(made.eventCount), "members": formats.number(simulation.memberCount),
                    "points": points(made.points),
                ])
        ]
        if let half = simulation.points(atPercentile: 50), let ninety = simulation.points(atPercentile: 90),
            let all = simulation.points(atPercentile: 100)
        {
            sentences.append(words(\.earning.spread, ["half": points(half), "ninety": points(ninety), "all": points(all)]))
        }
        if let live { sentences.append(words(\.earning.against, ["points": points(live.points)])) }
        sentences += simulation.budgets.map(budget)
        if made.refusedCount > 0 { sentences.append(words(\.earning.rehearsedRefused, count: made.refusedCount)) }
        let rows = simulation.rules.map { total in
            EarningPage.Row(
                rule: name(of: total.rule),
                cells: [
                    formats.number(total.events), points(total.points), points(total.trimmed.values.reduce(0, +)),
                    formats.number(total.declined.values.max() ?? 0),
                ])
        }
        return EarningPage.Rehearsal(sentences: sentences, rows: rows, hasRows: !rows.isEmpty)
    }

    private func budget(_ budget: EarningSimulation.Budget) -> String {
        let name = name(of: program.budgets.first { $0.limit.key.name == budget.name }?.rule)
        guard let end = budget.exhaustedAt else {
            return words(
                \.earning.budgetLeft, ["budget": name, "used": points(budget.used), "max": points(budget.max)])
        }
        return words(\.earning.exhausted, ["budget": name, "when": formats.dateTime(end, calendar)])
    }
}

extension EarningRehearsal {
    /// Of all rules together.
    fileprivate var points: Int64 { simulation.rules.reduce(0) { $0.addingReportingOverflow($1.points).partialValue } }
}
