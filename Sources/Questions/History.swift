import EventStore

/// The rows of one person that a question reads, in order of (timestamp, arrival): flat columns, reused from person to person.
///
/// A value: copies share their columns until one of them changes.
struct History: Sendable {
    private var columns = HistoryColumns(capacity: 0)
    private(set) var count = 0

    /// Microseconds UTC.
    var timestamps: UnsafeBufferPointer<Int64> { UnsafeBufferPointer(start: columns.timestamps, count: count) }
    /// Numbers of arrival; 0 where a scan was told that nobody reads them.
    var arrivals: UnsafeBufferPointer<UInt64> { UnsafeBufferPointer(start: columns.arrivals, count: count) }
    /// Bit i is set when selector i matches.
    var marks: UnsafeBufferPointer<UInt64> { UnsafeBufferPointer(start: columns.marks, count: count) }
    /// Where each row is: the index of its part and its row number there.
    var parts: UnsafeBufferPointer<Int32> { UnsafeBufferPointer(start: columns.parts, count: count) }
    var rows: UnsafeBufferPointer<Int32> { UnsafeBufferPointer(start: columns.rows, count: count) }

    mutating func removeAll() { count = 0 }

    /// Makes room for so many more rows, in columns that no other history has.
    @inline(__always) mutating func reserve(_ extra: Int) {
        if columns.capacity < count + extra || !isKnownUniquelyReferenced(&columns) {
            columns = columns.copied(count, capacity: max(2 * columns.capacity, count + extra, 64))
        }
    }

    mutating func append(timestamp: Int64, arrival: UInt64, marks mark: UInt64, part: Int32, row: Int32) {
        reserve(1)
        appendReserved(timestamp: timestamp, arrival: arrival, marks: mark, part: part, row: row)
    }

    /// As ``append(timestamp:arrival:marks:part:row:)`` where ``reserve(_:)`` has made room.
    @inline(__always) mutating func appendReserved(timestamp: Int64, arrival: UInt64, marks mark: UInt64, part: Int32, row: Int32) {
        columns.timestamps[count] = timestamp
        columns.arrivals[count] = arrival
        columns.marks[count] = mark
        columns.parts[count] = part
        columns.rows[count] = row
        count += 1
    }

    /// Parts hold one stretch of arrivals each, in their order: numbers of arrival decide within a part only.
    private func precedes(_ first: Int, _ second: Int) -> Bool {
        let (times, parts) = (timestamps, parts)
        if times[first] != times[second] { return times[first] < times[second] }
        return parts[first] != parts[second] ? parts[first] < parts[second] : arrivals[first] < arrivals[second]
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
        let sorted = HistoryColumns(capacity: columns.capacity)
        for (place, index) in order.enumerated() {
            sorted.timestamps[place] = columns.timestamps[index]
            sorted.arrivals[place] = columns.arrivals[index]
            sorted.marks[place] = columns.marks[index]
            sorted.parts[place] = columns.parts[index]
            sorted.rows[place] = columns.rows[index]
        }
        columns = sorted
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

/// The memory of a history.
///
/// Unchecked because ``History`` writes only to columns that it alone has.
private final class HistoryColumns: @unchecked Sendable {
    let capacity: Int
    let timestamps: UnsafeMutablePointer<Int64>
    let arrivals: UnsafeMutablePointer<UInt64>
    let marks: UnsafeMutablePointer<UInt64>
    let parts: UnsafeMutablePointer<Int32>
    let rows: UnsafeMutablePointer<Int32>

    init(capacity: Int) {
        self.capacity = capacity
        timestamps = .allocate(capacity: capacity)
        arrivals = .allocate(capacity: capacity)
        marks = .allocate(capacity: capacity)
        parts = .allocate(capacity: capacity)
        rows = .allocate(capacity: capacity)
    }

    deinit {
        timestamps.deallocate()
        arrivals.deallocate()
        marks.deallocate()
        parts.deallocate()
        rows.deallocate()
    }

    /// Columns with room for `capacity` rows that begin with the first `count` of these.
    func copied(_ count: Int, capacity: Int) -> HistoryColumns {
        let copy = HistoryColumns(capacity: capacity)
        copy.timestamps.update(from: timestamps, count: count)
        copy.arrivals.update(from: arrivals, count: count)
        copy.marks.update(from: marks, count: count)
        copy.parts.update(from: parts, count: count)
        copy.rows.update(from: rows, count: count)
        return copy
    }
}
