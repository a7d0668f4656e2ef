import Model
import Questions

/// The fields that several kinds share or that stand together for one member of the question.
enum QuestionParts {
    private typealias Choices = [(value: String, label: KeyPath<Catalogue, Text>)]

    /// The fields before the kind's own options: as many steps or series as the question can have.
    static func leading(_ kind: QuestionKind) -> [QuestionOption] {
        let steps = (0 ..< kind.steps).map { index in
            QuestionOption("step\(index + 1)", \.options.step, \.options.stepHint, .part(.event), number: index + 1)
        }
        return steps + (0 ..< kind.series).flatMap { series($0 + 1) }
    }

    /// How a series can be counted.
    static var measures: [(value: String, label: KeyPath<Catalogue, Text>)] {
        [
            ("total", \.choices.total), ("persons", \.choices.persons), ("sessions", \.choices.sessions),
            ("perPerson", \.choices.perPerson), ("sessionsPerPerson", \.choices.sessionsPerPerson),
            ("sumPerPerson", \.choices.sumPerPerson), ("dau", \.choices.dau), ("wau", \.choices.wau), ("mau", \.choices.mau),
            ("sum", \.choices.sum), ("avg", \.choices.avg), ("median", \.choices.median), ("min", \.choices.min),
            ("max", \.choices.max), ("p90", \.choices.p90), ("p95", \.choices.p95), ("p99", \.choices.p99),
        ]
    }

    private static func series(_ number: Int) -> [QuestionOption] {
        let group: QuestionOption.Group = number > 1 ? .details : .front
        return [
            .init("event\(number)", \.options.event, \.options.eventHint, .part(.event), number: number, in: group),
            .init(
                "measure\(number)", \.options.measure, \.options.measureHint, .part(.choice(measures)),
                initial: number == 1 ? "persons" : "total", number: number, in: group),
            .init(
                "property\(number)", \.options.property, \.options.propertyHint, .part(.property), number: number, in: group),
        ]
    }

    /// The fields after them: range, people, breakdown, filter.
    static func closing(_ kind: QuestionKind) -> [QuestionOption] {
        let ranges: Choices = [
            ("7d", \.choices.last7), ("30d", \.choices.last30), ("90d", \.choices.last90), ("12w", \.choices.last12w),
            ("12mo", \.choices.last12mo), ("", \.choices.ever),
        ]
        let who: Choices = [("", \.choices.everyone), ("user", \.choices.users), ("customer", \.choices.customers)]
        var out: [QuestionOption] = [
            .init("last", \.options.range, \.options.rangeHint, .part(.choice(ranges)), initial: kind.initialRange)
        ]
        if kind != .roles { out.append(.init("who", \.options.who, \.options.whoHint, .part(.choice(who)))) }
        if kind.takesBreakdown { out += breakdown(kind) }
        if kind == .funnels { out += attribution }
        if kind.steps > 0 { out += exclusion }
        if kind.asksEvents { out += filter + kind.eventFields.compactMap { ownFilter(of: $0, kind) } }
        return out + people(kind) + time(kind)
    }

    private static func people(_ kind: QuestionKind) -> [QuestionOption] {
        var out: [QuestionOption] = []
        if let unit = unit(kind) { out.append(unit) }
        if kind == .roles { return out }
        return out + [
            .init("traits", \.options.traits, \.options.traitsHint, .part(.text), in: .people),
            .init("purpose", \.options.purpose, \.options.purposeHint, .part(.purpose), in: .people),
        ]
    }

    private static func time(_ kind: QuestionKind) -> [QuestionOption] {
        let days: [QuestionOption] = [
            .init("since", \.options.since, \.options.sinceHint, .part(.date), in: .time),
            .init("until", \.options.until, \.options.untilHint, .part(.date), in: .time),
        ]
        return kind == .roles ? days : days + [.init("asOf", \.options.asOf, \.options.asOfHint, .part(.date), in: .time)]
    }

    /// What is counted instead of people; nil for kinds that count nothing else.
    private static func unit(_ kind: QuestionKind) -> QuestionOption? {
        let units = Question.Kind.units(of: kind.name).compactMap { word in unitNames[word].map { (value: word, label: $0) } }
        if units.isEmpty { return nil }
        return .init("by", \.options.unit, \.options.unitHint, .part(.choice([("", \.choices.persons)] + units)), in: .people)
    }

