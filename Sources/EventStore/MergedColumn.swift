internal import Columns

/// The same column of several parts as one, read from them as it is walked.
struct MergedColumn: ColumnSource {
    let count: Int
    private let order: MergeOrder
    /// By part; nil where no row of the part holds a value.
    private let columns: [PropertyColumn?]
    private let level: Int32?
    /// A bit per joined row that holds a value; empty when all do.
    private let present: [UInt64]
    /// The new code of each part's codes.
    private var codes: [[UInt32]]

    init(_ order: MergeOrder, columns: [PropertyColumn?], level: Int32?) {
        self.order = order
        self.columns = columns
        self.level = level
        count = columns.reduce(0) { $0 + ($1?.presentCount ?? 0) }
        present = count == order.rowCount ? [] : MergedColumn.presence(order, columns)
        codes = Array(repeating: [], count: columns.count)
    }

    private static func presence(_ order: MergeOrder, _ columns: [PropertyColumn?]) -> [UInt64] {
        var next: [Int] = []
        var words: [UInt64] = []
        for (part, column) in zip(order.parts, columns) {
            let start = words.count
            next.append(64 * start)
            words.append(contentsOf: repeatElement(0, count: (part.rowCount + 63) / 64))
            column?.rows.forEach { words[start + $0 >> 6] |= 1 << UInt64($0 & 63) }
        }
        var present = [UInt64](repeating: 0, count: (order.rowCount + 63) / 64)
        for (row, part) in order.partOfRow.enumerated() {
            let place = next[Int(part)]
            next[Int(part)] = place + 1
            present[row >> 6] |= (words[place >> 6] >> UInt64(place & 63) & 1) << UInt64(row & 63)
        }
        return present
    }

    func forEachRow(_ body: (UInt32) -> Void) {
        if present.isEmpty {
            for row in 0 ..< UInt32(order.rowCount) { body(row) }
            return
        }
        for index in present.indices {
            var word = present[index]
            while word != 0 {
                body(UInt32(index << 6 + word.trailingZeroBitCount))
                word &= word &- 1
            }
        }
    }

    func forEachValue(_ body: (UInt8, Int64) -> Void) {
        var cursors = columns.map { $0.map(ValueCursor.init) }
        forEachRow { row in
            let part = Int(order.partOfRow[Int(row)])
            guard let (kind, cell) = cursors[part]?.next() else { return }
            body(kind, kind >= ValueKind.bigNumber.rawValue ? Int64(codes[part][Int(cell)]) : cell)
        }
    }

    // MARK: - Texts

    mutating func writeDictionary(appendingTo out: inout ByteOutput) {
        let dictionaries = columns.map { $0?.dictionary ?? StringDictionary() }
        guard dictionaries.contains(where: { $0.count > 0 }) else { return }
        for (part, dictionary) in dictionaries.enumerated() { codes[part].reserveCapacity(dictionary.count) }
        var cursors = dictionaries.map(\.cursor)
        var encoder = TextBlocksEncoder(level: level, appendingTo: &out)
        var text: [UInt8] = []
        while true {
            var best = -1
            for index in cursors.indices where !cursors[index].isAtEnd {
                if best < 0 || cursors[index].precedes(cursors[best]) { best = index }
            }
            guard best >= 0 else { break }
            let code = UInt32(encoder.count)
            cursors[best].withText {
                text.removeAll(keepingCapacity: true)
                text.append(contentsOf: $0)
                encoder.append($0, to: &out)
            }
            for index in cursors.indices where !cursors[index].isAtEnd && cursors[index].isAt(text) {
                codes[index].append(code)
                cursors[index].advance()
            }
        }
        encoder.finish(&out)
    }
}

/// Reads the values of a column in the order of its rows, a few hundred at a time.
private struct ValueCursor {
    private static let chunkCount = 512

    private let column: PropertyColumn
    private var kinds: [UInt8]
    private var cells: [Int64]
    private var place = 0
    private var filled = 0
    private var index = 0

    init(_ column: PropertyColumn) {
        self.column = column
        let count = min(ValueCursor.chunkCount, max(column.presentCount, 1))
        kinds = Array(repeating: 0, count: count)
        cells = Array(repeating: 0, count: count)
    }

    /// The next value's kind and cell; there must be one.
    @inline(__always) mutating func next() -> (UInt8, Int64) {
        if place == filled { fill() }
        defer { place += 1 }
        return (kinds[place], cells[place])
    }

    private mutating func fill() {
        filled = min(cells.count, column.presentCount - index)
        precondition(filled > 0, "a column ends before its rows do")
        kinds.withUnsafeMutableBufferPointer { kinds in
            cells.withUnsafeMutableBufferPointer { cells in
                guard let kinds = kinds.baseAddress, let cells = cells.baseAddress else { return }
                column.plainValues(index ..< index + filled, kinds: kinds, into: cells)
            }
        }
        index += filled
        place = 0
    }
}

extension TextCursor {
    fileprivate func precedes(_ other: TextCursor) -> Bool {
        withText { text in other.withText { ByteOrder.precedes(text, $0) } }
    }

    fileprivate func isAt(_ text: [UInt8]) -> Bool {
        withText { current in text.withUnsafeBytes { ByteOrder.areEqual(current, $0) } }
    }
}
