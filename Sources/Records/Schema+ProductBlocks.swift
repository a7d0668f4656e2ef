extension Schema {
    /// Product codes that nobody may register any more.
    static let productBlocks = Migration(
        version: 30, name: "product codes that are blocked",
        statements: [
            """
            CREATE TABLE product_code_blocks (
                workspace TEXT NOT NULL, batch BIGINT NOT NULL, serial BIGINT NOT NULL, blocked_at BIGINT NOT NULL,
                blocked_by TEXT NOT NULL, reason TEXT NOT NULL, PRIMARY KEY (workspace, batch, serial))
            """
        ])
}
