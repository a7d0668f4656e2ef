extension Schema {
    /// Templates, batches, coupons, what keeps and uses them, and the limits that they share.
    static let eleventh = Migration(
        version: 11, name: "coupons and the limits that they share",
        statements: [
            """
            CREATE TABLE coupon_templates (
                workspace TEXT NOT NULL REFERENCES workspaces (id), name TEXT NOT NULL, version BIGINT NOT NULL,
                template TEXT NOT NULL, actor TEXT NOT NULL, created_at BIGINT NOT NULL, PRIMARY KEY (workspace, name, version))
            """,
            """
            CREATE TABLE coupon_batches (
                workspace TEXT NOT NULL, number BIGINT NOT NULL, template TEXT NOT NULL, version BIGINT NOT NULL,
                count BIGINT NOT NULL, code_length BIGINT NOT NULL, state TEXT NOT NULL, exported_count BIGINT NOT NULL,
                exported_by TEXT, created_at BIGINT NOT NULL, PRIMARY KEY (workspace, number))
            """,
            """
            CREATE TABLE coupons (
                workspace TEXT NOT NULL, id TEXT NOT NULL, template TEXT NOT NULL, version BIGINT NOT NULL, referrer TEXT,
                holder BIGINT, granted_at BIGINT, seen_language TEXT, seen_hash TEXT, starts_at BIGINT, ends_at BIGINT, zone TEXT,
                value_left BIGINT NOT NULL, ending TEXT, ending_reason TEXT, ended_at BIGINT, usable SMALLINT NOT NULL,
                reminded_at BIGINT, recorded_at BIGINT NOT NULL, PRIMARY KEY (workspace, id))
            """,
            "CREATE INDEX coupons_by_holder ON coupons (workspace, holder)",
            "CREATE INDEX coupons_by_end ON coupons (workspace, ends_at) WHERE usable = 1 AND reminded_at IS NULL",
            """
            CREATE TABLE coupon_reservations (
                workspace TEXT NOT NULL, coupon TEXT NOT NULL, order_id TEXT NOT NULL, cart_key TEXT NOT NULL, until BIGINT NOT NULL,
                discount TEXT NOT NULL, charges TEXT NOT NULL, trimmed_by TEXT NOT NULL, PRIMARY KEY (workspace, coupon),
                FOREIGN KEY (workspace, coupon) REFERENCES coupons (workspace, id))
            """,
            "CREATE INDEX coupon_reservations_by_order ON coupon_reservations (workspace, order_id)",
            "CREATE INDEX coupon_reservations_by_end ON coupon_reservations (workspace, until)",
            """
            CREATE TABLE coupon_redemptions (
                workspace TEXT NOT NULL, coupon TEXT NOT NULL, position BIGINT NOT NULL, order_id TEXT NOT NULL,
                redeemed_at BIGINT NOT NULL, discount TEXT NOT NULL, charges TEXT NOT NULL, is_use SMALLINT NOT NULL,
                returned_units TEXT NOT NULL, returned_amount BIGINT NOT NULL, undone SMALLINT NOT NULL,
                PRIMARY KEY (workspace, coupon, position), FOREIGN KEY (workspace, coupon) REFERENCES coupons (workspace, id))
            """,
            "CREATE INDEX coupon_redemptions_by_order ON coupon_redemptions (workspace, order_id)",
            """
            CREATE TABLE program_limits (
                workspace TEXT NOT NULL, name TEXT NOT NULL, subject TEXT NOT NULL, period TEXT NOT NULL, max BIGINT NOT NULL,
                reserved BIGINT NOT NULL, used BIGINT NOT NULL, PRIMARY KEY (workspace, name, subject, period))
            """,
        ])
}
