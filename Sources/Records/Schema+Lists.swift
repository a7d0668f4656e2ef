extension Schema {
    /// For lists that are ordered by time and cut, however long they are.
    static let lists = Migration(
        version: 28, name: "indexes of lists of plans and open offers",
        statements: [
            "CREATE INDEX paid_plans_by_change ON paid_plans (workspace, recorded_at, id)",
            "CREATE INDEX gifted_plans_by_change ON gifted_plans (workspace, recorded_at, id)",
            "CREATE INDEX point_offers_open ON point_offers (workspace, currency, until, id) WHERE state = 'open'",
        ])
}
