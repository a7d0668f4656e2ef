extension Schema {
    /// What finance keeps of points beside their entries.
    static let finance = Migration(
        version: 19, name: "points: days that are open, sums, estimates, revenue, partners' blocks",
        statements: [
            """
            CREATE TABLE point_days (
                workspace TEXT NOT NULL, currency TEXT NOT NULL, day BIGINT NOT NULL, barred_until BIGINT NOT NULL,
                PRIMARY KEY (workspace, currency, day))
            """,
            """
            CREATE TABLE point_sums (
                workspace TEXT NOT NULL, currency TEXT NOT NULL, end_at BIGINT NOT NULL, vintage BIGINT NOT NULL,
                funded_by TEXT NOT NULL, value_minor BIGINT NOT NULL, value_points BIGINT NOT NULL,
                source_account TEXT NOT NULL, target_account TEXT NOT NULL, amount BIGINT NOT NULL,
                PRIMARY KEY (workspace, currency, end_at, vintage, funded_by, value_minor, value_points, source_account,
                    target_account))
            """,
            """
            CREATE TABLE point_estimates (
                workspace TEXT NOT NULL, currency TEXT NOT NULL, version BIGINT NOT NULL, from_month TEXT NOT NULL,
                share BIGINT NOT NULL, vintages TEXT NOT NULL, note TEXT NOT NULL, actor TEXT NOT NULL, signed_at BIGINT NOT NULL,
                PRIMARY KEY (workspace, currency, version))
            """,
            """
            CREATE TABLE point_revenues (
                workspace TEXT NOT NULL, currency TEXT NOT NULL, month TEXT NOT NULL, report TEXT NOT NULL,
                PRIMARY KEY (workspace, currency, month))
            """,
            """
            CREATE TABLE partner_blocks (
                workspace TEXT NOT NULL, currency TEXT NOT NULL, partner TEXT NOT NULL, bought BIGINT NOT NULL,
                drawn BIGINT NOT NULL, PRIMARY KEY (workspace, currency, partner))
            """,
            """
            CREATE TABLE partner_purchases (
                workspace TEXT NOT NULL, currency TEXT NOT NULL, partner TEXT NOT NULL, id TEXT NOT NULL, amount BIGINT NOT NULL,
                price_minor BIGINT NOT NULL, reference TEXT NOT NULL, actor TEXT NOT NULL, bought_at BIGINT NOT NULL,
                PRIMARY KEY (workspace, currency, partner, id))
            """,
        ])
}
