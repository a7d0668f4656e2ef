extension Schema {
    static let plans = Migration(
        version: 20, name: "plans that are sold and given, what product codes grant, what names a member elsewhere",
        statements: [
            "CREATE INDEX benefit_caps_by_user ON benefit_caps (workspace, used_by) WHERE used_by <> ''",
            "CREATE INDEX benefit_caps_by_setter ON benefit_caps (workspace, set_by)",
            "CREATE INDEX benefit_grants_by_payer ON benefit_grants (workspace, payer) WHERE payer <> 'program'",
            "CREATE INDEX benefit_uses_by_user ON benefit_uses (workspace, used_by) WHERE used_by IS NOT NULL",
            "CREATE INDEX program_limits_by_subject ON program_limits (workspace, subject) WHERE subject <> ''",
            "CREATE INDEX earning_limits_by_subject ON earning_limits (workspace, subject) WHERE subject <> ''",
            "CREATE INDEX earning_orders_by_member ON earning_orders (workspace, member) WHERE member IS NOT NULL",
            """
            CREATE TABLE plan_offers (
                workspace TEXT NOT NULL REFERENCES workspaces (id), plan TEXT NOT NULL, version BIGINT NOT NULL, offer TEXT NOT NULL,
                actor TEXT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (workspace, plan, version))
            """,
            """
            CREATE TABLE paid_plans (
                workspace TEXT NOT NULL, id TEXT NOT NULL, plan TEXT NOT NULL, version BIGINT NOT NULL, payer TEXT NOT NULL,
                beneficiary TEXT NOT NULL, state TEXT NOT NULL, starts_at BIGINT NOT NULL, until_at BIGINT NOT NULL,
                period BIGINT NOT NULL, paid_ahead SMALLINT NOT NULL, cancelled SMALLINT NOT NULL, noticed SMALLINT NOT NULL,
                anchor BIGINT NOT NULL, finished_period BIGINT NOT NULL, settled_periods TEXT NOT NULL, facts BIGINT NOT NULL,
                recorded_at BIGINT NOT NULL, due_at BIGINT, PRIMARY KEY (workspace, id),
                FOREIGN KEY (workspace, plan, version) REFERENCES plan_offers (workspace, plan, version))
            """,
            "CREATE INDEX paid_plans_by_payer ON paid_plans (workspace, payer)",
            "CREATE INDEX paid_plans_by_beneficiary ON paid_plans (workspace, beneficiary)",
            "CREATE INDEX paid_plans_by_due ON paid_plans (workspace, due_at) WHERE due_at IS NOT NULL",
            """
            CREATE TABLE paid_plan_facts (
                workspace TEXT NOT NULL, id TEXT NOT NULL, position BIGINT NOT NULL, kind TEXT NOT NULL, at BIGINT NOT NULL,
                amount BIGINT, PRIMARY KEY (workspace, id, position))
            """,
            """
            CREATE TABLE gifted_plans (
                workspace TEXT NOT NULL, id TEXT NOT NULL, plan TEXT NOT NULL, version BIGINT NOT NULL, payer TEXT NOT NULL,
                recipient TEXT, fee BIGINT NOT NULL, until_at BIGINT NOT NULL, state TEXT NOT NULL, accepted_by TEXT,
                answered_at BIGINT, recorded_at BIGINT NOT NULL, due_at BIGINT, PRIMARY KEY (workspace, id),
                FOREIGN KEY (workspace, plan, version) REFERENCES plan_offers (workspace, plan, version))
            """,
            "CREATE INDEX gifted_plans_by_payer ON gifted_plans (workspace, payer)",
            "CREATE INDEX gifted_plans_by_recipient ON gifted_plans (workspace, recipient) WHERE recipient IS NOT NULL",
            "CREATE INDEX gifted_plans_by_accepter ON gifted_plans (workspace, accepted_by) WHERE accepted_by IS NOT NULL",
            "CREATE INDEX gifted_plans_by_due ON gifted_plans (workspace, due_at) WHERE due_at IS NOT NULL",
            """
            CREATE TABLE product_grant_rules (
                workspace TEXT NOT NULL REFERENCES workspaces (id), product TEXT NOT NULL, version BIGINT NOT NULL,
                rules TEXT NOT NULL, actor TEXT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (workspace, product, version))
            """,
            """
            CREATE TABLE product_code_rights (
                workspace TEXT NOT NULL, batch BIGINT NOT NULL, serial BIGINT NOT NULL, holder TEXT, times BIGINT NOT NULL,
                at BIGINT NOT NULL, PRIMARY KEY (workspace, batch, serial))
            """,
            "CREATE INDEX product_code_rights_by_holder ON product_code_rights (workspace, holder) WHERE holder IS NOT NULL",
            """
            CREATE TABLE product_codes_due (
                workspace TEXT NOT NULL, batch BIGINT NOT NULL, serial BIGINT NOT NULL, PRIMARY KEY (workspace, batch, serial))
            """,
        ])
}
