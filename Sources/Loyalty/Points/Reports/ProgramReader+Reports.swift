public import Model
import Records

/// What is owed to members of one vintage.
public struct PointLiability: Hashable, Sendable {
    /// `year × 100 + month` in which the points were earned; 0 for debts of members.
    public let vintage: Int64
    public let points: Int64
    /// At the fair value that each lot was given, in minor units of money, rounded down lot by lot.
    public let worth: Int64
}

extension ProgramReader {
    /// The report of a month as it was closed, or as it stands now.
    public func report(
        _ month: PointMonth, of currency: String
    ) async throws(Problem) -> (report: PointMonthReport, closing: PointClosing?) {
        let program = try await program()
        return try await read { tables throws(Problem) in
            (
                try tables.report(month, of: currency, in: program.calendar),
                try tables.closings(of: currency).first { $0.month == month }
            )
        }
    }

    /// The closed months of a currency, the newest first.
    public func closings(of currency: String) async throws(Problem) -> [PointClosing] {
        try await read { tables throws(Problem) in try tables.closings(of: currency) }
    }

    /// The month that is to be closed next: the one after the last closed, or that of the first entry; nil while nothing was booked.
    public func nextMonth(of currency: String) async throws(Problem) -> PointMonth? {
        let program = try await program()
        return try await read { tables throws(Problem) in
            if let last = try tables.lastClosing(of: currency) { return last.month.next }
            return try tables.firstMonth(of: currency, in: program.calendar)
        }
    }

    /// What is owed, by vintage, the oldest first: open lots, whatever is due and not booked yet included.
    public func liability(of currency: String) async throws(Problem) -> [PointLiability] {
        try await read { tables throws(Problem) in
            try tables.list(
                """
                SELECT vintage, CAST(SUM(remaining + held) AS BIGINT),
                    CAST(SUM((remaining + held) / value_points * value_minor
                        + (remaining + held) % value_points * value_minor / value_points) AS BIGINT)
                FROM point_lots WHERE workspace = ? AND currency = ? AND closed = 0 GROUP BY vintage ORDER BY vintage
                """, tables.values(.text(currency))
            ) { reader throws(Problem) in
                PointLiability(vintage: try reader.integer(), points: try reader.integer(), worth: try reader.integer())
            }
        }
    }

    /// The adjustments that wait for a second person, the oldest first, or those that were decided, the last first.
    public func adjustments(waiting: Bool, limit: Int = 100) async throws(Problem) -> [PointAdjustment] {
        try await read { tables throws(Problem) in try tables.adjustments(waiting: waiting, limit: limit) }
    }
}
