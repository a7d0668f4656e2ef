extension Schema {
    static let dormancies = Migration(
        version: 17, name: "ladders of dormant points, jurisdictions of members",
        statements: [
            """
            CREATE TABLE point_dormancies (
                workspace TEXT NOT NULL, member BIGINT NOT NULL, currency TEXT NOT NULL, started_at BIGINT NOT NULL,
                active_at BIGINT NOT NULL, ends_at BIGINT NOT NULL, extended SMALLINT NOT NULL, notices TEXT NOT NULL, ending TEXT,
                ended_at BIGINT, due_at BIGINT, PRIMARY KEY (workspace, member, currency, started_at))
            """,
            """
            CREATE INDEX point_dormancies_by_due ON point_dormancies (workspace, currency, due_at) WHERE due_at IS NOT NULL
            """,
            """
            CREATE TABLE loyalty_jurisdictions (
                workspace TEXT NOT NULL, member BIGINT NOT NULL, jurisdiction TEXT, PRIMARY KEY (workspace, member))
            """,
        ])
}
