extension Schema {
    /// What points of an award were taken from, so that they give it back when they are taken back.
    static let awards = Migration(
        version: 29, name: "limits that awards were taken from",
        statements: [
            """
            CREATE TABLE earning_awards (
                workspace TEXT NOT NULL, currency TEXT NOT NULL, source TEXT NOT NULL, line TEXT NOT NULL, rule TEXT NOT NULL,
                member BIGINT NOT NULL, limits TEXT NOT NULL, PRIMARY KEY (workspace, currency, source, line, rule))
            """, "CREATE INDEX earning_awards_by_member ON earning_awards (workspace, member)",
        ])
}
