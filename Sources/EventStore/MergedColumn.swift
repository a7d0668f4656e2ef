internal import Columns
internal import Disks

/// The same column of several parts as one, read from them as it is walked.
struct MergedColumn: ColumnSource {
    let count: Int
    private let order: MergeOrder
    /// By part; nil where no row of the part holds a value.
    private let columns: [PropertyColumn?]
    /// By part, the values that stand in rows that are left out; nil where none do.
    private let masks: [RowMask?]
    private let level: Int32?
    /// A bit per joined row that holds a value; empty when all do.
    private let present: [UInt64]
    /// The new code of each part's codes.
    private var codes: [FixedList<UInt32>] = []
    private let scratch: Scratch?
    /// What is blacked out in the texts of one part alone.
    private let redaction: Redaction?

    init(_ order: MergeOrder, columns: [PropertyColumn?], level: Int32?, redaction: Redaction? = nil, scratch: Scratch?) {
        self.order = order
        self.redaction = redaction
        self.scratch = scratch
        self.columns = columns
        self.level = level
        let masks = zip(columns, order.masks).map { column, rows in
            rows.flatMap { rows in column.flatMap { MergedColumn.valueMask($0, rows) } }
        }
        self.masks = masks
        count = zip(columns, masks).reduce(0) { $0 + ($1.0?.presentCount ?? 0) - ($1.1?.count ?? 0) }
        present = count == order.rowCount ? [] : MergedColumn.presence(order, columns)
    }

    /// The values of a column that stand in `rows`.
    private static func valueMask(_ column: PropertyColumn, _ rows: RowMask) -> RowMask {
        var mask = RowMask(limit: column.presentCount)
        var index = 0
        column.rows.forEach { row in
            if rows.contains(row) { mask.insert(index) }
            index += 1
        }
        return mask
    }

    private static func presence(_ order: MergeOrder, _ columns: [PropertyColumn?]) -> [UInt64] {
        if !order.joinedRows.isEmpty {
            var present = [UInt64](repeating: 0, count: (order.rowCount + 63) / 64)
            for (column, joined) in zip(columns, order.joinedRows) {
                column?.rows.forEach { present[Int(joined[$0] >> 6)] |= 1 << UInt64(joined[$0] & 63) }
            }
            return present
        }
        var next: [Int] = []
        var words: [UInt64] = []
        for (part, column) in zip(order.parts, columns) {
            let start = words.count
            next.append(64 * start)
            words.append(contentsOf: repeatElement(0, count: (part.rowCount + 63) / 64))
            column?.rows.forEach { words[start + $0 >> 6] |= 1 << UInt64($0 & 63) }
        }
        var present = [UInt64](repeating: 0, count: (order.rowCount + 63) / 64)
        let starts = next
        for (row, part) in order.partOfRow.enumerated() {
            var place = next[Int(part)]
            if let mask = order.masks[Int(part)] {
                while mask.contains(place - starts[Int(part)]) { place += 1 }
            }
            next[Int(part)] = place + 1
            present[row >> 6] |= (words[place >> 6] >> UInt64(place & 63) & 1) << UInt64(row & 63)
        }
        return present
    }

    func forEachRow(_ body: (UInt32) -> Void) {
        if present.isEmpty {
            for stretch in order.stretches {
                if order.isStopping() { return }
                for row in stretch { body(UInt32(row)) }
            }
            return
        }
        for index in present.indices {
            if index << 6 & (MergeOrder.stretchRows - 1) == 0, order.isStopping() { return }
            var word = present[index]
            while word != 0 {
                body(UInt32(index << 6 + word.trailingZeroBitCount))
                word &= word &- 1
            }
        }
    }

    func forEachValue(_ body: (UInt8, Int64) -> Void) {
        var cursors = zip(columns, masks).map { column, mask in column.map { ValueCursor($0, leavingOut: mask) } }
        cursors.withUnsafeMutableBufferPointer { cursors in
            forEachRow { row in
                let part = Int(order.partOfRow[Int(row)])
                guard let (kind, cell) = cursors[part]?.next() else { return }
                body(kind, kind >= ValueKind.bigNumber.rawValue ? Int64(codes[part][Int(cell)]) : cell)
            }
        }
    }

    // MARK: - Texts

