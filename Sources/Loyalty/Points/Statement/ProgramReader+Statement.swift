public import Model
import Records

/// A version of the program's settings, and who made it.
public struct ProgramVersion: Hashable, Sendable {
    public let number: Int64
    public let actor: String
    public let createdAt: Instant
}

extension ProgramReader {
    /// Entries of one line are read together unless they are more than so many for each line wanted.
    private static let entriesPerLine = 8

    /// One member's statement.
    ///
    /// - Parameters:
    ///   - position: Only lines before it; nil begins with what is due now, whether it is booked or not.
    ///   - limit: Of lines.
    public func statement(
        of member: ProgramMemberID, in currency: PointCurrency, before position: Int64? = nil, limit: Int, at now: Instant
    ) async throws(Problem) -> PointStatement {
        try await read { tables throws(Problem) in
            let key = PointBookKey(member: member, currency: currency.key)
            var due: [PointStatementLine] = []
            var balance: Int64
            if let position {
                balance = try tables.spendable(key, before: position)
            } else {
                var book = try tables.book(key, currency.rules).book
                book.settle(until: now)
                let now = book.booked
                balance = now.available - now.debt
                due = book.entries.reversed().map { PointStatementLine($0, of: member, position: nil, command: "") }
            }
            let wanted = limit * ProgramReader.entriesPerLine
            let entries = try tables.entries(
                of: key, where: "position < ? ORDER BY position DESC LIMIT ?", .integer(position ?? .max), .count(wanted))
            var lines = PointStatementLine.lines(entries.map { (member, $0) })
            let isCut = entries.count == wanted
            // The last line may go on in what was not read.
            if isCut, lines.count > 1 { lines.removeLast() }
            let hasMore = isCut || lines.count > limit
            lines = due + lines.prefix(limit)
            for index in lines.indices {
                lines[index].balance = balance
                balance -= lines[index].change
                try tables.tell(&lines[index], key)
            }
            return PointStatement(lines: lines, next: hasMore ? lines.last?.firstPosition : nil)
        }
    }

    /// What entries of a member are for, such as an order, by position; those that are for nothing that somebody did are left out.
    ///
    /// - Complexity: One search of the table for each lot.
    public func sources(
        of entries: [ChainedPointEntry], of member: ProgramMemberID, in currency: String
    ) async throws(Problem) -> [Int64: PointSource] {
        try await read { tables throws(Problem) in
            let key = PointBookKey(member: member, currency: currency)
            var (lots, sources): ([PointID: PointSource], [Int64: PointSource]) = ([:], [:])
            for booked in entries where booked.entry.kind.isOfSource {
                guard let lot = booked.entry.lot else { continue }
                if lots[lot] == nil { lots[lot] = try tables.source(of: lot, key) }
                if let source = lots[lot], !source.isAdjustment { sources[booked.position] = source }
            }
            return sources
        }
    }

    /// Who gave the points, or got them, by position: of those entries that moved some from one member to another.
    ///
    /// - Complexity: One look at each command.
    public func others(of entries: [ChainedPointEntry]) async throws(Problem) -> [Int64: ProgramMemberID] {
        let moved = entries.filter { $0.entry.kind == .moved || $0.entry.kind == .received }
        return try await read { tables throws(Problem) in
            var others: [Int64: ProgramMemberID] = [:]
            for (booked, command) in zip(moved, try tables.commands(moved.map(\.command))) {
                let name = booked.entry.kind == .moved ? "to" : "from"
                others[booked.position] = command?.answer.body[name]?.stringValue.flatMap { ProgramMemberID(text: $0) }
            }
            return others
        }
    }

    /// What was booked last in a currency, whoever it happened to, whenever it counts.
    public func latest(in currency: String, limit: Int) async throws(Problem) -> [PointStatementLine] {
        try await read { tables throws(Problem) in
            let entries = try tables.latestEntries(in: currency, limit: limit * ProgramReader.entriesPerLine)
            var lines = Array(PointStatementLine.lines(entries).prefix(limit))
            for index in lines.indices {
                try tables.tell(&lines[index], PointBookKey(member: lines[index].member, currency: currency))
            }
            return lines
        }
    }

