public import Model
import OrderedCollections

/// Numbers per calendar bucket, one or several series of them.
public struct TrendQuestion: QuestionBody, Hashable, Sendable {
    /// What is counted or measured in a bucket.
    public indirect enum Measure: Hashable, Sendable {
        case total, persons, sessions
        /// Distinct persons over a day and the days before it: 1, 7 or 30 of them.
        case active(days: Int)
        case property(Statistic, String)
        case perPerson(Measure)
    }

    public enum Statistic: String, Sendable, CaseIterable {
        case sum, avg, min, max, median, p90, p95, p99

        /// The nearest-rank percentile, where it is one.
        var percentile: Int? {
            switch self {
            case .p90: 90
            case .p95: 95
            case .p99: 99
            default: nil
            }
        }
    }

    public struct Series: Hashable, Sendable {
        public var selector: Selector
        public var measure: Measure
    }

    public enum Comparison: String, Sendable, CaseIterable {
        case previous, year
    }

    public var series: [Series]
    /// The formula and how it was written.
    public var formula: Formula?
    public var formulaText: String?
    public var interval: CalendarInterval
    public var compare: Comparison?
    public var isCumulative: Bool

    static let name = "trend"
    static let takesBreakdown = true
    static let units: [Question.Unit] = [.account, .payer, .beneficiary, .session]
    static let keys = ["series", "formula", "interval", "compare", "cumulative"]

    init(_ reader: QuestionReader) throws(Problem) {
        let place = try reader.required("series", "A list of 1 to 26 series")
        let elements = try place.list("A list of 1 to 26 series")
        guard (1 ... 26).contains(elements.count) else { throw place.refused("A trend has 1 to 26 series, not \(elements.count).") }
        var series: [Series] = []
        for element in elements {
            _ = try element.object("A series such as \(#"{"selector": {"event": "Order Completed"}, "measure": "persons"}"#)")
            try element.allow(["selector", "measure"], of: "a series")
            let selector = try Selector(element.required("selector", "A selector"))
            let measure = try element.optional("measure").map { inner throws(Problem) in try Measure(inner) } ?? .total
            series.append(Series(selector: selector, measure: measure))
        }
        self.series = series
        interval = try reader.optional("interval").map { inner throws(Problem) in try inner.choice(CalendarInterval.self) } ?? .day
        compare = try reader.optional("compare").map { inner throws(Problem) in try inner.choice(Comparison.self) }
        isCumulative = try reader.optional("cumulative").map { inner throws(Problem) in try inner.flag() } ?? false
        if let inner = reader.optional("formula") {
            let text = try inner.text("A formula such as \(#""B / A""#)")
            do {
                formula = try Formula(text, seriesCount: series.count)
            } catch {
                throw inner.refused(error.wording)
            }
            formulaText = text
        }
        if isCumulative, let bad = series.firstIndex(where: { !$0.measure.canBeCumulative }) {
            throw place.child(String(bad), .null).child("measure", .null).refused(
                "\"cumulative\" goes with total, sum and persons only.")
        }
    }

    func addSelectors(to list: inout SelectorList) { for one in series { list.add(one.selector) } }

    func write(to out: inout ObjectWriter) {
        out.put("series", .array(series.map { ["selector": $0.selector.json, "measure": $0.measure.json] }))
        out.put("formula", formulaText.map { .string($0) })
        out.put("interval", .string(interval.rawValue))
        out.put("compare", compare.map { .string($0.rawValue) })
        if isCumulative { out.put("cumulative", true) }
    }
}

extension TrendQuestion.Measure {
    init(_ reader: QuestionReader, isNested: Bool = false) throws(Problem) {
        let wanted: Wording =
            "\"total\", \"persons\", \"sessions\", \"dau\", \"wau\", \"mau\", {\"sum\": property} or another statistic"
        if case .string(let text) = reader.value {
            switch text {
            case "total": self = .total
            case "sessions": self = .sessions
            case "persons" where !isNested: self = .persons
            case "dau" where !isNested: self = .active(days: 1)
            case "wau" where !isNested: self = .active(days: 7)
            case "mau" where !isNested: self = .active(days: 30)
            default: throw reader.expected(isNested ? "\"total\", \"sessions\" or a statistic such as {\"sum\": property}" : wanted)
            }
            return
        }
        let members = try reader.object(wanted)
        let known = TrendQuestion.Statistic.allCases.map(\.rawValue) + (isNested ? [] : ["perPerson"])
        try reader.allow(known, of: "a measure")
        guard members.count == 1, let member = members.elements.first else {
            throw reader.refused("A measure has exactly one of \(known.joined(separator: ", ")).")
        }
        let inner = reader.child(member.key, member.value)
        if let statistic = TrendQuestion.Statistic(rawValue: member.key) {
            self = .property(statistic, try inner.name("The name of a property"))
        } else {
            self = .perPerson(try TrendQuestion.Measure(inner, isNested: true))
        }
    }

    var canBeCumulative: Bool {
        switch self {
        case .total, .persons, .property(.sum, _): true
        default: false
        }
    }

    var json: JSONValue {
        switch self {
        case .total: "total"
        case .persons: "persons"
        case .sessions: "sessions"
        case .active(let days): days == 1 ? "dau" : days == 7 ? "wau" : "mau"
        case .property(let statistic, let property): [statistic.rawValue: .string(property)]
        case .perPerson(let inner): ["perPerson": inner.json]
        }
    }
}
