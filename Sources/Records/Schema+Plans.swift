extension Schema {
    static let plans = Migration(
        version: 16, name: "what names a member elsewhere",
        statements: [
            "CREATE INDEX benefit_caps_by_user ON benefit_caps (workspace, used_by) WHERE used_by <> ''",
            "CREATE INDEX benefit_caps_by_setter ON benefit_caps (workspace, set_by)",
            "CREATE INDEX benefit_grants_by_payer ON benefit_grants (workspace, payer) WHERE payer <> 'program'",
            "CREATE INDEX benefit_uses_by_user ON benefit_uses (workspace, used_by) WHERE used_by IS NOT NULL",
            "CREATE INDEX program_limits_by_subject ON program_limits (workspace, subject) WHERE subject <> ''",
            "CREATE INDEX earning_limits_by_subject ON earning_limits (workspace, subject) WHERE subject <> ''",
            "CREATE INDEX earning_orders_by_member ON earning_orders (workspace, member) WHERE member IS NOT NULL",
        ])
}
