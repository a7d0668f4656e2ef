public import Model
import Records

/// What is owed to a charity for the points that were given to it in one month, but for donations that were taken back.
public struct PointPayable: Hashable, Sendable {
    public let charity: String
    public let points: Int64
    /// At the fair value that lots were given, in minor units of money, rounded down lot by lot as each receipt tells it.
    public let worth: Int64
}

extension ProgramReader {
    /// What is owed to each charity for a month, by name: final once the month is closed.
    ///
    /// - Throws: ``Problem`` for more than can be counted.
    public func payables(
        _ month: PointMonth, of currency: String
    ) async throws(Problem) -> (payables: [PointPayable], closedAt: Instant?) {
        let program = try await program()
        return try await read { tables throws(Problem) in
            let bounds = try tables.bounds(of: month, currency, in: program.calendar)
            return (
                try tables.payables(of: currency, from: bounds.lowerBound, until: bounds.upperBound),
                try tables.closings(of: currency).first { $0.month == month }?.closedAt
            )
        }
    }
}

extension ProgramTables {
    fileprivate func payables(of currency: String, from start: Instant, until end: Instant) throws(Problem) -> [PointPayable] {
        let given = try list(
            """
            SELECT e.target_account, e.amount, l.value_minor, l.value_points
            FROM point_entries e JOIN point_lots l
                ON l.workspace = e.workspace AND l.member = e.member AND l.currency = e.currency AND l.number = e.lot
            WHERE e.workspace = ? AND e.currency = ? AND e.effective_at >= ? AND e.effective_at < ? AND e.kind = 'donated'
                AND NOT EXISTS (
                    SELECT 1 FROM point_donation_reversals r WHERE r.workspace = e.workspace AND r.member = e.member
                        AND r.currency = e.currency AND r.position = e.position)
            """, values(.text(currency), .instant(start), .instant(end))
        ) { reader throws(Problem) in
            let (account, points) = (try reader.word { PointAccount(text: $0) }, try reader.integer())
            let value = PointValue(minor: try reader.integer(), points: max(1, try reader.integer()))
            return (account: account, points: points, worth: try value.worth(of: points))
        }
        var sums: [String: (points: Int64, worth: Int64)] = [:]
        for part in given {
            guard case .donated(let charity) = part.account else { continue }
            let known = sums[charity] ?? (0, 0)
            sums[charity] = (try PointSums.sum(known.points, part.points), try PointSums.sum(known.worth, part.worth))
        }
        return sums.sorted { $0.key < $1.key }.map { PointPayable(charity: $0.key, points: $0.value.points, worth: $0.value.worth) }
    }
}
