/// Chains whose steps come in any order within the window of their first event: the greatest number of different steps matched to
/// different events (specs: questions, N7).
struct UnorderedChains {
    private let question: FunnelQuestion
    private let events: FunnelEvents
    private let exclusions: [Int]
    private let stepCount: Int

    init(_ question: FunnelQuestion, events: FunnelEvents, exclusions: [Int]) {
        self.question = question
        self.events = events
        self.exclusions = exclusions
        stepCount = question.steps.count
    }

    func best(_ candidates: [Int]) -> Chain? {
        var best: Chain?
        for candidate in candidates {
            let chain = self.chain(from: candidate)
            if best.map({ chain.isBetter(than: $0) }) ?? true { best = chain }
        }
        return best
    }

    private func chain(from anchor: Int) -> Chain {
        let within = reach(of: anchor)
        var matching = StepMatching(events.steps[anchor], event: anchor)
        var last = anchor
        for event in within where matching.size < stepCount {
            if matching.add(events.steps[event], event: event) { last = event }
        }
        let size = matching.size
        // The same number again, ending at the same event, with the events between as early as can be.
        var path = [anchor]
        if last != anchor {
            var chosen = StepMatching(events.steps[anchor], event: anchor)
            _ = chosen.add(events.steps[last], event: last)
            for event in within where chosen.size < size && event < last {
                if chosen.add(events.steps[event], event: event) { path.append(event) }
            }
            path.append(last)
        }
        return Chain(events: path + [Int](repeating: -1, count: stepCount - path.count), path: path, level: path.count)
    }

    /// The events after the anchor that its chain may take, in order.
    private func reach(of anchor: Int) -> [Int] {
        let (limit, overflow) = events.timestamps[anchor].addingReportingOverflow(question.window.microseconds)
        var out: [Int] = []
        var lastPlace = Int.max
        for event in anchor + 1 ..< max(events.count, anchor + 1) {
            if !overflow, events.timestamps[event] > limit { break }
            if events.places[event] > lastPlace { break }
            if events.steps[event] != 0, events.classes[event] == events.classes[anchor] { out.append(event) }
            if events.places[event] > events.places[anchor],
                exclusions.contains(where: { events.exclusions[event] >> UInt16($0) & 1 == 1 })
            {
                lastPlace = min(lastPlace, events.places[event])
            }
        }
        return out
    }
}

/// Events matched to different steps, grown one event at a time by augmenting paths.
private struct StepMatching {
    /// Per step the event that holds it, and that event's steps.
    private var holder: [Int: (event: Int, steps: UInt32)] = [:]

    init(_ steps: UInt32, event: Int) { _ = add(steps, event: event) }

    var size: Int { holder.count }

    /// Gives the event a step, moving others to other steps where that helps; false when there is none for it.
    mutating func add(_ steps: UInt32, event: Int) -> Bool {
        var visited: UInt32 = 0
        return place(event, steps, &visited)
    }

    private mutating func place(_ event: Int, _ steps: UInt32, _ visited: inout UInt32) -> Bool {
        var rest = steps & ~visited
        while rest != 0 {
            let step = rest.trailingZeroBitCount
            rest &= rest - 1
            if visited >> UInt32(step) & 1 == 1 { continue }
            visited |= 1 << UInt32(step)
            guard let current = holder[step] else {
                holder[step] = (event, steps)
                return true
            }
            if place(current.event, current.steps, &visited) {
                holder[step] = (event, steps)
                return true
            }
        }
        return false
    }
}
