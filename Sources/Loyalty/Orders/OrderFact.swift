public import Model
import OrderedCollections

/// One event about an order, by the words of the Segment e-commerce specification.
///
/// Amounts and products are read as the roles of people read them: decimal numbers or text in major units, a product by its id, else
/// its SKU, else its name. Beyond the specification lines and orders may have `points_paid`, lines `discount`, `tax` and `voided`.
public struct OrderFact: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        case completed = "Order Completed"
        case updated = "Order Updated"
        case cancelled = "Order Cancelled"
        case refunded = "Order Refunded"
    }

    public let kind: Kind
    public let order: String
    public let messageID: String
    public let at: Instant
    public let currency: Currency
    /// nil when it has no list of products.
    public let lines: [OrderLine]?
    /// Of the whole order, or of the refund.
    public let amounts: OrderAmounts
    /// The codes that it was bought with; nil when nothing is said of them.
    public let coupons: Set<String>?
    /// The shop's own id of a refund.
    public let refund: String?
    public internal(set) var properties: JSONValue
    public internal(set) var context: JSONValue

    /// - Parameter standard: The currency of orders that name none.
    /// - Returns: nil for other events, and for a refund, an update or a cancellation that names no order.
    /// - Throws: `OVERFLOW` for an order beyond what can be counted.
    public init?(
        event: String, messageID: String, at: Instant, properties: JSONValue, context: JSONValue = [:], standard: Currency
    ) throws(Refusal) {
        guard let kind = Kind(rawValue: event) else { return nil }
        if let order = OrderReading.text(properties["order_id"]) {
            self.order = order
        } else if kind == .completed {
            // An order without an id is the one call alone.
            order = "message:\(messageID)"
        } else {
            return nil
        }
        self.kind = kind
        self.messageID = messageID
        self.at = at
        self.properties = properties
        self.context = context
        currency = OrderReading.text(properties["currency"]).flatMap { Currency(code: $0) } ?? standard
        refund = OrderReading.text(properties["refund_id"])
        var lines: [OrderLine] = []
        let elements = properties["products"]?.arrayValue
        if let elements, elements.count > OrderReading.linesMax {
            throw Refusal("OVERFLOW", ["lines": .int(Int64(elements.count))])
        }
        for element in elements ?? [] { lines.append(try OrderLine(element, currency: currency)) }
        self.lines = elements == nil ? nil : lines
        amounts = try OrderAmounts(properties, currency: currency)
        let listed = properties["coupons"]?.arrayValue
        let single = ([properties] + (elements ?? [])).compactMap { $0["coupon"] }
        coupons = listed == nil && single.isEmpty ? nil : Set(((listed ?? []) + single).compactMap { OrderReading.text($0) })
    }

    /// Whether it names coupons.
    var carriesCoupons: Bool { coupons?.isEmpty == false }

    /// What makes it the same fact when it is sent again under another message id.
    ///
    /// A refund is one by the shop's id of it, else by its time and what it says: two that differ in time are two.
    var identity: [JSONValue] {
        switch kind {
        case .refunded:
            if let refund { return ["refund", .string(refund)] }
            return [.string(kind.rawValue), .int(at.microseconds), properties.canonical]
        case .cancelled: return [.string(kind.rawValue)]
        case .completed, .updated: return [.string(kind.rawValue), .int(at.microseconds), properties.canonical, context.canonical]
        }
    }
}

extension OrderFact {
    /// By time; of one instant the order comes before what became of it, then by what they say: never by how they were sent.
    static func isBefore(_ left: OrderFact, _ right: OrderFact) -> Bool {
        if left.at != right.at { return left.at < right.at }
        if left.kind != right.kind { return left.rank < right.rank }
        let (first, second) = (left.properties.canonical.utf8, right.properties.canonical.utf8)
        if first != second { return first.lexicographicallyPrecedes(second) }
        return left.context.canonical.utf8.lexicographicallyPrecedes(right.context.canonical.utf8)
    }

    private var rank: Int { Kind.allCases.firstIndex(of: kind) ?? 0 }
}

