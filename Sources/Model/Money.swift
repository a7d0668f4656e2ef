/// An amount in the minor units of a currency (cents, fen, yen), exact.
public struct Money: Hashable, Sendable {
    public var minorUnits: Int64
    public var currency: Currency

    public init(minorUnits: Int64, currency: Currency) {
        self.minorUnits = minorUnits
        self.currency = currency
    }

    /// The amount of a JSON number or decimal text in major units, rounded half away from zero to minor units.
    ///
    /// - Returns: nil when it is neither, or beyond Int64 minor units. Text is read exactly, never through Double.
    public init?(_ value: JSONValue, currency: Currency) {
        let text: String
        switch value {
        case .int(let number): text = String(number)
        case .double(let number): text = number.description
        case .bigNumber(let digits), .string(let digits): text = digits
        default: return nil
        }
        guard let units = Money.minorUnits(decimal: text, digits: currency.minorDigits) else { return nil }
        self.init(minorUnits: units, currency: currency)
    }

    /// The amount in major units as plain decimal text: `12.30`.
    public var decimalText: String {
        let digits = currency.minorDigits
        guard digits > 0 else { return String(minorUnits) }
        let magnitude = String(minorUnits.magnitude)
        let padded = String(repeating: "0", count: max(0, digits + 1 - magnitude.count)) + magnitude
        return (minorUnits < 0 ? "-" : "") + padded.dropLast(digits) + "." + padded.suffix(digits)
    }

    /// Reads `-12.345`, `1e3`, `+7` into minor units with `digits` decimals, rounding half away from zero.
    static func minorUnits(decimal text: String, digits: Int) -> Int64? {
        var rest = Substring(text)
        var negative = false
        if rest.first == "-" || rest.first == "+" {
            negative = rest.first == "-"
            rest = rest.dropFirst()
        }
        let halves = rest.split(maxSplits: 1, omittingEmptySubsequences: false) { $0 == "e" || $0 == "E" }
        guard let mantissa = halves.first, halves.count == 1 || Int(halves[1]) != nil else { return nil }
        let exponent = halves.count == 2 ? Int(halves[1]) ?? 0 : 0
        guard abs(exponent) < 400 else { return nil }
        let parts = mantissa.split(separator: ".", maxSplits: 1, omittingEmptySubsequences: false)
        let fraction = parts.count == 2 ? parts[1] : ""
        let all = Array((parts[0] + fraction).utf8)
        guard !all.isEmpty, all.count < 400, all.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else { return nil }
        let wanted = parts[0].utf8.count + exponent + digits  // digits of the result that stand in `all`
        var units: Int64 = 0
        for index in 0 ..< max(wanted, 0) {
            let digit = index < all.count ? Int64(all[index] - 0x30) : 0
            let (product, overflow) = units.multipliedReportingOverflow(by: 10)
            let (sum, carry) = product.addingReportingOverflow(digit)
            if overflow || carry { return nil }
            units = sum
        }
        if wanted >= 0, wanted < all.count, all[wanted] >= 0x35 {
            let (sum, overflow) = units.addingReportingOverflow(1)
            if overflow { return nil }
            units = sum
        }
        return negative ? -units : units
    }
}

/// An ISO 4217 currency.
public struct Currency: Hashable, Sendable, CustomStringConvertible {
    /// Three capital letters.
    public let code: String

    /// nil unless `code` is three ASCII letters; they are upper-cased.
    public init?(code: String) {
        let upper = code.uppercased()
        guard upper.utf8.count == 3, upper.utf8.allSatisfy({ $0 >= 0x41 && $0 <= 0x5A }) else { return nil }
        self.code = upper
    }

    private init(unchecked code: String) { self.code = code }

    public static let usd = Currency(unchecked: "USD")
    public static let cny = Currency(unchecked: "CNY")

    /// Digits after the point: 2 for most, 0 for yen and such, 3 for dinars (ISO 4217, list one).
    public var minorDigits: Int {
        switch code {
        case "BIF", "CLP", "DJF", "GNF", "ISK", "JPY", "KMF", "KRW", "PYG", "RWF", "UGX", "UYI", "VND", "VUV", "XAF", "XOF", "XPF":
            0
        case "BHD", "IQD", "JOD", "KWD", "LYD", "OMR", "TND": 3
        case "CLF", "UYW": 4
        default: 2
        }
    }

    public var description: String { code }
}
