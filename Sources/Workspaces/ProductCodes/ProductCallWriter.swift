import Model
import OrderedCollections
import People
import Records

/// The calls that say what became of a product code: events, relationships and commands like all others.
///
/// Their message ids come from the code and how often somebody was given it, so that sending them again doubles nothing.
struct ProductCallWriter {
    /// Lines of NDJSON.
    private(set) var lines = ""
    private let code: ProductCode
    private let times: Int
    private let at: Instant

    init(code: ProductCode, times: Int, at: Instant) {
        self.code = code
        self.times = times
        self.at = at
    }

    /// The event that somebody has the code, by which the code becomes one of their identities.
    mutating func registered(_ product: RegisteredProduct, by who: Identity) {
        let batch = product.batch
        var properties: OrderedDictionary<String, JSONValue> = [
            "product_code": .string(code.text), "product": .string(batch.product), "batch": .string(batch.name),
            "batch_id": .string(batch.id.text), "serial": .int(Int64(product.registration.place.serial + 1)),
        ]
        properties["reseller"] = batch.reseller.map { .string($0.text) }
        properties["order_id"] = batch.orderID.map { .string($0) }
        properties["warranty_months"] = batch.warrantyMonths.map { .int(Int64($0)) }
        properties["warranty_until"] = product.registration.warrantyUntil.map { .string($0.text) }
        add(
            .track, "registered", by: who, with: [codeIdentity],
            ["event": "Product Registered", "properties": .object(properties)])
        // Who had the code before and lost it was taken apart from it.
        if times > 1 { add(.merge, "joined", by: nil, with: [who, codeIdentity]) }
    }

    /// Takes the code away from somebody who had it, from the beginning.
    mutating func takenBack(from holder: Identity) {
        add(.unmerge, "taken-back", by: nil, with: [holder, codeIdentity])
    }

    mutating func declare(_ role: RelationshipRole, of holder: Identity, to other: Identity, isDeleted: Bool = false) {
        var properties: OrderedDictionary<String, JSONValue> = [
            "as": .string(role.rawValue), "to": ["type": .string(other.type.text), "id": .string(other.value)],
        ]
        if isDeleted { properties["deleted"] = true }
        add(
            .declare, "\(role.rawValue)\(isDeleted ? "-deleted" : "")", by: holder, with: [],
            ["event": "relationship", "properties": .object(properties)])
    }

    private var codeIdentity: Identity { Identity(type: .productCode, value: code.text) }

    private mutating func add(
        _ type: CallType, _ word: String, by who: Identity?, with others: [Identity],
        _ more: OrderedDictionary<String, JSONValue> = [:]
    ) {
        var call: OrderedDictionary<String, JSONValue> = [
            "type": .string(type.text), "messageId": .string("product-\(word)-\(code.text)-\(times)"),
            "timestamp": .string(at.rfc3339),
        ]
        var external = others
        switch who?.type {
        case nil: break
        case .userID?: call["userId"] = who.map { .string($0.value) }
        case .anonymousID?: call["anonymousId"] = who.map { .string($0.value) }
        default: external = [who].compactMap(\.self) + others
        }
        if !external.isEmpty {
            call["context"] = [
                "externalIds": .array(external.map { ["type": .string($0.type.text), "id": .string($0.value)] })
            ]
        }
        for (key, value) in more { call[key] = value }
        lines += JSONValue.object(call).text + "\n"
    }
}

extension Identity {
    /// `type:value`.
    package var text: String { "\(type.text):\(value)" }
}
