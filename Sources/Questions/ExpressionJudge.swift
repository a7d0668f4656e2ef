import Columns
import EventStore
import Model

/// Finds the people for whom an expression is true: sets of people, joined by set algebra.
///
/// Leaves about events are judged in one pass over the rows of their selectors, of a conjunction in two where few people meet some of its
/// parts; the others come from the population.
struct ExpressionJudge {
    let executor: Executor
    private(set) var present: Present
    let asOf: Instant?
    private let everyone: PersonSet
    /// People between two looks at time and memory, where nothing is read of them.
    private static let peoplePerLook = 1_024
    private(set) var scanned = 0
    /// The people of each stage; nil until something asks for one.
    private var stages: [PersonSet]?

    init(_ executor: Executor, at present: Present, asOf: Instant?) {
        self.executor = executor
        self.present = present
        self.asOf = asOf
        everyone = PersonSet(executor.population.persons)
    }

    /// The people for whom `expression` is true.
    mutating func members(of expression: Expression) throws(Problem) -> PersonSet {
        if stages == nil, expression.asksStages { stages = try stageMembers() }
        guard case .all(let parts) = expression, let order = ConjunctionOrder(parts, executor: executor, present: present) else {
            return try members(of: expression, judge(expression, among: nil))
        }
        let first = Expression.all(order.first)
        var set = try members(of: first, judge(first, among: nil))
        let rest = Expression.all(order.rest)
        set.formIntersection(try members(of: rest, judge(rest, among: set)))
        return set
    }

    private mutating func members(of expression: Expression, _ judged: [Expression: PersonSet]) throws(Problem) -> PersonSet {
        switch expression {
        case .everyone: return everyone
        case .all(let parts):
            var set = everyone
            for part in parts { set.formIntersection(try members(of: part, judged)) }
            return set
        case .any(let parts):
            var set = PersonSet()
            for part in parts { set.formUnion(try members(of: part, judged)) }
            return set
        case .not(let inner):
            var set = everyone
            set.subtract(try members(of: inner, judged))
            return set
        case .trait(let key, let test): return try members(trait: key, test)
        case .role(let role): return try members(role: role)
        case .stage(let name): return stages?[try executor.stages.index(of: name)] ?? PersonSet()
        case .consent(let purpose):
            var set = executor.population.consenting(to: purpose)
            set.formIntersection(everyone)
            return set
        case .sample(let percent, let salt): return sample(percent, salt)
        case .account(let match, let inner):
            let others = try members(of: inner, judged)
            return try accounts(match, others)
        case .related(let role, let inner):
            let others = try members(of: inner, judged)
            return related(role, to: others)
        case .did, .measured, .first, .last, .sequence, .absentFor: return judged[expression] ?? PersonSet()
        }
    }

    /// By stage of the scheme the people who stand in it: no two sets share anybody.
    mutating func stageMembers() throws(Problem) -> [PersonSet] {
        let rules = executor.stages.stages.map(\.rule)
        return try members(ofStages: rules, judge(.all(rules), among: nil))
    }

    private mutating func members(ofStages rules: [Expression], _ judged: [Expression: PersonSet]) throws(Problem) -> [PersonSet] {
        var rest = executor.population.seen(by: present.instant)
        var sets: [PersonSet] = []
        for rule in rules.reversed() {
            var set = try members(of: rule, judged)
            set.formIntersection(rest)
            rest.subtract(set)
            sets.append(set)
        }
        return sets.reversed()
    }

