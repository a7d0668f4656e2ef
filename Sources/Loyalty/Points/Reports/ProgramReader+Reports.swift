public import Model
public import Records

/// What is owed to members of one vintage.
public struct PointLiability: Hashable, Sendable {
    /// `year × 100 + month` in which the points were earned; 0 for debts of members.
    public let vintage: Int64
    public let points: Int64
    /// At the fair value that lots were given, in minor units of money, rounded down once for each value.
    public let worth: Int64

    /// The oldest vintage first; all of them together can be counted.
    static func list(_ sums: PointSums) throws(Problem) -> [PointLiability] {
        var vintages: [Int64: (points: Int64, worth: Int64)] = [:]
        for key in sums.amounts.keys {
            var left: Int64 = 0
            for account in [PointAccount.pending, .available, .held] { left = try PointSums.sum(left, sums.balance(account, key)) }
            guard left != 0 else { continue }
            let known = vintages[key.vintage] ?? (0, 0)
            vintages[key.vintage] = (
                try PointSums.sum(known.points, left), try PointSums.sum(known.worth, key.value.worth(of: left))
            )
        }
        var all: (points: Int64, worth: Int64) = (0, 0)
        for known in vintages.values {
            all = (try PointSums.sum(all.points, known.points), try PointSums.sum(all.worth, known.worth))
        }
        return vintages.sorted { $0.key < $1.key }.map {
            PointLiability(vintage: $0.key, points: $0.value.points, worth: $0.value.worth)
        }
    }
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
        return try await read { tables throws(Problem) in try tables.nextMonth(of: currency, in: program.calendar) }
    }

    /// What is owed, by vintage, the oldest first: open lots, whatever is due and not booked yet included.
    ///
    /// From the last sums that are kept and the entries since. O(entries since).
    public func liability(of currency: String) async throws(Problem) -> [PointLiability] {
        try await read { tables throws(Problem) in
            try PointLiability.list(tables.sums(of: currency, at: .distantFuture))
        }
    }

    /// The adjustments that wait for a second person, the oldest first, or those that were decided, the last first.
    public func adjustments(waiting: Bool, limit: Int = 100) async throws(Problem) -> [PointAdjustment] {
        try await read { tables throws(Problem) in try tables.adjustments(waiting: waiting, limit: limit) }
    }

    /// Those of the adjustments that `actor` cannot decide about, since the same person asked for them, with a key or without.
    ///
    /// - Returns: Their ids.
    /// - Complexity: One look at the keys for each adjustment, and one more for each key that made a key.
    public func own(of actor: Actor, among adjustments: [PointAdjustment]) async throws(Problem) -> Set<String> {
        try await read { tables throws(Problem) in
            let person = try tables.person(behind: actor.text)
            var own: Set<String> = []
            for asked in adjustments where try tables.person(behind: asked.askedBy) == person { own.insert(asked.id) }
            return own
        }
    }
}
