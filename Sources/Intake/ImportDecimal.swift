/// A decimal number with six digits after the point, exact, for the sums of order lines.
struct ImportDecimal: Hashable {
    /// Millionths.
    var units: Int64 = 0

    static let zero = ImportDecimal()

    /// Reads `12.5`, `-3`, `1,234.50`, `¥12.00`; nil for anything else, for more digits, and beyond range.
    ///
    /// The one of point and comma that is not the decimal mark may set groups of digits apart, the last one of three: `12,50` is no
    /// number where the mark is a point, for it would be a hundred times what it means.
    init?(_ text: some Collection<UInt8>, mark: ImportMapping.DecimalMark = .point) {
        var isNegative = false
        var value: Int64 = 0
        var digitCount = 0
        var fractionCount = -1
        var groups = DigitGroups()
        let point = mark == .point ? UInt8(ascii: ".") : UInt8(ascii: ",")
        var rest = text[...]
        // A currency sign may stand before the number.
        while let first = rest.first, !(first >= 0x30 && first <= 0x39), first != point, digitCount == 0 {
            if first == UInt8(ascii: "-") {
                isNegative = true
            } else if first != UInt8(ascii: "+"), first != UInt8(ascii: "$"), first < 0x80, first != 0x20 {
                return nil
            }
            rest = rest.dropFirst()
        }
        for byte in rest {
            switch byte {
            case 0x30 ... 0x39:
                if fractionCount >= 6 { if byte == 0x30 { continue } else { return nil } }
                let (product, overflow) = value.multipliedReportingOverflow(by: 10)
                let (sum, carry) = product.addingReportingOverflow(Int64(byte - 0x30))
                if overflow || carry { return nil }
                value = sum
                digitCount += 1
                if fractionCount >= 0 { fractionCount += 1 } else { groups.digitCount += 1 }
            case point:
                guard fractionCount < 0, groups.isWhole else { return nil }
                fractionCount = 0
            case UInt8(ascii: "."), UInt8(ascii: ","):
                guard fractionCount < 0, digitCount > 0, groups.end() else { return nil }
            case 0x20: continue
            default: return nil
            }
        }
        guard digitCount > 0, fractionCount >= 0 || groups.isWhole else { return nil }
        for _ in max(fractionCount, 0) ..< 6 {
            let (product, overflow) = value.multipliedReportingOverflow(by: 10)
            if overflow { return nil }
            value = product
        }
        units = isNegative ? -value : value
    }

    /// The groups of digits before the decimal mark: `1,234,567`, or `12,34,567` as in India.
    private struct DigitGroups {
        /// Digits since the last separator.
        var digitCount = 0
        private var isGrouped = false

        /// Whether the last group has three digits, or nothing is grouped.
        var isWhole: Bool { !isGrouped || digitCount == 3 }

        /// A separator; false where none can stand.
        mutating func end() -> Bool {
            guard isGrouped ? digitCount == 2 || digitCount == 3 : digitCount <= 3 else { return false }
            isGrouped = true
            digitCount = 0
            return true
        }
    }

    private init() {}

    private init(units: Int64) { self.units = units }

    /// nil when the exact product has more than six digits after the point or is beyond range.
    func times(_ other: ImportDecimal) -> ImportDecimal? {
        let product = units.multipliedFullWidth(by: other.units)
        let magnitude = product.high < 0 ? ~product.high : product.high
        guard magnitude < 500_000 else { return nil }
        let (quotient, remainder) = Int64(1_000_000).dividingFullWidth(product)
        return remainder == 0 ? ImportDecimal(units: quotient) : nil
    }

    func plus(_ other: ImportDecimal) -> ImportDecimal? {
        let (sum, overflow) = units.addingReportingOverflow(other.units)
        return overflow ? nil : ImportDecimal(units: sum)
    }

    /// Zero minus this; the least value has no opposite and stays the nearest.
    var negated: ImportDecimal { ImportDecimal(units: units == Int64.min ? Int64.max : -units) }

    var isNegative: Bool { units < 0 }
    var magnitude: ImportDecimal { ImportDecimal(units: units == Int64.min ? Int64.max : abs(units)) }

    /// A JSON number: as many digits as it needs, at least two after the point.
    var text: String {
        let whole = units.magnitude / 1_000_000
        var fraction = String(units.magnitude % 1_000_000 + 1_000_000).dropFirst()
        while fraction.count > 2, fraction.last == "0" { fraction = fraction.dropLast() }
        return (units < 0 ? "-" : "") + String(whole) + "." + fraction
    }
}
