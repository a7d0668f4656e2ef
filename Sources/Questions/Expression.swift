public import Model

/// Which people are meant, judged at one instant.
public indirect enum Expression: Hashable, Sendable {
    case everyone
    case all([Expression])
    case any([Expression])
    case not(Expression)
    case trait(String, ValueTest)
    case role(String)
    /// Stands in that stage of the life cycle.
    case stage(String)
    /// The number of such events satisfies the comparison; zero counts.
    case did(Selector, Comparison, Within)
    /// A measure of a numeric property of such events satisfies the comparison.
    case measured(Selector, Aggregate, property: String, Comparison, Within)
    /// The first (or last) such event satisfies the condition.
    case first(Selector, Condition)
    case last(Selector, Condition)
    /// The funnel level reaches the last step.
    case sequence([Selector], window: TimeSpan, order: FunnelOrder, Within)
    /// Did it before, but not in the last `duration`.
    case absentFor(Selector, TimeSpan)
    /// Holds that relationship to somebody for whom it is true.
    case related(RelationshipRole, Expression)
    /// Has granted that purpose and not withdrawn it since.
    case consent(String)
    /// Of the other people in the person's accounts.
    case account(AccountMatch, Expression)
    case sample(percent: Double, salt: String)

    /// A comparison of a number.
    public struct Comparison: Hashable, Sendable {
        public enum Operator: String, Sendable, CaseIterable {
            case equal = "="
            case notEqual = "!="
            case greater = ">"
            case greaterOrEqual = ">="
            case less = "<"
            case lessOrEqual = "<="
        }

        public var op: Operator
        /// A number.
        public var value: JSONValue

        static let atLeastOnce = Comparison(op: .greaterOrEqual, value: 1)
    }

    /// The events that count, beside their being at or before the instant.
    public enum Within: Hashable, Sendable {
        case ever
        /// `(t − span, t]`.
        case last(TimeSpan)
        /// `(t − far, t − near]`.
        case between(near: TimeSpan, far: TimeSpan)
        /// `[from, to)`; either end may be open.
        case range(from: Moment?, to: Moment?)
    }

    public enum Aggregate: String, Sendable, CaseIterable {
        case sum, avg, min, max, distinct
    }

    public enum AccountMatch: String, Sendable, CaseIterable {
        case any, all, none
    }
}

extension Expression {
    /// Whether a stage is asked for anywhere in it.
    var asksStages: Bool {
        switch self {
        case .stage: true
        case .all(let parts), .any(let parts): parts.contains { $0.asksStages }
        case .not(let inner), .account(_, let inner), .related(_, let inner): inner.asksStages
        default: false
        }
    }
}
