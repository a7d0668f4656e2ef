extension Schema {
    /// What becomes of the codes that orders carry, the orders of a member, and the member's tags when an order was completed.
    static let orderCoupons = Migration(
        version: 21, name: "coupons that orders use",
        statements: [
            "ALTER TABLE earning_order_coupons ADD COLUMN state TEXT",
            "ALTER TABLE earning_order_coupons ADD COLUMN coupon TEXT",
            "ALTER TABLE earning_order_coupons ADD COLUMN judged TEXT",
            "ALTER TABLE earning_order_coupons ADD COLUMN reasons TEXT",
            "ALTER TABLE earning_orders ADD COLUMN tags TEXT",
        ])
}