    /// The people of each stage at one instant after another: what a pass reads is judged at as many of them as memory allows.
    ///
    /// - Parameter among: the only people for whom what it gives is true; nil means all.
    /// - Parameter body: takes the sets of each instant, in order.
    /// - Returns: the rows that were read.
    static func forEachStageMembers(
        of scheme: StageScheme, at instants: [Instant], _ executor: Executor, asOf: Instant?, among: PersonSet?,
        _ body: ([PersonSet]) throws(Problem) -> Void
    ) throws(Problem) -> Int {
        let rules = scheme.stages.map(\.rule)
        let first = ExpressionJudge(executor, at: Present(instant: .epoch, calendar: executor.calendar), asOf: asOf)
        let judges = instants.map { instant in
            var judge = first
            judge.present.instant = instant
            return judge
        }
        var leaves: [Expression] = []
        for rule in rules { collectEventLeaves(rule, into: &leaves) }
        let setBytes = max(1, leaves.count * executor.population.personOfIdentity.count / 8)
        let step = leaves.contains(where: asksClock) ? 1 : min(max(1, setsBytesMax / setBytes), instantsPerPassMax)
        // What other people do is asked of everyone.
        let among = rules.contains(where: ConjunctionOrder.asksOthers) ? nil : among
        let held = executor.heldBytes
        var scanned = 0
        for start in stride(from: 0, to: judges.count, by: step) {
            let some = judges[start ..< min(start + step, judges.count)]
            let (judged, rows) = judge(leaves, some, among: among)
            scanned += rows
            for (var judge, sets) in zip(some, judged) {
                try executor.watch?.check()
                try body(judge.members(ofStages: rules, sets))
                scanned += judge.scanned
            }
            executor.watch?.giveBack(to: held)
        }
        return scanned
    }

    private static let instantsPerPassMax = 1_024
    /// Of the sets that one pass over several instants fills.
    private static let setsBytesMax = 32 << 20

    /// Whether a condition of events depends on the instant at which it is judged.
    private static func asksClock(_ leaf: Expression) -> Bool {
        var list = SelectorList()
        list.add(leaf)
        return list.selectors.contains { $0.condition?.asksClock ?? false }
    }

    // MARK: - From the population

    private mutating func members(trait key: String, _ test: ValueTest) throws(Problem) -> PersonSet {
        let computed = try executor.computedTrait(key, at: present, asOf: asOf, scanned: &scanned)
        let holdsWhenMissing = test.holds(nil, at: present)
        var set = holdsWhenMissing ? everyone : PersonSet()
        executor.forEachTrait(key, computed) { person, value in
            let holds = test.holds(value, at: present)
            if holds != holdsWhenMissing {
                if holds { set.insert(person) } else { set.remove(person) }
            }
        }
        set.formIntersection(everyone)
        return set
    }

    private func members(role: String) throws(Problem) -> PersonSet {
        guard var set = try executor.population.members(ofRole: role, at: present.instant) else {
            throw Problem(.notBuilt, "The role \"\(role.prefix(60))\" is not built yet in this version.")
        }
        set.formIntersection(everyone)
        return set
    }

    private func sample(_ percent: Double, _ salt: String) -> PersonSet {
        var set = PersonSet()
        for person in everyone.ordinals {
            if SampleHash.fraction(salt: salt, person: PersonID(ordinal: person)) < percent / 100 { set.insert(person) }
        }
        return set
    }

    /// `any`, `all` or `none` of the other people in each person's accounts; `all` of nobody is false, `none` true.
    private func accounts(_ match: Expression.AccountMatch, _ inner: PersonSet) throws(Problem) -> PersonSet {
        let held = executor.heldBytes
        defer { executor.watch?.giveBack(to: held) }
        var known: [String: [UInt32]] = [:]
        var listBytes = 0
        var noted = 0
        var set = PersonSet()
        for (place, person) in executor.population.persons.enumerated() {
            if place % ExpressionJudge.peoplePerLook == 0,
                executor.watch?.goesOn(holding: known.byteCount + listBytes, noted: &noted) == false
            {
                try executor.watch?.check()
            }
            var others = PersonSet()
            for account in executor.population.accounts(of: person) {
                let members = known[account] ?? executor.population.members(ofAccount: account)
                if known.updateValue(members, forKey: account) == nil {
                    listBytes += account.outerBytes + blockBytes + members.byteCount
                }
                for member in members where member != person { others.insert(member) }
            }
            let count = others.count
            others.formIntersection(inner)
            let holds: Bool
            switch match {
            case .any: holds = others.count > 0
            case .all: holds = count > 0 && others.count == count
            case .none: holds = others.count == 0
            }
            if holds { set.insert(person) }
        }
        return set
    }

