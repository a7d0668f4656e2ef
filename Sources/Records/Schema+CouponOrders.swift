extension Schema {
    /// Whose coupons an order has: one row an order, which all who reserve for it write.
    static let couponOrders = Migration(
        version: 23, name: "orders that coupons were kept for",
        statements: [
            """
            CREATE TABLE coupon_orders (
                workspace TEXT NOT NULL, order_id TEXT NOT NULL, member BIGINT NOT NULL, PRIMARY KEY (workspace, order_id))
            """,
            """
            INSERT INTO coupon_orders (workspace, order_id, member)
            SELECT kept.workspace, kept.order_id, MIN(coupons.holder) FROM (
                SELECT workspace, coupon, order_id FROM coupon_reservations
                UNION SELECT workspace, coupon, order_id FROM coupon_redemptions WHERE undone = 0) kept
            JOIN coupons ON coupons.workspace = kept.workspace AND coupons.id = kept.coupon
            WHERE coupons.holder IS NOT NULL GROUP BY kept.workspace, kept.order_id
            """,
        ])
}
