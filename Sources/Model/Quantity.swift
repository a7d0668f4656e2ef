/// How many units of something, parts of a unit included; never negative.
///
/// Kept in millionths of a unit, so that what is bought by weight is added up and priced as it was sent.
public struct Quantity: Hashable, Comparable, Sendable {
    /// A billion units bound every sum of lines.
    public static let max = Quantity(millionths: 1_000_000_000 * one)
    public static let zero = Quantity(millionths: 0)
    private static let digits = 6
    private static let one: Int128 = 1_000_000

    private var millionths: Int128

    private init(millionths: Int128) { self.millionths = millionths }

    /// So many whole units; below 0 none, and at most ``max``.
    public init(units: Int64) {
        let units = Int128(units)
        self = min(Quantity(millionths: Swift.max(0, units) * Quantity.one), .max)
    }

    /// A JSON number or decimal text, as ``Money`` reads amounts; below 0 none, and at most ``max``.
    ///
    /// - Returns: nil when it is neither.
    public init?(_ value: JSONValue) {
        switch value {
        case .int(let number): self.init(units: number)
        case .double(let number) where abs(number) >= 1e9: self = number < 0 ? .zero : .max
        case .double(let number): self.init(decimal: number.description)
        case .bigNumber(let digits): self = digits.hasPrefix("-") ? .zero : .max
        case .string(let text): self.init(decimal: text)
        default: return nil
        }
    }

    private init?(decimal text: String) {
        guard let millionths = Money.minorUnits(decimal: text, digits: Quantity.digits) else { return nil }
        self = min(Quantity(millionths: Int128(Swift.max(0, millionths))), .max)
    }

    /// Whole units; a part of one counts as one.
    public var units: Int64 { Int64(clamping: (millionths + Quantity.one - 1) / Quantity.one) }

    /// Whole units; a part of one counts as none.
    public var wholeUnits: Int64 { Int64(clamping: millionths / Quantity.one) }

    /// What it costs at a price for one unit, in the price's minor units, rounded half away from zero; nil beyond Int64.
    public func amount(at price: Int64) -> Int64? {
        let product = (Int128(price) * millionths).magnitude
        let rounded = (product + UInt128(Quantity.one) / 2) / UInt128(Quantity.one)
        guard rounded <= UInt128(Int64.max) else { return nil }
        return price < 0 ? -Int64(rounded) : Int64(rounded)
    }

    /// Of an amount for `whole` what falls to so much of it, rounded down; all of it for all of it.
    ///
    /// - Precondition: `amount` is not negative.
    public func share(of amount: Int64, in whole: Quantity) -> Int64 {
        guard self < whole else { return amount }
        return Int64(clamping: Int128(amount) * millionths / whole.millionths)
    }

    public static func < (left: Quantity, right: Quantity) -> Bool { left.millionths < right.millionths }

    public static func + (left: Quantity, right: Quantity) -> Quantity {
        Quantity(millionths: left.millionths + right.millionths)
    }

    public static func += (left: inout Quantity, right: Quantity) { left = left + right }

    /// What is left of `left`; nothing when `right` is more.
    public static func - (left: Quantity, right: Quantity) -> Quantity {
        Quantity(millionths: Swift.max(0, left.millionths - right.millionths))
    }
}
