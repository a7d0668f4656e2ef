import Model
import Records

extension ProgramErasure {
    /// In which columns the rows of a member have ids that others chose.
    private static let idColumns: [(table: String, columns: [String])] = [
        ("point_entries", ["command"]), ("point_lots", ["source", "line", "rule"]),
        ("point_adjustments", ["id"]), ("earning_orders", ["order_id"]),
        ("benefit_grants", ["id", "source", "series"]), ("benefit_uses", ["id"]),
        ("benefit_purchases", ["id", "source", "series"]),
    ]

    /// Ids of what members did that quote the person even as a piece of a longer word, such as `birthday-customer-1`.
    ///
    /// In the rows of others that piece could be somebody else; in these it is not.
    func quotingIDs(of members: [ProgramMemberID]) throws(Problem) -> Set<String> {
        let quoted = Set(
            (erasure.texts.union(erasure.identities.map(\.value)).filter { $0.utf8.count >= IdentityFinder.longBytes }
                + erasure.identities.map(\.typed)).map { $0.lowercased() })
        var ids: Set<String> = []
        func add(_ found: [String]) {
            ids.formUnion(
                found.filter { id in
                    let folded = id.lowercased()
                    return quoted.contains { folded.contains($0) }
                })
        }
        for member in members {
            for (table, columns) in ProgramErasure.idColumns {
                for column in columns {
                    add(
                        try texts(
                            "SELECT DISTINCT \(column) FROM \(table) WHERE workspace = ? AND member = ?",
                            tables.values(.integer(member.number))))
                }
            }
            let ofCoupons = "coupon IN (SELECT id FROM coupons WHERE workspace = ? AND holder = ?)"
            for table in ["coupon_reservations", "coupon_redemptions"] {
                add(
                    try texts(
                        "SELECT DISTINCT order_id FROM \(table) WHERE workspace = ? AND \(ofCoupons)",
                        tables.values(.text(tables.workspace.text), .integer(member.number))))
            }
            add(try tables.commands(of: member).map(\.id))
        }
        return ids
    }

    private func texts(_ sql: String, _ values: [SQLValue]) throws(Problem) -> [String] {
        try tables.list(sql, values) { reader throws(Problem) in try reader.text() }
    }
}
