import Model
import Questions

/// The fields that several kinds share or that stand together for one member of the question.
enum QuestionParts {
    private typealias Choices = [(value: String, label: KeyPath<Catalogue, Text>)]

    /// The fields before the kind's own options: steps or series.
    static func leading(_ kind: QuestionKind) -> [QuestionOption] {
        var out: [QuestionOption] = []
        for number in 1 ... max(kind.steps, 1) where kind.steps > 0 {
            out.append(
                .init("step\(number)", \.options.step, \.options.stepHint, .part(.event), number: number, further: number > 5))
        }
        for number in 1 ... max(kind.series, 1) where kind.series > 0 {
            out += series(number)
        }
        return out
    }

    /// How a series can be counted.
    static var measures: [(value: String, label: KeyPath<Catalogue, Text>)] {
        [
            ("total", \.choices.total), ("persons", \.choices.persons), ("sessions", \.choices.sessions),
            ("perPerson", \.choices.perPerson), ("dau", \.choices.dau), ("wau", \.choices.wau), ("mau", \.choices.mau),
            ("sum", \.choices.sum), ("avg", \.choices.avg), ("median", \.choices.median), ("min", \.choices.min),
            ("max", \.choices.max), ("p90", \.choices.p90), ("p95", \.choices.p95), ("p99", \.choices.p99),
        ]
    }

    private static func series(_ number: Int) -> [QuestionOption] {
        let further = number > 1
        return [
            .init("event\(number)", \.options.event, \.options.eventHint, .part(.event), number: number, further: further),
            .init(
                "measure\(number)", \.options.measure, \.options.measureHint, .part(.choice(measures)),
                initial: number == 1 ? "persons" : "total", number: number, further: further),
            .init(
                "property\(number)", \.options.property, \.options.propertyHint, .part(.property), number: number, further: further),
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
        if let unit = unit(kind) { out.append(unit) }
        if kind.takesBreakdown, kind.asksEvents {
            out.append(.init("breakdown", \.options.breakdown, \.options.breakdownHint, .part(.property)))
        }
        if kind.takesBreakdown { out.append(standing(isFurther: kind.asksEvents)) }
        if kind == .funnels { out.append(attribution) }
        if kind.steps > 0 { out += exclusion }
        return out + (kind.asksEvents ? filter : []) + [
            .init("since", \.options.since, \.options.sinceHint, .part(.date), further: true),
            .init("until", \.options.until, \.options.untilHint, .part(.date), further: true),
        ]
    }

    /// What is counted instead of people; nil for kinds that count nothing else.
    private static func unit(_ kind: QuestionKind) -> QuestionOption? {
        let units = Question.Kind.units(of: kind.name).compactMap { word in unitNames[word].map { (value: word, label: $0) } }
        if units.isEmpty { return nil }
        return .init("by", \.options.unit, \.options.unitHint, .part(.choice([("", \.choices.persons)] + units)), further: true)
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

    /// A breakdown by what people are.
    private static func standing(isFurther: Bool) -> QuestionOption {
        let values: Choices = [("", \.choices.nothing), ("role", \.choices.roles), ("stage", \.choices.stages)]
        return .init(
            "standing", \.options.standing, \.options.standingHint, .part(.choice(values)), further: isFurther)
    }

    private static var attribution: QuestionOption {
        let values: Choices = [
            ("firstTouch", \.choices.firstStep), ("lastTouch", \.choices.lastStep), ("allSteps", \.choices.allSteps),
        ]
        return .init(
            "attribution", \.options.attribution, \.options.attributionHint, .part(.choice(values)), initial: "firstTouch",
            further: true)
    }

    private static var exclusion: [QuestionOption] {
        let effects: Choices = [("drop", \.choices.drop), ("stop", \.choices.stop)]
        return [
            .init("exclude", \.options.exclude, \.options.excludeHint, .part(.event), further: true),
            .init("effect", \.options.effect, \.options.effectHint, .part(.choice(effects)), initial: "drop", further: true),
        ]
    }

    /// Operators of the filter that take no value.
    static let bareOperators: Set<String> = ["exists", "missing"]

    private static var filter: [QuestionOption] {
        let operators: Choices = [
            ("=", \.choices.equals), ("!=", \.choices.differs), ("contains", \.choices.contains),
            ("startsWith", \.choices.startsWith), (">", \.choices.greater), (">=", \.choices.atLeast), ("<", \.choices.less),
            ("<=", \.choices.atMost), ("exists", \.choices.exists), ("missing", \.choices.missing),
        ]
        return [
            .init("where", \.options.whereProperty, \.options.whereHint, .part(.property), further: true),
            .init(
                "op", \.options.whereOperator, \.options.whereOperatorHint, .part(.choice(operators)), initial: "=", further: true),
            .init("value", \.options.whereValue, \.options.whereValueHint, .part(.value), further: true),
        ]
    }
}
