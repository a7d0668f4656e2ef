extension Schema {
    /// Donations that were taken back, when adjustments that wait are to count, and what points were spent for.
    static let pointReversals = Migration(
        version: 31, name: "points: reversed donations, instants of adjustments, campaigns",
        statements: [
            """
            CREATE TABLE point_donation_reversals (
                workspace TEXT NOT NULL, member BIGINT NOT NULL, currency TEXT NOT NULL, position BIGINT NOT NULL,
                reversal BIGINT NOT NULL, reversed_at BIGINT NOT NULL, PRIMARY KEY (workspace, member, currency, position))
            """,
            "ALTER TABLE point_adjustments ADD COLUMN effective_at BIGINT",
            "ALTER TABLE point_spendings ADD COLUMN campaign TEXT",
        ])
}
