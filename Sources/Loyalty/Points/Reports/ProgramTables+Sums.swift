import Model
import Records

/// Sums of what counts before an instant until which the books are barred and settled, so that nobody sums up those entries again.
///
/// Nothing is booked there any more, or they are kept no more: sums stay what they are, and no booking writes a row that others write.
extension ProgramTables {
    /// What was booked from `start` up to, not including, `end`.
    func flows(of currency: String, from start: Instant, until end: Instant) throws(Problem) -> [PointSums.Flow] {
        guard start < end else { return [] }
        return try list(
            """
            SELECT e.vintage, e.funded_by, COALESCE(l.value_minor, 0), COALESCE(l.value_points, 1), e.source_account,
                e.target_account, CAST(SUM(e.amount) AS BIGINT)
            FROM point_entries e LEFT JOIN point_lots l
                ON l.workspace = e.workspace AND l.member = e.member AND l.currency = e.currency AND l.number = e.lot
            WHERE e.workspace = ? AND e.currency = ? AND e.effective_at >= ? AND e.effective_at < ?
            GROUP BY e.vintage, e.funded_by, COALESCE(l.value_minor, 0), COALESCE(l.value_points, 1), e.source_account,
                e.target_account
            """, values(.text(currency), .instant(start), .instant(end))
        ) { reader throws(Problem) in
            let (vintage, fundedBy) = (try reader.integer(), try reader.optionalText())
            let value = PointValue(minor: try reader.integer(), points: max(1, try reader.integer()))
            return PointSums.Flow(
                key: PointSums.Key(vintage: vintage, fundedBy: fundedBy, value: value),
                route: try ProgramTables.route(&reader), amount: try reader.integer())
        }
    }

    private static func route(_ reader: inout RowReader) throws(Problem) -> PointSums.Route {
        let from = try reader.word { PointAccount(text: $0) }
        return PointSums.Route(from: from, to: try reader.word { PointAccount(text: $0) })
    }

    /// All that counts before an instant: from the last sums that are kept on.
    func sums(of currency: String, at end: Instant) throws(Problem) -> PointSums {
        let start = try lastSums(of: currency, before: end)
        var sums = try start.map { start throws(Problem) in try keptSums(of: currency, at: start) } ?? PointSums()
        for flow in try flows(of: currency, from: start ?? .distantPast, until: end) { try sums.add(flow) }
        return sums
    }

    /// All that counts before a month, and before its end.
    ///
    /// What a closed month was is added up anew from its entries, so that its report tells whether they were changed.
    func sums(
        around month: PointMonth, of currency: String, in calendar: ZoneCalendar
    ) throws(Problem) -> (before: PointSums, end: PointSums) {
        let bounds = try bounds(of: month, currency, in: calendar)
        let before = try sums(of: currency, at: bounds.lowerBound)
        guard let closed = try lastClosing(of: currency), month <= closed.month else {
            return (before, try sums(of: currency, at: bounds.upperBound))
        }
        var end = before
        for flow in try flows(of: currency, from: bounds.lowerBound, until: bounds.upperBound) { try end.add(flow) }
        return (before, end)
    }

    /// The last instant up to another of which sums are kept.
    func lastSums(of currency: String, before end: Instant) throws(Problem) -> Instant? {
        try first(
            "SELECT MAX(end_at) FROM point_sums WHERE workspace = ? AND currency = ? AND end_at <= ?",
            values(.text(currency), .instant(end))
        ) { reader throws(Problem) in try reader.optionalInstant() } ?? nil
    }

    private func keptSums(of currency: String, at end: Instant) throws(Problem) -> PointSums {
        let flows = try list(
            """
            SELECT vintage, funded_by, value_minor, value_points, source_account, target_account, amount FROM point_sums
            WHERE workspace = ? AND currency = ? AND end_at = ?
            """, values(.text(currency), .instant(end))
        ) { reader throws(Problem) in
            let (vintage, payer) = (try reader.integer(), try reader.text())
            let value = PointValue(minor: try reader.integer(), points: max(1, try reader.integer()))
            return PointSums.Flow(
                key: PointSums.Key(vintage: vintage, fundedBy: payer.isEmpty ? nil : payer, value: value),
                route: try ProgramTables.route(&reader), amount: try reader.integer())
        }
        var sums = PointSums()
        for flow in flows { try sums.add(flow) }
        return sums
    }

    /// Keeps sums unless some of that instant are kept.
    ///
    /// Of those before only beginnings of months and ends of closed ones stay: reports begin there.
    func keep(_ sums: PointSums, at end: Instant, of currency: String, in calendar: ZoneCalendar) throws(Problem) {
        guard try lastSums(of: currency, before: end) != end else { return }
        let rows = sums.flows.map { flow in
            values(
                .text(currency), .instant(end), .integer(flow.key.vintage), .text(flow.key.fundedBy ?? ""),
                .integer(flow.key.value.minor), .integer(flow.key.value.points), .text(flow.route.from.text),
                .text(flow.route.to.text), .integer(flow.amount))
        }
        guard !rows.isEmpty else { return }
        try connection.execute(
            """
            INSERT INTO point_sums (workspace, currency, end_at, vintage, funded_by, value_minor, value_points, source_account,
                target_account, amount)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            """, each: rows)
        let closed = Set(try closings(of: currency).map(\.end))
        let stale = try sumEnds(of: currency).filter { old in
            let isMonth = PointMonth(holding: calendar.date(at: old)).bounds(in: calendar).lowerBound == old
            return old < end && !isMonth && !closed.contains(old)
        }
        try connection.execute(
            "DELETE FROM point_sums WHERE workspace = ? AND currency = ? AND end_at = ?",
            each: stale.map { values(.text(currency), .instant($0)) })
    }

    /// Until when sums are kept, the earliest first.
    func sumEnds(of currency: String) throws(Problem) -> [Instant] {
        try list(
            "SELECT DISTINCT end_at FROM point_sums WHERE workspace = ? AND currency = ? ORDER BY end_at",
            values(.text(currency))
        ) { reader throws(Problem) in try reader.instant() }
    }

    /// The instants of which other sums are kept than entries give, for an auditor; reads everything.
    func unequalSums(of currency: String) throws(Problem) -> [Instant] {
        var (sums, start, unequal) = (PointSums(), Instant.distantPast, [Instant]())
        for end in try sumEnds(of: currency) {
            for flow in try flows(of: currency, from: start, until: end) { try sums.add(flow) }
            start = end
            if try keptSums(of: currency, at: end) != sums { unequal.append(end) }
        }
        return unequal
    }
}
