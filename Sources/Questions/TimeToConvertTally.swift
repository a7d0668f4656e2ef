import EventStore
import Model

/// Collects the times of the chains that reach the last step.
struct TimeToConvertTally: Tally {
    private let finder: FunnelFinder
    private let starts: Range<Int64>
    private var held: HeldClasses
    /// Microseconds, in no order.
    private(set) var times: [Int64] = []

    init(_ funnel: FunnelQuestion, selectors: [Selector], starts: Range<Int64>, executor: Executor) {
        finder = FunnelFinder(funnel, selectors: selectors)
        self.starts = starts
        held = HeldClasses(funnel.holdConstant, executor: executor)
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        guard finder.mayStart(history) else { return }
        let classes = finder.question.holdConstant.isEmpty ? nil : held.classes(history, nil)
        let events = finder.events(history, 0 ..< history.count, classes: classes)
        for chain in finder.chains(events, starts: starts) where chain.level == finder.stepCount {
            times.append(history.timestamps[chain.end] - history.timestamps[chain.start])
        }
    }

    var byteCount: Int { times.byteCount + held.byteCount }

    mutating func merge(_ other: TimeToConvertTally) { times += other.times }
}
