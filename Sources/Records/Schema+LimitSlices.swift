extension Schema {
    /// Several servers count on everybody's limits without waiting for each other: each has an allotment.
    static let limitSlices = Migration(
        version: 37, name: "limits in slices",
        statements: [
            "ALTER TABLE loyalty_limits ADD COLUMN allotted BIGINT NOT NULL DEFAULT 0",
            """
            CREATE TABLE loyalty_limit_slices (
                workspace TEXT NOT NULL, area TEXT NOT NULL, name TEXT NOT NULL, period TEXT NOT NULL, slice BIGINT NOT NULL,
                allotted BIGINT NOT NULL, reserved BIGINT NOT NULL, used BIGINT NOT NULL,
                PRIMARY KEY (workspace, area, name, period, slice))
            """,
        ])
}
