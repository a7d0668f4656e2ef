import EventStore

/// Best chains of ordered funnels without exclusions, optional steps and held values.
///
/// One pass that keeps, for each step, the latest start of a chain that reached it, without making anything new for a person: what
/// ``PlainChains`` finds. Events that tie and leave a choice are left to the other finders, unless each is of one step.
struct QuickChains: Sendable {
    private let stepBits: [UInt64]
    private let anyBits: UInt64
    /// By selector bit: its only step; -1 for none or several.
    private let stepOfBit: [Int]
    private let starts: Range<Int64>
    private let window: Int64
    private let takesFirstStart: Bool
    private let tiesMatter: Bool
    /// Whether events that tie may follow each other in any order.
    private let permutes: Bool
    /// The events of the chain that was found last, as many as its level.
    private(set) var path: [Int]

    /// nil when the funnel asks for more.
    init?(_ funnel: FunnelQuestion, selectors: [Selector], starts: Range<Int64>) {
        guard funnel.order == .ordered, funnel.exclusions.isEmpty, funnel.optional.isEmpty, funnel.holdConstant.isEmpty,
            funnel.reentry != .totals
        else { return nil }
        stepBits = funnel.steps.map { QuestionRun.bit(of: $0, in: selectors) }
        anyBits = stepBits.reduce(0, |)
        let steps = stepBits
        stepOfBit = (0 ..< 64).map { bit in
            let wanted = steps.indices.filter { steps[$0] == 1 << UInt64(bit) }
            return wanted.count == 1 ? wanted[0] : -1
        }
        self.starts = starts
        window = funnel.window.microseconds
        takesFirstStart = funnel.reentry == .first
        tiesMatter = funnel.sameTime != .arrival
        permutes = funnel.sameTime == .permute
        path = [Int](repeating: 0, count: stepBits.count)
    }

    /// The level that a person reaches, whose events are then in ``path``; nil when events that tie leave a choice.
    mutating func follow(_ history: borrowing History) -> Int? {
        guard let (level, start, end) = bestChain(history) else { return nil }
        if level > 0 { find(level, start, end, history) }
        return level
    }

    /// The level of the best chain, its start and the first event of the place where it ends; nil when events that tie leave a choice.
    private func bestChain(_ history: borrowing History) -> (level: Int, start: Int, end: Int)? {
        let (times, marks) = (history.timestamps, history.marks)
        let stepCount = stepBits.count
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: stepCount) { latest in
            latest.initialize(repeating: -1)
            var best = (level: 0, start: 0, end: 0)
            // The place at hand: the first of the events that tie, what all of them match, and whether each matches one step.
            var place = 0
            var tied: UInt64 = 0
            var isSimple = true
            for event in 0 ..< times.count {
                let mark = marks[event] & anyBits
                if mark == 0 { continue }
                let time = times[event]
                let isTie = tied != 0 && time == times[place]
                if !isTie || !permutes {
                    while best.level < stepCount, latest[best.level] >= 0 { best = (best.level + 1, latest[best.level], place) }
                    if best.level == stepCount { break }
                }
                if !isTie { (tied, isSimple) = (0, true) }
                if !isTie || !permutes { place = event }
                tied |= mark
                isSimple = isSimple && mark & (mark &- 1) == 0 && stepOfBit[mark.trailingZeroBitCount] >= 0
                take(event, time, mark, times, latest)
                if isTie, tiesMatter, followEachOther(tied) {
                    guard permutes, isSimple else { return nil }
                    // Each step that some event of the tie is of follows the step before it, ties included.
                    for step in 1 ..< stepCount where tied & stepBits[step] != 0 { take(event, time, step, times, latest) }
                }
            }
            while best.level < stepCount, latest[best.level] >= 0 { best = (best.level + 1, latest[best.level], place) }
            return best
        }
    }

    /// Whether events with these marks could be two steps of which one follows the other; only then it matters which comes first.
    private func followEachOther(_ marks: UInt64) -> Bool {
        for step in 1 ..< stepBits.count where marks & stepBits[step] != 0 && marks & stepBits[step - 1] != 0 { return true }
        return false
    }

    /// - Parameter latest: for each step the latest start of a chain that reached it.
    @inline(__always) private func take(
        _ event: Int, _ time: Int64, _ mark: UInt64, _ times: UnsafeBufferPointer<Int64>, _ latest: UnsafeMutableBufferPointer<Int>
    ) {
        if mark & (mark &- 1) == 0 {
            let step = stepOfBit[mark.trailingZeroBitCount]
            if step >= 0 {
                take(event, time, step, times, latest)
                return
            }
        }
        // From the last step to the first: an event follows only what came before it.
        var step = stepBits.count - 1
        while step >= 0 {
            if mark & stepBits[step] != 0 { take(event, time, step, times, latest) }
            step -= 1
        }
    }

    @inline(__always) private func take(
        _ event: Int, _ time: Int64, _ step: Int, _ times: UnsafeBufferPointer<Int64>, _ latest: UnsafeMutableBufferPointer<Int>
    ) {
        if step == 0 {
            if starts.contains(time), !(takesFirstStart && latest[0] >= 0) { latest[0] = event }
            return
        }
        let start = latest[step - 1]
        guard start > latest[step] else { return }
        let (limit, overflow) = times[start].addingReportingOverflow(window)
        if overflow || time <= limit { latest[step] = start }
    }

    /// The events of the chain: the earliest of its end's place, and between each the earliest.
    private mutating func find(_ level: Int, _ start: Int, _ end: Int, _ history: borrowing History) {
        let (times, marks) = (history.timestamps, history.marks)
        var last = end
        while marks[last] & stepBits[level - 1] == 0 { last += 1 }
        path[level - 1] = last
        if level == 1 { return }
        path[0] = start
        for step in 1 ..< level - 1 {
            let current = path[step - 1]
            var event = current
            while permutes, event > 0, times[event - 1] == times[current] { event -= 1 }
            while event == current || marks[event] & stepBits[step] == 0 { event += 1 }
            path[step] = event
        }
    }
}
