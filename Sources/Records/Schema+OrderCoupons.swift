extension Schema {
    /// What becomes of the codes that orders carry, and the orders of a member.
    static let orderCoupons = Migration(
        version: 16, name: "coupons that orders use",
        statements: [
            "ALTER TABLE earning_order_coupons ADD COLUMN state TEXT",
            "ALTER TABLE earning_order_coupons ADD COLUMN coupon TEXT",
            "ALTER TABLE earning_order_coupons ADD COLUMN judged TEXT",
            "ALTER TABLE earning_order_coupons ADD COLUMN reasons TEXT",
            "CREATE INDEX earning_orders_by_member ON earning_orders (workspace, member)",
        ])
}
