public import Model

/// How many of the people who started together come back, period by period.
public struct RetentionQuestion: QuestionBody, Hashable, Sendable {
    /// Which start events make somebody a member of a cohort.
    public enum Mode: String, Sendable, CaseIterable {
        /// The first one ever.
        case firstTime
        /// The first one of every interval.
        case recurring
    }

    /// When a period counts somebody as back.
    public enum Criterion: String, Sendable, CaseIterable {
        case on, onOrAfter
    }

    /// What periods are measured by.
    public enum Anchor: String, Sendable, CaseIterable {
        /// Intervals of the calendar.
        case calendar
        /// Multiples of 24 hours (or one, or 168) from each person's own start.
        case rolling24h
    }

    public var start: Selector
    public var comeback: Selector
    public var interval: CalendarInterval
    public var periods: Int
    public var mode: Mode
    public var criterion: Criterion
    public var anchor: Anchor

    static let name = "retention"
    static let takesBreakdown = true
    static let units: [Question.Unit] = [.account, .payer, .beneficiary]
    static let keys = ["start", "return", "interval", "periods", "mode", "criterion", "anchor"]
    static let periodsMax = 1_000

    init(_ reader: QuestionReader) throws(Problem) {
        start = try Selector(reader.required("start", "A selector of the events that people start with"))
        comeback = try Selector(reader.required("return", "A selector of the events that people return with"))
        interval = try reader.optional("interval").map { inner throws(Problem) in try inner.choice(CalendarInterval.self) } ?? .day
        let wanted: Wording = "A number of periods from 1 to \(RetentionQuestion.periodsMax)"
        periods =
            try reader.optional("periods").map { inner throws(Problem) in
                try inner.integer(1 ... RetentionQuestion.periodsMax, wanted)
            } ?? 8
        mode = try reader.optional("mode").map { inner throws(Problem) in try inner.choice(Mode.self) } ?? .firstTime
        criterion = try reader.optional("criterion").map { inner throws(Problem) in try inner.choice(Criterion.self) } ?? .on
        anchor = try reader.optional("anchor").map { inner throws(Problem) in try inner.choice(Anchor.self) } ?? .calendar
        if anchor == .rolling24h, rollingMicroseconds == nil, let place = reader.optional("anchor") {
            throw place.refused("\"rolling24h\" goes with the intervals hour, day and week, not with \"\(interval.rawValue)\".")
        }
    }

    /// The length of a rolling period; nil where the interval has none.
    var rollingMicroseconds: Int64? {
        switch interval {
        case .hour: 60 * .microsecondsPerMinute
        case .day: .microsecondsPerDay
        case .week: 7 * .microsecondsPerDay
        default: nil
        }
    }

    func addSelectors(to list: inout SelectorList) {
        list.add(start)
        list.add(comeback)
    }

    func write(to out: inout ObjectWriter) {
        out.put("start", start.json)
        out.put("return", comeback.json)
        out.put("interval", .string(interval.rawValue))
        out.put("periods", .int(Int64(periods)))
        out.put("mode", .string(mode.rawValue))
        out.put("criterion", .string(criterion.rawValue))
        out.put("anchor", .string(anchor.rawValue))
    }
}
