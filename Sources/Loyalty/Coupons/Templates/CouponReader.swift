import Model
import OrderedCollections

/// One place in the JSON of a coupon template.
typealias CouponReader = SettingsReader<CouponSettings>

enum CouponSettings: ReadSettings {
    static var code: Problem.Code { .badCouponTemplate }
    static let listMax = 10_000
    static let nameBytesMax = 200
}

extension SettingsReader where Settings == CouponSettings {
    /// An object none of whose keys is unknown.
    func object(_ keys: [String]) throws(Problem) -> CouponReader {
        try allow(keys)
        return self
    }

    func text() throws(Problem) -> String { try text("Text") }

    /// A text of 1 to 200 bytes without control characters.
    func name() throws(Problem) -> String {
        let text = try text()
        guard (1 ... Settings.nameBytesMax).contains(text.utf8.count), !text.unicodeScalars.contains(where: { $0.value < 32 })
        else {
            throw refused("A name has 1 to \(Settings.nameBytesMax) bytes in one line.")
        }
        return text
    }

    func date() throws(Problem) -> LocalDate {
        guard let date = LocalDate(text: try text()) else { throw refused("A date such as 2026-12-05 was expected.") }
        return date
    }

    /// A minute of the day as `09:00`, up to `24:00`.
    func minute() throws(Problem) -> Int {
        let parts = try text().split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts.allSatisfy({ $0.utf8.count == 2 && $0.utf8.allSatisfy { (0x30 ... 0x39).contains($0) } }),
            let hour = Int(parts[0]), let minute = Int(parts[1]), minute < 60, hour * 60 + minute <= 1_440
        else { throw refused("A time of the day from 00:00 to 24:00 was expected.") }
        return hour * 60 + minute
    }

    /// Decimal text or a number with at most `digits` decimals, in units of the last of them; never rounded.
    func decimal(_ digits: Int, _ range: ClosedRange<Int64>) throws(Problem) -> Int64 {
        let text: String
        switch value {
        case .string(let decimal): text = decimal
        case .int, .double: text = value.text
        default: throw refused("A number was expected, not \(value.kindName).")
        }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard (1 ... 2).contains(parts.count), let whole = parts.first, (1 ... 15).contains(whole.utf8.count),
            parts.allSatisfy({ $0.utf8.allSatisfy { (0x30 ... 0x39).contains($0) } }),
            parts.count == 1 || (1 ... Swift.max(digits, 1)).contains(parts[1].utf8.count) && digits > 0
        else { throw refused("A number that is not negative, with at most \(digits) decimals, was expected.") }
        let fraction = parts.count == 2 ? String(parts[1]) : ""
        let padding = String(repeating: "0", count: digits - fraction.utf8.count)
        guard let units = Int64(whole + fraction + padding), range.contains(units) else {
            let (least, most) = (Self.text(range.lowerBound, digits), Self.text(range.upperBound, digits))
            throw refused("A number from \(least) to \(most) was expected.")
        }
        return units
    }

    /// Units of the last of `digits` decimals, without zeros at the end.
    private static func text(_ units: Int64, _ digits: Int) -> String {
        let scale = (0 ..< digits).reduce(Int64(1)) { scale, _ in scale * 10 }
        let rest = String(String(units % scale + scale).dropFirst())
        let decimals = rest.suffix(digits).reversed().drop { $0 == "0" }.reversed()
        return decimals.isEmpty ? String(units / scale) : "\(units / scale).\(String(decimals))"
    }

    /// An amount above 0 in minor units of a currency.
    func money(_ currency: Currency, min: Int64 = 1) throws(Problem) -> Int64 {
        try decimal(currency.minorDigits, min ... CouponReader.countMax)
    }

    /// Names none of which stands twice; empty when the member is missing.
    func names(_ key: String) throws(Problem) -> Set<String> {
        try optional(key)?.names() ?? []
    }

    func names() throws(Problem) -> Set<String> {
        var names: Set<String> = []
        for element in try list() {
            guard names.insert(try element.name()).inserted else { throw element.refused("This name stands here twice.") }
        }
        return names
    }
}
