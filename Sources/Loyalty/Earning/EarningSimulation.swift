public import Model

/// What a version of a program would have given for past events: the same plans as awards, one after the other.
public struct EarningSimulation: Sendable {
    /// What one rule would have given.
    public struct RuleTotal: Hashable, Sendable {
        public let rule: String
        /// For which it gave anything, or would have but for caps.
        public fileprivate(set) var events = 0
        public fileprivate(set) var points: Int64 = 0
        /// By the name of the cap that took them off.
        public fileprivate(set) var trimmed: [String: Int64] = [:]
        /// How often it did not count, by the code of each reason.
        public fileprivate(set) var declined: [String: Int] = [:]
    }

    /// What a budget would have been left with.
    public struct Budget: Hashable, Sendable {
        public let name: String
        public let max: Int64
        public fileprivate(set) var used: Int64
        /// The first event for which it did not suffice.
        public fileprivate(set) var exhaustedAt: Instant?
    }

    public let program: EarningProgram
    private let frame: EarningFrame
    private var limits = EarningLimits()
    private var totals: [String: RuleTotal]
    private var members: [String: Int64] = [:]
    private var exhausted: [String: Instant] = [:]

    public init(_ program: EarningProgram, in frame: EarningFrame) {
        self.program = program
        self.frame = frame
        totals = Dictionary(uniqueKeysWithValues: program.rules.map { ($0.id, RuleTotal(rule: $0.id)) })
    }

    // MARK: - Events

    /// Takes the next event in; the order of events decides who gets what is left of a budget.
    ///
    /// - Returns: What it would have earned.
    /// - Throws: `OVERFLOW`; nothing has changed then.
    @discardableResult
    public mutating func add(_ event: EarningEvent, of member: EarningMember) throws(Refusal) -> EarningPlan {
        // A plan copies the limits that it is given.
        let known = limits.of(program.limits(for: event, of: member, in: frame))
        let plan = try program.plan(for: event, of: member, limits: known, in: frame)
        let points = try EarningArithmetic.sum(members[member.id, default: 0], plan.points)
        var changed: [RuleTotal] = []
        for award in plan.awards {
            if let total = totals[award.rule] { changed.append(try EarningSimulation.sum(total, award)) }
        }
        try limits.take(plan)
        members[member.id] = points
        for total in changed { totals[total.rule] = total }
        for cap in plan.awards.flatMap(\.trims).map(\.cap) {
            exhausted[cap] = Swift.min(exhausted[cap] ?? event.at, event.at)
        }
        for declined in plan.declined {
            for code in Set(declined.reasons.map(\.code)) { totals[declined.name]?.declined[code, default: 0] += 1 }
        }
        return plan
    }

    private static func sum(_ total: RuleTotal, _ award: EarningPlan.Award) throws(Refusal) -> RuleTotal {
        var total = total
        total.events += 1
        total.points = try EarningArithmetic.sum(total.points, award.points)
        for trim in award.trims {
            total.trimmed[trim.cap] = try EarningArithmetic.sum(total.trimmed[trim.cap, default: 0], trim.points)
        }
        return total
    }

    // MARK: - Results

    /// In the order in which the rules draw on caps.
    public var rules: [RuleTotal] {
        program.rules.sorted(by: EarningRule.isBefore).compactMap { totals[$0.id] }
    }

    /// Members with any event.
    public var memberCount: Int { members.count }

    /// So many percent of the members got at most that many points; nil without members.
    ///
    /// - Parameter percent: From 0 to 100; the nearest rank counts.
    public func points(atPercentile percent: Int) -> Int64? {
        let sorted = members.values.sorted()
        guard let last = sorted.indices.last else { return nil }
        let rank = (Swift.max(0, Swift.min(percent, 100)) * sorted.count + 99) / 100
        return sorted[Swift.min(last, Swift.max(0, rank - 1))]
    }

    /// The budgets of the rules and of the program, in the order of their names.
    public var budgets: [Budget] {
        let named =
            program.rules.map { $0.caps.budgetLimit(program.limitName($0)) } + [program.caps.budgetLimit(program.limitName())]
        return named.compactMap { $0 }.sorted { $0.key < $1.key }.map { limit in
            Budget(
                name: limit.key.name, max: limit.max, used: limits.limits[limit.key]?.used ?? 0,
                exhaustedAt: exhausted[limit.key.name])
        }
    }
}
