package import Model
import People
package import Records

/// Reads what people type about product codes.
enum ProductRules {
    /// The most codes of one batch.
    static let codesMax = 1_000_000
    private static let warrantyMonthsMax = 1_200
    private static let valueBytesMax = 512

    /// The text before the first colon is the type.
    static func identity(_ text: String, _ rules: IdentityRules, place: String) throws(Problem) -> Identity {
        let halves = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
        guard halves.count == 2, !halves[0].isEmpty, halves[0].utf8.count <= 100,
            halves[0].utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }), halves[1].utf8.count <= valueBytesMax
        else {
            throw Problem(.badIdentity, "Write an identity as its type and value, such as user_id:abc.", place: place)
        }
        let type = IdentityType(String(halves[0]))
        guard type != .productCode, let value = rules.compared(String(halves[1]), as: type) else {
            throw Problem(
                .badIdentity, "\"\(text.prefix(80))\" identifies nobody. Write the value that one person alone has.", place: place)
        }
        return Identity(type: type, value: value)
    }

    static func batch(
        _ wish: NewProductBatch, _ rules: IdentityRules, _ planner: Planner, in workspace: WorkspaceID
    ) throws(Problem)
        -> ProductBatch
    {
        let orderID = wish.orderID.flatMap { $0.isEmpty ? nil : $0 }
        guard orderID?.utf8.count ?? 0 <= valueBytesMax else {
            throw Problem(.badProductBatch, "An order's id has at most \(valueBytesMax) bytes.", place: "/order_id")
        }
        guard (1 ... codesMax).contains(wish.count) else {
            throw Problem(.badProductBatch, "A batch has 1 to \(codesMax) codes.", place: "/count")
        }
        if let months = wish.warrantyMonths, !(1 ... warrantyMonthsMax).contains(months) {
            throw Problem(.badProductBatch, "A warranty has 1 to \(warrantyMonthsMax) months.", place: "/warranty_months")
        }
        let reseller = try wish.reseller.flatMap { $0.isEmpty ? nil : $0 }.map { text throws(Problem) in
            try identity(text, rules, place: "/reseller")
        }
        return ProductBatch(
            id: planner.id(), workspace: workspace, name: try SettingsRules.name(wish.name),
            product: try SettingsRules.name(wish.product, place: "/product"), reseller: reseller, orderID: orderID,
            warrantyMonths: wish.warrantyMonths, count: wish.count, createdAt: planner.now)
    }

    /// Why a case was decided so.
    static func reason(_ text: String) throws(Problem) -> String {
        let trimmed = SettingsRules.trim(text)
        guard !trimmed.isEmpty, trimmed.utf8.count <= 2_000, !trimmed.utf8.contains(0) else {
            throw Problem(.badResolution, "Say why in 1 to 2000 bytes.", place: "/why")
        }
        return trimmed
    }
}

extension Planner {
    /// A batch of codes; none of them is kept.
    package func newProductBatch(_ wish: NewProductBatch, in workspace: WorkspaceID) throws(Problem) -> Plan<ProductBatch> {
        let rules = IdentityRules(region: try catalog.workspace(workspace).region)
        let batch = try ProductRules.batch(wish, rules, self, in: workspace)
        return Plan(
            changes: [
                .insertProductBatch(batch),
                audit(workspace, "product_batch.created", batch.id, "\(batch.name): \(batch.count) × \(batch.product)"),
            ], value: batch)
    }
}
