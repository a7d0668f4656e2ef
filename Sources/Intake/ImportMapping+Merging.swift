internal import Model
internal import OrderedCollections

extension JSONValue {
    /// This mapping file over a proposed mapping: what it says holds, and a column that it names has no other meaning.
    func over(_ proposal: JSONValue) -> JSONValue {
        guard let given = objectValue, var merged = proposal.objectValue else { return self }
        if let kind = given["kind"], kind != merged["kind"] {
            // What makes another kind of call of a row was not what the proposal thought of.
            merged = merged.filter { JSONValue.commonMembers.contains($0.key) }
        }
        let named = Set(given.filter { JSONValue.columnMembers.contains($0.key) }.compactMap(\.value.stringValue))
        for (key, value) in merged where JSONValue.columnMembers.contains(key) && value.stringValue.map(named.contains) == true {
            merged[key] = nil
        }
        for key in ["properties", "traits"] {
            guard let fields = merged[key]?.arrayValue else { continue }
            let left = fields.filter { !named.contains($0["column"]?.stringValue ?? "") }
            merged[key] = left.isEmpty ? nil : .array(left)
        }
        // One of two ways to say a thing.
        for (way, other) in [("event", "eventName"), ("eventName", "event"), ("currencyCode", "currency"), ("order", "orderRows")]
        where given[way] != nil && given[other] == nil { merged[other] = nil }
        for (key, value) in given { merged[key] = value == .null ? nil : value }
        return .object(merged)
    }

    /// Members that say the same of every kind of row.
    private static let commonMembers: Set<String> = [
        "format", "delimiter", "header", "columns", "timestamp", "timestampFormat", "zone", "person", "anonymous", "email", "phone",
        "messageId", "traits", "properties",
    ]
    /// Members whose value is the name of a column.
    private static let columnMembers: Set<String> = [
        "timestamp", "person", "anonymous", "email", "phone", "event", "messageId", "order", "product", "productName", "category",
        "quantity", "price", "total", "refundedTotal", "currency",
    ]
}
