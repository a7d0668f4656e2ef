extension Schema {
    static let fifteenth = Migration(
        version: 15, name: "how far earning has followed the events, facts of the ledger that wait for the events",
        statements: [
            """
            CREATE TABLE earning_cursors (
                workspace TEXT NOT NULL, program TEXT NOT NULL, arrival BIGINT NOT NULL, PRIMARY KEY (workspace, program),
                FOREIGN KEY (workspace, program) REFERENCES earning_programs (workspace, program))
            """,
            """
            CREATE TABLE program_facts (
                workspace TEXT NOT NULL, id TEXT NOT NULL, member BIGINT NOT NULL, fact TEXT NOT NULL, recorded_at BIGINT NOT NULL,
                PRIMARY KEY (workspace, id))
            """,
        ])
}
