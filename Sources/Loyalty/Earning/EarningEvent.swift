public import Model
import OrderedCollections

/// Something that may earn points, as the rules see it.
public struct EarningEvent: Hashable, Sendable {
    /// What sets rules off.
    public enum Trigger: Hashable, Sendable {
        /// A tracked event by its name.
        case event(String)
        /// A call of the loyalty API by the name it gives.
        case api(String)
    }

    /// The business fact that points are earned for, such as an order id: nothing is earned for it twice.
    public var source: String
    public var trigger: Trigger
    /// When it happened; decides the version, the windows and the periods of caps.
    public var at: Instant
    public var channel: String?
    /// An object.
    public var properties: JSONValue
    /// An object.
    public var context: JSONValue = [:]
    /// What the amounts of the lines are in; nil without amounts.
    public var currency: Currency?
    /// What was bought, no product twice, by which alone an order earns; nil for what is no order.
    public var lines: [EarningLine]?

    public init(_ trigger: Trigger, source: String, at: Instant, properties: JSONValue = [:]) {
        self.trigger = trigger
        self.source = source
        self.at = at
        self.properties = properties
    }

    /// The value at a dotted path; paths that begin with `context.` are looked up in the context as well.
    ///
    /// - Returns: nil where missing or null.
    func value(of path: String) -> JSONValue? {
        if let value = EarningEvent.value(of: path[...], in: properties) { return value }
        return path.hasPrefix("context.") ? EarningEvent.value(of: path.dropFirst(8), in: context) : nil
    }

    /// Keys may have dots themselves: every way to cut the path is tried, the longest key first.
    private static func value(of path: Substring, in json: JSONValue) -> JSONValue? {
        guard let members = json.objectValue else { return nil }
        if let value = members[String(path)], !value.isNull { return value }
        for dot in path.indices.reversed() where path[dot] == "." {
            guard let inner = members[String(path[..<dot])], inner.objectValue != nil else { continue }
            if let value = value(of: path[path.index(after: dot)...], in: inner) { return value }
        }
        return nil
    }
}

/// One line of an order, in minor units of the order's currency; none of the numbers is negative.
public struct EarningLine: Hashable, Sendable {
    /// What returns name it by, too.
    public var product: String
    public var sku: String?
    public var categories: Set<String>
    public var units: Int64
    /// Price times units, before discounts.
    public var listAmount: Int64
    public var discount: Int64
    public var tax: Int64
    /// What was paid with points.
    public var pointsPaid: Int64

    public init(
        product: String, sku: String? = nil, categories: Set<String> = [], units: Int64, listAmount: Int64, discount: Int64 = 0,
        tax: Int64 = 0, pointsPaid: Int64 = 0
    ) {
        self.product = product
        self.sku = sku
        self.categories = categories
        self.units = units
        self.listAmount = listAmount
        self.discount = discount
        self.tax = tax
        self.pointsPaid = pointsPaid
    }

    /// What was paid for it in money; such lines alone earn.
    var paidAmount: Int64 { max(0, max(0, listAmount - discount) - pointsPaid) }

    /// Whether it can earn at all.
    var isPaid: Bool { units > 0 && paidAmount > 0 }
}

/// What the rules ask of the member, as it was when the event happened.
public struct EarningMember: Hashable, Sendable {
    public var id: String
    public var tiers: Set<String>
    public var tags: Set<String>

    public init(id: String, tiers: Set<String> = [], tags: Set<String> = []) {
        self.id = id
        self.tiers = tiers
        self.tags = tags
    }
}
