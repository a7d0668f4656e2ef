public import Model

/// What an event earns: the same for a preview and for the award itself.
public struct EarningPlan: Hashable, Sendable {
    /// What one rule gives.
    public struct Award: Hashable, Sendable {
        public let rule: String
        public let ruleVersion: Int64
        /// Before caps.
        public let uncapped: Int64
        /// What caps took off, in the order in which they did.
        public let trims: [Trim]
        public let points: Int64
        /// Of the lines that earn; their points add up to those of the award.
        public let lines: [Line]
        /// The names of the bonuses and multipliers that counted.
        public let applied: [String]
        /// The bonuses and multipliers that did not.
        public let declined: [Declined]
        public let activation: PointLot.Activation
        public let expiresAt: Instant?
        public let fundedBy: String?
        public let colours: Set<String>
        /// What points are worth as they are earned.
        public let value: PointValue
        /// `year × 100 + month` in which they are earned.
        public let vintage: Int64
        /// What the points are taken from, without what others have taken.
        public let limits: [Limit]
    }

    /// What a cap took off.
    public struct Trim: Hashable, Sendable {
        /// The name of the limit, such as `earn/club/rule/spend/member/day`, or `block/roaster` for what a partner has bought.
        public let cap: String
        public let points: Int64
    }

    /// The points of one line.
    public struct Line: Hashable, Sendable {
        /// Empty for what is no order.
        public let product: String
        public let units: Int64
        public let points: Int64
    }

    /// A rule, bonus or multiplier that did not count, with all the reasons.
    public struct Declined: Hashable, Sendable {
        /// The id of a rule, the name of another.
        public let name: String
        public let reasons: [Refusal.Reason]
    }

    public let program: String
    /// The one that was live when the event happened.
    public let version: Int64
    public let member: String
    public let source: String
    public let at: Instant
    /// In the order in which rules draw on caps; those trimmed to nothing as well.
    public let awards: [Award]
    /// The rules for such events that gave nothing.
    public let declined: [Declined]

    /// Of all rules together.
    public var points: Int64 { awards.reduce(0) { $0 + $1.points } }
    public var uncapped: Int64 { awards.reduce(0) { $0 + $1.uncapped } }

    /// What the ledger is to be told: one lot for each rule and line that earns anything.
    public var newPoints: [NewPoints] { awards.flatMap { $0.newPoints(source: source, at: at) } }
}

extension EarningPlan.Award {
    func newPoints(source: String, at earnedAt: Instant) -> [NewPoints] {
        lines.filter { $0.points > 0 }.map { line in
            let source = PointSource(id: source, line: line.product, rule: rule)
            var earned = NewPoints(line.points, for: source, earnedAt: earnedAt, vintage: vintage)
            earned.units = line.units
            earned.activation = activation
            earned.expiresAt = expiresAt
            earned.fundedBy = fundedBy
            earned.colours = colours
            earned.value = value
            return earned
        }
    }
}
