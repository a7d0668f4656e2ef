import EventStore
import Model

/// What a funnel counts for one group of people.
struct FunnelCounts: Sendable {
    var counts: [Int]
    /// Per step the times from the event before it, in microseconds.
    var times: [[Int64]]

    init(stepCount: Int) {
        counts = [Int](repeating: 0, count: stepCount)
        times = [[Int64]](repeating: [], count: stepCount)
    }

    mutating func add(_ chain: Chain, _ history: borrowing History) {
        for (step, event) in chain.events.enumerated() where event >= 0 {
            counts[step] += 1
            guard let place = chain.path.firstIndex(of: event), place > 0 else { continue }
            times[step].append(history.timestamps[event] - history.timestamps[chain.path[place - 1]])
        }
    }

    /// Adds a chain whose step k, below `level`, is the event `path[k]`.
    mutating func add(level: Int, _ path: [Int], _ history: borrowing History) {
        counts[0] += 1
        for step in 1 ..< level {
            counts[step] += 1
            times[step].append(history.timestamps[path[step]] - history.timestamps[path[step - 1]])
        }
    }

    mutating func merge(_ other: FunnelCounts) {
        for step in counts.indices {
            counts[step] += other.counts[step]
            times[step] += other.times[step]
        }
    }

    func json(_ funnel: FunnelQuestion) -> JSONValue {
        var required = 0
        var rows: [JSONValue] = []
        for (step, selector) in funnel.steps.enumerated() {
            var out = ObjectWriter()
            out.put("label", .string(selector.title))
            out.put("count", .int(Int64(counts[step])))
            out.put("fromPrevious", ratio(counts[step], counts[step == 0 ? 0 : required]))
            out.put("fromFirst", ratio(counts[step], counts[0]))
            var times = times[step]
            let total = times.reduce(Int128(0)) { $0 + Int128($1) }
            let median = OrderStatistic.element((times.count - 1) / 2, of: &times)
            out.put("medianSeconds", median.map { Numbers.json(Double($0) / 1e6) } ?? .null)
            out.put("averageSeconds", times.isEmpty ? .null : Numbers.json(Double(total) / (Double(times.count) * 1e6)))
            rows.append(out.json)
            if !funnel.optional.contains(step) { required = step }
        }
        return .array(rows)
    }

    private func ratio(_ count: Int, _ base: Int) -> JSONValue { base == 0 ? .null : Numbers.json(Double(count) / Double(base)) }
}

/// Follows each person through a funnel, overall and by breakdown value.
struct FunnelTally: Tally {
    private let finder: FunnelFinder
    private let starts: Range<Int64>
    private let firstBit: UInt64
    private let attribution: FunnelQuestion.Attribution
    private let hasBreakdown: Bool
    /// In `allSteps`, the values with rows of their own; nil means all.
    private let kept: Set<[JSONValue]>?
    private var groupFinder: GroupFinder
    private var held: HeldClasses
    /// Follows people whose events do not tie, which are nearly all; nil when the question asks for more.
    private var quick: QuickChains?
    private var quickGroups: QuickGroups
    private(set) var overall: FunnelCounts
    private(set) var groups: [[JSONValue]?: FunnelCounts] = [:]
    /// What a group holds beside its times, and how many times all hold.
    private let groupBytes: Int
    private var timeCount = 0
    /// Of texts in ``groups`` that the group finder does not hold.
    private var textBytes = 0

    init(
        _ funnel: FunnelQuestion, selectors: [Selector], starts: Range<Int64>, breakdown: [Question.Breakdown],
        kept: Set<[JSONValue]>?,
        executor: Executor
    ) {
        finder = FunnelFinder(funnel, selectors: selectors)
        firstBit = finder.firstBit
        attribution = funnel.attribution
        self.starts = starts
        self.kept = kept
        hasBreakdown = !breakdown.isEmpty
        groupFinder = GroupFinder(breakdown, executor: executor)
        held = HeldClasses(funnel.holdConstant, executor: executor)
        quick = hasBreakdown && funnel.attribution == .allSteps ? nil : QuickChains(funnel, selectors: selectors, starts: starts)
        quickGroups = QuickGroups(stepCount: funnel.steps.count)
        overall = FunnelCounts(stepCount: funnel.steps.count)
        groupBytes =
            3 * blockBytes + breakdown.count * MemoryLayout<JSONValue>.stride + GroupTable.sortingBytes
            + funnel.steps.count * (MemoryLayout<Int>.stride + MemoryLayout<[Int64]>.stride + blockBytes)
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        if let level = quick?.follow(history) {
            if level == 0 { return }
            if hasBreakdown { groupFinder.enter(unit.person) }
            addQuick(level, history)
            return
        }
        guard finder.mayStart(history) else { return }
        if hasBreakdown { groupFinder.enter(unit.person) }
        let classes = finder.question.holdConstant.isEmpty ? nil : held.classes(history, nil)
        let events = finder.events(history, 0 ..< history.count, classes: classes)
        let chains = finder.chains(events, starts: starts)
        for chain in chains { overall.add(chain, history) }
        timeCount += chains.reduce(0) { $0 + $1.path.count }
        guard hasBreakdown else { return }
        if finder.question.attribution == .allSteps {
            addAllSteps(history)
        } else {
            for chain in chains { record(chain, key(of: chain, history), history) }
        }
    }

