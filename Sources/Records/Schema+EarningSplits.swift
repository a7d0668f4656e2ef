extension Schema {
    /// How accounts share with their people what orders earn.
    static let earningSplits = Migration(
        version: 33, name: "shares of accounts in what orders earn",
        statements: [
            """
            CREATE TABLE earning_splits (
                workspace TEXT NOT NULL, member BIGINT NOT NULL, from_at BIGINT NOT NULL, share BIGINT NOT NULL,
                PRIMARY KEY (workspace, member, from_at))
            """
        ])
}
