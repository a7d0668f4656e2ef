extension Schema {
    /// Coupons follow the events without an earning program, so cursors refer to none.
    static let followingCursors = Migration(
        version: 34, name: "how far coupons without an earning program have followed the events",
        statements: [
            """
            CREATE TABLE following_cursors (
                workspace TEXT NOT NULL, program TEXT NOT NULL, arrival BIGINT NOT NULL, PRIMARY KEY (workspace, program))
            """,
            "INSERT INTO following_cursors (workspace, program, arrival) SELECT workspace, program, arrival FROM earning_cursors",
            "DROP TABLE earning_cursors",
            "ALTER TABLE following_cursors RENAME TO earning_cursors",
        ])
}
