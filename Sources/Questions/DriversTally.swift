import EventStore
import Model

/// Counts, per event name, the people who did it in their look-back, apart for those who reached the target and those who did not.
struct DriversTally: Tally {
    private let bit: UInt64
    private let range: Range<Int64>
    private let lookback: Int64
    private(set) var names: EventNames
    private(set) var converted = 0
    private(set) var others = 0
    /// By name number.
    private(set) var didConverted: [Int]
    private(set) var didNotConvert: [Int]
    private var nodes: [Int32] = []
    private var done: IntervalSet

    /// - Parameter range: its end is where the look-back of those who did not reach the target ends.
    init(_ drivers: DriversQuestion, selectors: [Selector], range: Range<Int64>, executor: Executor) {
        bit = QuestionRun.bit(of: drivers.target, in: selectors)
        self.range = range
        lookback = drivers.lookback.microseconds
        names = EventNames(executor.snapshot.parts)
        didConverted = [Int](repeating: 0, count: names.names.count)
        didNotConvert = didConverted
        done = IntervalSet(count: names.names.count)
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        let first = history.lowerBound(range.lowerBound)
        let end = history.lowerBound(range.upperBound)
        guard first < end else { return }
        var target = first
        while target < end, history.marks[target] & bit == 0 { target += 1 }
        let isConverted = target < end
        let until = isConverted ? history.timestamps[target] : range.upperBound
        let (earliest, overflow) = until.subtractingReportingOverflow(lookback)
        let stretch = (overflow ? 0 : history.lowerBound(earliest)) ..< target
        done.removeAll()
        if !stretch.isEmpty { names.read(history, stretch, into: &nodes) } else { nodes.removeAll(keepingCapacity: true) }
        for node in nodes { done.insert(Int(node)) }
        if isConverted {
            converted += 1
            done.forEach(in: 0 ..< didConverted.count) { didConverted[$0] += 1 }
        } else {
            others += 1
            done.forEach(in: 0 ..< didNotConvert.count) { didNotConvert[$0] += 1 }
        }
    }

    mutating func merge(_ other: DriversTally) {
        converted += other.converted
        others += other.others
        for index in didConverted.indices {
            didConverted[index] += other.didConverted[index]
            didNotConvert[index] += other.didNotConvert[index]
        }
    }
}
