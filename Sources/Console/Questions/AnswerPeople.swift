import Model
import OrderedCollections

/// Says which people stand behind a bar, a step or a cell of an answer, where an expression says exactly that.
///
/// Where none does (hours, breakdowns, switches that expressions do not have), there is no link.
struct AnswerPeople {
    let question: JSONValue
    /// The day on which the question was asked, or the last before its `asOf`.
    let today: LocalDate
    /// The page to come back to.
    let back: String

    private typealias Days = (from: LocalDate, to: LocalDate)

    init(question: JSONValue, today: LocalDate, back: String) {
        self.question = question
        self.today = AnswerPeople.dayBefore(asOf: question["asOf"]) ?? today
        self.back = back
    }

    /// The last day of what was known; nil unless all of it was.
    private static func dayBefore(asOf moment: JSONValue?) -> LocalDate? {
        moment?.stringValue.flatMap { LocalDate(text: $0) }?.advanced(byDays: -1)
    }

    /// Whether a bucket is still going on, so that its figures will change.
    func isOpen(_ bucket: String) -> Bool {
        if let days = days(bucket) { return clipped(days).to > today }
        return LocalDate(text: String(bucket.prefix(10))).map { $0 >= today } ?? false
    }

    /// Those who did a series' event in a bucket.
    func trend(_ bucket: String, series index: Int) -> String? {
        guard isPlain, question["formula"] == nil, question["cumulative"] == nil, question["compare"] == nil,
            let series = question["series"]?.arrayValue, index < series.count, series[index]["measure"] == "persons",
            let selector = series[index]["selector"], let days = days(bucket)
        else { return nil }
        return url(did(selector, clipped(days)))
    }

    /// Those who reached a step of a funnel.
    func reached(_ step: Int) -> String? { way(step).flatMap(url) }

    /// Those who reached the step before, but not this one.
    func lost(before step: Int) -> String? {
        guard step > 0, let before = way(step - 1), let here = way(step) else { return nil }
        return url(["all": [before, ["not": here]]])
    }

    /// Those of a cohort who came back in its period `period`; nil `period` gives the cohort.
    func retention(_ cohort: String, period: Int?) -> String? {
        guard isPlain, question["anchor"] == "calendar", let start = question["start"], let comeback = question["return"],
            let whole = days(cohort)
        else { return nil }
        let days = clipped(whole)
        var parts = [did(start, days)]
        if question["mode"] == "firstTime" { parts.append(["not": did(start, until: days.from)]) }
        if let period {
            let first = moved(whole.from, period)
            let periods = Int(question["periods"]?.doubleValue ?? 0)
            let last = question["criterion"] == "onOrAfter" ? moved(whole.from, periods) : moved(first, 1)
            parts.append(did(comeback, (first, last)))
        }
        return url(["all": .array(parts)])
    }

    /// Those who are new, returning or resurrecting in a bucket, or dormant.
    func lifecycle(_ bucket: String, _ member: String) -> String? {
        guard isPlain, let selector = question["selector"], let here = days(bucket), here.from == clipped(here).from else {
            return nil
        }
        // The interval before the first is whole; one that the range cuts is only what lies in the range.
        let whole: Days = (moved(here.from, -1), here.from)
        let before = bounds?.from.map { $0 < whole.to } == true ? clipped(whole) : whole
        let now = did(selector, clipped(here))
        let previously = did(selector, before)
        return switch member {
        case "new": url(["all": [now, ["not": did(selector, until: here.from)]]])
        case "returning": url(["all": [now, previously]])
        case "resurrecting": url(["all": [now, ["not": previously], did(selector, until: before.from)]])
        case "dormant": url(["all": [previously, ["not": now]]])
        default: nil
        }
    }

    /// Those who stood in a stage at the end of a bucket, or stand in it now where it is not over.
    func stage(_ bucket: String, _ name: String) -> String? {
        guard isPlain, question["who"] == nil, days(bucket) != nil else { return nil }
        guard question["stages"] != nil else { return standing(["stage": .string(name)], at: bucket) }
        return QuestionKind(of: question) == .roles ? RoleCell(rawValue: name).flatMap { cell($0, at: bucket) } : nil
    }

    /// Those who stood in a cell of users and customers at the end of a bucket.
    func cell(_ cell: RoleCell, at bucket: String) -> String? {
        // Whoever came later was neither then, but is not counted.
        cell == .neither && end(of: bucket) != nil ? nil : standing(RoleCells.rule(cell), at: bucket)
    }

