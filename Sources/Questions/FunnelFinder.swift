/// The events that one person's best chain took.
struct Chain: Hashable, Sendable {
    /// Per step the index of its event in the person's history; -1 where there is none.
    var events: [Int]
    /// The events in the order in which they were taken.
    var path: [Int]
    /// Number of steps reached: the greatest step taken, from 1; in `unordered` the number of different steps.
    var level: Int
    var optionalCount = 0

    var start: Int { path[0] }
    var end: Int { path[path.count - 1] }

    /// Whether this chain is the better one: it reaches further, then ends first, takes more optional steps, starts last, and its
    /// second event, then its third and so on, is the earlier one (specs: questions, N5).
    func isBetter(than other: Chain) -> Bool {
        if level != other.level { return level > other.level }
        if end != other.end { return end < other.end }
        if optionalCount != other.optionalCount { return optionalCount > other.optionalCount }
        if start != other.start { return start > other.start }
        return path.lexicographicallyPrecedes(other.path)
    }
}

/// What a finder needs of one person's events: which steps and exclusions each could serve, and ties.
struct FunnelEvents {
    var timestamps: [Int64] = []
    /// Bit k: the event matches step k.
    var steps: [UInt32] = []
    /// Bit j: the event matches exclusion j.
    var exclusions: [UInt16] = []
    /// Number of the event's place in the order: equal for equal times unless arrival decides.
    var places: [Int] = []
    /// The class of values held constant; all 0 when nothing is held.
    var classes: [Int32] = []
    var hasClasses = false
    /// Whether events that match steps share a timestamp.
    var hasTies = false

    var count: Int { timestamps.count }
}

/// Finds how far a person comes in a funnel and by which events.
struct FunnelFinder: Sendable {
    let question: FunnelQuestion
    let stepCount: Int
    private let stepBits: [UInt64]
    private let exclusionBits: [UInt64]
    /// The selector bit of step 1.
    let firstBit: UInt64

    init(_ question: FunnelQuestion, selectors: [Selector]) {
        self.question = question
        stepCount = question.steps.count
        func bit(_ selector: Selector) -> UInt64 {
            selectors.firstIndex(of: selector.unlabelled).map { 1 << UInt64($0) } ?? 0
        }
        stepBits = question.steps.map(bit)
        exclusionBits = question.exclusions.map { bit($0.selector) }
        firstBit = stepBits[0]
    }

    /// Whether any row could begin a chain; most people of a large store have none.
    func mayStart(_ history: borrowing History) -> Bool {
        if question.order == .unordered { return true }
        for index in 0 ..< history.count where history.marks[index] & firstBit != 0 { return true }
        return false
    }

    /// The person's rows `range` as events; `classes` gives the held class of each row of the history.
    func events(_ history: borrowing History, _ range: Range<Int>, classes: [Int32]?) -> FunnelEvents {
        var out = FunnelEvents()
        out.hasClasses = classes != nil
        var last = Int64.min
        var lastHadSteps = false
        for index in range {
            let marks = history.marks[index]
            var steps: UInt32 = 0
            for (step, bit) in stepBits.enumerated() where marks & bit != 0 { steps |= 1 << UInt32(step) }
            var exclusions: UInt16 = 0
            for (number, bit) in exclusionBits.enumerated() where marks & bit != 0 { exclusions |= 1 << UInt16(number) }
            let time = history.timestamps[index]
            let isTie = time == last && index > range.lowerBound
            if isTie, lastHadSteps, steps != 0 { out.hasTies = true }
            lastHadSteps = (isTie && lastHadSteps) || steps != 0
            let place = out.places.last ?? -1
            out.places.append(isTie && question.sameTime != .arrival ? place : place + 1)
            out.timestamps.append(time)
            out.steps.append(steps)
            out.exclusions.append(exclusions)
            out.classes.append(classes.map { $0[index] } ?? 0)
            last = time
        }
        return out
    }

    /// The greatest level of a chain that starts in `starts`; nothing is excluded by way of `drop`.
    func level(in history: borrowing History, starts: Range<Int64>, events range: Range<Int>) -> Int {
        let events = events(history, range, classes: nil)
        return best(events, starts: starts)?.level ?? 0
    }

    /// The person's best chain, or with the re-entry `totals` the attempts.
    func chains(_ events: FunnelEvents, starts: Range<Int64>) -> [Chain] {
        if question.reentry == .totals { return attempts(events, starts: starts) }
        return best(events, starts: starts).map { [$0] } ?? []
    }

    /// The person's best chain under the question's re-entry `latest` or `first`; nil at level 0 or when dropped.
    func best(_ events: FunnelEvents, starts: Range<Int64>) -> Chain? {
        let candidates = startEvents(events, starts)
        guard let first = candidates.first else { return nil }
        return settle(events, candidates: question.reentry == .first ? [first] : candidates)
    }

    /// The person's attempts under the re-entry `totals`, in order; dropped ones are left out.
    func attempts(_ events: FunnelEvents, starts: Range<Int64>) -> [Chain] {
        var out: [Chain] = []
        var next = 0
        let candidates = startEvents(events, starts)
        while next < candidates.count {
            let start = candidates[next]
            let chain = settle(events, candidates: [start])
            if let chain { out.append(chain) }
            if let chain, chain.level == stepCount, let last = chain.path.max() {
                while next < candidates.count, candidates[next] <= last { next += 1 }
            } else {
                let expiry = events.timestamps[start].addingReportingOverflow(question.window.microseconds)
                let limit = expiry.overflow ? Int64.max : expiry.partialValue
                while next < candidates.count, events.timestamps[candidates[next]] <= limit { next += 1 }
            }
        }
        return out
    }

    /// Events that may begin a chain: of step 1, or in `unordered` of any step, in the range.
    private func startEvents(_ events: FunnelEvents, _ starts: Range<Int64>) -> [Int] {
        let wanted: UInt32 = question.order == .unordered ? UInt32.max : 1
        return (0 ..< events.count).filter { events.steps[$0] & wanted != 0 && starts.contains(events.timestamps[$0]) }
    }

    /// The best chain of the candidates after exclusions; nil when `drop` lowers the level.
    private func settle(_ events: FunnelEvents, candidates: [Int]) -> Chain? {
        let all = Array(question.exclusions.indices)
        let best = search(events, candidates: candidates, exclusions: all)
        let stops = all.filter { question.exclusions[$0].effect == .stop }
        if stops.count < all.count {
            let undropped = search(events, candidates: candidates, exclusions: stops)
            if undropped?.level ?? 0 > best?.level ?? 0 { return nil }
        }
        return best
    }

    private func search(_ events: FunnelEvents, candidates: [Int], exclusions: [Int]) -> Chain? {
        if question.order == .unordered {
            return UnorderedChains(question, events: events, exclusions: exclusions).best(candidates)
        }
        let isPlain = question.order == .ordered && exclusions.isEmpty && question.optional.isEmpty
        if isPlain, question.sameTime != .permute || !events.hasTies || events.hasDisjointSteps {
            return PlainChains(question, events: events).best(candidates)
        }
        return GeneralChains(question, events: events, exclusions: exclusions).best(candidates)
    }
}

extension FunnelEvents {
    /// Whether any two events match either the same steps or no step in common.
    var hasDisjointSteps: Bool {
        var seen: [UInt32] = []
        for mask in steps where mask != 0 && !seen.contains(mask) {
            if seen.contains(where: { $0 & mask != 0 }) { return false }
            seen.append(mask)
        }
        return true
    }
}