    private mutating func addQuick(_ level: Int, _ history: borrowing History) {
        guard let path = quick?.path else { return }
        overall.add(level: level, path, history)
        timeCount += level - 1
        guard hasBreakdown else { return }
        let event: Int? =
            switch attribution {
            case .firstTouch, .allSteps: FunnelTally.firstStart(history, firstBit, starts)
            case .lastTouch: path[level - 1]
            case .step(let step): step < level ? path[step] : nil
            }
        let group: Int
        if groupFinder.count == 1, let event {
            group = quickGroups.group(of: groupFinder.number(0, part: history.parts[event], row: history.rows[event]))
        } else if let event {
            group = quickGroups.group(of: groupFinder.numbers(part: history.parts[event], row: history.rows[event]))
        } else if groupFinder.count == 1 {
            group = quickGroups.group(of: groupFinder.numberWithoutEvent(0))
        } else {
            group = quickGroups.group(of: groupFinder.numbersWithoutEvent)
        }
        quickGroups.counts[group].add(level: level, path, history)
        timeCount += level - 1
    }

    /// Puts what was counted by number into the groups by value.
    mutating func settle() {
        for (numbers, counts) in zip(quickGroups.keys, quickGroups.counts) { add(counts, to: groupFinder.values(numbers)) }
        quickGroups = QuickGroups(stepCount: finder.stepCount)
    }

    private mutating func record(_ chain: Chain, _ key: [JSONValue]?, _ history: borrowing History) {
        let empty = FunnelCounts(stepCount: finder.stepCount)
        groups[key, default: empty].add(chain, history)
        timeCount += chain.path.count
    }

    /// Adds what was counted elsewhere, without copying its times where the group is new.
    private mutating func add(_ counts: FunnelCounts, to key: [JSONValue]?) {
        if groups[key]?.merge(counts) == nil { groups[key] = counts }
    }

    mutating func merge(_ other: FunnelTally) {
        var other = other
        other.settle()
        overall.merge(other.overall)
        timeCount += other.timeCount
        for (key, counts) in other.groups {
            if groups[key] == nil { textBytes += key?.reduce(0) { $0 + $1.outerBytes } ?? 0 }
            add(counts, to: key)
        }
    }

    var byteCount: Int {
        (groups.count + quickGroups.counts.count) * groupBytes + timeCount * FunnelTally.bytesPerTime + textBytes + groups.byteCount
            + quickGroups.byteCount + groupFinder.byteCount + held.byteCount
    }

    /// In a list that has grown, and once more where its middle is looked for or groups become the rest.
    private static let bytesPerTime = 24

    // MARK: - Breakdown

    private mutating func key(of chain: Chain, _ history: borrowing History) -> [JSONValue] {
        let event: Int?
        switch finder.question.attribution {
        case .firstTouch, .allSteps: event = firstTouch(chain, history)
        case .lastTouch: event = chain.path.last
        case .step(let step): event = chain.events[step] >= 0 ? chain.events[step] : nil
        }
        guard let event else { return groupFinder.values(groupFinder.numbersWithoutEvent) }
        let numbers = groupFinder.numbers(part: history.parts[event], row: history.rows[event])
        return groupFinder.values(numbers)
    }

    /// The first step-1 event of the range, or of the attempt.
    private func firstTouch(_ chain: Chain, _ history: borrowing History) -> Int? {
        if finder.question.reentry == .totals {
            return chain.path.first { history.marks[$0] & finder.firstBit != 0 }
        }
        return FunnelTally.firstStart(history, finder.firstBit, starts)
    }

    /// The first event with `bit` in `starts`.
    private static func firstStart(_ history: borrowing History, _ bit: UInt64, _ starts: Range<Int64>) -> Int? {
        let (times, marks) = (history.timestamps, history.marks)
        for index in 0 ..< history.count where marks[index] & bit != 0 && starts.contains(times[index]) { return index }
        return nil
    }