    /// Those for whom an expression was true at the end of a bucket, or is now where it is not over.
    func standing(_ who: JSONValue, at bucket: String) -> String {
        link(to: end(of: bucket).map { ["who": who, "range": ["to": .string($0.text)]] } ?? ["who": who])
    }

    /// The day with whose start a bucket is over; nil while it is going on.
    func end(of bucket: String) -> LocalDate? {
        let end = days(bucket).map { clipped($0).to } ?? bounds?.to
        return end.flatMap { $0 <= today ? $0 : nil }
    }

    /// The first day that is asked about.
    func start(of bucket: String) -> LocalDate? {
        days(bucket).map { clipped($0).from } ?? LocalDate(text: String(bucket.prefix(10)))
    }

    // MARK: - Expressions

    /// The people of a question, for the purpose for which these are counted and as they were known then.
    private func link(to audience: JSONValue) -> String {
        var audience = audience
        for member in ["purpose", "asOf"] {
            if let value = question[member] { audience = audience.setting([member], to: value) }
        }
        return SiteURL.audience(audience, back: back)
    }

    private var isPlain: Bool {
        let isOfWholeDays = question["asOf"] == nil || AnswerPeople.dayBefore(asOf: question["asOf"]) != nil
        return question["breakdown"] == nil && question["by"] == nil && isOfWholeDays
    }

    private func did(_ selector: JSONValue, _ days: Days) -> JSONValue {
        ["did": selector, "within": ["from": .string(days.from.text), "to": .string(days.to.text)]]
    }

    private func did(_ selector: JSONValue, until end: LocalDate) -> JSONValue {
        ["did": selector, "within": ["to": .string(end.text)]]
    }

    /// The people at a step; only for funnels whose range goes up to now, since later steps may lie after its end.
    private func way(_ step: Int) -> JSONValue? {
        let switches = ["exclude", "holdConstant", "optional"]
        guard isPlain, question["kind"] == "funnel", question["reentry"] == "latest", question["sameTime"] == "permute",
            switches.allSatisfy({ question[$0] == nil }), question["range"]?["to"] == nil,
            let steps = question["steps"]?.arrayValue, step < steps.count, let window = question["window"],
            let order = question["order"],
            order != "unordered"
        else { return nil }
        let within: JSONValue? = bounds?.from.map { ["from": .string($0.text)] }
        var sequence: JSONValue =
            step == 0
            ? ["did": steps[0]] : ["sequence": .array(Array(steps[...step])), "window": window, "order": order]
        if let within, case .object(var members) = sequence {
            members["within"] = within
            sequence = .object(members)
        }
        return sequence
    }

    private func url(_ expression: JSONValue) -> String {
        let who: JSONValue = question["who"].map { ["all": [$0, expression]] } ?? expression
        var audience: JSONValue = ["who": who]
        if let range = question["range"] { audience = ["who": who, "range": range] }
        return link(to: audience)
    }

    // MARK: - Days

    /// The whole bucket that begins on that day; nil for hours.
    private func days(_ bucket: String) -> Days? {
        guard question["interval"] != "hour", let from = LocalDate(text: String(bucket.prefix(10))) else { return nil }
        return (from, moved(from, 1))
    }

    private func moved(_ date: LocalDate, _ count: Int) -> LocalDate {
        switch question["interval"]?.stringValue {
        case "week": date.advanced(byDays: 7 * count)
        case "month": date.advanced(byMonths: count)
        case "quarter": date.advanced(byMonths: 3 * count)
        case "year": date.advanced(byMonths: 12 * count)
        default: date.advanced(byDays: count)
        }
    }

    private func clipped(_ days: Days) -> Days {
        guard let bounds else { return days }
        return (max(days.from, bounds.from ?? days.from), min(days.to, bounds.to ?? days.to))
    }

    /// The range's days; nil when it is everything.
    private var bounds: (from: LocalDate?, to: LocalDate?)? {
        guard let range = question["range"] else { return nil }
        guard let last = range["last"]?.stringValue else {
            return (
                range["from"]?.stringValue.flatMap { LocalDate(text: $0) }, range["to"]?.stringValue.flatMap { LocalDate(text: $0) }
            )
        }
        let count = (Int(last.prefix { $0.isNumber }) ?? 1) - 1
        return switch last.drop(while: { $0.isNumber }) {
        case "d": (today.advanced(byDays: -count), nil)
        case "w": (today.monday.advanced(byDays: -7 * count), nil)
        default: (monthStart.advanced(byMonths: -count), nil)
        }
    }

    private var monthStart: LocalDate { LocalDate(text: today.text.prefix(8) + "01") ?? today }
}
