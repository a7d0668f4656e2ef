import Model

/// A party that an order names: an identity with or without its type.
struct NamedParty: Hashable, Sendable {
    /// nil when only a value was given.
    var type: String?
    var value: String
}

/// One line of an order or a refund.
struct OrderLine: Hashable, Sendable {
    /// What is matched between order and refund: product id, else SKU, else name.
    var product: String
    var quantity: Quantity
    /// Price of one unit in minor units of the order's currency.
    var unitPrice: Int64?
    var payer: NamedParty?
    var recipients: [NamedParty] = []

    /// Price × quantity, or nil without a price.
    var amount: Int64? { unitPrice.flatMap { quantity.amount(at: $0) } }
}

/// One `Order Completed` as it stands in a part, independent of who is who.
struct OrderEvent: Sendable {
    var owner: UInt32
    var timestamp: Int64
    var receivedAt: Int64
    var arrival: UInt64
    var orderID: String?
    var currency: Currency
    /// `total`, else `revenue`, else the sum of the lines; in minor units, nil when none of them is an amount.
    var amount: Int64?
    var payer: NamedParty?
    var recipients: [NamedParty]
    /// nil while nothing asked for them: few orders are ever returned line by line.
    var lines: [OrderLine]?
    /// Where the lines stand in the part.
    var row: Int
}

/// One `Order Refunded` as it stands in a part.
struct RefundEvent: Sendable {
    var timestamp: Int64
    var receivedAt: Int64
    var arrival: UInt64
    var owner: UInt32
    var orderID: String?
    var currency: Currency
    var total: Int64?
    /// nil when the refund names no products: then it is of the whole order or of money only.
    var lines: [OrderLine]?
}
