import Model
import Records

extension Limit.Key {
    /// Whether one count is for everybody and for ever: a budget.
    var isBudget: Bool { subject.isEmpty && period.isEmpty }
}

extension ProgramTables {
    /// Counts what was taken from a budget on a day; less than 0 for what came back.
    ///
    /// Servers that write at the same moment have a row each.
    func add(_ amount: Int64, toBudget name: String, of area: LimitArea = .coupons, on day: LocalDate) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO loyalty_limit_days (workspace, area, name, day, slice, used) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, area, name, day, slice) DO UPDATE SET used = loyalty_limit_days.used + excluded.used
            """,
            values(
                .text(area.rawValue), .text(name), .integer(Int64(day.daysSinceEpoch)), .integer(slice?.number ?? -1),
                .integer(amount)))
    }

    /// The first day on which something was taken from a budget; nil while nothing was.
    func firstDay(ofBudget name: String, of area: LimitArea = .coupons) throws(Problem) -> LocalDate? {
        let day = try first(
            "SELECT MIN(day) FROM loyalty_limit_days WHERE workspace = ? AND area = ? AND name = ?",
            values(.text(area.rawValue), .text(name))
        ) { reader throws(Problem) in try reader.optionalCount() }
        return day.flatMap(\.self).map { LocalDate(daysSinceEpoch: Int32(clamping: $0)) }
    }

    /// What was taken from a budget on each day from one on, in their order; days on which nothing was are left out.
    func daysUsed(
        ofBudget name: String, of area: LimitArea = .coupons, from first: LocalDate
    ) throws(Problem) -> [(day: LocalDate, used: Int64)] {
        try list(
            """
            SELECT day, CAST(SUM(used) AS BIGINT) FROM loyalty_limit_days
            WHERE workspace = ? AND area = ? AND name = ? AND day >= ? GROUP BY day ORDER BY day
            """, values(.text(area.rawValue), .text(name), .integer(Int64(first.daysSinceEpoch)))
        ) { reader throws(Problem) in
            (LocalDate(daysSinceEpoch: Int32(clamping: try reader.integer())), try reader.integer())
        }
    }
}
