public import Model
import OrderedCollections

/// One order: all that is known of it, and what the ledgers have been told.
///
/// Facts come in any order, twice, late, or before what they are about. What is told converges on what all of them together mean.
public struct OrderRecord: Hashable, Sendable {
    public let id: String
    /// No two that say the same.
    public private(set) var facts: [[JSONValue]: OrderFact] = [:]
    /// What each message said.
    private(set) var messages: [String: [JSONValue]] = [:]
    /// What the points were planned for.
    private(set) var planned: EarningEvent?
    private(set) var lines: [OrderedLine: OrderEarning] = [:]

    /// A product and a rule that gives points for it.
    struct OrderedLine: Hashable, Comparable, Sendable {
        var product: String
        var rule: String

        static func < (left: OrderedLine, right: OrderedLine) -> Bool {
            (left.product, left.rule) < (right.product, right.rule)
        }
    }

    public init(id: String) { self.id = id }

    /// As it was kept.
    ///
    /// - Parameters:
    ///   - facts: All that were taken in, each once a message id.
    ///   - isSettled: Whether the ledgers have been told what they mean.
    init(id: String, facts: [OrderFact], lines: [OrderedLine: OrderEarning], isSettled: Bool) {
        self.id = id
        for fact in facts { _ = take(fact, fact.identity) }
        self.lines = lines
        if isSettled { planned = state.event }
    }

    /// How the order stands by all facts.
    public var state: OrderState { OrderState(Array(facts.values)) }

    /// Takes a fact in.
    ///
    /// - Returns: Whether it says anything new.
    /// - Throws: `IDEMPOTENCY_CONFLICT` for a known message id that says something else; `OTHER_ORDER`.
    public mutating func add(_ fact: OrderFact) throws(Refusal) -> Bool {
        guard fact.order == id else { throw Refusal("OTHER_ORDER", ["need": .string(id), "have": .string(fact.order)]) }
        let identity = fact.identity
        if let known = messages[fact.messageID] {
            guard known == identity else { throw Refusal("IDEMPOTENCY_CONFLICT", ["field": "messageId"]) }
            return false
        }
        return take(fact, identity)
    }

    private mutating func take(_ fact: OrderFact, _ identity: [JSONValue]) -> Bool {
        messages[fact.messageID] = identity
        guard let known = facts[identity] else {
            facts[identity] = fact
            return true
        }
        // The same for any order of arrival.
        if (fact.at, fact.messageID) < (known.at, known.messageID) { facts[identity] = fact }
        return false
    }

    // MARK: - Settling

    /// What is to be told now, after which everything has been.
    ///
    /// - Parameters:
    ///   - program: The version that was live when the order was completed; nil when there was none.
    ///   - limits: Those of the event and of what the order has earned; what is given or comes back is booked there.
    /// - Throws: `OVERFLOW`; nothing has changed then.
    public mutating func settle(
        by program: EarningProgram?, of member: EarningMember, limits: inout EarningLimits, in frame: EarningFrame
    ) throws(Refusal) -> [OrderIntent] {
        try settled(by: program, of: member, limits: &limits, in: frame).intents
    }

    /// As ``settle(by:of:limits:in:)``, with the plan of the points where they were planned now.
    ///
    /// - Parameter anew: Whether all of it is earned anew, as it is others' now.
    mutating func settled(
        by program: EarningProgram?, of member: EarningMember, limits: inout EarningLimits, in frame: EarningFrame,
        anew: Bool = false
    ) throws(Refusal) -> (intents: [OrderIntent], plan: EarningPlan?) {
        let state = state
        guard let event = state.event else { return ([], nil) }
        var (intents, after, left, plan) = ([OrderIntent](), self, limits, EarningPlan?.none)
        if let program, anew || hasTakenTooMuch(state.shares) ? true : try changes(event, program, member, frame) {
            for earning in lines.values { left.giveBack(earning.net, to: earning.limits) }
            let planned = try program.plan(for: event, of: member, limits: left, in: frame)
            intents += try after.follow(planned, at: event.at, state.shares, limits: &left, anew: anew)
            plan = planned
        }
        after.planned = event
        intents += after.takeBack(limits: &left) { product, earning in earning.back(of: state.shares[product]) }
        (self, limits) = (after, left)
        return (intents, plan)
    }

    /// What is to be told of an order that gives nothing any more: by how many units it has become less than what was earned for.
    ///
    /// Less by its price alone takes nothing back, as the rest of a unit could not be given anew.
    /// - Parameter limits: Those of what the order has earned; what comes back is booked there.
    mutating func shrink(limits: inout EarningLimits) -> [OrderIntent] {
        let state = state
        guard let event = state.event else { return [] }
        planned = event
        let paid = (event.lines ?? []).filter(\.isPaid).map { ($0.product, $0.units) }
        let left = Dictionary(paid, uniquingKeysWith: +)
        return takeBack(limits: &limits) { product, earning in
            let gone = earning.units - min(earning.units, left[product, default: 0])
            return earning.back(of: state.shares[product], gone: gone)
        }
    }

