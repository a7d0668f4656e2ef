import Model

extension StageScheme {
    /// From attention to advocate, and lapsed (specs: people, section 5).
    public static let standard = StageScheme(stages: [
        Stage(name: "attention", rule: .everyone),
        Stage(name: "use", rule: .role("user")),
        Stage(name: "fan", rule: .all([.role("user"), .any([isActiveMostWeeks, isSubscribed])])),
        Stage(name: "pay", rule: .role("customer")),
        Stage(name: "advocate", rule: .any([hasReferred, hasPraised])),
        Stage(name: "lapsed", rule: hasLapsed),
    ])

    /// With an event in at least three of the last four times seven days.
    private static var isActiveMostWeeks: Expression {
        let weeks = (0 ..< 4).map { week in
            Expression.did(
                Selector(names: nil), .atLeastOnce, .between(near: TimeSpan(days: 7 * week), far: TimeSpan(days: 7 * week + 7)))
        }
        return .any(weeks.indices.map { left in .all(weeks.indices.filter { $0 != left }.map { weeks[$0] }) })
    }

    private static var isSubscribed: Expression { .trait("subscribed", ValueTest(.equal, .oneOf([true]))) }

    private static var hasReferred: Expression { .did(Selector(names: ["Referral Qualified"]), .atLeastOnce, .ever) }

    /// A review of at least four of five, as the Segment e-commerce specification has it.
    private static var hasPraised: Expression {
        let praise = Condition.property("rating", ValueTest(.greaterOrEqual, .compares(.greaterOrEqual, 4)))
        return .did(Selector(names: ["Product Reviewed"], condition: praise), .atLeastOnce, .ever)
    }

    /// Used or paid once, uses no more, and has ordered nothing for 90 days.
    private static var hasLapsed: Expression {
        .all([
            .any([.role("former_user"), .role("customer")]), .not(.role("user")),
            .not(.did(Selector(names: ["Order Completed"]), .atLeastOnce, .last(TimeSpan(days: 90)))),
        ])
    }
}