    /// The words for what `"by"` counts.
    static var unitNames: [String: KeyPath<Catalogue, Text>] {
        [
            "payer": \.choices.payers, "beneficiary": \.choices.beneficiaries, "account": \.choices.accounts,
            "session": \.choices.sessions,
        ]
    }

    /// What an answer's question counts instead of people, in words; nil when it counts people.
    static func unit(of answer: JSONValue) -> KeyPath<Catalogue, Text>? {
        answer["question"]?["by"]?.stringValue.flatMap { unitNames[$0] }
    }

    /// Up to three dimensions of four kinds, and how many values are kept.
    private static func breakdown(_ kind: QuestionKind) -> [QuestionOption] {
        let standings: Choices = [("", \.choices.nothing), ("role", \.choices.roles), ("stage", \.choices.stages)]
        var out: [QuestionOption] = []
        if kind.asksEvents {
            out = [
                .init("breakdown", \.options.breakdown, \.options.breakdownHint, .part(.property)),
                .init("breakdown2", \.options.second, \.options.secondHint, .part(.property), in: .breakdown),
            ]
        }
        return out + [
            .init("trait", \.options.trait, \.options.traitHint, .part(.trait), in: .breakdown),
            .init(
                "standing", \.options.standing, \.options.standingHint, .part(.choice(standings)),
                in: kind.asksEvents ? .breakdown : .front),
            .init("values", \.options.kept, \.options.keptHint, .part(.integer), in: .breakdown),
        ]
    }

    private static var attribution: [QuestionOption] {
        let values: Choices = [
            ("firstTouch", \.choices.firstStep), ("lastTouch", \.choices.lastStep), ("allSteps", \.choices.allSteps),
            ("step", \.choices.thatStep),
        ]
        return [
            .init(
                "attribution", \.options.attribution, \.options.attributionHint, .part(.choice(values)), initial: "firstTouch",
                in: .breakdown),
            .init("attributionStep", \.options.thatStep, \.options.thatStepHint, .part(.integer), in: .breakdown),
        ]
    }

    private static var exclusion: [QuestionOption] {
        let effects: Choices = [("drop", \.choices.drop), ("stop", \.choices.stop)]
        return [
            .init("exclude", \.options.exclude, \.options.excludeHint, .part(.event), in: .details),
            .init("after", \.options.after, \.options.afterHint, .part(.integer), in: .details),
            .init("before", \.options.before, \.options.beforeHint, .part(.integer), in: .details),
            .init("effect", \.options.effect, \.options.effectHint, .part(.choice(effects)), initial: "drop", in: .details),
        ]
    }

    private static var filter: [QuestionOption] {
        let operators: Choices = [
            ("=", \.choices.equals), ("!=", \.choices.differs), (">", \.choices.greater), (">=", \.choices.atLeast),
            ("<", \.choices.less), ("<=", \.choices.atMost), ("between", \.choices.between), ("in", \.choices.among),
            ("notIn", \.choices.notAmong), ("contains", \.choices.contains), ("notContains", \.choices.lacks),
            ("startsWith", \.choices.startsWith), ("endsWith", \.choices.endsWith), ("matches", \.choices.matches),
            ("exists", \.choices.exists), ("missing", \.choices.missing), ("before", \.choices.before),
            ("after", \.choices.after), ("withinLast", \.choices.withinLast),
        ]
        return [
            .init("where", \.options.whereProperty, \.options.whereHint, .part(.property), in: .filter),
            .init("op", \.options.whereOperator, \.options.whereOperatorHint, .part(.choice(operators)), initial: "=", in: .filter),
            .init("value", \.options.whereValue, \.options.whereValueHint, .part(.value), in: .filter),
            .init("anyCase", \.options.anyCase, \.options.anyCaseHint, .part(.flag), in: .filter),
        ]
    }

    /// The filter of one event among several.
    private static func ownFilter(of field: String, _ kind: QuestionKind) -> QuestionOption? {
        guard let event = (leading(kind) + kind.options).first(where: { $0.name == field }) else { return nil }
        var out = QuestionOption(
            field + ".where", \.options.ownFilter, \.options.ownFilterHint, .part(.text), number: event.number, in: .filter)
        out.narrowed = event.label
        return out
    }
}