    /// What the order would earn beyond what it has earned; nothing where it stands as it was planned for.
    func unearned(
        by program: EarningProgram?, of member: EarningMember, limits: EarningLimits, in frame: EarningFrame
    ) throws(Refusal) -> [NewPoints] {
        let state = state
        guard let program, let event = state.event, event != planned else { return [] }
        let plan = try program.plan(for: event, of: member, limits: limits, in: frame)
        return plan.awards.flatMap { $0.newPoints(source: id, at: event.at) }.compactMap { points in
            let key = OrderedLine(product: points.source.line, rule: points.source.rule)
            var wanted = OrderEarning(points, generation: 1, limits: [])
            wanted.returned = wanted.back(of: state.shares[key.product])
            var more = points
            more.amount = wanted.net - (lines[key]?.net ?? 0)
            return more.amount > 0 ? more : nil
        }
    }

    /// What the points of a source were taken from; nil for one under which a line earns no more.
    func limits(of source: PointSource) -> [Limit.Key]? { lines.values.first { $0.source == source }?.limits }

    /// Notes that something is not earned after all: its points go back to the limits, and the line may earn anew when the order changes.
    mutating func forgo(_ source: PointSource, limits: inout EarningLimits) {
        guard let line = lines.first(where: { $0.value.source == source })?.key, var earning = lines[line] else { return }
        limits.giveBack(earning.net, to: earning.limits)
        earning.withdraw()
        lines[line] = earning
    }

    /// Under which sources a line had earned before its order was changed, the last one first.
    func earlier(than source: PointSource) -> [PointSource] {
        guard let line = lines.values.first(where: { $0.source == source }) else { return [] }
        return (1 ..< line.generation).reversed().map { line.source(of: $0, in: id) }
    }

    /// Whether more was taken back than came back, as the order turned out greater than it was known to be.
    private func hasTakenTooMuch(_ shares: [String: OrderShare]) -> Bool {
        lines.contains { !$0.value.isWithdrawn && $0.value.hasTakenMore(than: shares[$0.key.product]) }
    }

    /// Whether it would earn anything else than what was planned; caps that have moved meanwhile are no reason to plan anew.
    private func changes(
        _ event: EarningEvent, _ program: EarningProgram, _ member: EarningMember, _ frame: EarningFrame
    ) throws(Refusal) -> Bool {
        guard let planned, planned.at == event.at, planned.lines == event.lines else { return true }
        if event == planned { return false }
        var free = program
        free.caps = EarningCaps()
        for place in free.rules.indices { free.rules[place].caps = EarningCaps() }
        let (before, after) = (
            try free.plan(for: planned, of: member, in: frame), try free.plan(for: event, of: member, in: frame)
        )
        func parts(_ award: EarningPlan.Award) -> [[String]] { [[award.rule, String(award.points)], award.applied] }
        return before.awards.map(parts) != after.awards.map(parts) || before.awards.map(\.lines) != after.awards.map(\.lines)
    }

    /// Takes over points that were planned as if those of an earlier content had never been given; tells the ledger only what is different.
    private mutating func follow(
        _ plan: EarningPlan, at instant: Instant, _ shares: [String: OrderShare], limits: inout EarningLimits, anew: Bool
    ) throws(Refusal) -> [OrderIntent] {
        try limits.take(plan)
        var wanted: [OrderedLine: (points: NewPoints, limits: [Limit.Key])] = [:]
        for award in plan.awards {
            for points in award.newPoints(source: id, at: instant) {
                wanted[.init(product: points.source.line, rule: award.rule)] = (points, award.limits.map(\.key))
            }
        }
        var intents: [OrderIntent] = []
        for line in Set(lines.keys).union(wanted.keys).sorted() {
            let known = lines[line]
            if let want = wanted[line], let known, !anew, known.stands(as: want.points, shares[line.product]) {
                lines[line]?.limits = want.limits
                // The limits have been charged with all of it; what came back is theirs again.
                limits.giveBack(known.reversed, to: want.limits)
                continue
            }
            if var known, !known.isWithdrawn {
                if known.returned.units < known.units { intents.append(known.reversal(of: known.whole)) }
                known.withdraw()
                lines[line] = known
            }
            guard let want = wanted[line] else { continue }
            let earning = OrderEarning(want.points, generation: (known?.generation ?? 0) + 1, limits: want.limits)
            lines[line] = earning
            var points = want.points
            points.source = earning.source
            intents.append(.earn(points))
        }
        return intents
    }

