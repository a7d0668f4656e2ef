import Columns
import GRDB
import Model
import Records

/// Rows that were written ahead, on their way into the tables: in the order of the tables, of several for one row the last.
struct AppliedRows {
    /// Where a row is in the bytes.
    private struct Place {
        let statement: Int
        /// The first bytes of the key behind its first value, which is the same for most.
        let prefix: UInt64
        let start: Int
        let keyCount: Int
        let end: Int
    }

    private var statements: [RowStatement] = []
    private var bytes: [UInt8] = []
    private var places: [Place] = []

    private init(_ logs: [RowLog]) {
        bytes.reserveCapacity(logs.reduce(0) { $0 + $1.rows.count })
        for log in logs {
            let numbers = log.statements.map { number(of: $0) }
            let first = bytes.count
            bytes += log.rows
            bytes.withUnsafeBytes { bytes in
                var next = first
                while next < bytes.count {
                    let end = next + 4 + Int(bytes.integer(at: next, as: UInt32.self))
                    let keyCount = Int(bytes.integer(at: next + 8, as: UInt32.self))
                    places.append(
                        Place(
                            statement: numbers[Int(bytes.integer(at: next + 4, as: UInt32.self))],
                            prefix: AppliedRows.prefix(bytes.slice(next + 12, keyCount)), start: next + 12, keyCount: keyCount,
                            end: end))
                    next = end
                }
            }
        }
    }

    private mutating func number(of statement: RowStatement) -> Int {
        if let known = statements.firstIndex(where: { $0 === statement || $0.sql == statement.sql }) { return known }
        statements.append(statement)
        return statements.count - 1
    }

    /// Eight bytes of the second value of a key.
    private static func prefix(_ key: UnsafeRawBufferPointer) -> UInt64 {
        var values = RowValues(key)
        values.skip()
        switch values.take() {
        case .integer(let number): return UInt64(bitPattern: number) ^ (1 << 63)
        case .text(let text):
            return text.prefix(8).reduce(0) { $0 << 8 | UInt64($1) } << UInt64(8 * (8 - min(8, text.count)))
        case .null, nil: return 0
        }
    }

    private mutating func sort() {
        bytes.withUnsafeBytes { bytes in
            places.sort { left, right in
                if left.statement != right.statement { return left.statement < right.statement }
                if left.prefix != right.prefix { return left.prefix < right.prefix }
                let order = AppliedRows.compare(bytes.slice(left.start, left.keyCount), bytes.slice(right.start, right.keyCount))
                return order != 0 ? order < 0 : left.start < right.start
            }
        }
    }

    private static func compare(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Int {
        for (one, other) in zip(left, right) where one != other { return one < other ? -1 : 1 }
        return left.count - right.count
    }

    private func write(_ connection: SQLiteConnection) throws {
        try bytes.withUnsafeBytes { bytes in
            var prepared: (number: Int, statement: SQLiteStatement)?
            for (index, place) in places.enumerated() {
                let statement = statements[place.statement]
                if statement.replaces, index + 1 < places.count, isSameRow(place, places[index + 1], bytes) { continue }
                if prepared?.number != place.statement {
                    prepared = (place.statement, try connection.statement(statement.sql))
                }
                try prepared?.statement.run(RowValues(bytes.slice(place.start, place.end - place.start)))
            }
        }
    }

    private func isSameRow(_ one: Place, _ other: Place, _ bytes: UnsafeRawBufferPointer) -> Bool {
        one.statement == other.statement && one.prefix == other.prefix
            && AppliedRows.compare(bytes.slice(one.start, one.keyCount), bytes.slice(other.start, other.keyCount)) == 0
    }
}

extension AppliedRows {
    /// The last number whose rows are in the tables.
    static func applied(_ database: Database) throws -> Int64 {
        try database.execute(sql: "CREATE TABLE IF NOT EXISTS rows_ahead (applied INTEGER NOT NULL)")
        if let applied = try Int64.fetchOne(database, sql: "SELECT applied FROM rows_ahead") { return applied }
        try database.execute(sql: "INSERT INTO rows_ahead (applied) VALUES (0)")
        return 0
    }

    /// Writes what is not there yet, within the transaction that is open.
    ///
    /// - Returns: The last number whose rows are in the tables now.
    static func apply(_ logs: [(number: Int64, log: RowLog)], to database: Database) throws -> Int64 {
        let known = try Int64.fetchOne(database, sql: "SELECT applied FROM rows_ahead") ?? 0
        let new = logs.filter { $0.number > known }
        guard let last = new.last?.number else { return known }
        // Rows come table by table, those that others refer to not always at the head.
        try database.execute(sql: "PRAGMA defer_foreign_keys = ON")
        var rows = AppliedRows(new.map(\.log))
        rows.sort()
        try rows.write(SQLiteConnection(database: database))
        try database.execute(sql: "UPDATE rows_ahead SET applied = ?", arguments: [last])
        return last
    }
}

/// Reads the values of a row from left to right.
struct RowValues {
    enum Value {
        case null
        case integer(Int64)
        case text(UnsafeRawBufferPointer)
    }

    private let bytes: UnsafeRawBufferPointer
    private var next = 0

    init(_ bytes: UnsafeRawBufferPointer) { self.bytes = bytes }

    /// The next one; nil at the end, or where the bytes make no sense.
    mutating func take() -> Value? {
        guard next < bytes.count else { return nil }
        let (kind, start, left) = (bytes[next], next + 1, bytes.count - next - 1)
        switch kind {
        case 0:
            next = start
            return .null
        case 1 where left >= 8:
            next = start + 8
            let number = UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: start, as: UInt64.self))
            return .integer(Int64(bitPattern: number ^ (1 << 63)))
        case 2 where left >= 4:
            let count = Int(bytes.integer(at: start, as: UInt32.self))
            guard count <= left - 4 else { return nil }
            next = start + 4 + count
            return .text(bytes.slice(start + 4, count))
        default: return nil
        }
    }

    mutating func skip() { _ = take() }
}
