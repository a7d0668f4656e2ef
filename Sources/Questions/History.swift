import EventStore

/// The rows of one person that a question reads, in order of (timestamp, arrival): flat arrays, reused from person to person.
struct History {
    /// Microseconds UTC.
    var timestamps: [Int64] = []
    var arrivals: [UInt64] = []
    /// Bit i is set when selector i matches.
    var marks: [UInt64] = []
    /// Where each row is: the index of its part and its row number there.
    var parts: [Int32] = []
    var rows: [Int32] = []

    var count: Int { timestamps.count }

    mutating func removeAll() {
        timestamps.removeAll(keepingCapacity: true)
        arrivals.removeAll(keepingCapacity: true)
        marks.removeAll(keepingCapacity: true)
        parts.removeAll(keepingCapacity: true)
        rows.removeAll(keepingCapacity: true)
    }

    mutating func append(timestamp: Int64, arrival: UInt64, marks mark: UInt64, part: Int32, row: Int32) {
        timestamps.append(timestamp)
        arrivals.append(arrival)
        marks.append(mark)
        parts.append(part)
        rows.append(row)
    }

    private func precedes(_ first: Int, _ second: Int) -> Bool {
        timestamps[first] != timestamps[second] ? timestamps[first] < timestamps[second] : arrivals[first] < arrivals[second]
    }

    /// Puts rows of several runs in order; a single run already is.
    mutating func sortRuns() {
        var isSorted = true
        for index in 1 ..< max(count, 1) where precedes(index, index - 1) {
            isSorted = false
            break
        }
        if isSorted { return }
        let order = (0 ..< count).sorted { precedes($0, $1) }
        timestamps = order.map { timestamps[$0] }
        arrivals = order.map { arrivals[$0] }
        marks = order.map { marks[$0] }
        parts = order.map { parts[$0] }
        rows = order.map { rows[$0] }
    }

    /// The first index whose timestamp is not before `instant`.
    func lowerBound(_ instant: Int64) -> Int {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if timestamps[middle] < instant { low = middle + 1 } else { high = middle }
        }
        return low
    }
}
