public import Model
import Records

extension ProgramReader {
    /// The money that was taken for points at the end of a month, and what it was when the month was closed, as JSON.
    public func revenue(
        _ month: PointMonth, of currency: String
    ) async throws(Problem) -> (report: PointRevenueReport, kept: String?) {
        let program = try await program()
        return try await read { tables throws(Problem) in
            (
                try tables.revenue(month, of: currency, in: program.calendar),
                try tables.keptRevenue(month, of: currency)
            )
        }
    }

    /// Every version of a currency's estimate, the first at the head.
    public func estimates(of currency: String) async throws(Problem) -> [PointEstimate] {
        try await read { tables throws(Problem) in try tables.estimates(of: currency) }
    }
}

extension ProgramTables {
    func revenue(_ month: PointMonth, of currency: String, in calendar: ZoneCalendar) throws(Problem) -> PointRevenueReport {
        let (before, end) = try sums(around: month, of: currency, in: calendar)
        return try PointRevenueReport(
            currency: currency, month: month, before: before, end: end, estimates: estimates(of: currency))
    }

    /// What a month was closed with; nil for an open one, and one that was closed before revenue was kept.
    func keptRevenue(_ month: PointMonth, of currency: String) throws(Problem) -> String? {
        try first(
            "SELECT report FROM point_revenues WHERE workspace = ? AND currency = ? AND month = ?",
            values(.text(currency), .text(month.text))
        ) { reader throws(Problem) in try reader.text() }
    }

    func keep(_ report: PointRevenueReport) throws(Problem) {
        try connection.execute(
            "INSERT INTO point_revenues (workspace, currency, month, report) VALUES (?, ?, ?, ?)",
            values(.text(report.currency), .text(report.month.text), .text(report.json.text)))
    }
}
