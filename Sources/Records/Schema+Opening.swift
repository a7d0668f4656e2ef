extension Schema {
    static let openings = Migration(
        version: 16, name: "points taken over from other systems",
        statements: [
            """
            CREATE TABLE point_openings (
                workspace TEXT NOT NULL, currency TEXT NOT NULL, source TEXT NOT NULL, digest TEXT NOT NULL, member BIGINT NOT NULL,
                number BIGINT NOT NULL, amount BIGINT NOT NULL, effective_at BIGINT NOT NULL, command TEXT NOT NULL,
                PRIMARY KEY (workspace, currency, source))
            """,
            """
            CREATE TABLE point_cutovers (
                workspace TEXT NOT NULL, currency TEXT NOT NULL, opening_rows BIGINT NOT NULL, points BIGINT NOT NULL,
                members BIGINT NOT NULL, actor TEXT NOT NULL, closed_at BIGINT NOT NULL, PRIMARY KEY (workspace, currency))
            """,
        ])
}
