public import Model

/// A database that speaks the SQL which SQLite ≥ 3.40 and PostgreSQL ≥ 15 share; `?` marks the parameters.
public protocol SQLEngine: Sendable {
    /// Where rows can be written ahead of their tables; nil where other programs may write to the same database.
    var ahead: (any RowsAhead)? { get }

    /// Runs `body` in a transaction that only reads and sees one state; off the shared thread pool.
    func read<Answer: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer

    /// Runs `body` in a transaction, durable when this returns; nothing of it is kept when `body` throws.
    ///
    /// `body` may be run more than once, so that it has no effect but on the database.
    ///
    /// - Throws: ``Problem`` with code `connection_lost` when nobody knows whether it was committed.
    func write<Answer: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer

    /// As ``write(_:)``, and beside no other `writeForm` of any program: for changes of the tables.
    func writeForm<Answer: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer

    /// As ``write(_:)``, but only rows that two transactions write collide: what one has only read another may change meanwhile.
    ///
    /// For what reads much and decides by rows that it writes, such as the books of a member. A row that both insert is `exists`.
    ///
    /// - Parameter workspace: Whose rows they are: see ``writeAlone(in:_:)``.
    func writeRows<Answer: Sendable>(
        in workspace: WorkspaceID, _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer

    /// As ``write(_:)``, and beside no ``writeRows(in:_:)`` of the workspace by any program: it sees all that those before it have written,
    /// and those that come meanwhile wait, and see what it did.
    func writeAlone<Answer: Sendable>(
        in workspace: WorkspaceID, _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer

    /// Sees to it that what was deleted before stands in no file any more.
    func forgetDeleted() async throws(Problem)

    /// Closes the connections; later calls throw.
    func close() async
}

extension SQLEngine {
    public var ahead: (any RowsAhead)? { nil }

    /// Waits until all that was written is in the tables, also what was written ahead of them.
    package func settle() async throws(Problem) { try await ahead?.settle() }

    /// As ``settle()``; whoever writes ahead goes on from the tables.
    package func settleAndForget() async throws(Problem) {
        guard let ahead else { return }
        try await ahead.turn(of: RowsHolder()) { _ throws(Problem) in try await ahead.settle() }
    }

    /// Where one transaction writes at a time.
    public func writeForm<Answer: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer { try await write(body) }

    /// Where one transaction writes at a time.
    public func writeRows<Answer: Sendable>(
        in workspace: WorkspaceID, _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer { try await write(body) }

    /// Where one transaction writes at a time.
    public func writeAlone<Answer: Sendable>(
        in workspace: WorkspaceID, _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer { try await write(body) }
}

/// One open transaction.
///
/// Whatever a statement throws ends the transaction: pass it on, nothing more can be done in it.
public protocol SQLConnection {
    /// Runs a statement and tells how many rows it changed.
    ///
    /// - Throws: ``Problem`` with code `exists` for a broken uniqueness rule, `not_found` for a broken reference.
    @discardableResult
    func execute(_ sql: String, _ values: [SQLValue]) throws(Problem) -> Int

    /// Runs one statement once for each of `rows`, in order, and tells how many rows each run changed.
    ///
    /// One round trip to a server, however many rows; on SQLite one prepared statement. No rows: nothing is run.
    ///
    /// - Throws: as ``execute(_:_:)``, for the first run that fails.
    @discardableResult
    func execute(_ sql: String, each rows: [[SQLValue]]) throws(Problem) -> [Int]

    /// Writes rows by a statement, of which no two have one key where it replaces.
    ///
    /// - Throws: as ``execute(_:_:)``, for any row that cannot be written.
    func write(_ rows: [[SQLValue]], by statement: RowStatement) throws(Problem)

    /// The rows of a query, in order.
    func rows(_ sql: String, _ values: [SQLValue]) throws(Problem) -> [SQLRow]

    /// The rows of one query for each of `rows`, in order: what the query finds for the values of one stands together.
    ///
    /// One round trip to a server, however many; on SQLite one prepared statement.
    func rows(_ sql: String, each rows: [[SQLValue]]) throws(Problem) -> [[SQLRow]]

    /// The rows of a query of one table, which nobody else changes until this transaction ends; others may hold them, too.
    ///
    /// Waits for whoever is changing them. A row that was changed since this transaction began is a conflict, and `body` is run again.
    func heldRows(_ sql: String, _ values: [SQLValue]) throws(Problem) -> [SQLRow]

    /// Keeps the rows of tables in the order of their keys from now on, where the database has a choice; their contents stay.
    ///
    /// For short rows that are looked for by their key.
    ///
    /// - Parameter tables: Those to which others refer come first, and all that refer to one of them are there as well.
    func orderByKey(_ tables: [String]) throws(Problem)
}

extension SQLConnection {
    /// Where there is no choice.
    public func orderByKey(_ tables: [String]) throws(Problem) {}

    /// Where a row costs the same alone.
    public func write(_ rows: [[SQLValue]], by statement: RowStatement) throws(Problem) {
        _ = try execute(statement.sql, each: rows)
    }

    /// Where one transaction writes at a time.
    public func heldRows(_ sql: String, _ values: [SQLValue]) throws(Problem) -> [SQLRow] { try rows(sql, values) }
}

extension SQLConnection {
    /// The first row of a query.
    package func row(_ sql: String, _ values: [SQLValue] = []) throws(Problem) -> SQLRow? { try rows(sql, values).first }
}

/// A value of a column.
///
/// Instants are microseconds, flags 0 and 1, digests hexadecimal text.
public enum SQLValue: Hashable, Sendable {
    case null
    case integer(Int64)
    case text(String)

    package static func optional(_ text: String?) -> SQLValue { text.map { .text($0) } ?? .null }
    package static func optional(_ instant: Instant?) -> SQLValue { instant.map { .integer($0.microseconds) } ?? .null }
    package static func instant(_ instant: Instant) -> SQLValue { .integer(instant.microseconds) }
    package static func flag(_ flag: Bool) -> SQLValue { .integer(flag ? 1 : 0) }
    package static func count(_ count: Int) -> SQLValue { .integer(Int64(count)) }
}

/// One row of an answer, columns in the order of the query.
public struct SQLRow: Sendable {
    public let values: [SQLValue]

    public init(values: [SQLValue]) { self.values = values }
}

/// Reads a row from left to right; what does not fit is damage.
package struct RowReader {
    private let row: SQLRow
    private var index = 0

    package init(_ row: SQLRow) { self.row = row }

    package mutating func text() throws(Problem) -> String {
        guard case .text(let value) = try next() else { throw damage() }
        return value
    }

    package mutating func optionalText() throws(Problem) -> String? {
        switch try next() {
        case .null: nil
        case .text(let value): value
        case .integer: throw damage()
        }
    }

    package mutating func integer() throws(Problem) -> Int64 {
        guard case .integer(let value) = try next() else { throw damage() }
        return value
    }

    package mutating func count() throws(Problem) -> Int { Int(try integer()) }
    package mutating func optionalCount() throws(Problem) -> Int? {
        switch try next() {
        case .null: nil
        case .integer(let value): Int(value)
        case .text: throw damage()
        }
    }

    package mutating func flag() throws(Problem) -> Bool { try integer() != 0 }
    package mutating func instant() throws(Problem) -> Instant { Instant(microseconds: try integer()) }

    package mutating func optionalInstant() throws(Problem) -> Instant? {
        guard let count = try optionalCount() else { return nil }
        return Instant(microseconds: Int64(count))
    }

    package mutating func id<ID: TextID>(_ type: ID.Type = ID.self) throws(Problem) -> ID {
        guard let id = ID(validating: try text()) else { throw damage() }
        return id
    }

    package mutating func digest() throws(Problem) -> KeyDigest {
        guard let digest = KeyDigest(hex: try text()) else { throw damage() }
        return digest
    }

    /// The value made from the next text, or damage.
    package mutating func word<Word>(_ make: (String) -> Word?) throws(Problem) -> Word {
        guard let word = make(try text()) else { throw damage() }
        return word
    }

    private mutating func next() throws(Problem) -> SQLValue {
        guard index < row.values.count else { throw damage() }
        index += 1
        return row.values[index - 1]
    }

    private func damage() -> Problem {
        Problem(
            .damaged, "The records hold a value that cannot be read in column \(index). Restore them from a backup.", status: 500)
    }
}
