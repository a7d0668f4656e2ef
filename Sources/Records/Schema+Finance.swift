extension Schema {
    /// What finance keeps of points beside their entries.
    static let finance = Migration(
        version: 16, name: "points: days that are open",
        statements: [
            """
            CREATE TABLE point_days (
                workspace TEXT NOT NULL, currency TEXT NOT NULL, day BIGINT NOT NULL, barred_until BIGINT NOT NULL,
                PRIMARY KEY (workspace, currency, day))
            """
        ])
}
