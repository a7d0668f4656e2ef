import Crypto
public import Model
import OrderedCollections
import Records

/// A month of the calendar of the program, as `2026-03`.
public struct PointMonth: Hashable, Comparable, Sendable, CustomStringConvertible {
    /// Its first day.
    public let firstDate: LocalDate

    public init(holding date: LocalDate) {
        let (year, month, _) = date.components
        firstDate = LocalDate(year: year, month: month, day: 1) ?? date
    }

    /// nil unless `text` is a year and a month.
    public init?(text: some StringProtocol) {
        guard text.utf8.count == 7, let date = LocalDate(text: text + "-01") else { return nil }
        firstDate = date
    }

    public var text: String { String(firstDate.text.prefix(7)) }
    public var description: String { text }
    public var next: PointMonth { PointMonth(holding: firstDate.advanced(byMonths: 1)) }
    public static func < (left: PointMonth, right: PointMonth) -> Bool { left.firstDate < right.firstDate }

    /// The first instant, and the first that is in the next month, by a calendar; ``ProgramTables`` knows when a closed one was.
    public func bounds(in calendar: ZoneCalendar) -> Range<Instant> {
        calendar.start(of: firstDate) ..< calendar.start(of: next.firstDate)
    }
}

/// What happened to the points of a currency in one month, by vintage and by who pays for them.
public struct PointMonthReport: Hashable, Sendable {
    public struct Row: Hashable, Sendable {
        /// `year × 100 + month` in which the points were earned; 0 for debts.
        public let vintage: Int64
        /// nil for the brand.
        public let fundedBy: String?
        public var figures: PointRollForward
    }

    public let currency: String
    public let month: PointMonth
    /// The oldest vintage first.
    public let rows: [Row]

    public var total: PointRollForward { rows.reduce(into: PointRollForward()) { $0 += $1.figures } }
    /// Whether every row and the total closes.
    public var isClosed: Bool { rows.allSatisfy(\.figures.isClosed) && total.isClosed && total.received == total.moved }

    /// `{"currency", "month", "rows": […], "total": {…}}`; the same bytes whenever it is made of the same entries.
    ///
    /// `imported` stands in months alone into which points were taken over.
    public var json: JSONValue {
        let fields = PointRollForward.fields.filter { $0.name != "imported" || total.imported != 0 }
        return [
            "currency": .string(currency), "month": .string(month.text),
            "rows": .array(
                rows.map { row in
                    var members: OrderedDictionary<String, JSONValue> = [
                        "vintage": .int(row.vintage), "funded_by": .optional(row.fundedBy),
                    ]
                    for field in fields { members[field.name] = .int(row.figures[keyPath: field.place]) }
                    return .object(members)
                }),
            "total": .object(
                OrderedDictionary(uniqueKeysWithValues: fields.map { ($0.name, .int(total[keyPath: $0.place])) })),
        ]
    }
}

extension PointMonthReport {
    /// Of all that was booked before the month, and before its end.
    init(currency: String, month: PointMonth, before: PointSums, end: PointSums) throws(Problem) {
        struct Key: Hashable {
            let vintage: Int64
            let fundedBy: String?
        }
        // No figure is more than all amounts together.
        let all = end.flows.reduce(Int128(0)) { $0 + Int128($1.amount) }
        guard all <= Int128(Int64.max) else { throw PointSums.overflow }
        var rows: [Key: PointRollForward] = [:]
        for flow in end.flows {
            let key = Key(vintage: flow.key.vintage, fundedBy: flow.key.fundedBy)
            let old = before.amounts[flow.key]?[flow.route] ?? 0
            rows[key, default: PointRollForward()].open(old, from: flow.route.from, to: flow.route.to)
            rows[key, default: PointRollForward()].add(flow.amount - old, from: flow.route.from, to: flow.route.to)
        }
        // A vintage of which nothing was left before, and nothing happened since, says nothing.
        let told = rows.filter { $0.value != PointRollForward() }
            .map { Row(vintage: $0.key.vintage, fundedBy: $0.key.fundedBy, figures: $0.value) }
            .sorted { ($0.vintage, $0.fundedBy ?? "") < ($1.vintage, $1.fundedBy ?? "") }
        self.init(currency: currency, month: month, rows: told)
    }
}

/// A month that was closed: its report stands as it was.
public struct PointClosing: Hashable, Sendable {
    public let month: PointMonth
    public let end: Instant
    /// The report's JSON, as it was written.
    public let report: String
    /// SHA-256, in hexadecimal, of the hashes of all entries that count in the month, in the order of members and positions.
    public let digest: String
    public let actor: String
    public let closedAt: Instant
}

