extension Schema {
    static let offers = Migration(
        version: 18, name: "points offered to others, consent of receivers",
        statements: [
            """
            CREATE TABLE point_offers (
                workspace TEXT NOT NULL, id TEXT NOT NULL, currency TEXT NOT NULL, giver BIGINT NOT NULL, hold BIGINT NOT NULL,
                receiver BIGINT, invited_type TEXT, invited_value TEXT, amount BIGINT NOT NULL, made_at BIGINT NOT NULL,
                until BIGINT NOT NULL, state TEXT NOT NULL, answered_at BIGINT, PRIMARY KEY (workspace, id))
            """,
            "CREATE INDEX point_offers_by_giver ON point_offers (workspace, giver, currency)",
            "CREATE INDEX point_offers_by_receiver ON point_offers (workspace, receiver) WHERE receiver IS NOT NULL",
            """
            CREATE INDEX point_offers_by_invited ON point_offers (workspace, invited_type, invited_value)
            WHERE invited_type IS NOT NULL
            """,
            """
            CREATE TABLE point_receivers (
                workspace TEXT NOT NULL, member BIGINT NOT NULL, consent TEXT NOT NULL, PRIMARY KEY (workspace, member))
            """,
        ])
}
