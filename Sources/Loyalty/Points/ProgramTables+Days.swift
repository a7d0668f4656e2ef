import Model
import Records

/// The days in which something was booked: every booking holds the row of its day until it is committed, one that counts in the past the
/// row of that day, too; and whoever bars the books writes it.
///
/// So a period is summed up when all that was being booked into it is committed, by whatever server, and nothing comes afterwards.
/// Bookings hold the row together and do not wait for each other. Days are those of UTC: they say nothing but which bookings share a row.
extension ProgramTables {
    /// Stands for all days: who makes a row writes it, so that nobody makes one unseen by whoever bars the books.
    private static let head: Int64 = -1

    static func day(of instant: Instant) -> Int64 { max(0, instant.microseconds / .microsecondsPerDay) }

    /// Before when nothing may be booked any more, as it was when the row was made; nobody bars the books for what counts on that day
    /// before this transaction ends.
    ///
    /// Whoever bars the books for a day makes its row anew: of other days a row says nothing.
    func holdDay(_ day: Int64, of currency: String) throws(Problem) -> Instant {
        let held = try connection.heldRows(
            "SELECT barred_until FROM point_days WHERE workspace = ? AND currency = ? AND day = ?",
            values(.text(currency), .integer(day)))
        if let row = held.first {
            var reader = RowReader(row)
            return try reader.instant()
        }
        try writeHead(of: currency)
        let barred = try closedUntil(currency)
        try insert(day, of: currency, until: barred)
        return barred
    }

    /// Before when nothing may be booked any more, where nobody else writes.
    func closedUntil(_ currency: String) throws(Problem) -> Instant {
        max(try barredUntil(currency), try lastClosing(of: currency)?.end ?? .distantPast)
    }

    /// Turns away what would count before an instant from now on, after all that is being booked there.
    func barBooks(of currency: String, until end: Instant) throws(Problem) {
        try writeHead(of: currency)
        guard try barredUntil(currency) < end else { return }
        let last = ProgramTables.day(of: end.advanced(byMicroseconds: -1))
        try connection.execute(
            "DELETE FROM point_days WHERE workspace = ? AND currency = ? AND day >= 0 AND day <= ?",
            values(.text(currency), .integer(last)))
        try insert(last, of: currency, until: end)
    }

    /// Opens all days that are in no closed month, for what is told late; sums of them are kept no more.
    func openBooks(of currency: String, since closed: Instant) throws(Problem) {
        try writeHead(of: currency)
        try connection.execute(
            "UPDATE point_days SET barred_until = ? WHERE workspace = ? AND currency = ? AND barred_until > ?",
            [.instant(closed)] + values(.text(currency), .instant(closed)))
        try connection.execute(
            "DELETE FROM point_sums WHERE workspace = ? AND currency = ? AND end_at > ?",
            values(.text(currency), .instant(closed)))
    }

    /// Before when nothing may be booked any more, as far as anybody has barred the books.
    func barredUntil(_ currency: String) throws(Problem) -> Instant {
        let end = try first(
            "SELECT MAX(barred_until) FROM point_days WHERE workspace = ? AND currency = ?", values(.text(currency))
        ) { reader throws(Problem) in try reader.optionalInstant() }
        return (end ?? nil) ?? .distantPast
    }

    /// What two transactions do at once is done by one of them again.
    func writeHead(of currency: String) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO point_days (workspace, currency, day, barred_until) VALUES (?, ?, ?, ?)
            ON CONFLICT (workspace, currency, day) DO UPDATE SET barred_until = excluded.barred_until
            """, values(.text(currency), .integer(ProgramTables.head), .instant(.distantPast)))
    }

    private func insert(_ day: Int64, of currency: String, until end: Instant) throws(Problem) {
        try connection.execute(
            "INSERT INTO point_days (workspace, currency, day, barred_until) VALUES (?, ?, ?, ?)",
            values(.text(currency), .integer(day), .instant(end)))
    }
}
