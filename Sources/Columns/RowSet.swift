/// A set of row numbers of one part, ascending: the rows that carry an event name, or a property.
public struct RowSet: @unchecked Sendable {
    // Unchecked because the bytes are immutable and `region` keeps them.
    private enum Form {
        case all
        case bitmap(ranks: UnsafeRawPointer, words: UnsafeRawPointer)
        case list(directory: UnsafeRawPointer, blocks: UnsafeRawPointer)
        case array([UInt32])
    }

    /// Number of rows in the set.
    public let count: Int
    /// Number of rows of the part.
    public let rowCount: Int
    private let form: Form
    private let region: ByteRegion?

    /// Reads the layout drawn at ``RowSetEncoder``; nil when the bytes are too short for it.
    package init?(_ bytes: UnsafeRawBufferPointer, region: ByteRegion) {
        guard bytes.count >= RowSetEncoder.headerBytes, let start = bytes.baseAddress else { return nil }
        count = Int(bytes.integer(at: 4, as: UInt32.self))
        rowCount = Int(bytes.integer(at: 8, as: UInt32.self))
        self.region = region
        let body = start + RowSetEncoder.headerBytes
        switch bytes.integer(at: 0, as: UInt32.self) {
        case 0: form = .all
        case 1:
            let rankBytes = (rowCount + 511) / 512 * 4
            guard bytes.count >= RowSetEncoder.headerBytes + rankBytes + (rowCount + 63) / 64 * 8 else { return nil }
            form = .bitmap(ranks: body, words: body + rankBytes)
        case 2:
            let directoryBytes = (count + 127) / 128 * 8
            guard bytes.count >= RowSetEncoder.headerBytes + directoryBytes else { return nil }
            form = .list(directory: body, blocks: body + directoryBytes)
        default: return nil
        }
    }

    /// A set of the given rows, which are ascending.
    public init(rows: [UInt32], rowCount: Int) {
        count = rows.count
        self.rowCount = rowCount
        form = .array(rows)
        region = nil
    }

    /// Whether every row of the part is in the set.
    public var isAll: Bool { count == rowCount }

    /// All rows of the set.
    public var array: [UInt32] { rows(in: 0 ..< rowCount) }

    /// Whether `row` is in the set.
    public func contains(_ row: Int) -> Bool { index(of: row) != nil }

    /// The rows of the set that lie in `range`.
    public func rows(in range: Range<Int>) -> [UInt32] {
        var rows: [UInt32] = []
        append(in: range, to: &rows)
        return rows
    }

    /// Appends the rows of the set that lie in `range`.
    public func append(in range: Range<Int>, to rows: inout [UInt32]) {
        forEach(in: range) { rows.append(UInt32(truncatingIfNeeded: $0)) }
    }

    /// Calls `body` with each row, ascending.
    @inlinable public func forEach(_ body: (Int) -> Void) { forEach(in: 0 ..< rowCount, body) }

    /// The number of rows of the set in `range`.
    public func count(in range: Range<Int>) -> Int {
        range.isEmpty ? 0 : rank(of: range.upperBound) - rank(of: range.lowerBound)
    }

    /// Calls `body` with each row of the set in `range`, ascending.
    public func forEach(in range: Range<Int>, _ body: (Int) -> Void) {
        let range = range.clamped(to: 0 ..< rowCount)
        guard !range.isEmpty, count > 0 else { return }
        switch form {
        case .all: for row in range { body(row) }
        case .bitmap(_, let words): RowSet.forEach(words, range, body)
        case .list(let directory, let blocks): forEach(directory, blocks, range, body)
        case .array(let rows):
            var index = RowSet.lowerBound(rows, UInt32(range.lowerBound))
            while index < rows.count, Int(rows[index]) < range.upperBound {
                body(Int(rows[index]))
                index += 1
            }
        }
    }

    /// The number of rows of the set below `row`.
    public func rank(of row: Int) -> Int {
        if row <= 0 { return 0 }
        if row >= rowCount { return count }
        switch form {
        case .all: return row
        case .bitmap(let ranks, let words): return RowSet.rank(ranks, words, row)
        case .list(let directory, let blocks):
            let block = self.block(directory, holding: row)
            guard block >= 0 else { return 0 }
            var cursor = BlockCursor(directory, blocks, block, count: count)
            var rank = block * 128
            while cursor.isValid, cursor.row < row {
                rank += 1
                cursor.advance()
            }
            return rank
        case .array(let rows): return RowSet.lowerBound(rows, UInt32(row))
        }
    }

