extension Schema {
    /// Whom members let see what they use.
    static let benefitViewers = Migration(
        version: 27, name: "who may see what members use of benefits",
        statements: [
            """
            CREATE TABLE benefit_viewers (
                workspace TEXT NOT NULL, member BIGINT NOT NULL, viewer BIGINT NOT NULL, given_at BIGINT NOT NULL,
                PRIMARY KEY (workspace, member, viewer))
            """, "CREATE INDEX benefit_viewers_by_viewer ON benefit_viewers (workspace, viewer)",
        ])
}
