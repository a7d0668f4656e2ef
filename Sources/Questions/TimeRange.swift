public import Model

extension Moment {
    init(_ reader: QuestionReader) throws(Problem) {
        guard case .string(let text) = reader.value, let moment = Moment(text: text) else {
            throw reader.expected("An instant with an offset such as \"2026-01-31T12:00:00Z\", or a date such as \"2026-01-31\",")
        }
        self = moment
    }
}

/// The stretch of time a question is about.
public enum TimeRange: Hashable, Sendable {
    /// A calendar unit of a relative range.
    public enum Unit: String, Sendable, CaseIterable {
        case day = "d"
        case week = "w"
        case month = "mo"

        var interval: CalendarInterval {
            switch self {
            case .day: .day
            case .week: .week
            case .month: .month
            }
        }
    }

    case everything
    /// Half open; either end may be open.
    case between(from: Moment?, to: Moment?)
    /// That many calendar units, ending with and including the current one.
    case last(count: Int, unit: Unit)

    static let countMax = 100_000

    init(_ reader: QuestionReader) throws(Problem) {
        _ = try reader.object("A range such as \(#"{"last": "30d"}"#) or \(#"{"from": …, "to": …}"#)")
        try reader.allow(["from", "to", "last"], of: "a range")
        if let last = reader.optional("last") {
            guard reader.optional("from") == nil, reader.optional("to") == nil else {
                throw reader.refused("A range has either \"last\", or \"from\" and \"to\", not both.")
            }
            self = try TimeRange.relative(last)
            return
        }
        var from: Moment?
        var to: Moment?
        if let reader = reader.optional("from") { from = try Moment(reader) }
        if let reader = reader.optional("to") { to = try Moment(reader) }
        guard from != nil || to != nil else { throw reader.refused("A range needs \"from\", \"to\" or \"last\".") }
        self = .between(from: from, to: to)
    }

    private static func relative(_ reader: QuestionReader) throws(Problem) -> TimeRange {
        let wanted = reader.expected("A number of days, weeks or months such as \"30d\", \"4w\" or \"6mo\"")
        guard case .string(let text) = reader.value else { throw wanted }
        let body = text.first == "P" ? text.dropFirst() : Substring(text)
        let digits = body.prefix { $0.isASCII && $0.isNumber }
        let letters = body.dropFirst(digits.count)
        guard digits.utf8.count <= 6, let count = Int(digits), (1 ... countMax).contains(count) else { throw wanted }
        let unit: Unit? =
            text.first == "P" ? ["D": .day, "W": .week, "M": .month][String(letters)] : Unit(rawValue: String(letters))
        guard let unit else { throw wanted }
        return .last(count: count, unit: unit)
    }

    /// The range as instants, `from` inclusive and `to` exclusive; open ends are the ends of time.
    ///
    /// - Parameter present: the instant that the current day, week or month holds.
    /// - Throws: `bad_question` at `place` when the range runs backwards.
    func resolved(in calendar: ZoneCalendar, present: Instant, place: String) throws(Problem) -> Range<Instant> {
        switch self {
        case .everything: return .distantPast ..< .distantFuture
        case .between(let from, let to):
            let start = from?.resolved(in: calendar) ?? .distantPast
            let end = to?.resolved(in: calendar) ?? .distantFuture
            guard start <= end else {
                throw Problem(
                    .badQuestion, "The range ends before it begins: \"to\" must not be earlier than \"from\".", place: place)
            }
            return start ..< end
        case .last(let count, let unit):
            let interval = unit.interval
            let current = calendar.firstDate(of: interval, holding: calendar.date(at: present))
            let first = calendar.advance(current, by: 1 - count, interval)
            return calendar.start(of: first) ..< calendar.start(of: calendar.advance(current, by: 1, interval))
        }
    }

    var json: JSONValue? {
        switch self {
        case .everything: return nil
        case .between(let from, let to):
            var out = ObjectWriter()
            out.put("from", from.map { .string($0.text) })
            out.put("to", to.map { .string($0.text) })
            return out.json
        case .last(let count, let unit): return ["last": .string("\(count)\(unit.rawValue)")]
        }
    }
}