    mutating func writeDictionary(appendingTo out: inout ByteOutput) throws(DiskFailure) {
        let dictionaries = columns.map { $0?.dictionary ?? StringDictionary() }
        let used = zip(columns, masks).map { column, mask in
            mask.flatMap { mask in column.map { MergedColumn.usedCodes($0, leavingOut: mask) } }
        }
        guard zip(dictionaries, used).contains(where: { $0.count > 0 && $1?.count != 0 }) else { return }
        if let redaction, let column = columns.first ?? nil, try writeRedacted(column, used[0], redaction, appendingTo: &out) {
            return
        }
        let isWhole = used.allSatisfy { $0 == nil }
        var drafts = columns.map { _ in ListDraft<UInt32>(in: scratch) }
        let cursors = dictionaries.map(\.cursor)
        var encoder = TextBlocksEncoder(level: level, appendingTo: &out)
        var text: [UInt8] = []
        while let best = MergedColumn.least(cursors) {
            let code = UInt32(encoder.count)
            cursors[best].withText {
                text.removeAll(keepingCapacity: true)
                text.append(contentsOf: $0)
            }
            // A text of rows that are left out only is not written: its code is never asked for.
            let isUsed =
                isWhole
                || cursors.indices.contains {
                    !cursors[$0].isAtEnd && cursors[$0].isAt(text) && used[$0]?.contains(cursors[$0].index) ?? true
                }
            if isUsed { text.withUnsafeBytes { encoder.append($0, to: &out) } }
            for index in cursors.indices where !cursors[index].isAtEnd && cursors[index].isAt(text) {
                drafts[index].append(code)
                cursors[index].advance()
            }
        }
        encoder.finish(&out)
        codes = []
        for index in drafts.indices { codes.append(try drafts[index].finish()) }
    }

    /// Writes the texts of the only column with what is blacked out in its place; false, with nothing written, when they name nobody.
    private mutating func writeRedacted(
        _ column: PropertyColumn, _ used: RowMask?, _ redaction: Redaction, appendingTo out: inout ByteOutput
    ) throws(DiskFailure) -> Bool {
        var changed: [(text: [UInt8], code: Int)] = []
        let namesSomebody = column.key.namesSomebody
        column.dictionary.forEach { code, text in
            guard used?.contains(code) ?? true, let text = redaction.redacted(text, namingSomebody: namesSomebody) else { return }
            changed.append((text, code))
        }
        if changed.isEmpty { return false }
        let changedCodes = Set(changed.map(\.code))
        changed.sort { $0.text.lexicographicallyPrecedes($1.text) }
        var rest = changed[...]
        var newCodes = [UInt32](repeating: 0, count: column.dictionary.count)
        var encoder = TextBlocksEncoder(level: level, appendingTo: &out)
        var last: [UInt8]?
        func add(_ text: UnsafeRawBufferPointer, _ code: Int) {
            if last.map({ !text.elementsEqual($0) }) ?? true {
                encoder.append(text, to: &out)
                last = Array(text)
            }
            newCodes[code] = UInt32(encoder.count - 1)
        }
        func addChanged(before text: UnsafeRawBufferPointer?) {
            while let next = rest.first, text.map({ next.text.lexicographicallyPrecedes($0) }) ?? true {
                next.text.withUnsafeBytes { add($0, next.code) }
                rest.removeFirst()
            }
        }
        column.dictionary.forEach { code, text in
            guard used?.contains(code) ?? true, !changedCodes.contains(code) else { return }
            addChanged(before: text)
            add(text, code)
        }
        addChanged(before: nil)
        encoder.finish(&out)
        var draft = ListDraft<UInt32>(in: scratch)
        for code in newCodes { draft.append(code) }
        codes = [try draft.finish()]
        return true
    }

    /// The cursor with the least text, the first on a tie; nil when all are at their ends.
    private static func least(_ cursors: [TextCursor]) -> Int? {
        var best: Int?
        for index in cursors.indices where !cursors[index].isAtEnd {
            guard let known = best else {
                best = index
                continue
            }
            if cursors[index].precedes(cursors[known]) { best = index }
        }
        return best
    }

    /// The codes of the texts that are among the values that stay.
    private static func usedCodes(_ column: PropertyColumn, leavingOut mask: RowMask) -> RowMask {
        var used = RowMask(limit: column.dictionary.count)
        var cursor = ValueCursor(column, leavingOut: mask)
        for _ in 0 ..< column.presentCount - mask.count {
            let (kind, cell) = cursor.next()
            if kind >= ValueKind.bigNumber.rawValue { used.insert(Int(cell)) }
        }
        return used
    }
}

/// Reads the values of a column in the order of its rows, a few hundred at a time.
private struct ValueCursor {
    private static let chunkCount = 512

    private let column: PropertyColumn
    private let mask: RowMask?
    private var kinds: [UInt8]
    private var cells: [Int64]
    private var place = 0
    private var filled = 0
    private var index = 0

    /// - Parameter mask: the values that are passed over.
    init(_ column: PropertyColumn, leavingOut mask: RowMask?) {
        self.column = column
        self.mask = mask
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
        place = 0
        repeat {
            decode()
            if let mask { passOver(mask, from: index - filled) }
        } while filled == 0
    }

    private mutating func passOver(_ mask: RowMask, from start: Int) {
        var kept = 0
        for place in 0 ..< filled where !mask.contains(start + place) {
            (kinds[kept], cells[kept]) = (kinds[place], cells[place])
            kept += 1
        }
        filled = kept
    }

    private mutating func decode() {
        filled = min(cells.count, column.presentCount - index)
        precondition(filled > 0, "a column ends before its rows do")
        kinds.withUnsafeMutableBufferPointer { kinds in
            cells.withUnsafeMutableBufferPointer { cells in
                guard let kinds = kinds.baseAddress, let cells = cells.baseAddress else { return }
                column.plainValues(index ..< index + filled, kinds: kinds, into: cells)
            }
        }
        index += filled
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
