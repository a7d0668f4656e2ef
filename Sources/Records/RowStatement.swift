public import Model

/// A statement that writes one row, for rows that come into their table some time after they were written ahead.
///
/// Its text is kept with the rows, so that they can be written by a later version of the program.
public final class RowStatement: Sendable {
    public let sql: String
    /// How many values it takes.
    public let valueCount: Int
    /// How many of them, from the first, tell which row it is.
    public let keyCount: Int
    /// Whether a later row stands for all earlier ones of its key.
    public let replaces: Bool

    public init(_ sql: String, valueCount: Int, keyCount: Int, replaces: Bool) {
        self.sql = sql
        self.valueCount = valueCount
        self.keyCount = keyCount
        self.replaces = replaces
    }

    /// `INSERT INTO table (columns) VALUES (?, …) ON CONFLICT (key) DO UPDATE SET` all of `changing`, or `DO NOTHING` when it is
    /// empty.
    ///
    /// - Parameters:
    ///   - key: The columns of the table's primary key.
    ///   - fixed: What a row says when it is made, and never changes.
    public static func setting(_ table: String, key: [String], fixed: [String] = [], changing: [String]) -> RowStatement {
        let columns = key + fixed + changing
        let update =
            changing.isEmpty
            ? "NOTHING" : "UPDATE SET " + changing.map { "\($0) = excluded.\($0)" }.joined(separator: ", ")
        return RowStatement(
            insertion(table, columns) + " ON CONFLICT (\(key.joined(separator: ", "))) DO \(update)", valueCount: columns.count,
            keyCount: key.count, replaces: !changing.isEmpty)
    }

    /// `INSERT INTO table (columns) VALUES (?, …)`: a second row of the key is an error.
    public static func adding(_ table: String, key: [String], _ columns: [String]) -> RowStatement {
        let all = key + columns
        return RowStatement(insertion(table, all), valueCount: all.count, keyCount: key.count, replaces: false)
    }

    private static func insertion(_ table: String, _ columns: [String]) -> String {
        "INSERT INTO \(table) (\(columns.joined(separator: ", "))) VALUES \(marks(columns.count))"
    }

    private static func marks(_ count: Int) -> String { "(\(repeatElement("?", count: count).joined(separator: ", ")))" }

    /// The statement for several rows at once, one after another.
    package func sql(rows count: Int) -> String {
        let marks = RowStatement.marks(valueCount)
        return sql.replacing("VALUES \(marks)", with: "VALUES \(repeatElement(marks, count: count).joined(separator: ", "))")
    }
}

/// Takes rows to write, one value after another.
///
/// Rows of different statements are written in the order in which the statements came first.
public protocol RowSink {
    /// Writes a row: `body` adds as many values as the statement takes.
    mutating func put(_ statement: RowStatement, _ body: (inout Self) -> Void)

    /// Adds a value to the row that is being written.
    mutating func add(_ value: SQLValue)
    mutating func add(_ text: String)
    mutating func add(_ number: Int64)
}

extension RowSink {
    @inlinable package mutating func add(_ instant: Instant) { add(instant.microseconds) }
    @inlinable package mutating func add(_ flag: Bool) { add(flag ? 1 : 0 as Int64) }
    @inlinable package mutating func add(_ text: String?) { if let text { add(text) } else { add(SQLValue.null) } }
    @inlinable package mutating func add(_ number: Int64?) { if let number { add(number) } else { add(SQLValue.null) } }
    @inlinable package mutating func add(_ instant: Instant?) { add(instant?.microseconds) }
}

/// Rows of one transaction, by statement.
public struct RowBatch: RowSink, Sendable {
    /// In the order in which the statements came first.
    private var rows: [(statement: RowStatement, values: [[SQLValue]])] = []
    private var row: [SQLValue] = []

    public init() {}

    public mutating func put(_ statement: RowStatement, _ body: (inout RowBatch) -> Void) {
        row = []
        row.reserveCapacity(statement.valueCount)
        body(&self)
        if let place = rows.firstIndex(where: { $0.statement === statement }) {
            rows[place].values.append(row)
        } else {
            rows.append((statement, [row]))
        }
    }

    public mutating func add(_ value: SQLValue) { row.append(value) }
    public mutating func add(_ text: String) { row.append(.text(text)) }
    public mutating func add(_ number: Int64) { row.append(.integer(number)) }

    /// Writes them: of a statement that replaces, no two rows have one key.
    public func write(to connection: any SQLConnection) throws(Problem) {
        for (statement, values) in rows { try connection.write(values, by: statement) }
    }
}
