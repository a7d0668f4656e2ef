import GRDB
import GRDBSQLite
import Model
import Records

/// One transaction of SQLite.
///
/// Values are bound to the prepared statements and read from them directly: a ledger does this several hundred thousand times a second.
struct SQLiteConnection: SQLConnection {
    let database: Database

    func execute(_ sql: String, _ values: [SQLValue]) throws(Problem) -> Int {
        try translating {
            let statement = try statement(sql)
            try statement.run(values)
            return database.changesCount
        }
    }

    func execute(_ sql: String, each rows: [[SQLValue]]) throws(Problem) -> [Int] {
        if rows.isEmpty { return [] }
        return try translating {
            let statement = try statement(sql)
            return try rows.map { values in
                try statement.run(values)
                return database.changesCount
            }
        }
    }

    func rows(_ sql: String, _ values: [SQLValue]) throws(Problem) -> [SQLRow] {
        try translating { try statement(sql).rows(values) }
    }

    func rows(_ sql: String, each rows: [[SQLValue]]) throws(Problem) -> [[SQLRow]] {
        if rows.isEmpty { return [] }
        return try translating {
            let statement = try statement(sql)
            return try rows.map { try statement.rows($0) }
        }
    }

    func orderByKey(_ tables: [String]) throws(Problem) {
        let all = try tables.map { table throws(Problem) in try forms(of: table) }
        var statements = tables.map { "CREATE TEMPORARY TABLE kept_\($0) AS SELECT * FROM \($0)" }
        // Whoever refers to others goes first.
        statements += tables.reversed().map { "DROP TABLE \($0)" }
        for (table, forms) in zip(tables, all) {
            statements += ["\(forms.table) WITHOUT ROWID", "INSERT INTO \(table) SELECT * FROM kept_\(table)"]
            statements += forms.indexes + ["DROP TABLE kept_\(table)"]
        }
        for statement in statements { _ = try execute(statement, []) }
    }

    /// The statements that make a table and its indexes.
    private func forms(of table: String) throws(Problem) -> (table: String, indexes: [String]) {
        let found = try rows(
            "SELECT sql FROM sqlite_master WHERE tbl_name = ? AND sql IS NOT NULL ORDER BY type = 'index', rowid", [.text(table)])
        let texts = try found.map { row throws(Problem) in
            var reader = RowReader(row)
            return try reader.text()
        }
        guard let first = texts.first else { throw Problem(.damaged, "The records have no table \(table).", status: 500) }
        return (first, Array(texts.dropFirst()))
    }

    /// A statement that is prepared already, or from now on.
    func statement(_ sql: String) throws -> SQLiteStatement {
        SQLiteStatement(handle: try database.cachedStatement(sql: sql).sqliteStatement)
    }

    private func translating<Answer>(_ body: () throws -> Answer) throws(Problem) -> Answer {
        do { return try body() } catch { throw Problem(sqlite: error, path: nil) }
    }
}

/// A statement that GRDB has prepared and keeps for as long as its connection is open.
struct SQLiteStatement {
    let handle: OpaquePointer

    /// Says that SQLite copies a text as it is bound.
    private static let copied = unsafeBitCast(-1, to: sqlite3_destructor_type.self)

    /// Runs it to its end.
    func run(_ values: [SQLValue]) throws {
        try bind(values)
        defer { sqlite3_reset(handle) }
        while try isAtRow() {}
    }

    /// Runs it with values that stand in memory until it has ended.
    func run(_ values: RowValues) throws {
        var values = values
        for place in 1 ... sqlite3_bind_parameter_count(handle) {
            let code =
                switch values.take() {
                case .integer(let number): sqlite3_bind_int64(handle, place, number)
                case .text(let text) where text.isEmpty: sqlite3_bind_text(handle, place, "", 0, nil)
                case .text(let text):
                    sqlite3_bind_text(handle, place, text.baseAddress?.assumingMemoryBound(to: CChar.self), CInt(text.count), nil)
                case .null: sqlite3_bind_null(handle, place)
                case nil: SQLITE_MISUSE
                }
            guard code == SQLITE_OK else { throw failure(code) }
        }
        defer { sqlite3_reset(handle) }
        while try isAtRow() {}
    }

    func rows(_ values: [SQLValue]) throws -> [SQLRow] {
        try bind(values)
        defer { sqlite3_reset(handle) }
        var rows: [SQLRow] = []
        while try isAtRow() { rows.append(SQLRow(values: (0 ..< sqlite3_column_count(handle)).map(value))) }
        return rows
    }

    /// Goes on to the next row, if there is one.
    private func isAtRow() throws -> Bool {
        switch sqlite3_step(handle) {
        case SQLITE_ROW: return true
        case SQLITE_DONE: return false
        case let code: throw failure(code)
        }
    }

    private func bind(_ values: [SQLValue]) throws {
        guard sqlite3_bind_parameter_count(handle) == values.count else { throw failure(SQLITE_MISUSE) }
        for (index, value) in values.enumerated() {
            let place = CInt(index + 1)
            let code =
                switch value {
                case .null: sqlite3_bind_null(handle, place)
                case .integer(let number): sqlite3_bind_int64(handle, place, number)
                case .text(let text): bind(text, place)
                }
            guard code == SQLITE_OK else { throw failure(code) }
        }
    }

    private func bind(_ text: String, _ place: CInt) -> CInt {
        var text = text
        return text.withUTF8 { bytes in
            bytes.withMemoryRebound(to: CChar.self) { letters in
                guard let start = letters.baseAddress else { return sqlite3_bind_text(handle, place, "", 0, nil) }
                return sqlite3_bind_text(handle, place, start, CInt(letters.count), SQLiteStatement.copied)
            }
        }
    }

    private func value(_ column: CInt) -> SQLValue {
        switch sqlite3_column_type(handle, column) {
        case SQLITE_INTEGER: return .integer(sqlite3_column_int64(handle, column))
        case SQLITE_TEXT:
            guard let start = sqlite3_column_text(handle, column) else { return .text("") }
            let bytes = UnsafeBufferPointer(start: start, count: Int(sqlite3_column_bytes(handle, column)))
            return .text(String(decoding: bytes, as: UTF8.self))
        default: return .null
        }
    }

    private func failure(_ code: CInt) -> DatabaseError {
        DatabaseError(resultCode: ResultCode(rawValue: code), message: String(cString: sqlite3_errmsg(sqlite3_db_handle(handle))))
    }
}
