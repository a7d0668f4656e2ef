import Model
import OrderedCollections

/// The tax of an order after coupons: one base for all of it, converted once for each rate and never unit by unit.
public struct CouponTax: Hashable, Sendable {
    /// Rates that can be counted with, in hundredths of a per cent.
    public static let rateRange: ClosedRange<Int64> = 0 ... 1_000_000

    /// What is taxed at one rate.
    public struct Part: Hashable, Sendable {
        /// In hundredths of a per cent.
        public let rate: Int64
        public let net: Int64
        public let tax: Int64

        public var gross: Int64 { net + tax }
    }

    /// By rate.
    public let parts: [Part]

    /// - Parameters:
    ///   - rates: Of each line, in hundredths of a per cent; 0 where it is missing.
    ///   - shippingRate: Of the delivery.
    /// - Throws: ``Refusal`` when a rate is negative or a sum is beyond what can be counted.
    public init(
        _ price: CouponOrderPrice, in base: CouponCart.TaxBase, rates: [String: Int64], shippingRate: Int64 = 0
    ) throws(Refusal) {
        if let bad = rates.filter({ !CouponTax.rateRange.contains($0.value) }).keys.min() {
            throw Refusal("BAD_AMOUNT", ["of": .string(bad)])
        }
        guard CouponTax.rateRange.contains(shippingRate) else { throw Refusal("BAD_AMOUNT", ["of": "shipping"]) }
        var sums: [Int64: Int64] = price.shippingPaid > 0 ? [shippingRate: price.shippingPaid] : [:]
        for part in price.parts { sums[rates[part.line] ?? 0, default: 0] += part.count * part.paid }
        var parts: [Part] = []
        for (rate, sum) in sums.sorted(by: { $0.key < $1.key }) {
            let divisor = Int128(base == .net ? 10_000 : 10_000 + rate)
            // Half up, once.
            let tax = (2 * Int128(sum) * Int128(rate) + divisor) / (2 * divisor)
            let net = base == .net ? Int128(sum) : Int128(sum) - tax
            guard net + tax <= Int128(Int64.max) else { throw Refusal("OVERFLOW") }
            parts.append(Part(rate: rate, net: Int64(net), tax: Int64(tax)))
        }
        self.parts = parts
    }
}
