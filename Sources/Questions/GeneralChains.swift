/// Chains of ordered and strict funnels with everything the language has: exclusions, optional steps, ties.
///
/// From each start the states that could still matter are kept per step: reached earlier, with more room before an exclusion, and
/// with fewer events of a tie used up.
struct GeneralChains {
    private struct State {
        var path: [Int]
        /// Per step the event taken or -1.
        var events: [Int]
        var optionalCount: Int
        /// Per exclusion the last place its later step may stand at; Int.max when not open.
        var limits: [Int]

        var last: Int { path[path.count - 1] }
    }

    private let question: FunnelQuestion
    private let events: FunnelEvents
    private let exclusions: [Int]
    private let stepCount: Int
    private let isStrict: Bool
    /// Per step the events that match it, ascending.
    private let matching: [[Int]]

    /// Larger ties are thinned to one event of each kind at a time.
    private static let tieMax = 12

    init(_ question: FunnelQuestion, events: FunnelEvents, exclusions: [Int]) {
        self.question = question
        self.events = events
        self.exclusions = exclusions
        stepCount = question.steps.count
        isStrict = question.order == .strict
        matching = (0 ..< question.steps.count).map { step in
            (0 ..< events.count).filter { events.steps[$0] >> UInt32(step) & 1 == 1 }
        }
    }

    func best(_ candidates: [Int]) -> Chain? {
        var best: Chain?
        for candidate in candidates {
            let chain = self.chain(from: candidate)
            if best.map({ chain.isBetter(than: $0) }) ?? true { best = chain }
        }
        return best
    }

    /// The best chain that starts at one event.
    private func chain(from start: Int) -> Chain {
        var layers = [[State]](repeating: [], count: stepCount)
        var first = State(
            path: [start], events: [Int](repeating: -1, count: stepCount), optionalCount: 0,
            limits: [Int](repeating: Int.max, count: question.exclusions.count))
        first.events[0] = start
        open(&first, step: 0)
        layers[0] = [first]
        for step in 0 ..< stepCount {
            layers[step] = undominated(layers[step], step)
            for state in layers[step] {
                var next = step + 1
                while next < stepCount {
                    for event in followers(of: state, step: next) {
                        if let moved = move(state, to: event, step: next) { layers[next].append(moved) }
                    }
                    guard question.optional.contains(next) else { break }
                    next += 1
                }
            }
        }
        var best: Chain?
        for (step, layer) in layers.enumerated() {
            for state in layer {
                let chain = Chain(events: state.events, path: state.path, level: step + 1, optionalCount: state.optionalCount)
                if best.map({ chain.isBetter(than: $0) }) ?? true { best = chain }
            }
        }
        return best ?? Chain(events: first.events, path: [start], level: 1)
    }

    private func move(_ state: State, to event: Int, step: Int) -> State? {
        for number in exclusions where question.exclusions[number].to == step && events.places[event] > state.limits[number] {
            return nil
        }
        var next = state
        next.path.append(event)
        next.events[step] = event
        if question.optional.contains(step) { next.optionalCount += 1 }
        for number in exclusions where question.exclusions[number].to <= step { next.limits[number] = Int.max }
        open(&next, step: step)
        return next
    }

    /// Notes, for exclusions that begin at `step`, the place of the next event that would exclude.
    private func open(_ state: inout State, step: Int) {
        let place = events.places[state.last]
        for number in exclusions where question.exclusions[number].from == step {
            state.limits[number] = nextExcluding(number, after: place)
        }
    }

    private func nextExcluding(_ number: Int, after place: Int) -> Int {
        for index in 0 ..< events.count where events.places[index] > place && events.exclusions[index] >> UInt16(number) & 1 == 1 {
            return events.places[index]
        }
        return Int.max
    }

    // MARK: - The next event

    private func followers(of state: State, step: Int) -> [Int] {
        let start = state.path[0]
        let place = events.places[state.last]
        let (limit, overflow) = events.timestamps[start].addingReportingOverflow(question.window.microseconds)
        func isPossible(_ event: Int) -> Bool {
            events.places[event] >= place && (overflow || events.timestamps[event] <= limit)
                && events.classes[event] == events.classes[start] && !state.path.contains(event)
        }
        var out: [Int] = []
        if question.sameTime == .permute {
            out = thinned(matching[step].filter { events.places[$0] == place && isPossible($0) }, place)
        }
        if isStrict {
            if mayLeave(place, state) { out += matching[step].filter { events.places[$0] == place + 1 && isPossible($0) } }
            return out
        }
        let startsExclusion = exclusions.contains { question.exclusions[$0].from == step }
        var after = place
        for event in matching[step] where events.places[event] > after && isPossible(event) {
            let next = events.places[event]
            out += thinned(matching[step].filter { events.places[$0] == next && isPossible($0) }, next)
            guard startsExclusion else { break }
            // A later event only helps when it has a later exclusion ahead.
            after =
                exclusions.filter { question.exclusions[$0].from == step }.map { nextExcluding($0, after: next) }.min() ?? Int.max
            if after == Int.max { break }
            after -= 1
        }
        return out
    }

    private func thinned(_ tie: [Int], _ place: Int) -> [Int] {
        guard tie.count > GeneralChains.tieMax else { return tie }
        var seen: Set<UInt32> = []
        return tie.filter { seen.insert(events.steps[$0]).inserted }
    }

    /// Whether a strict chain has taken every event of its current place, so that none is left lying between.
    private func mayLeave(_ place: Int, _ state: State) -> Bool {
        if place == events.places[state.path[0]] { return true }
        let inPlace = events.places.reduce(0) { $0 + ($1 == place ? 1 : 0) }
        return inPlace == state.path.reduce(0) { $0 + (events.places[$1] == place ? 1 : 0) }
    }

    // MARK: - States that matter

    private func undominated(_ states: [State], _ step: Int) -> [State] {
        guard states.count > 1 else { return states }
        var kept: [State] = []
        for (index, state) in states.enumerated() {
            let isWorse = states.enumerated().contains { other, rival in
                other != index && dominates(rival, state, step) && (other < index || !dominates(state, rival, step))
            }
            if !isWorse { kept.append(state) }
        }
        return kept
    }

    /// Whether whatever `other` can become, `state` can too, and at least as well.
    private func dominates(_ state: State, _ other: State, _ step: Int) -> Bool {
        if isStrict || state.optionalCount < other.optionalCount { return false }
        let places = (events.places[state.last], events.places[other.last])
        if places.0 > places.1 { return false }
        if state.last > other.last { return false }
        if state.optionalCount == other.optionalCount, other.path.lexicographicallyPrecedes(state.path) { return false }
        for number in exclusions where state.limits[number] < other.limits[number] { return false }
        guard places.0 == places.1 else { return true }
        return state.path.allSatisfy { events.places[$0] != places.0 || other.path.contains($0) }
    }
}