    private func related(_ role: RelationshipRole, to others: PersonSet) -> PersonSet {
        var set = PersonSet()
        for tie in executor.population.ties(ofRole: role, at: present.instant) where others.contains(tie.other) {
            set.insert(tie.holder)
        }
        set.formIntersection(everyone)
        return set
    }

    // MARK: - From events

    private static func collectEventLeaves(_ expression: Expression, into leaves: inout [Expression]) {
        switch expression {
        case .everyone, .trait, .role, .stage, .consent, .sample: break
        case .all(let parts), .any(let parts): for part in parts { collectEventLeaves(part, into: &leaves) }
        case .not(let inner), .account(_, let inner), .related(_, let inner): collectEventLeaves(inner, into: &leaves)
        case .did, .measured, .first, .last, .sequence, .absentFor: if !leaves.contains(expression) { leaves.append(expression) }
        }
    }

    /// - Parameter among: the only people of whom what it gives is true; nil means all.
    private mutating func judge(_ expression: Expression, among: PersonSet?) -> [Expression: PersonSet] {
        var leaves: [Expression] = []
        ExpressionJudge.collectEventLeaves(expression, into: &leaves)
        let (judged, rows) = ExpressionJudge.judge(leaves, [self], among: among)
        scanned += rows
        return judged[0]
    }

    /// By judge the people for whom each leaf is true, all in one pass.
    ///
    /// Conditions of events are judged at the instant of the first.
    private static func judge(
        _ leaves: [Expression], _ judges: some Collection<ExpressionJudge>, among: PersonSet?
    ) -> (sets: [[Expression: PersonSet]], rows: Int) {
        guard !leaves.isEmpty, let first = judges.first else { return (judges.map { _ in [:] }, 0) }
        var list = SelectorList()
        for leaf in leaves { list.add(leaf) }
        var scan = first.executor.scan(list.selectors, at: first.present, asOf: first.asOf, among: among)
        let empty = LeafTally(leaves, selectors: list.selectors, executor: first.executor, presents: judges.map(\.present))
        scan.judgedTimes = empty.judgedTimes
        let (tally, rows) = scan.run { empty }
        let sets = judges.indices.enumerated().map { place, _ in
            Dictionary(
                uniqueKeysWithValues: leaves.enumerated().map { index, leaf in
                    (leaf, tally.set(at: place * leaves.count + index, of: first.everyone))
                })
        }
        return (sets, rows)
    }
}

/// Judges the event leaves of an expression person by person, at one or more instants.
private struct LeafTally: Tally {
    private let judges: [LeafJudge]
    private let plain: [PlainLeaf]
    /// The people for whom a leaf differs from what it is for somebody without any event.
    private var turned: [PersonSet]
    private let parts: [Part]
    private var conditions: [[CompiledCondition]]
    private var readers: [[PropertyReader]]

    /// Its judges are by instant, then by leaf.
    init(_ leaves: [Expression], selectors: [Selector], executor: Executor, presents: [Present]) {
        parts = executor.snapshot.parts
        judges = presents.flatMap { present in leaves.map { LeafJudge($0, selectors: selectors, present: present) } }
        plain = judges.map(\.plain)
        turned = [PersonSet](repeating: PersonSet(capacity: executor.population.personOfIdentity.count), count: judges.count)
        conditions = []
        readers = []
        for (place, judge) in judges.enumerated() {
            let present = presents[place / leaves.count]
            conditions.append(
                judge.condition.map { condition in parts.map { CompiledCondition(condition, in: $0, at: present) } } ?? [])
            readers.append(judge.property.map { property in parts.map { PropertyReader(property, in: $0) } } ?? [])
        }
    }

