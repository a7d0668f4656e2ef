import EventStore

/// Best chains of ordered funnels without exclusions, optional steps and held values, for people none of whose events tie.
///
/// One pass that keeps, for each step, the latest start of a chain that reached it, without making anything new for a person: what
/// ``PlainChains`` finds. Ties are left to the other finders.
struct QuickChains: Sendable {
    private let stepBits: [UInt64]
    private let anyBits: UInt64
    /// By selector bit: its only step; -1 for none or several.
    private let stepOfBit: [Int]
    private let starts: Range<Int64>
    private let window: Int64
    private let takesFirstStart: Bool
    private let tiesMatter: Bool
    private var latest: [Int]
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
        latest = [Int](repeating: -1, count: stepBits.count)
        path = [Int](repeating: 0, count: stepBits.count)
    }

    /// The level that a person reaches, whose events are then in ``path``; nil when events that tie leave a choice.
    mutating func follow(_ history: borrowing History) -> Int? {
        let (times, marks) = (history.timestamps, history.marks)
        let stepCount = stepBits.count
        for step in 0 ..< stepCount { latest[step] = -1 }
        var level = 0
        var (start, end) = (0, 0)
        var last = Int64.min
        var tied: UInt64 = 0
        for event in 0 ..< history.count {
            let mark = marks[event] & anyBits
            if mark == 0 { continue }
            let time = times[event]
            if time == last, event > 0 {
                tied |= mark
                if tiesMatter, followEachOther(tied) { return nil }
            } else {
                tied = mark
            }
            if level == stepCount { break }
            last = time
            take(event, time, mark, times)
            while level < stepCount, latest[level] >= 0 {
                (start, end) = (latest[level], event)
                level += 1
            }
        }
        if level > 0 { find(level, start, end, marks) }
        return level
    }

    /// Whether events with these marks could be two steps of which one follows the other; only then it matters which comes first.
    private func followEachOther(_ marks: UInt64) -> Bool {
        for step in 1 ..< stepBits.count where marks & stepBits[step] != 0 && marks & stepBits[step - 1] != 0 { return true }
        return false
    }

    @inline(__always) private mutating func take(
        _ event: Int, _ time: Int64, _ mark: UInt64, _ times: UnsafeBufferPointer<Int64>
    ) {
        if mark & (mark &- 1) == 0 {
            let step = stepOfBit[mark.trailingZeroBitCount]
            if step >= 0 {
                take(event, time, step, times)
                return
            }
        }
        // From the last step to the first: an event follows only what came before it.
        var step = stepBits.count - 1
        while step >= 0 {
            if mark & stepBits[step] != 0 { take(event, time, step, times) }
            step -= 1
        }
    }

    @inline(__always) private mutating func take(_ event: Int, _ time: Int64, _ step: Int, _ times: UnsafeBufferPointer<Int64>) {
        if step == 0 {
            if starts.contains(time), !(takesFirstStart && latest[0] >= 0) { latest[0] = event }
            return
        }
        let start = latest[step - 1]
        guard start > latest[step] else { return }
        let (limit, overflow) = times[start].addingReportingOverflow(window)
        if overflow || time <= limit { latest[step] = start }
    }

    /// The events between the start and the end, each the earliest.
    private mutating func find(_ level: Int, _ start: Int, _ end: Int, _ marks: UnsafeBufferPointer<UInt64>) {
        path[0] = start
        if level == 1 { return }
        path[level - 1] = end
        var event = start + 1
        for step in 1 ..< level - 1 {
            while marks[event] & stepBits[step] == 0 { event += 1 }
            path[step] = event
            event += 1
        }
    }
}
