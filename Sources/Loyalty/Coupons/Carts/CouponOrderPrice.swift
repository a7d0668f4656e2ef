/// What an order costs with its coupons, unit by unit: what is given back for returned units is read from here, never counted again.
public struct CouponOrderPrice: Hashable, Sendable {
    /// Neighbouring units of a line that cost the same.
    public struct Part: Hashable, Sendable {
        public let line: String
        public let first: Int64
        public let count: Int64
        /// Of each unit before and after coupons, in minor units.
        public let price: Int64
        public let paid: Int64
    }

    /// By line and unit.
    public let parts: [Part]
    public let shippingPaid: Int64
    /// Of all of it, delivery included; nil where the cart names no rate.
    public private(set) var tax: CouponTax?

    /// The price of a cart after discounts, which together leave nothing below zero.
    ///
    /// - Throws: ``Refusal`` when the cart names a rate that is none, or what it costs with tax is beyond what can be counted.
    /// - Complexity: O(n log n) in the lines and the parts of all discounts.
    init(_ cart: CouponCart, _ discounts: [CouponDiscount]) throws(Refusal) {
        var changes: [String: [Int64: Int64]] = [:]
        for part in discounts.flatMap(\.parts) where part.amount > 0 {
            changes[part.line, default: [:]][part.first, default: 0] += part.amount
            changes[part.line, default: [:]][part.first + part.count, default: 0] -= part.amount
        }
        var parts: [Part] = []
        for line in cart.lines.sorted(by: { $0.id < $1.id }) {
            let changes = changes[line.id] ?? [:]
            let edges = Set([0, line.dearerUnits, line.units] + changes.keys).sorted()
            var off: Int64 = 0
            for (first, end) in zip(edges, edges.dropFirst()) {
                off += changes[first] ?? 0
                let price = line.unitPrice + (first < line.dearerUnits ? 1 : 0)
                parts.append(Part(line: line.id, first: first, count: end - first, price: price, paid: price - off))
            }
        }
        self.parts = parts
        shippingPaid = discounts.reduce(cart.shipping) { $0 - $1.shipping }
        let rates = cart.taxRates
        if !rates.isEmpty || cart.shippingTaxRate != nil {
            tax = try CouponTax(self, in: cart.taxBase, rates: rates, shippingRate: cart.shippingTaxRate ?? 0)
        }
    }

    public var goodsPaid: Int64 { parts.reduce(0) { $0 + $1.count * $1.paid } }

    /// What was paid for some units of a line, counted from 0.
    public func paid(_ units: Range<Int64>, of line: String) -> Int64 {
        parts.reduce(0) { $1.line == line ? $0 + units.count(in: $1.first, $1.count) * $1.paid : $0 }
    }
}

extension Range<Int64> {
    /// How many of `count` numbers from `first` on are in here.
    func count(in first: Int64, _ count: Int64) -> Int64 {
        Swift.max(0, Swift.min(upperBound, first + count) - Swift.max(lowerBound, first))
    }
}
