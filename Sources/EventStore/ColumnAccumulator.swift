internal import Columns

/// The values of one column as they come.
struct ColumnAccumulator {
    let key: ColumnKey
    private var calls: [UInt32] = []
    private var kinds: [UInt8] = []
    private var cells: [Int64] = []
    private var texts = TextInterner()

    init(key: ColumnKey) { self.key = key }

    /// Adds the value of a call; a member given twice keeps the last value.
    mutating func add(_ value: LeafValue, at call: UInt32) {
        let cell: Int64 =
            switch value {
            case .null: 0
            case .bool(let value): value ? 1 : 0
            case .int(let value): value
            case .double(let value): Int64(bitPattern: value.bitPattern)
            case .bigNumber(let text), .string(let text), .json(let text): Int64(texts.code(of: text))
            }
        if calls.last == call {
            kinds[kinds.count - 1] = value.kind.rawValue
            cells[cells.count - 1] = cell
        } else {
            calls.append(call)
            kinds.append(value.kind.rawValue)
            cells.append(cell)
        }
    }

    /// The column in the order of rows.
    ///
    /// `order` gives each row's call, `rowOfCall` the reverse.
    func draft(order: [UInt32], rowOfCall: [UInt32], level: Int32?) -> ColumnDraft {
        var draft = ColumnDraft()
        let places = self.places(order: order, rowOfCall: rowOfCall)
        draft.rows = places.map { rowOfCall[Int(calls[$0])] }
        draft.kinds = places.map { kinds[$0] }
        draft.cells = places.map { cells[$0] }
        guard texts.count > 0 else { return draft }
        var isUsed = [Bool](repeating: false, count: texts.count)
        for (kind, cell) in zip(draft.kinds, draft.cells) where kind >= ValueKind.bigNumber.rawValue { isUsed[Int(cell)] = true }
        var rank = [Int64](repeating: 0, count: texts.count)
        var next: Int64 = 0
        let dictionary = ByteOutput.bytes { out in
            var encoder = TextBlocksEncoder(level: level, appendingTo: &out)
            for code in texts.sortedCodes() where isUsed[code] {
                rank[code] = next
                next += 1
                texts.withText(code) { encoder.append($0, to: &out) }
            }
            encoder.finish(&out)
        }
        for index in draft.cells.indices where draft.kinds[index] >= ValueKind.bigNumber.rawValue {
            draft.cells[index] = rank[Int(draft.cells[index])]
        }
        if next > 0 { draft.dictionary = dictionary }
        return draft
    }

    /// The places of the values in the order of rows.
    private func places(order: [UInt32], rowOfCall: [UInt32]) -> [Int] {
        if calls.count * 16 < order.count { return calls.indices.sorted { rowOfCall[Int(calls[$0])] < rowOfCall[Int(calls[$1])] } }
        var placeOfRow = [Int32](repeating: -1, count: order.count)
        for (place, call) in calls.enumerated() { placeOfRow[Int(rowOfCall[Int(call)])] = Int32(place) }
        var places: [Int] = []
        places.reserveCapacity(calls.count)
        for place in placeOfRow where place >= 0 { places.append(Int(place)) }
        return places
    }
}
