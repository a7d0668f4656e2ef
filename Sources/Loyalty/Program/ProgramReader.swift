public import Model
public import Records

/// Reads the program of one workspace: members, points and what was booked.
///
/// Nothing is changed by it.
public struct ProgramReader: Sendable {
    let workspace: WorkspaceID
    let engine: any SQLEngine
    private let programs = ProgramCache()

    public init(workspace: WorkspaceID, records: RecordStore) {
        self.workspace = workspace
        engine = records.engine
    }

    /// Reads within one state of the records.
    package func read<Answer: Sendable>(
        _ body: @escaping @Sendable (ProgramTables) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        let workspace = workspace
        try await engine.settle()
        return try await engine.read { connection throws(Problem) in try body(ProgramTables(workspace, connection)) }
    }

    /// The program as it is now.
    public func program() async throws(Problem) -> Program {
        let programs = programs
        return try await read { tables throws(Problem) in try programs.program(tables) }
    }

    /// The workspaces with books in which something is due at an instant.
    package static func workspacesDue(_ records: RecordStore, at now: Instant) async throws(Problem) -> [WorkspaceID] {
        try await records.engine.settle()
        return try await records.engine.read { connection throws(Problem) in
            try connection.rows(
                """
                SELECT id FROM workspaces
                WHERE EXISTS (SELECT 1 FROM point_books WHERE workspace = workspaces.id AND due_at IS NOT NULL AND due_at <= ?)
                """, [.instant(now)]
            ).map { row throws(Problem) in
                var reader = RowReader(row)
                return try reader.id()
            }
        }
    }

    /// The workspaces that have a program.
    package static func workspacesWithPrograms(_ records: RecordStore) async throws(Problem) -> [WorkspaceID] {
        try await records.engine.read { connection throws(Problem) in
            try connection.rows("SELECT DISTINCT workspace FROM loyalty_programs", []).map { row throws(Problem) in
                var reader = RowReader(row)
                return try reader.id()
            }
        }
    }

    // MARK: - Members

    /// A member in whatever state, with the identities by which they are known; nil when there is none.
    public func member(_ wish: MemberWish) async throws(Problem) -> (member: ProgramMember, identities: [Identity])? {
        try await read { tables throws(Problem) in
            guard let member = try tables.find(wish) else { return nil }
            return (member, try tables.identities(of: member.id))
        }
    }

    /// How many members there are.
    public func memberCount() async throws(Problem) -> Int {
        try await read { tables throws(Problem) in
            try tables.first(
                "SELECT COUNT(*) FROM loyalty_members WHERE workspace = ? AND state = 'open' AND merged_into IS NULL",
                tables.values()
            ) { reader throws(Problem) in try reader.count() } ?? 0
        }
    }

    // MARK: - Points

    /// What members have at an instant that is not before the last command; nil for those who are unknown.
    ///
    /// Whether what was due is booked does not matter. O(open lots).
    public func balances(
        of members: [MemberWish], in currency: PointCurrency, at now: Instant
    ) async throws(Problem) -> [(member: ProgramMemberID, balance: PointBook.Balance)?] {
        try await read { tables throws(Problem) in try tables.balances(of: members, in: currency, at: now) }
    }

    /// One member's book as it stands at an instant: its open lots and holds.
    public func book(
        of member: ProgramMemberID, in currency: PointCurrency, at now: Instant
    ) async throws(Problem) -> PointBook {
        try await read { tables throws(Problem) in
            var book = try tables.book(PointBookKey(member: member, currency: currency.key), currency.rules).book
            book.settle(until: now)
            return book
        }
    }

    /// The newest entries of a book, the last at the head.
    ///
    /// - Parameter position: Only entries before it.
    public func entries(
        of member: ProgramMemberID, in currency: String, before position: Int64? = nil, limit: Int
    ) async throws(Problem) -> [ChainedPointEntry] {
        try await read { tables throws(Problem) in
            try tables.entries(
                of: PointBookKey(member: member, currency: currency), where: "position < ? ORDER BY position DESC LIMIT ?",
                .integer(position ?? .max), .count(limit))
        }
    }
}

extension ProgramTables {
    /// The member in whatever state; whoever was merged stands for whom they were merged into.
    func find(_ wish: MemberWish) throws(Problem) -> ProgramMember? {
        var found: ProgramMemberID?
        switch wish.name {
        case .id(let id): found = id
        case .identity, .person:
            for identity in wish.identities where found == nil { found = try member(with: identity) }
        }
        guard let found else { return nil }
        var member = try member(found)
        while let next = member?.mergedInto { member = try self.member(next) }
        return member
    }