    /// One funnel for each value that the person's step-1 events carry, all events of a chain carrying it.
    private mutating func addAllSteps(_ history: borrowing History) {
        var numbers = [[Int32]](repeating: [], count: history.count)
        for index in 0 ..< history.count {
            numbers[index] = groupFinder.numbers(part: history.parts[index], row: history.rows[index])
        }
        let classes = held.classes(history, numbers)
        let events = finder.events(history, 0 ..< history.count, classes: classes)
        var seen: [[Int32]] = []
        var rest: Set<[Int32]> = []
        for index in 0 ..< history.count
        where history.marks[index] & finder.firstBit != 0 && starts.contains(history.timestamps[index]) {
            guard !seen.contains(numbers[index]) else { continue }
            seen.append(numbers[index])
            let values = groupFinder.values(numbers[index])
            if kept.map({ $0.contains(values) }) ?? true {
                addChains(events, numbers, [numbers[index]], values, history)
            } else {
                rest.insert(numbers[index])
            }
        }
        if !rest.isEmpty { addChains(events, numbers, rest, nil, history) }
    }

    private mutating func addChains(
        _ events: FunnelEvents, _ numbers: [[Int32]], _ wanted: Set<[Int32]>, _ key: [JSONValue]?, _ history: borrowing History
    ) {
        var masked = events
        for index in 0 ..< events.count where !wanted.contains(numbers[index]) { masked.steps[index] = 0 }
        for chain in finder.chains(masked, starts: starts) { record(chain, key, history) }
    }
}

extension QuestionRun {
    /// Steps, and by breakdown value where asked.
    mutating func funnel(_ funnel: FunnelQuestion) throws(Problem) -> JSONValue {
        var list = SelectorList()
        list.add(funnel)
        let selectors = list.selectors
        let tally = tally(funnel, selectors, nil)
        var out = ObjectWriter()
        out.put("steps", tally.overall.json(funnel))
        if let person = funnel.explain { out.put("explain", try explain(person, funnel, selectors)) }
        guard !question.breakdown.isEmpty else { return out.json }
        let numbers = tally.groups.map {
            (key: $0.key ?? [], number: Double($0.value.counts[0])) as (key: [JSONValue], number: Double?)
        }
        let kept = BreakdownRows.kept(numbers, limit: question.limit)
        var groups = tally.groups
        if kept.count < groups.count {
            if funnel.attribution == .allSteps {
                groups = self.tally(funnel, selectors, Set(kept)).groups
            } else {
                var rest = FunnelCounts(stepCount: funnel.steps.count)
                for (key, counts) in groups where !kept.contains(key ?? []) { rest.merge(counts) }
                groups[nil] = rest
            }
        }
        var rows = AnswerRows(executor.watch)
        for key in kept { try rows.append(breakdownRow(.array(key), groups[key], funnel)) }
        if let rest = groups[nil] { try rows.append(breakdownRow(["other": true], rest, funnel)) }
        out.put("breakdown", rows.json)
        return out.json
    }

    private func breakdownRow(_ value: JSONValue, _ counts: FunnelCounts?, _ funnel: FunnelQuestion) -> JSONValue {
        ["value": value, "steps": (counts ?? FunnelCounts(stepCount: funnel.steps.count)).json(funnel)]
    }

    private mutating func tally(_ funnel: FunnelQuestion, _ selectors: [Selector], _ kept: Set<[JSONValue]>?) -> FunnelTally {
        let empty = FunnelTally(
            funnel, selectors: selectors, starts: bounds, breakdown: question.breakdown, kept: kept, executor: executor)
        var tally = scan(selectors) { empty }
        tally.settle()
        return tally
    }
}

/// Counts by the interned numbers of a breakdown's values.
private struct QuickGroups: Sendable {
    private(set) var keys: [[Int32]] = []
    var counts: [FunnelCounts] = []
    private let stepCount: Int
    private var places: [[Int32]: Int] = [:]
    /// Of a breakdown by one value: the group of each number, -1 for none yet.
    private var single: [Int] = []

    init(stepCount: Int) { self.stepCount = stepCount }

    /// Without what the counts lead to.
    var byteCount: Int { keys.byteCount + counts.byteCount + places.byteCount + single.byteCount + keys.count * blockBytes }

    mutating func group(of number: Int32) -> Int {
        let place = Int(number)
        if place < single.count, single[place] >= 0 { return single[place] }
        while single.count <= place { single.append(-1) }
        single[place] = group(of: [number])
        return single[place]
    }

    mutating func group(of numbers: [Int32]) -> Int {
        if let known = places[numbers] { return known }
        keys.append(numbers)
        counts.append(FunnelCounts(stepCount: stepCount))
        places[numbers] = keys.count - 1
        return keys.count - 1
    }
}