    /// Conditions of selectors matter at these times only.
    var judgedTimes: Range<Int64> {
        let bounds = judges.compactMap(\.judgedTimes)
        guard let first = bounds.map(\.lowerBound).min(), let end = bounds.map(\.upperBound).max() else { return .always }
        return first ..< end
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        for index in plain.indices where holds(index, history) != plain[index].holdsWithoutEvents {
            turned[index].insert(unit.number)
        }
    }

    private mutating func holds(_ index: Int, _ history: borrowing History) -> Bool {
        let leaf = plain[index]
        switch leaf.kind {
        case .did:
            let count = leaf.count(in: history)
            if count < 64 { return leaf.holdsByCount >> UInt64(count) & 1 == 1 }
        case .first, .last:
            let event = leaf.kind == .first ? leaf.first(in: history) : leaf.last(in: history)
            return event >= 0 && conditions[index][Int(history.parts[event])].holds(at: Int(history.rows[event]))
        case .other: break
        }
        return judges[index].holds(history, readers[index])
    }

    var byteCount: Int {
        conditions.reduce(turned.reduce(0) { $0 + $1.byteCount }) { $1.reduce($0) { $0 + $1.byteCount } }
    }

    mutating func merge(_ other: LeafTally) {
        for index in turned.indices { turned[index].formUnion(other.turned[index]) }
    }

    func set(at index: Int, of everyone: PersonSet) -> PersonSet {
        guard judges[index].holdsWithoutEvents else {
            var set = turned[index]
            set.formIntersection(everyone)
            return set
        }
        var set = everyone
        set.subtract(turned[index])
        return set
    }
}

/// What the most frequent leaves ask of each person: plain values, for which workers need not contend.
private struct PlainLeaf: Sendable {
    enum Kind { case did, first, last, other }

    var kind: Kind
    var bit: UInt64
    var bounds: Range<Int64>
    var holdsWithoutEvents: Bool
    /// Of `did`: bit n is set when it holds for someone with n events.
    var holdsByCount: UInt64

    @inline(__always) func count(in history: borrowing History) -> Int {
        let marks = history.marks
        var count = 0
        for index in history.lowerBound(bounds.lowerBound) ..< history.lowerBound(bounds.upperBound) where marks[index] & bit != 0 {
            count += 1
        }
        return count
    }

    /// The first event of all until the bounds' end; -1 when there is none.
    @inline(__always) func first(in history: borrowing History) -> Int {
        let (times, marks) = (history.timestamps, history.marks)
        for index in 0 ..< history.count where marks[index] & bit != 0 { return times[index] < bounds.upperBound ? index : -1 }
        return -1
    }

    /// The last event before the bounds' end; -1 when there is none.
    @inline(__always) func last(in history: borrowing History) -> Int {
        let (times, marks) = (history.timestamps, history.marks)
        var index = history.count - 1
        while index >= 0, times[index] >= bounds.upperBound || marks[index] & bit == 0 { index -= 1 }
        return index
    }
}

/// One event leaf bound to selector bits and bounds.
private struct LeafJudge: Sendable {
    private let leaf: Expression
    private let bit: UInt64
    private let bounds: Range<Int64>
    /// Events at this time (µs) or later are not seen.
    private let seenBefore: Int64
    private let funnel: FunnelFinder?
    let condition: Condition?
    let property: String?
    let holdsWithoutEvents: Bool
    let plain: PlainLeaf

