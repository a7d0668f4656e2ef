extension Schema {
    /// When the holder of a coupon is to be told next that it ends.
    static let couponReminders = Migration(
        version: 22, name: "when coupons are to be told of",
        statements: [
            "ALTER TABLE coupons ADD COLUMN remind_at BIGINT",
            // Coupons that nobody was told of are from 7 days before their end on; those that have ended are only crossed off.
            """
            UPDATE coupons SET remind_at = ends_at - 604800000000
            WHERE usable = 1 AND ends_at IS NOT NULL AND holder IS NOT NULL AND reminded_at IS NULL
            """,
            "DROP INDEX coupons_by_end",
            "CREATE INDEX coupons_by_reminder ON coupons (workspace, remind_at) WHERE usable = 1 AND remind_at IS NOT NULL",
        ])
}
