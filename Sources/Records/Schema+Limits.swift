extension Schema {
    /// One table for the limits of coupons and of earning, which stood in two.
    static let limits = Migration(
        version: 26, name: "limits of coupons and earning in one table",
        statements: [
            """
            CREATE TABLE loyalty_limits (
                workspace TEXT NOT NULL, area TEXT NOT NULL, name TEXT NOT NULL, subject TEXT NOT NULL, period TEXT NOT NULL,
                max BIGINT NOT NULL, reserved BIGINT NOT NULL, used BIGINT NOT NULL,
                PRIMARY KEY (workspace, area, name, subject, period))
            """,
            "CREATE INDEX loyalty_limits_by_subject ON loyalty_limits (workspace, subject) WHERE subject <> ''",
            """
            INSERT INTO loyalty_limits (workspace, area, name, subject, period, max, reserved, used)
            SELECT workspace, 'coupons', name, subject, period, max, reserved, used FROM program_limits
            """,
            // What earning may take at most stands in its program alone.
            """
            INSERT INTO loyalty_limits (workspace, area, name, subject, period, max, reserved, used)
            SELECT workspace, 'earning', name, subject, period, used, 0, used FROM earning_limits
            """,
            "DROP TABLE program_limits", "DROP TABLE earning_limits",
        ])
}
