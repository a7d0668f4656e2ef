import EventStore
import Model

/// Counts, per interval, who is new, returning, resurrecting and dormant.
struct LifecycleTally: Tally {
    /// The columns of a bucket.
    enum Column: Int, CaseIterable {
        case new, returning, resurrecting, dormant
    }

    /// What is known of the current person in one group.
    private struct State {
        /// The last interval with an event: 0 is the one before the first; -1 when there was none.
        var last = -1
        var isKnown = false
    }

    private let bucketCount: Int
    /// The interval before the range, then those of the range.
    private var cursor: BucketCursor
    private let end: Int64
    private(set) var table: GroupTable
    /// Group-major, then bucket, then column.
    private var counts: [Int] = []
    private var states: [State] = []
    private var touched: [Int] = []

    /// - Parameter before: the first instant of the calendar interval before the first bucket.
    init(_ buckets: TrendBuckets, before: Int64, table: GroupTable) {
        bucketCount = buckets.count
        let first = buckets.labels.first ?? 0
        cursor = BucketCursor(starts: [before] + buckets.starts, ends: [first] + buckets.ends)
        end = buckets.ends.last ?? Int64.min
        self.table = table
        grow()
    }

    func count(group: Int, bucket: Int, _ column: Column) -> Int {
        counts[(group * bucketCount + bucket) * Column.allCases.count + column.rawValue]
    }

    /// Whether anybody moved in a group.
    func isEmpty(group: Int) -> Bool {
        let size = bucketCount * Column.allCases.count
        return counts[group * size ..< (group + 1) * size].allSatisfy { $0 == 0 }
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        table.enter(unit.person)
        cursor.reset()
        for index in 0 ..< history.count {
            let time = history.timestamps[index]
            if time >= end { break }
            let group = table.group(part: history.parts[index], row: history.rows[index])
            grow()
            take(cursor.index(of: time), group)
        }
        for group in touched {
            leave(group, at: bucketCount)
            states[group] = State()
        }
        touched.removeAll(keepingCapacity: true)
    }

    private mutating func take(_ interval: Int, _ group: Int) {
        let state = states[group]
        if !state.isKnown {
            touched.append(group)
            states[group].isKnown = true
        }
        if interval < 0 || interval == state.last { return }
        if interval > 0 {
            leave(group, at: interval - 1)
            let isReturning = state.last == interval - 1
            note(group, interval, isReturning ? .returning : state.isKnown ? .resurrecting : .new)
        }
        states[group].last = interval
    }

    /// Notes that somebody active in the last interval was not in the next, where that one is not after `interval`.
    private mutating func leave(_ group: Int, at interval: Int) {
        let last = states[group].last
        if last >= 0, last < interval { note(group, last + 1, .dormant) }
    }

    private mutating func note(_ group: Int, _ interval: Int, _ column: Column) {
        counts[(group * bucketCount + interval - 1) * Column.allCases.count + column.rawValue] += 1
    }

    private mutating func grow() {
        while states.count < table.count {
            states.append(State())
            counts.append(contentsOf: repeatElement(0, count: bucketCount * Column.allCases.count))
        }
    }

    var byteCount: Int { table.byteCount + counts.byteCount + states.byteCount + touched.byteCount }

    mutating func merge(_ other: LifecycleTally) {
        let size = bucketCount * Column.allCases.count
        for (index, key) in other.table.keys.enumerated() {
            let group = table.group(of: key)
            grow()
            guard index < other.states.count else { continue }
            for place in 0 ..< size { counts[group * size + place] += other.counts[index * size + place] }
        }
    }
}
