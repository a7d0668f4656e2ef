extension Schema {
    /// Parts of a unit that came back of orders take their share of the points.
    static let returnedParts = Migration(
        version: 39, name: "points that are back for parts of a unit",
        statements: [
            "ALTER TABLE point_earnings ADD COLUMN returned_points BIGINT NOT NULL DEFAULT 0",
            "ALTER TABLE earning_order_lines ADD COLUMN returned_points BIGINT NOT NULL DEFAULT 0",
        ])
}