    init(_ leaf: Expression, selectors: [Selector], present: Present) {
        self.leaf = leaf
        var condition: Condition?
        var property: String?
        var funnel: FunnelFinder?
        var within = Expression.Within.ever
        var selector: Selector?
        var without = false
        var holdsByCount: UInt64 = 0
        var kind = PlainLeaf.Kind.other
        switch leaf {
        case .did(let wanted, let times, let stretch):
            (selector, within) = (wanted, stretch)
            for count in 0 ..< 64 where times.holds(.int(Int64(count))) { holdsByCount |= 1 << UInt64(count) }
            without = holdsByCount & 1 == 1
            kind = .did
        case .measured(let wanted, let aggregate, let path, let comparison, let stretch):
            (selector, within, property) = (wanted, stretch, path)
            without = comparison.holds(aggregate == .sum || aggregate == .distinct ? .int(0) : nil)
        case .first(let wanted, let test): (selector, condition, kind) = (wanted, test, .first)
        case .last(let wanted, let test): (selector, condition, kind) = (wanted, test, .last)
        case .absentFor(let wanted, _): selector = wanted
        case .sequence(let steps, let window, let order, let stretch):
            within = stretch
            var question = FunnelQuestion(steps: steps, window: window)
            question.order = order
            funnel = FunnelFinder(question, selectors: selectors)
        default: break
        }
        self.condition = condition
        self.property = property
        self.funnel = funnel
        holdsWithoutEvents = without
        bounds = within.bounds(at: present.instant, in: present.calendar)
        seenBefore = present.instant.advanced(byMicroseconds: 1).microseconds
        bit = selector.flatMap { selectors.firstIndex(of: $0.unlabelled) }.map { 1 << UInt64($0) } ?? 0
        plain = PlainLeaf(kind: kind, bit: bit, bounds: bounds, holdsWithoutEvents: without, holdsByCount: holdsByCount)
    }

    /// At other times it makes no difference whether the condition of a selector holds; nil when it never does.
    var judgedTimes: Range<Int64>? {
        switch leaf {
        case .did(let selector, _, _), .measured(let selector, _, _, _, _): selector.condition == nil ? nil : bounds
        case .first(let selector, _), .last(let selector, _), .absentFor(let selector, _):
            selector.condition == nil ? nil : .always
        default: .always
        }
    }

    /// Whether the leaf holds for a person; the conditions of `first` and `last` are judged elsewhere.
    func holds(_ history: borrowing History, _ readers: [PropertyReader]) -> Bool {
        let start = history.lowerBound(bounds.lowerBound)
        let end = history.lowerBound(bounds.upperBound)
        switch leaf {
        case .did(_, let times, _):
            let marks = history.marks
            var count = 0
            for index in start ..< max(start, end) where marks[index] & bit != 0 { count += 1 }
            return times.holds(.int(Int64(count)))
        case .measured(_, let aggregate, _, let comparison, _):
            return comparison.holds(measure(aggregate, history, start ..< max(start, end), readers))
        case .absentFor(_, let span):
            var last: Int64?
            for index in 0 ..< end where history.marks[index] & bit != 0 { last = history.timestamps[index] }
            guard let last else { return false }
            return last < Instant(microseconds: bounds.upperBound).advanced(byMicroseconds: -span.microseconds).microseconds
        case .sequence:
            guard let funnel else { return false }
            let seen = history.lowerBound(seenBefore)
            return funnel.level(in: history, starts: bounds, events: start ..< max(start, seen)) == funnel.stepCount
        default: return false
        }
    }

    private func measure(
        _ aggregate: Expression.Aggregate, _ history: borrowing History, _ range: Range<Int>, _ readers: [PropertyReader]
    ) -> JSONValue? {
        var sum = ExactSum()
        var count = 0
        var least: JSONValue?
        var greatest: JSONValue?
        var distinct: Set<JSONValue> = []
        for index in range where history.marks[index] & bit != 0 {
            guard let value = readers[Int(history.parts[index])].value(at: Int(history.rows[index])) else { continue }
            let number = Numbers.grouped(value)
            guard let double = number.doubleValue, double.isFinite else { continue }
            count += 1
            distinct.insert(number)
            if case .int(let whole) = number { sum.add(whole) } else { sum.add(double) }
            if least.map({ Numbers.compare(number, $0) == -1 }) ?? true { least = number }
            if greatest.map({ Numbers.compare(number, $0) == 1 }) ?? true { greatest = number }
        }
        switch aggregate {
        case .sum: return sum.json
        case .distinct: return .int(Int64(distinct.count))
        case .min: return least
        case .max: return greatest
        case .avg:
            guard count > 0 else { return nil }
            return Numbers.json(sum.value / Double(count))
        }
    }
}