    /// The newest version of the settings; nil while the workspace has no program.
    public func version() async throws(Problem) -> ProgramVersion? {
        try await read { tables throws(Problem) in
            try tables.first(
                "SELECT version, actor, created_at FROM loyalty_programs WHERE workspace = ? ORDER BY version DESC LIMIT 1",
                tables.values()
            ) { reader throws(Problem) in
                ProgramVersion(number: try reader.integer(), actor: try reader.text(), createdAt: try reader.instant())
            }
        }
    }
}

extension ProgramTables {
    /// What was booked last in a currency, read from the end of an index.
    func latestEntries(
        in currency: String, limit: Int
    ) throws(Problem) -> [(member: ProgramMemberID, entry: ChainedPointEntry)] {
        try list(
            """
            SELECT member, \(PointEntryRow.columns) FROM point_entries WHERE workspace = ? AND currency = ?
            ORDER BY recorded_at DESC, member DESC, position DESC LIMIT ?
            """, values(.text(currency), .count(limit))
        ) { reader throws(Problem) in
            (member: ProgramMemberID(number: try reader.integer()), entry: try PointEntryRow.read(&reader))
        }
    }

    /// What could be spent, debts taken off, before an entry.
    fileprivate func spendable(_ key: PointBookKey, before position: Int64) throws(Problem) -> Int64 {
        try first(
            """
            SELECT CAST(COALESCE(SUM(CASE WHEN target_account IN ('available', 'debt') THEN amount ELSE 0 END
                - CASE WHEN source_account IN ('available', 'debt') THEN amount ELSE 0 END), 0) AS BIGINT)
            FROM point_entries WHERE workspace = ? AND member = ? AND currency = ? AND position < ?
            """, values(of: key, .integer(position))
        ) { reader throws(Problem) in try reader.integer() } ?? 0
    }

    /// Adds to a line what stands elsewhere: who sent it, what for.
    fileprivate func tell(_ line: inout PointStatementLine, _ key: PointBookKey) throws(Problem) {
        if let lot = line.lot { line.source = try source(of: lot, key) }
        // A command books what was due before it, too: that was nobody's wish.
        guard !line.kind.isOfTime, let command = try command(line.command) else { return }
        line.actor = command.actor
        if line.kind == .captured, let number = command.answer.body["spending"]?.intValue {
            line.spending = try spending(PointID(number), of: key)
        }
        if line.kind == .adjusted, let id = command.answer.body["adjustment"]?.stringValue { line.adjustment = try adjustment(id) }
        if line.kind == .donated { line.donation = try donation(command.answer.body, line.effectiveAt, key) }
    }

    /// What a lot was earned for.
    fileprivate func source(of lot: PointID, _ key: PointBookKey) throws(Problem) -> PointSource? {
        try first(
            "SELECT source, line, rule FROM point_lots WHERE workspace = ? AND member = ? AND currency = ? AND number = ?",
            values(of: key, .integer(lot.number))
        ) { reader throws(Problem) in
            PointSource(id: try reader.text(), line: try reader.text(), rule: try reader.text())
        }
    }

    /// What a donation was answered with, and whether it can be taken back still.
    private func donation(
        _ answer: JSONValue, _ effectiveAt: Instant, _ key: PointBookKey
    ) throws(Problem) -> PointStatementLine.Donation? {
        guard let charity = answer["charity"]?.stringValue, let receipt = answer["receipt"]?.stringValue,
            let position = PointReceipt(text: receipt)?.position
        else { return nil }
        let isOpen = try lastClosing(of: key.currency).map { effectiveAt >= $0.end } ?? true
        let reversedAt = try reversedAt(position, of: key)
        return .init(charity: charity, receipt: receipt, isReversible: isOpen && reversedAt == nil)
    }
}

extension PointEntry.Kind {
    /// Whether it is about what its lot was earned for, such as an order; what is spent goes for something else.
    public var isOfSource: Bool {
        switch self {
        case .earned, .imported, .activated, .cancelled, .revoked: true
        case .held, .captured, .released, .lapsed, .expired, .returned, .moved, .received, .donated, .reinstated, .adjusted,
            .repaid:
            false
        }
    }

    /// Whether time does it by itself.
    fileprivate var isOfTime: Bool {
        switch self {
        case .expired, .lapsed, .cancelled: true
        case .earned, .activated, .held, .captured, .released, .returned, .revoked, .moved, .received, .donated, .reinstated,
            .adjusted, .repaid, .imported:
            false
        }
    }
}
