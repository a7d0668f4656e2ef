import Columns
import Model
import OrderedCollections
import Records

extension ProgramErasure {
    /// Leaves of the orders of tombstones what returns are counted by, and takes the person out of all others.
    func forgetOrders(of tombstones: [ProgramMemberID]) throws(Problem) {
        for member in tombstones {
            try tables.connection.execute(
                "UPDATE earning_orders SET tags = NULL WHERE workspace = ? AND member = ?", tables.values(.integer(member.number)))
            let facts = try tables.list(
                """
                SELECT f.program, f.order_id, f.message_id, f.properties FROM earning_order_facts f
                    JOIN earning_orders o ON o.workspace = f.workspace AND o.program = f.program AND o.order_id = f.order_id
                WHERE f.workspace = ? AND o.member = ?
                """, tables.values(.integer(member.number))
            ) { reader throws(Problem) in
                (key: [try reader.text(), try reader.text(), try reader.text()], properties: try reader.json())
            }
            for fact in facts {
                try tables.connection.execute(
                    """
                    UPDATE earning_order_facts SET properties = ?, context = '{}'
                    WHERE workspace = ? AND program = ? AND order_id = ? AND message_id = ?
                    """, [.text(fact.properties.bareOrder.text), .text(tables.workspace.text)] + fact.key.map { .text($0) })
            }
        }
        for found in try names.rows(of: .orderFacts, on: tables.connection) {
            var texts: [String: String] = [:]
            for (column, text) in found.texts {
                texts[column] = NamingTable.orderFacts.json.contains(column) ? try document(text) : names.substitute(text)
            }
            try found.set(texts, on: tables.connection)
        }
    }
}

extension OrderFact {
    /// The same fact without what nobody counts by: names, addresses, notes, and where it came from.
    var bare: OrderFact {
        var bare = self
        (bare.properties, bare.context) = (properties.bareOrder, [:])
        return bare
    }
}

extension JSONValue {
    private static let orderKeys: Set<String> = [
        "order_id", "refund_id", "currency", "channel", "coupon", "coupons", "total", "revenue", "shipping", "tax", "discount",
        "points_paid", "products",
    ]
    private static let lineKeys: Set<String> = [
        "product_id", "sku", "category", "categories", "quantity", "price", "voided", "coupon", "total", "revenue", "shipping",
        "tax",
        "discount", "points_paid",
    ]

    /// Of an order's properties those that ``OrderFact`` reads.
    fileprivate var bareOrder: JSONValue {
        var order = only(JSONValue.orderKeys)
        if let lines = self["products"]?.arrayValue {
            order["products"] = .array(
                lines.map { line in
                    // A product is named by its name where it has neither id nor SKU.
                    let isNamed = (OrderReading.text(line["product_id"]) ?? OrderReading.text(line["sku"])) != nil
                    return .object(line.only(isNamed ? JSONValue.lineKeys : JSONValue.lineKeys.union(["name"])))
                })
        }
        return .object(order)
    }

    private func only(_ keys: Set<String>) -> OrderedDictionary<String, JSONValue> {
        (objectValue ?? [:]).filter { keys.contains($0.key) }
    }
}
