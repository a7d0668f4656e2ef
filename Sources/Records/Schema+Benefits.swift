extension Schema {
    /// Benefits: what there is to give, who has it, and what was used of it.
    static let benefits = Migration(
        version: 12, name: "benefits: definitions, grants, uses, gifts, pools",
        statements: [
            """
            CREATE TABLE benefit_definitions (
                workspace TEXT NOT NULL REFERENCES workspaces (id), benefit TEXT NOT NULL, version BIGINT NOT NULL,
                definition TEXT NOT NULL, actor TEXT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (workspace, benefit, version))
            """,
            """
            CREATE TABLE benefit_books (
                workspace TEXT NOT NULL, member BIGINT NOT NULL, benefit TEXT NOT NULL, version BIGINT NOT NULL,
                latest BIGINT NOT NULL, PRIMARY KEY (workspace, member, benefit))
            """,
            """
            CREATE TABLE benefit_grants (
                workspace TEXT NOT NULL, member BIGINT NOT NULL, benefit TEXT NOT NULL, id TEXT NOT NULL, payer TEXT NOT NULL,
                source_kind TEXT NOT NULL, source TEXT NOT NULL, series TEXT NOT NULL, starts_at BIGINT NOT NULL, ends_at BIGINT,
                priority BIGINT NOT NULL, amount BIGINT, created_at BIGINT NOT NULL, ended_at BIGINT, reason TEXT,
                usable_until BIGINT, share BIGINT, PRIMARY KEY (workspace, member, benefit, id))
            """,
            "CREATE INDEX benefit_grants_by_id ON benefit_grants (workspace, id)",
            "CREATE INDEX benefit_grants_by_source ON benefit_grants (workspace, source_kind, source)",
            "CREATE INDEX benefit_grants_by_benefit ON benefit_grants (workspace, benefit, member)",
            "CREATE INDEX benefit_grants_by_series ON benefit_grants (workspace, source_kind, series)",
            """
            CREATE TABLE benefit_uses (
                workspace TEXT NOT NULL, id TEXT NOT NULL, member BIGINT NOT NULL, benefit TEXT NOT NULL, at BIGINT NOT NULL,
                used_by TEXT, parts TEXT NOT NULL, over_amount BIGINT NOT NULL, state TEXT NOT NULL, reserved_until BIGINT,
                refunded BIGINT NOT NULL, PRIMARY KEY (workspace, id))
            """,
            "CREATE INDEX benefit_uses_by_time ON benefit_uses (workspace, member, benefit, at)",
            """
            CREATE TABLE benefit_caps (
                workspace TEXT NOT NULL, member BIGINT NOT NULL, benefit TEXT NOT NULL, used_by TEXT NOT NULL, set_by TEXT NOT NULL,
                max_amount BIGINT NOT NULL, PRIMARY KEY (workspace, member, benefit, used_by, set_by))
            """,
            """
            CREATE TABLE benefit_stocks (
                workspace TEXT NOT NULL, stock TEXT NOT NULL, on_hand BIGINT NOT NULL, reserved BIGINT NOT NULL,
                PRIMARY KEY (workspace, stock))
            """,
            """
            CREATE TABLE benefit_gifts (
                workspace TEXT NOT NULL, id TEXT NOT NULL, stock TEXT NOT NULL, amount BIGINT NOT NULL, state TEXT NOT NULL,
                history TEXT NOT NULL, consent_at BIGINT, PRIMARY KEY (workspace, id))
            """,
            "CREATE INDEX benefit_gifts_by_state ON benefit_gifts (workspace, state)",
            """
            CREATE TABLE benefit_pools (
                workspace TEXT NOT NULL, member BIGINT NOT NULL, benefit TEXT NOT NULL, approval_from BIGINT, roles TEXT NOT NULL,
                PRIMARY KEY (workspace, member, benefit))
            """,
            """
            CREATE TABLE benefit_purchases (
                workspace TEXT NOT NULL, id TEXT NOT NULL, member BIGINT NOT NULL, benefit TEXT NOT NULL, buyer TEXT NOT NULL,
                approver TEXT, asked_at BIGINT NOT NULL, source_kind TEXT NOT NULL, source TEXT NOT NULL, series TEXT NOT NULL,
                starts_at BIGINT NOT NULL, ends_at BIGINT, priority BIGINT NOT NULL, amount BIGINT, payer TEXT NOT NULL,
                PRIMARY KEY (workspace, id))
            """,
            "CREATE INDEX benefit_purchases_by_pool ON benefit_purchases (workspace, member, benefit)",
        ])
}