    /// From the rows of the books where nothing is due, else from their lots; for all members at once.
    fileprivate func balances(
        of members: [MemberWish], in currency: PointCurrency, at now: Instant
    ) throws(Problem) -> [(member: ProgramMemberID, balance: PointBook.Balance)?] {
        let rows = try balanceRows(of: members, in: currency.key)
        var balances: [(member: ProgramMemberID, balance: PointBook.Balance)?] = []
        balances.reserveCapacity(members.count)
        for (place, wish) in members.enumerated() {
            if let row = rows[place], !row.isDue(at: now) {
                balances.append((row.member, row.balance))
            } else if let member = try find(wish) {
                let book = try book(PointBookKey(member: member.id, currency: currency.key), currency.rules).book
                balances.append((member.id, book.balance(at: now)))
            } else {
                balances.append(nil)
            }
        }
        return balances
    }

    /// How many members one statement asks for: few sizes, for each is another text; what is left over asks for nobody.
    private static let wishCounts = [1, 16, 128]

    /// By place among the members what the rows of their books say; nil where somebody is named otherwise than by an identity, is
    /// unknown, or has no book yet.
    private func balanceRows(of members: [MemberWish], in currency: String) throws(Problem) -> [BalanceRow?] {
        var rows = [BalanceRow?](repeating: nil, count: members.count)
        var start = 0
        while start < members.count {
            let left = members.count - start
            let size = Self.wishCounts.first { $0 >= left } ?? Self.wishCounts[Self.wishCounts.count - 1]
            var values: [SQLValue] = []
            values.reserveCapacity(2 * size + 2)
            for place in start ..< start + size {
                if place < members.count, case .identity(let identity) = members[place].name {
                    values += [.text(identity.type.text), .text(identity.value)]
                } else {
                    values += [.text(""), .text("")]
                }
            }
            values += [.text(currency), .text(workspace.text)]
            // Identities of whoever was merged are the heir's, so that nobody's row as a member needs to be read.
            let found = try connection.rows(
                """
                WITH wanted (place, type, value) AS (VALUES \((0 ..< size).map { "(\($0), ?, ?)" }.joined(separator: ", ")))
                SELECT wanted.place, b.member, b.available, b.pending, b.held, b.debt, b.due_at
                FROM wanted CROSS JOIN loyalty_identities i CROSS JOIN point_books b
                WHERE b.currency = ? AND i.workspace = ? AND i.type = wanted.type AND i.value = wanted.value
                    AND b.workspace = i.workspace AND b.member = i.member
                """, values)
            for row in found {
                var reader = RowReader(row)
                rows[start + Int(try reader.integer())] = try BalanceRow(&reader)
            }
            start += size
        }
        return rows
    }

    func entries(of key: PointBookKey, where condition: String, _ more: SQLValue...) throws(Problem) -> [ChainedPointEntry] {
        try list(
            """
            SELECT \(PointEntryRow.columns) FROM point_entries
            WHERE workspace = ? AND member = ? AND currency = ? AND \(condition)
            """, values(of: key) + more, PointEntryRow.read)
    }
}

/// What the row of a book says of a balance, as long as nothing is due in it.
private struct BalanceRow {
    let member: ProgramMemberID
    let balance: PointBook.Balance
    private let dueAt: Instant?

    init(_ reader: inout RowReader) throws(Problem) {
        member = ProgramMemberID(number: try reader.integer())
        var balance = PointBook.Balance()
        (balance.available, balance.pending) = (try reader.integer(), try reader.integer())
        (balance.held, balance.debt) = (try reader.integer(), try reader.integer())
        self.balance = balance
        dueAt = try reader.optionalInstant()
    }

    func isDue(at now: Instant) -> Bool { dueAt.map { $0 <= now } ?? false }
}

/// How an entry stands in its table.
enum PointEntryRow {
    /// Columns as ``read(_:)`` takes them.
    static let columns = """
        position, command, kind, effective_at, recorded_at, lot, vintage, funded_by, source_account, target_account, amount, hash
        """

    static func read(_ reader: inout RowReader) throws(Problem) -> ChainedPointEntry {
        let (position, command) = (try reader.integer(), try reader.text())
        let kind = try reader.word { PointEntry.Kind(rawValue: $0) }
        let (effectiveAt, recordedAt) = (try reader.instant(), try reader.instant())
        let (lot, vintage, fundedBy) = (try reader.optionalCount(), try reader.integer(), try reader.optionalText())
        let entry = PointEntry(
            kind: kind, effectiveAt: effectiveAt, lot: lot.map { PointID(Int64($0)) }, vintage: vintage, fundedBy: fundedBy,
            from: try reader.word { PointAccount(text: $0) }, to: try reader.word { PointAccount(text: $0) },
            amount: try reader.integer())
        return ChainedPointEntry(
            position: position, command: command, recordedAt: recordedAt, entry: entry, hash: try reader.text())
    }
}
