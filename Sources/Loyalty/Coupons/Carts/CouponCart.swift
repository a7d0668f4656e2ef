public import Model
import OrderedCollections

/// What somebody is about to buy, and what is known of them then.
public struct CouponCart: Hashable, Sendable {
    /// Units of one product at one price.
    public struct Line: Hashable, Sendable {
        /// Names the line within the cart.
        public var id: String
        public var sku: String
        public var categories: Set<String>
        public var units: Int64
        /// In minor units, in the tax base of the cart.
        public var unitPrice: Int64
        /// So many of the first units cost one minor unit more: where an amount for all does not divide among them.
        public var dearerUnits: Int64 = 0
        /// Whether the price is lower than usual already.
        public var isDiscounted: Bool
        /// In hundredths of a per cent; nil where it is not said.
        public var taxRate: Int64?

        public init(
            id: String, sku: String, categories: Set<String> = [], units: Int64 = 1, unitPrice: Int64, isDiscounted: Bool = false
        ) {
            self.id = id
            self.sku = sku
            self.categories = categories
            self.units = units
            self.unitPrice = unitPrice
            self.isDiscounted = isDiscounted
        }

        /// What its units cost together; of a cart that has been checked.
        var amount: Int64 { units * unitPrice + dearerUnits }
    }

    /// Whether all prices of an order are with or without tax; amounts of coupons count in the same base.
    public enum TaxBase: String, Hashable, Sendable, CaseIterable { case gross, net }

    public var currency: Currency
    public var lines: [Line]
    /// What delivery costs, in minor units.
    public var shipping: Int64 = 0
    /// In hundredths of a per cent; nil where it is not said.
    public var shippingTaxRate: Int64?
    public var taxBase = TaxBase.gross
    public var instant: Instant
    public var member: String?
    /// The card or account that pays.
    public var instrument: String?
    public var tier: String?
    public var tags: Set<String> = []
    public var isFirstOrder = false
    public var channel: String?
    public var store: String?

    public init(currency: Currency, lines: [Line], at instant: Instant) {
        self.currency = currency
        self.lines = lines
        self.instant = instant
    }

    /// Why an order cannot be called so, nor its lines: what coupons are kept for holds these ids.
    func reasons(for order: String) -> [Refusal.Reason] {
        var reasons = CommandReasons()
        reasons.require(ids: [("order", order)])
        for line in lines { reasons.require(ids: [("lines.id", line.id), ("lines.sku", line.sku)]) }
        return reasons.all
    }

    /// By line, where it is said.
    var taxRates: [String: Int64] {
        Dictionary(lines.compactMap { line in line.taxRate.map { (line.id, $0) } }) { first, _ in first }
    }

    private static let sumMax = Int128(Int64.max)

    /// Refuses numbers that cannot be counted with; what comes from outside is checked once, here.
    public func check() throws(Refusal) {
        var reasons: [Refusal.Reason] = []
        var ids: Set<String> = []
        var (sum, units) = (Int128(shipping), Int128(0))
        if shipping < 0 { reasons.append(Refusal.Reason("BAD_AMOUNT", ["of": "shipping"])) }
        for line in lines {
            if !ids.insert(line.id).inserted { reasons.append(Refusal.Reason("BAD_CART", ["twice": .string(line.id)])) }
            guard line.units >= 1, line.unitPrice >= 0, (0 ..< line.units).contains(line.dearerUnits) else {
                reasons.append(Refusal.Reason("BAD_AMOUNT", ["of": .string(line.id)]))
                continue
            }
            // A line alone is within Int128, three of them need not be: what is beyond Int64 already is not added to.
            if sum <= CouponCart.sumMax { sum += Int128(line.units) * Int128(line.unitPrice) + Int128(line.dearerUnits) }
            if units <= CouponCart.sumMax { units += Int128(line.units) }
        }
        if sum > CouponCart.sumMax || units > CouponCart.sumMax { reasons.append(Refusal.Reason("OVERFLOW")) }
        if !reasons.isEmpty { throw Refusal(reasons) }
    }
}