    /// - Parameter back: How much of what was earned for a product is to be back in all.
    private mutating func takeBack(
        limits: inout EarningLimits, _ back: (_ product: String, _ earning: OrderEarning) -> EarningReturn
    ) -> [OrderIntent] {
        var intents: [OrderIntent] = []
        for line in lines.keys.sorted() {
            guard var earning = lines[line], !earning.isWithdrawn else { continue }
            let before = EarningReturn(units: earning.returned.units, points: earning.reversed)
            earning.returned = earning.returned.union(back(line.product, earning))
            let now = EarningReturn(units: earning.returned.units, points: earning.reversed)
            guard now != before else { continue }
            limits.giveBack(now.points - before.points, to: earning.limits)
            lines[line] = earning
            intents.append(earning.reversal(of: now))
        }
        return intents
    }

    // MARK: - Sums

    /// Points that are left by all that was told.
    public var netPoints: Int64 { lines.values.reduce(0) { $0 + $1.net } }
}

/// How much of what was earned for a line is back.
struct EarningReturn: Hashable, Sendable {
    /// Whole ones alone.
    var units: Int64
    /// For all that came back; less than what falls to the units where it is not told.
    var points: Int64

    static let nothing = EarningReturn(units: 0, points: 0)

    /// What is back by either.
    func union(_ other: EarningReturn) -> EarningReturn {
        EarningReturn(units: max(units, other.units), points: max(points, other.points))
    }
}

/// What an order has earned for one line by one rule.
struct OrderEarning: Hashable, Sendable {
    let source: PointSource
    let points: Int64
    let units: Int64
    /// Counts how often the line has earned anew.
    let generation: Int
    /// What the points were taken from.
    var limits: [Limit.Key]
    var returned: EarningReturn
    /// Whether the order, as it was changed, no longer earns it.
    private(set) var isWithdrawn: Bool

    init(_ earned: NewPoints, generation: Int, limits: [Limit.Key]) {
        self.init(earned.amount, of: earned.source, units: earned.units, generation: generation, limits: limits)
    }

    /// - Parameter source: With the id of the order.
    init(
        _ points: Int64, of source: PointSource, units: Int64, generation: Int, limits: [Limit.Key],
        returned: EarningReturn = .nothing, isWithdrawn: Bool = false
    ) {
        self.source = PointSource(id: OrderEarning.source(source.id, generation), line: source.line, rule: source.rule)
        self.points = points
        self.units = units
        self.generation = generation
        self.limits = limits
        self.returned = returned
        self.isWithdrawn = isWithdrawn
    }

    /// As what it is earned for was called when it was earned the n-th time.
    func source(of generation: Int, in order: String) -> PointSource {
        PointSource(id: OrderEarning.source(order, generation), line: source.line, rule: source.rule)
    }

    /// No two orders and generations have one in common: signs of an id are doubled, so that theirs are in pairs.
    private static func source(_ id: String, _ generation: Int) -> String {
        let escaped = id.contains("#") ? id.split(separator: "#", omittingEmptySubsequences: false).joined(separator: "##") : id
        return generation == 1 ? escaped : "\(escaped)#\(generation)"
    }

    /// As the ledger counts it: the same for any partition of the returns.
    var reversed: Int64 { max(points(of: returned.units), returned.points) }
    var net: Int64 { points - reversed }
    var whole: EarningReturn { EarningReturn(units: units, points: points) }

    private func points(of units: Int64) -> Int64 { PointValue(minor: points, points: self.units).of(units) }

    /// What is back of it by what came back of its product.
    ///
    /// - Parameter gone: How many of its units the order has no more; what came back is of the rest.
    func back(of share: OrderShare?, gone: Int64 = 0) -> EarningReturn {
        let lost = points(of: gone)
        guard let back = share?.of(points - lost, for: units - gone) else { return EarningReturn(units: gone, points: lost) }
        return EarningReturn(units: gone + back.units, points: lost + back.points)
    }

    /// Whether more of it was taken back than came back.
    ///
    /// What an earlier version took back for parts of a unit, by whole ones alone, stays.
    func hasTakenMore(than share: OrderShare?) -> Bool {
        if returned.points == 0 { return false }
        let back = back(of: share)
        return returned.units > back.units || reversed > back.points
    }

    /// Whether it is what the order earns now, and no more of it was taken back than came back.
    func stands(as earned: NewPoints, _ share: OrderShare?) -> Bool {
        !isWithdrawn && points == earned.amount && units == earned.units && !hasTakenMore(than: share)
    }

    func reversal(of back: EarningReturn) -> OrderIntent {
        .reverse(source, unitsInAll: back.units, pointsInAll: back.points)
    }

    mutating func withdraw() {
        returned = whole
        isWithdrawn = true
    }
}
