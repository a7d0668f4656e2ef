import Model
import OrderedCollections
import Questions

/// One person's funnel by trying every chain.
struct ReferenceFunnel {
    typealias Event = ReferenceExecutor.Event

    /// A chain: per step the event taken, and the order of taking.
    struct Chain {
        var steps: [Int: Event]
        var path: [Event]
        var level: Int
        var optional = 0
    }

    private let funnel: FunnelQuestion
    private let asking: ReferenceQuestion
    private let events: [Event]
    private let isStart: (Event) -> Bool
    /// Further values that all events of a chain share, for a breakdown over all steps.
    var sharedKey: ((Event) -> [JSONValue])?

    init(_ funnel: FunnelQuestion, _ asking: ReferenceQuestion, _ events: [Event], isStart: @escaping (Event) -> Bool) {
        self.funnel = funnel
        self.asking = asking
        self.events = events
        self.isStart = isStart
    }

    private func isStep(_ step: Int, _ event: Event) -> Bool { asking.matches(funnel.steps[step], event) }

    private var starts: [Event] {
        events.filter { event in
            isStart(event) && (funnel.order == .unordered ? funnel.steps.indices.contains { isStep($0, event) } : isStep(0, event))
        }
    }

    /// The best chain over all starts, or over the first.
    func best() -> Chain? {
        let starts = funnel.reentry == .first ? Array(self.starts.prefix(1)) : self.starts
        return settled(starts)
    }

    func attempts() -> [Chain] {
        var out: [Chain] = []
        var rest = starts
        while let start = rest.first {
            let chain = settled([start])
            if let chain { out.append(chain) }
            if let chain, chain.level == funnel.steps.count, let last = chain.path.max(by: Event.precedes) {
                rest.removeAll { !Event.precedes(last, $0) }
            } else {
                rest.removeAll { $0.timestamp - start.timestamp <= funnel.window.microseconds }
            }
        }
        return out
    }

    private func settled(_ starts: [Event]) -> Chain? {
        let best = starts.flatMap { chains(from: $0, funnel.exclusions) }.max(by: isWorse)
        let withoutDrops = starts.flatMap { chains(from: $0, funnel.exclusions.filter { $0.effect == .stop }) }.max(by: isWorse)
        return withoutDrops?.level ?? 0 > best?.level ?? 0 ? nil : best
    }

    /// N5: worse when it reaches less far, else ends later, takes fewer optional steps, starts earlier, has a later second event and so on.
    private func isWorse(_ left: Chain, _ right: Chain) -> Bool {
        if left.level != right.level { return left.level < right.level }
        func compare(_ one: Event, _ two: Event) -> Int { one.arrival == two.arrival ? 0 : Event.precedes(one, two) ? -1 : 1 }
        guard let leftEnd = left.path.last, let rightEnd = right.path.last else { return false }
        if compare(leftEnd, rightEnd) != 0 { return compare(leftEnd, rightEnd) > 0 }
        if left.optional != right.optional { return left.optional < right.optional }
        if compare(left.path[0], right.path[0]) != 0 { return compare(left.path[0], right.path[0]) < 0 }
        for (one, two) in zip(left.path, right.path) where compare(one, two) != 0 { return compare(one, two) > 0 }
        return false
    }

    // MARK: - All chains

    private func chains(from start: Event, _ exclusions: [FunnelQuestion.Exclusion]) -> [Chain] {
        var out: [Chain] = []
        let near = events.filter { $0.timestamp >= start.timestamp && $0.timestamp - start.timestamp <= funnel.window.microseconds }
        if funnel.order == .unordered {
            let after = near.filter { Event.precedes(start, $0) }
            for step in funnel.steps.indices where isStep(step, start) {
                extendUnordered(Chain(steps: [step: start], path: [start], level: 1), after[...], exclusions, &out)
            }
        } else {
            extend(Chain(steps: [0: start], path: [start], level: 1), near, exclusions, &out)
        }
        return out
    }

    private func extend(_ chain: Chain, _ near: [Event], _ exclusions: [FunnelQuestion.Exclusion], _ out: inout [Chain]) {
        if isAllowed(chain, exclusions) { out.append(chain) }
        var next = chain.level
        while next < funnel.steps.count {
            for event in near where isStep(next, event) && mayFollow(chain, event) {
                var longer = chain
                longer.steps[next] = event
                longer.path.append(event)
                longer.level = next + 1
                if funnel.optional.contains(next) { longer.optional += 1 }
                extend(longer, near, exclusions, &out)
            }
            guard funnel.optional.contains(next) else { break }
            next += 1
        }
    }

    private func mayFollow(_ chain: Chain, _ event: Event) -> Bool {
        guard let last = chain.path.last, !chain.path.contains(where: { $0.arrival == event.arrival }) else { return false }
        guard shares(chain.path[0], event) else { return false }
        switch funnel.sameTime {
        case .arrival: return Event.precedes(last, event)
        case .permute: return last.timestamp <= event.timestamp
        case .strict: return last.timestamp < event.timestamp
        }
    }