    /// The position of `row` among the rows of the set; nil when it is not in the set.
    public func index(of row: Int) -> Int? {
        guard row >= 0, row < rowCount else { return nil }
        switch form {
        case .all: return row
        case .bitmap(let ranks, let words):
            return RowSet.word(words, row >> 6) >> UInt64(row & 63) & 1 == 1 ? RowSet.rank(ranks, words, row) : nil
        case .list(let directory, let blocks):
            let block = self.block(directory, holding: row)
            guard block >= 0 else { return nil }
            var cursor = BlockCursor(directory, blocks, block, count: count)
            var index = block * 128
            while cursor.isValid, cursor.row < row {
                index += 1
                cursor.advance()
            }
            return cursor.isValid && cursor.row == row ? index : nil
        case .array(let rows):
            let index = RowSet.lowerBound(rows, UInt32(row))
            return index < rows.count && rows[index] == UInt32(row) ? index : nil
        }
    }

    // MARK: - Forms

    @inline(__always) private static func word(_ words: UnsafeRawPointer, _ index: Int) -> UInt64 {
        UInt64(littleEndian: words.loadUnaligned(fromByteOffset: index * 8, as: UInt64.self))
    }

    /// The number of bits below that of `row`.
    @inline(__always) private static func rank(_ ranks: UnsafeRawPointer, _ words: UnsafeRawPointer, _ row: Int) -> Int {
        let word = row &>> 6
        var rank = Int(UInt32(littleEndian: ranks.loadUnaligned(fromByteOffset: (row &>> 9) &* 4, as: UInt32.self)))
        for index in (row &>> 9) &<< 3 ..< word { rank &+= RowSet.word(words, index).nonzeroBitCount }
        return rank &+ (RowSet.word(words, word) & ((1 &<< UInt64(row & 63)) &- 1)).nonzeroBitCount
    }

    private static func forEach(_ words: UnsafeRawPointer, _ range: Range<Int>, _ body: (Int) -> Void) {
        let last = (range.upperBound - 1) >> 6
        for index in range.lowerBound >> 6 ... last {
            var word = word(words, index)
            if index == range.lowerBound >> 6 { word &= ~0 << UInt64(range.lowerBound & 63) }
            if index == last, range.upperBound & 63 != 0 { word &= (1 << UInt64(range.upperBound & 63)) - 1 }
            while word != 0 {
                body(index << 6 + word.trailingZeroBitCount)
                word &= word &- 1
            }
        }
    }

    private func forEach(
        _ directory: UnsafeRawPointer, _ blocks: UnsafeRawPointer, _ range: Range<Int>, _ body: (Int) -> Void
    ) {
        var block = max(0, self.block(directory, holding: range.lowerBound))
        let blockCount = (count + 127) / 128
        while block < blockCount {
            var cursor = BlockCursor(directory, blocks, block, count: count)
            while cursor.isValid {
                if cursor.row >= range.upperBound { return }
                if cursor.row >= range.lowerBound { body(cursor.row) }
                cursor.advance()
            }
            block += 1
        }
    }

    /// The last block whose first row is at or below `row`; −1 when there is none.
    private func block(_ directory: UnsafeRawPointer, holding row: Int) -> Int {
        var low = 0
        var high = (count + 127) / 128
        while low < high {
            let middle = (low + high) / 2
            let first = UInt32(littleEndian: directory.loadUnaligned(fromByteOffset: middle * 8, as: UInt32.self))
            if Int(first) <= row { low = middle + 1 } else { high = middle }
        }
        return low - 1
    }

    private static func lowerBound(_ rows: [UInt32], _ row: UInt32) -> Int {
        var low = 0
        var high = rows.count
        while low < high {
            let middle = (low + high) / 2
            if rows[middle] < row { low = middle + 1 } else { high = middle }
        }
        return low
    }

    private struct BlockCursor {
        private(set) var row: Int
        private var index = 0
        private let count: Int
        private let width: Int
        private let gaps: UnsafeRawPointer

        init(_ directory: UnsafeRawPointer, _ blocks: UnsafeRawPointer, _ block: Int, count: Int) {
            let entry = directory + block * 8
            row = Int(UInt32(littleEndian: entry.loadUnaligned(as: UInt32.self)))
            let start = blocks + Int(UInt32(littleEndian: entry.loadUnaligned(fromByteOffset: 4, as: UInt32.self)))
            width = Int(start.load(as: UInt8.self))
            gaps = start + 1
            self.count = min(128, count - block * 128)
        }

        var isValid: Bool { index < count }

        mutating func advance() {
            if index + 1 < count { row += Int(BitPacking.value(gaps, width: width, at: index)) + 1 }
            index += 1
        }
    }
}
