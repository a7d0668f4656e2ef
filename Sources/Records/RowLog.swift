import Columns
package import Model

/// Rows as bytes, to be written ahead of the tables: made durable with one write, and brought into the tables later.
///
///     statements: u16 count, then of each u16 values, u16 values of the key, u8 whether it replaces, u32 length, text
///     rows:       u32 length of all that follows, u32 statement, u32 length of the key, values
///     value:      u8 0 for null | u8 1, i64 with its sign turned, big-endian | u8 2, u32 length, text in UTF-8
///
/// Numbers are little-endian but in values, where the order of the bytes of keys shall be that of the keys.
public struct RowLog: RowSink, Sendable {
    package private(set) var statements: [RowStatement] = []
    package private(set) var rows: [UInt8] = []
    package private(set) var rowCount = 0
    /// Of the row that is being written.
    private var rowStart = 0
    private var keyLeft = 0

    public init() { rows.reserveCapacity(1 << 16) }

    public var isEmpty: Bool { rowCount == 0 }

    public mutating func put(_ statement: RowStatement, _ body: (inout RowLog) -> Void) {
        let start = rows.count
        rows.appendInteger(UInt32(0))
        rows.appendInteger(UInt32(number(of: statement)))
        rows.appendInteger(UInt32(0))
        (rowStart, keyLeft) = (start, statement.keyCount)
        body(&self)
        rows.setInteger(UInt32(rows.count - start - 4), at: start)
        rowCount += 1
    }

    /// All of it, for a file.
    package var encoded: [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(rows.count + 4_096)
        bytes.appendInteger(UInt16(statements.count))
        for statement in statements {
            bytes.appendInteger(UInt16(statement.valueCount))
            bytes.appendInteger(UInt16(statement.keyCount))
            bytes.append(statement.replaces ? 1 : 0)
            bytes.appendInteger(UInt32(statement.sql.utf8.count))
            bytes.append(contentsOf: statement.sql.utf8)
        }
        bytes.append(contentsOf: rows)
        return bytes
    }

    /// Reads what ``encoded`` gave.
    ///
    /// - Throws: ``Problem`` with code `damaged`.
    package init(encoded: UnsafeRawBufferPointer) throws(Problem) {
        var place = 0
        func take(_ count: Int) throws(Problem) -> UnsafeRawBufferPointer {
            guard count >= 0, count <= encoded.count - place else { throw RowLog.damage }
            defer { place += count }
            return encoded.slice(place, count)
        }
        for _ in 0 ..< (try take(2)).integer(at: 0, as: UInt16.self) {
            let head = try take(9)
            let text = try take(Int(head.integer(at: 5, as: UInt32.self)))
            statements.append(
                RowStatement(
                    String(decoding: text, as: UTF8.self), valueCount: Int(head.integer(at: 0, as: UInt16.self)),
                    keyCount: Int(head.integer(at: 2, as: UInt16.self)), replaces: head[4] == 1))
        }
        rows = Array(UnsafeRawBufferPointer(rebasing: encoded[place...]))
        while place < encoded.count {
            let length = Int((try take(4)).integer(at: 0, as: UInt32.self))
            let row = try take(length)
            guard length >= 8, row.integer(at: 0, as: UInt32.self) < statements.count,
                Int(row.integer(at: 4, as: UInt32.self)) <= length - 8
            else { throw RowLog.damage }
            rowCount += 1
        }
    }

    private static var damage: Problem {
        Problem(.damaged, "Rows that were written ahead cannot be read. Restore the records from a backup.", status: 500)
    }

    private mutating func number(of statement: RowStatement) -> Int {
        if let known = statements.firstIndex(where: { $0 === statement }) { return known }
        statements.append(statement)
        return statements.count - 1
    }

    public mutating func add(_ value: SQLValue) {
        switch value {
        case .null:
            rows.append(0)
            endValue()
        case .integer(let number): add(number)
        case .text(let text): add(text)
        }
    }

    public mutating func add(_ text: String) {
        rows.append(2)
        rows.appendInteger(UInt32(text.utf8.count))
        rows.append(contentsOf: text.utf8)
        endValue()
    }

    public mutating func add(_ number: Int64) {
        rows.append(1)
        rows.appendInteger((UInt64(bitPattern: number) ^ (1 << 63)).bigEndian)
        endValue()
    }

    private mutating func endValue() {
        keyLeft -= 1
        if keyLeft == 0 { rows.setInteger(UInt32(rows.count - rowStart - 12), at: rowStart + 8) }
    }
}