    private func shares(_ one: Event, _ two: Event) -> Bool {
        for path in funnel.holdConstant
        where ReferenceQuestion.grouped(asking.value(path, one)) != ReferenceQuestion.grouped(asking.value(path, two)) {
            return false
        }
        return sharedKey.map { $0(one) == $0(two) } ?? true
    }

    private func liesBetween(_ event: Event, _ first: Event, _ last: Event) -> Bool {
        funnel.sameTime == .arrival
            ? Event.precedes(first, event) && Event.precedes(event, last)
            : first.timestamp < event.timestamp && event.timestamp < last.timestamp
    }

    private func isAllowed(_ chain: Chain, _ exclusions: [FunnelQuestion.Exclusion]) -> Bool {
        for exclusion in exclusions {
            guard let first = chain.steps[exclusion.from], let last = chain.steps[exclusion.to] else { continue }
            if events.contains(where: { asking.matches(exclusion.selector, $0) && liesBetween($0, first, last) }) { return false }
        }
        guard funnel.order == .strict, let last = chain.path.last else { return true }
        return !events.contains { event in
            !chain.path.contains { $0.arrival == event.arrival } && liesBetween(event, chain.path[0], last)
        }
    }

    private func extendUnordered(
        _ chain: Chain, _ after: ArraySlice<Event>, _ exclusions: [FunnelQuestion.Exclusion], _ out: inout [Chain]
    ) {
        guard let last = chain.path.last else { return }
        let isExcluded = exclusions.contains { exclusion in
            events.contains { asking.matches(exclusion.selector, $0) && liesBetween($0, chain.path[0], last) }
        }
        if !isExcluded { out.append(chain) }
        for index in after.indices where shares(chain.path[0], after[index]) {
            for step in funnel.steps.indices where chain.steps[step] == nil && isStep(step, after[index]) {
                var longer = chain
                longer.steps[step] = after[index]
                longer.path.append(after[index])
                longer.level += 1
                extendUnordered(longer, after[(index + 1)...], exclusions, &out)
            }
        }
    }
}

extension ReferenceQuestion {
    func funnel(_ funnel: FunnelQuestion) throws(Problem) -> JSONValue {
        var all: [ReferenceFunnel.Chain] = []
        var groups: [[JSONValue]: [ReferenceFunnel.Chain]] = [:]
        let people = try people()
        for person in people {
            let finder = finder(funnel, person, carrying: nil)
            let chains = chains(finder, funnel)
            all += chains
            if question.breakdown.isEmpty { continue }
            if funnel.attribution == .allSteps {
                for key in allStepsKeys(funnel, person) {
                    groups[key, default: []] += self.chains(self.finder(funnel, person, carrying: [key]), funnel)
                }
            } else {
                for chain in chains { groups[key(of: chain, funnel, person), default: []].append(chain) }
            }
        }
        groups = groups.filter { !$0.value.isEmpty }
        var out: OrderedDictionary<String, JSONValue> = ["steps": steps(funnel, all)]
        if let person = funnel.explain { out["explain"] = try explain(person, funnel) }
        guard !question.breakdown.isEmpty else { return .object(out) }
        let kept = kept(
            groups.map { (key: $0.key, number: Double($0.value.count { $0.steps[0] != nil || funnel.order == .unordered })) })
        var rows: [JSONValue] = kept.map { ["value": .array($0), "steps": steps(funnel, groups[$0] ?? [])] }
        if kept.count < groups.count {
            var rest: [ReferenceFunnel.Chain] = []
            if funnel.attribution == .allSteps {
                for person in people {
                    let keys = allStepsKeys(funnel, person).filter { !kept.contains($0) }
                    if !keys.isEmpty { rest += chains(finder(funnel, person, carrying: keys), funnel) }
                }
            } else {
                for (key, chains) in groups where !kept.contains(key) { rest += chains }
            }
            rows.append(["value": ["other": true], "steps": steps(funnel, rest)])
        }
        out["breakdown"] = .array(rows)
        return .object(out)
    }

