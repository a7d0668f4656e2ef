import EventStore
import Model

/// Counts people by the number of intervals in which they have an event.
struct StickinessTally: Tally {
    private let bucketCount: Int
    private var cursor: BucketCursor
    private(set) var table: GroupTable
    /// Group-major, then the number of intervals less one.
    private var persons: [Int] = []
    /// Of the current person, per group: the last interval met, and how many were.
    private var last: [Int] = []
    private var met: [Int] = []
    private var touched: [Int] = []

    init(_ buckets: TrendBuckets, table: GroupTable) {
        bucketCount = buckets.count
        cursor = BucketCursor(starts: buckets.starts, ends: buckets.ends)
        self.table = table
        grow()
    }

    /// People of a group who are active in exactly `intervals`.
    func persons(group: Int, intervals: Int) -> Int { persons[group * bucketCount + intervals - 1] }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        table.enter(unit.person)
        cursor.reset()
        for index in 0 ..< history.count {
            let interval = cursor.index(of: history.timestamps[index])
            if interval < 0 { continue }
            let group = table.group(part: history.parts[index], row: history.rows[index])
            grow()
            if met[group] == 0 { touched.append(group) }
            if met[group] > 0, last[group] == interval { continue }
            last[group] = interval
            met[group] += 1
        }
        for group in touched {
            persons[group * bucketCount + met[group] - 1] += 1
            met[group] = 0
        }
        touched.removeAll(keepingCapacity: true)
    }

    private mutating func grow() {
        while met.count < table.count {
            met.append(0)
            last.append(-1)
            persons.append(contentsOf: repeatElement(0, count: bucketCount))
        }
    }

    var byteCount: Int { table.byteCount + persons.byteCount + last.byteCount + met.byteCount + touched.byteCount }

    mutating func merge(_ other: StickinessTally) {
        for (index, key) in other.table.keys.enumerated() {
            let group = table.group(of: key)
            grow()
            guard index < other.met.count else { continue }
            for place in 0 ..< bucketCount { persons[group * bucketCount + place] += other.persons[index * bucketCount + place] }
        }
    }
}