/// One line of an order or a refund as it is sent.
public struct OrderLine: Hashable, Sendable {
    /// What is matched between order and refund.
    public let product: String
    public let sku: String?
    public let categories: Set<String>
    /// Nothing for a voided line.
    public let quantity: Quantity
    /// Of one unit, in minor units.
    public let price: Int64?
    /// Price times quantity.
    public let listAmount: Int64
    public let amounts: OrderAmounts

    init(_ value: JSONValue, currency: Currency) throws(Refusal) {
        sku = OrderReading.text(value["sku"])
        product = OrderReading.text(value["product_id"]) ?? sku ?? OrderReading.text(value["name"]) ?? ""
        let listed = (value["categories"]?.arrayValue ?? []) + [value["category"] ?? .null]
        categories = Set(listed.compactMap { OrderReading.text($0) })
        quantity = value["voided"] == true ? .zero : OrderReading.quantity(value["quantity"]) ?? Quantity(units: 1)
        price = try OrderReading.amount(value["price"], currency)
        amounts = try OrderAmounts(value, currency: currency)
        guard let listAmount = quantity.amount(at: price ?? 0), listAmount <= OrderReading.amountMax else {
            throw Refusal("OVERFLOW", ["product": .string(product)])
        }
        self.listAmount = listAmount
    }
}

/// The amounts of an order or a line, in minor units, none of them negative.
public struct OrderAmounts: Hashable, Sendable {
    public let total: Int64?
    public let revenue: Int64?
    public let shipping: Int64?
    public let tax: Int64?
    public let discount: Int64?
    public let pointsPaid: Int64?

    init(_ value: JSONValue, currency: Currency) throws(Refusal) {
        total = try OrderReading.amount(value["total"], currency)
        revenue = try OrderReading.amount(value["revenue"], currency)
        shipping = try OrderReading.amount(value["shipping"], currency)
        tax = try OrderReading.amount(value["tax"], currency)
        discount = try OrderReading.amount(value["discount"], currency)
        pointsPaid = try OrderReading.amount(value["points_paid"], currency)
    }
}

/// How values of order events are read.
enum OrderReading {
    /// With so many lines of such an amount every sum is far below Int64.
    static let amountMax: Int64 = 100_000_000_000_000
    static let linesMax = 10_000

    /// Text that is not empty, or a whole number as its digits.
    static func text(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text): text.isEmpty ? nil : text
        case .int(let number): String(number)
        case .bigNumber(let digits): digits
        default: nil
        }
    }

    /// nil when nothing is said, or what cannot be read.
    static func quantity(_ value: JSONValue?) -> Quantity? { value.flatMap { Quantity($0) } }

    static func amount(_ value: JSONValue?, _ currency: Currency) throws(Refusal) -> Int64? {
        guard let value, let amount = Money(value, currency: currency)?.minorUnits else { return nil }
        guard amount <= amountMax else { throw Refusal("OVERFLOW", ["amount": value]) }
        return max(0, amount)
    }

    private static let amounts = ["total", "revenue", "shipping", "tax", "discount", "points_paid"]
    /// So many are named, with so much of their text.
    private static let (unreadableMax, textMax) = (20, 60)

    /// Which members of an order or a refund stand for numbers and are none: they count as if they had not been said.
    static func unreadable(_ fact: OrderFact) -> [Refusal.Reason] {
        var reasons = unreadable(fact.properties, amounts, at: "/properties", fact.currency)
        for (index, line) in (fact.properties["products"]?.arrayValue ?? []).enumerated() where reasons.count < unreadableMax {
            reasons += unreadable(line, ["quantity", "price"] + amounts, at: "/properties/products/\(index)", fact.currency)
        }
        return Array(reasons.prefix(unreadableMax))
    }

    private static func unreadable(
        _ value: JSONValue, _ keys: [String], at place: String, _ currency: Currency
    ) -> [Refusal.Reason] {
        keys.compactMap { key in
            guard let said = value[key], said != .null, said != "" else { return nil }
            let isNumber = key == "quantity" ? Quantity(said) != nil : Money(said, currency: currency) != nil
            guard !isNumber else { return nil }
            let text = said.stringValue ?? said.text
            return .init("UNREADABLE", ["field": .string("\(place)/\(key)"), "value": .string(String(text.prefix(textMax)))])
        }
    }
}
