/// Chains of an ordered funnel without exclusions and optional steps: one pass that keeps, for each step, the latest start of a
/// chain that reached it; then the best chain's events, earliest first.
///
/// Under `permute` with ties, steps that share events must have equal selectors; ``GeneralChains`` does the rest.
struct PlainChains {
    private let question: FunnelQuestion
    private let events: FunnelEvents
    private let stepCount: Int
    private let permutes: Bool
    private let window: Int64

    init(_ question: FunnelQuestion, events: FunnelEvents) {
        self.question = question
        self.events = events
        stepCount = question.steps.count
        permutes = question.sameTime == .permute
        window = question.window.microseconds
    }

    /// The best chain whose first event is one of `candidates`, which ascend.
    func best(_ candidates: [Int]) -> Chain? {
        if !events.hasClasses { return best(candidates, of: nil) }
        var best: Chain?
        for kind in Set(candidates.map { events.classes[$0] }) {
            let chain = self.best(candidates.filter { events.classes[$0] == kind }, of: kind)
            if let chain, best.map({ chain.isBetter(than: $0) }) ?? true { best = chain }
        }
        return best
    }

    private func isUsable(_ index: Int, _ kind: Int32?) -> Bool {
        events.steps[index] != 0 && (kind.map { events.classes[index] == $0 } ?? true)
    }

    private func isWithin(_ index: Int, of start: Int) -> Bool {
        let (limit, overflow) = events.timestamps[start].addingReportingOverflow(window)
        return overflow || events.timestamps[index] <= limit
    }

    // MARK: - The pass

    private func best(_ candidates: [Int], of kind: Int32?) -> Chain? {
        guard let first = candidates.first else { return nil }
        var isStart = [Bool](repeating: false, count: events.count)
        for candidate in candidates { isStart[candidate] = true }
        // latest[k]: the latest start of a chain that has reached step k (from 0) so far; -1 when none has.
        var latest = [Int](repeating: -1, count: stepCount)
        var reached = 0
        var end: (place: Int, start: Int) = (0, 0)
        // In a tie under `permute` events before the first start may still follow it.
        var index = firstOfPlace(first)
        while index < events.count, reached < stepCount {
            let stop = endOfPlace(index)
            let before = latest
            if permutes, stop - index > 1 {
                takeTie(index ..< stop, before, isStart, kind, &latest)
            } else {
                for event in index ..< stop where isUsable(event, kind) { take(event, before, isStart, &latest) }
            }
            while reached < stepCount, latest[reached] >= 0 {
                end = (index, latest[reached])
                reached += 1
            }
            index = stop
        }
        guard reached > 0 else { return nil }
        return chain(level: reached, endPlace: end.place, start: end.start, isStart, kind)
    }

    private func firstOfPlace(_ index: Int) -> Int {
        var first = index
        while first > 0, events.places[first - 1] == events.places[index] { first -= 1 }
        return first
    }

    private func endOfPlace(_ index: Int) -> Int {
        var stop = index + 1
        while stop < events.count, events.places[stop] == events.places[index] { stop += 1 }
        return stop
    }

    /// One event that follows only what came before its place.
    private func take(_ event: Int, _ before: [Int], _ isStart: [Bool], _ latest: inout [Int]) {
        var rest = events.steps[event]
        while rest != 0 {
            let step = rest.trailingZeroBitCount
            rest &= rest - 1
            let start = step == 0 ? (isStart[event] ? event : -1) : before[step - 1]
            if start >= 0, start > latest[step], isWithin(event, of: start) { latest[step] = start }
        }
    }

    /// Events at one time in whatever order helps: from each step reached before, as far as distinct events allow.
    private func takeTie(_ tie: Range<Int>, _ before: [Int], _ isStart: [Bool], _ kind: Int32?, _ latest: inout [Int]) {
        for entry in -1 ..< stepCount - 1 {
            var start = entry < 0 ? -1 : before[entry]
            if entry < 0 { for event in tie where isStart[event] && isUsable(event, kind) { start = event } }
            guard start >= 0, isWithin(tie.lowerBound, of: start) else { continue }
            var used: [UInt32: Int] = [:]
            var step = entry + 1
            if entry < 0 {
                used[events.steps[start]] = 1
                latest[0] = max(latest[0], start)
                step = 1
            }
            while step < stepCount, let mask = mask(of: step, in: tie, kind), used[mask, default: 0] < count(mask, in: tie, kind) {
                used[mask, default: 0] += 1
                latest[step] = max(latest[step], start)
                step += 1
            }
        }
    }

    private func mask(of step: Int, in tie: Range<Int>, _ kind: Int32?) -> UInt32? {
        for event in tie where events.steps[event] >> UInt32(step) & 1 == 1 && isUsable(event, kind) { return events.steps[event] }
        return nil
    }

    private func count(_ mask: UInt32, in tie: Range<Int>, _ kind: Int32?) -> Int {
        tie.reduce(0) { $0 + (events.steps[$1] == mask && isUsable($1, kind) ? 1 : 0) }
    }

    // MARK: - The events

    /// The events of the best chain that reaches `level` at the place that begins at `endPlace`, from the latest `start`.
    private func chain(level: Int, endPlace: Int, start: Int, _ isStart: [Bool], _ kind: Int32?) -> Chain? {
        let stop = endOfPlace(endPlace)
        if level == 1 {
            for event in endPlace ..< stop where isStart[event] && isUsable(event, kind) {
                return Chain(events: [event] + [Int](repeating: -1, count: stepCount - 1), path: [event], level: 1)
            }
            return nil
        }
        let isSoleStart = isStart.reduce(0) { $0 + ($1 ? 1 : 0) } == 1
        let last = (endPlace ..< stop).first { event in
            isUsable(event, kind) && events.steps[event] >> UInt32(level - 1) & 1 == 1 && !(isSoleStart && isStart[event])
        }
        guard let last else { return nil }
        var first = start
        if first == last {
            // The end takes the first event of a tie, so the start is the last other one of its kind.
            for event in endPlace ..< stop where event != last && isStart[event] && isUsable(event, kind) { first = event }
        }
        var path = [first]
        for step in 1 ..< level - 1 {
            guard let next = earliest(step: step, after: path, last: last, kind) else { return nil }
            path.append(next)
        }
        path.append(last)
        return Chain(events: path + [Int](repeating: -1, count: stepCount - level), path: path, level: level)
    }

    /// The earliest unused event of `step` that may follow the path.
    private func earliest(step: Int, after path: [Int], last: Int, _ kind: Int32?) -> Int? {
        let current = path[path.count - 1]
        var index = permutes ? firstOfPlace(current) : endOfPlace(current)
        while index < events.count {
            if events.steps[index] >> UInt32(step) & 1 == 1, isUsable(index, kind), index != last, !path.contains(index) {
                return index
            }
            index += 1
        }
        return nil
    }
}
