import EventStore

/// Numbers the combinations of values that a funnel holds constant.
///
/// Not shared between threads.
struct HeldClasses: Sendable {
    private var columns: [[InternedColumn]]
    private var interner = ValueInterner()
    private var numbers: [[Int32]: Int32] = [:]

    init(_ paths: [String], executor: Executor) {
        columns = paths.map { path in executor.snapshot.parts.map { InternedColumn(path, in: $0) } }
    }

    var byteCount: Int {
        let keyBytes = numbers.count * (blockBytes + (columns.count + 1) * MemoryLayout<Int32>.stride)
        return numbers.byteCount + keyBytes + interner.byteCount + InternedColumn.byteCount(columns)
    }

    /// Per row a number for the values held constant, with those of the breakdown where `extra` is given.
    mutating func classes(_ history: borrowing History, _ extra: [[Int32]]?) -> [Int32] {
        var out = [Int32](repeating: 0, count: history.count)
        for index in 0 ..< history.count {
            var key = extra.map { $0[index] } ?? []
            for column in columns.indices {
                key.append(columns[column][Int(history.parts[index])].number(at: Int(history.rows[index]), &interner))
            }
            let next = Int32(numbers.count)
            out[index] = numbers[key, default: next]
            if out[index] == next { numbers[key] = next }
        }
        return out
    }
}
