import Model
import Records

/// One transaction of PostgreSQL; it begins with its first statement.
final class PostgresTransaction: SQLConnection {
    /// What a transaction sees and may do.
    enum Kind: String {
        case reading = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
        case writingRows = "BEGIN ISOLATION LEVEL REPEATABLE READ READ WRITE"
        case writing = "BEGIN ISOLATION LEVEL SERIALIZABLE READ WRITE"
    }

    private let session: PostgresSession
    private let kind: Kind
    private let shared: PostgresLock?
    private var hasBegun = false
    /// Why a statement failed, whatever the body made of it: the server carries out nothing more.
    private(set) var failure: PostgresFailure?

    /// - Parameter shared: What it holds until it ends, with others; what was done under it alone is seen.
    init(_ kind: Kind, sharing shared: PostgresLock? = nil, on session: PostgresSession) {
        self.kind = kind
        self.shared = shared
        self.session = session
    }

    func execute(_ sql: String, _ values: [SQLValue]) throws(Problem) -> Int {
        try run(sql, [values]) { answer throws(PostgresFailure) in answer.changedRowCount }.first ?? 0
    }

    func execute(_ sql: String, each rows: [[SQLValue]]) throws(Problem) -> [Int] {
        try run(sql, rows) { answer throws(PostgresFailure) in answer.changedRowCount }
    }

    /// How many rows a run of a statement writes: what beginning and ending it costs is shared by them.
    private static let rowCounts = [64, 8, 1]

    func write(_ rows: [[SQLValue]], by statement: RowStatement) throws(Problem) {
        var rest = rows[...]
        for count in PostgresTransaction.rowCounts where rest.count >= count {
            let end = rest.startIndex + rest.count / count * count
            let runs = stride(from: rest.startIndex, to: end, by: count).map { Array(rest[$0 ..< $0 + count].joined()) }
            _ = try execute(count == 1 ? statement.sql : statement.sql(rows: count), each: runs)
            rest = rest[end...]
        }
    }

    func rows(_ sql: String, _ values: [SQLValue]) throws(Problem) -> [SQLRow] {
        try run(sql, [values]) { answer throws(PostgresFailure) in try answer.rows() }.first ?? []
    }

    func rows(_ sql: String, each rows: [[SQLValue]]) throws(Problem) -> [[SQLRow]] {
        try run(sql, rows) { answer throws(PostgresFailure) in try answer.rows() }
    }

    func heldRows(_ sql: String, _ values: [SQLValue]) throws(Problem) -> [SQLRow] {
        try rows(sql + " FOR SHARE", values)
    }

    private func run<Answer>(
        _ sql: String, _ rows: [[SQLValue]], _ read: (PostgresAnswer) throws(PostgresFailure) -> Answer
    ) throws(Problem) -> [Answer] {
        if let failure { throw failure.problem }
        guard !rows.isEmpty else { return [] }
        let opening = hasBegun ? nil : PostgresOpening(begin: kind.rawValue, shared: shared)
        hasBegun = true
        do throws(PostgresFailure) { return try session.run(sql, each: rows, after: opening, read) } catch {
            failure = error
            throw error.problem
        }
    }

    /// Makes what was done stay.
    func commit() throws(PostgresFailure) {
        guard hasBegun else { return }
        let commands: [String]
        do throws(PostgresFailure) {
            commands = try session.run("COMMIT", each: [[]]) { answer throws(PostgresFailure) in answer.command }
        } catch {
            // A transaction that only reads has nothing that could be lost.
            if kind == .reading { return }
            throw session.isLost ? .unknownOutcome : error
        }
        guard commands == ["COMMIT"] else { throw PostgresFailure(state: "25P02") }
    }

    /// Takes back what was done; a connection that is lost has done so already.
    func rollBack() throws(PostgresFailure) {
        guard hasBegun, !session.isLost else { return }
        _ = try session.run("ROLLBACK", each: [[]]) { _ in }
    }
}