    func timeToConvert(_ asked: TimeToConvertQuestion) throws(Problem) -> JSONValue {
        var seconds: [Int64] = []
        for person in try people() {
            for chain in chains(finder(asked.funnel, person, carrying: nil), asked.funnel)
            where chain.level == asked.funnel.steps.count {
                let times = chain.path.map(\.timestamp)
                seconds.append((times.max() ?? 0) - (times.min() ?? 0))
            }
        }
        seconds.sort()
        func number(_ microseconds: Double) -> JSONValue { ReferenceQuestion.number(microseconds / 1e6) }
        guard let least = seconds.first, let greatest = seconds.last else {
            return ["count": 0, "medianSeconds": .null, "averageSeconds": .null, "p90Seconds": .null, "bins": []]
        }
        let count = least == greatest ? 1 : asked.bins
        let edges = (0 ... count).map { index in
            index == count ? Double(greatest) : Double(least) + Double(greatest - least) * Double(index) / Double(count)
        }
        return [
            "count": .int(Int64(seconds.count)), "medianSeconds": number(Double(seconds[(seconds.count - 1) / 2])),
            "averageSeconds": ReferenceQuestion.number(Double(seconds.reduce(0, +)) / (Double(seconds.count) * 1e6)),
            "p90Seconds": number(Double(seconds[(seconds.count * 90 + 99) / 100 - 1])),
            "bins": .array(
                (0 ..< count).map { index in
                    // (time − least) / (greatest − least) compared with index / count, in whole numbers.
                    let inside = seconds.count { time in
                        let place = (time - least) * Int64(count)
                        let isLast = index == count - 1
                        return place >= Int64(index) * (greatest - least)
                            && (isLast || place < Int64(index + 1) * (greatest - least))
                    }
                    return ["from": number(edges[index]), "to": number(edges[index + 1]), "count": .int(Int64(inside))]
                }),
        ]
    }

    /// - Parameter carrying: starts carry one of these keys and all events of a chain the same one; nil asks nothing.
    private func finder(_ funnel: FunnelQuestion, _ person: UInt32, carrying keys: Set<[JSONValue]>?) -> ReferenceFunnel {
        var finder = ReferenceFunnel(funnel, self, events(of: person)) { event in
            range.contains(event.timestamp) && (keys.map { $0.contains(key(event, person)) } ?? true)
        }
        if keys != nil { finder.sharedKey = { key($0, person) } }
        return finder
    }

    private func allStepsKeys(_ funnel: FunnelQuestion, _ person: UInt32) -> Set<[JSONValue]> {
        Set(
            events(of: person).filter { range.contains($0.timestamp) && matches(funnel.steps[0], $0) }
                .map { key($0, person) })
    }

    private func chains(_ finder: ReferenceFunnel, _ funnel: FunnelQuestion) -> [ReferenceFunnel.Chain] {
        funnel.reentry == .totals ? finder.attempts() : finder.best().map { [$0] } ?? []
    }

    private func key(of chain: ReferenceFunnel.Chain, _ funnel: FunnelQuestion, _ person: UInt32) -> [JSONValue] {
        switch funnel.attribution {
        case .firstTouch, .allSteps:
            if funnel.reentry == .totals { return key(chain.path.first { matches(funnel.steps[0], $0) }, person) }
            return key(events(of: person).first { range.contains($0.timestamp) && matches(funnel.steps[0], $0) }, person)
        case .lastTouch: return key(chain.path.last, person)
        case .step(let step):
            if funnel.order == .unordered { return key(step < chain.path.count ? chain.path[step] : nil, person) }
            return key(chain.steps[step], person)
        }
    }

    private func steps(_ funnel: FunnelQuestion, _ chains: [ReferenceFunnel.Chain]) -> JSONValue {
        func event(_ chain: ReferenceFunnel.Chain, _ step: Int) -> ReferenceExecutor.Event? {
            funnel.order == .unordered ? (step < chain.path.count ? chain.path[step] : nil) : chain.steps[step]
        }
        let counts = funnel.steps.indices.map { step in chains.count { event($0, step) != nil } }
        return .array(
            funnel.steps.indices.map { step in
                var times: [Int64] = []
                for chain in chains {
                    guard let event = event(chain, step), let place = chain.path.firstIndex(where: { $0.arrival == event.arrival }),
                        place > 0
                    else {
                        continue
                    }
                    times.append(event.timestamp - chain.path[place - 1].timestamp)
                }
                times.sort()
                let required = (0 ..< step).last { !funnel.optional.contains($0) } ?? 0
                let title = funnel.steps[step].label ?? funnel.steps[step].names?.joined(separator: " / ") ?? "any event"
                return [
                    "label": .string(title), "count": .int(Int64(counts[step])),
                    "fromPrevious": counts[required] == 0
                        ? .null : ReferenceQuestion.number(Double(counts[step]) / Double(counts[required])),
                    "fromFirst": counts[0] == 0 ? .null : ReferenceQuestion.number(Double(counts[step]) / Double(counts[0])),
                    "medianSeconds": times.isEmpty ? .null : ReferenceQuestion.number(Double(times[(times.count - 1) / 2]) / 1e6),
                    "averageSeconds": times.isEmpty
                        ? .null : ReferenceQuestion.number(Double(times.reduce(0, +)) / (Double(times.count) * 1e6)),
                ]
            })
    }

    static func number(_ value: Double?) -> JSONValue {
        guard let value, value.isFinite else { return .null }
        return Int64(exactly: value).map { .int($0) } ?? .double(value)
    }
}