extension ProgramTables {
    /// The report of a month: from sums that are kept of before, and the entries since; of a closed month, from all its entries.
    func report(_ month: PointMonth, of currency: String, in calendar: ZoneCalendar) throws(Problem) -> PointMonthReport {
        let (before, end) = try sums(around: month, of: currency, in: calendar)
        return try PointMonthReport(currency: currency, month: month, before: before, end: end)
    }

    /// The digest of the entries that count in a month.
    func digest(_ month: PointMonth, of currency: String, in calendar: ZoneCalendar) throws(Problem) -> String {
        let bounds = try bounds(of: month, currency, in: calendar)
        var hash = SHA256()
        let rows = try connection.rows(
            """
            SELECT hash FROM point_entries WHERE workspace = ? AND currency = ? AND effective_at >= ? AND effective_at < ?
            ORDER BY member, position
            """, values(.text(currency), .instant(bounds.lowerBound), .instant(bounds.upperBound)))
        for row in rows {
            var reader = RowReader(row)
            hash.update(data: Array(try reader.text().utf8))
        }
        return KeyDigest(bytes: hash.finalize()).hex
    }

    /// The closed months of a currency, the newest first.
    func closings(of currency: String, limit: Int = 1_200) throws(Problem) -> [PointClosing] {
        try list(
            """
            SELECT month, end_at, report, digest, actor, closed_at FROM point_periods
            WHERE workspace = ? AND currency = ? ORDER BY month DESC LIMIT ?
            """, values(.text(currency), .count(limit))
        ) { reader throws(Problem) in
            PointClosing(
                month: try reader.word { PointMonth(text: $0) }, end: try reader.instant(), report: try reader.text(),
                digest: try reader.text(), actor: try reader.text(), closedAt: try reader.instant())
        }
    }

    /// The first and the last closed month of a currency, between which all are closed; nil while none is.
    func closedMonths(of currency: String) throws(Problem) -> ClosedRange<PointMonth>? {
        try first(
            "SELECT MIN(month), MAX(month) FROM point_periods WHERE workspace = ? AND currency = ?", values(.text(currency))
        ) { reader throws(Problem) in
            let (first, last) = (try reader.optionalText(), try reader.optionalText())
            guard let first = first.flatMap({ PointMonth(text: $0) }), let last = last.flatMap({ PointMonth(text: $0) }) else {
                return nil
            }
            return first ... last
        } ?? nil
    }

    func lastClosing(of currency: String) throws(Problem) -> PointClosing? { try closings(of: currency, limit: 1).first }

    /// The first instant of a month, and the first that is in the next: as it was closed, and beside closed months where those end and
    /// begin; else by the calendar.
    ///
    /// So each instant is in one month, whatever zone the workspace had when months were closed.
    func bounds(of month: PointMonth, _ currency: String, in calendar: ZoneCalendar) throws(Problem) -> Range<Instant> {
        let closed = try list(
            "SELECT month, start_at, end_at FROM point_periods WHERE workspace = ? AND currency = ? AND month IN (?, ?, ?)",
            values(.text(currency), .text(month.previous.text), .text(month.text), .text(month.next.text))
        ) { reader throws(Problem) in
            (month: try reader.word { PointMonth(text: $0) }, start: try reader.instant(), end: try reader.instant())
        }
        var (start, end) = (month.bounds(in: calendar).lowerBound, month.bounds(in: calendar).upperBound)
        for other in closed {
            if other.month == month { return other.start ..< other.end }
            if other.month < month { start = other.end } else { end = other.start }
        }
        return start ..< end
    }

    /// The month that is to be closed next: the one after the last closed, or that of the first entry; nil while nothing was booked.
    func nextMonth(of currency: String, in calendar: ZoneCalendar) throws(Problem) -> PointMonth? {
        if let last = try lastClosing(of: currency) { return last.month.next }
        return try firstMonth(of: currency, in: calendar)
    }

    /// The month of the first entry of a currency; nil while there is none.
    private func firstMonth(of currency: String, in calendar: ZoneCalendar) throws(Problem) -> PointMonth? {
        try first(
            "SELECT MIN(effective_at) FROM point_entries WHERE workspace = ? AND currency = ?", values(.text(currency))
        ) { reader throws(Problem) in
            try reader.optionalInstant().map { PointMonth(holding: calendar.date(at: $0)) }
        } ?? nil
    }

    /// How many books of a currency wait for something that was due by an instant.
    func dueCount(of currency: String, by instant: Instant) throws(Problem) -> Int {
        try first(
            "SELECT COUNT(*) FROM point_books WHERE workspace = ? AND due_at < ? AND currency = ?",
            values(.instant(instant), .text(currency))
        ) { reader throws(Problem) in try reader.count() } ?? 0
    }
}
