import Model

/// Something that multiplies what a rule gives, when it counts.
public struct EarningFactor: Hashable, Sendable {
    /// How several factors that count become one.
    public enum Mode: String, Sendable, CaseIterable {
        /// The greatest of them.
        case max
        case product
    }

    public var name: String
    /// Thousandths: 1,500 for one and a half.
    public var thousandths: Int64
    public var condition: EarningGuard

    public init(_ name: String, thousandths: Int64, when condition: EarningGuard = EarningGuard()) {
        self.name = name
        self.thousandths = thousandths
        self.condition = condition
    }
}

/// Points that come on top of what a rule gives, when it counts.
public struct EarningBonus: Hashable, Sendable {
    public var name: String
    public var amount: EarningAmount
    public var condition: EarningGuard

    public init(_ name: String, _ amount: EarningAmount, when condition: EarningGuard = EarningGuard()) {
        self.name = name
        self.amount = amount
        self.condition = condition
    }
}

// MARK: - JSON

extension EarningFactor {
    private static let range: ClosedRange<Int64> = 1 ... 100_000
    /// Factors have three decimals, as the money of some countries has.
    private static let decimals = Currency(code: "KWD")

    init(_ reader: EarningReader) throws(Problem) {
        try reader.allow(["name", "factor", "when"], of: "a multiplier")
        name = try reader.required("name", "A name").name()
        let factor = try reader.required("factor", "A factor")
        guard let decimals = EarningFactor.decimals, let number = Money(factor.value, currency: decimals)?.minorUnits,
            EarningFactor.range.contains(number)
        else { throw factor.expected("A factor from 0.001 to 100") }
        thousandths = number
        condition = try reader.read("when", default: EarningGuard()) { place throws(Problem) in try EarningGuard(place) }
    }

    var json: JSONValue {
        var out = EarningWriter()
        out.put("name", .string(name))
        var fraction = String(thousandths % 1_000 + 1_000).dropFirst()
        while fraction.last == "0" { fraction.removeLast() }
        out.put("factor", .string("\(thousandths / 1_000)" + (fraction.isEmpty ? "" : ".\(fraction)")))
        if condition != EarningGuard() { out.put("when", condition.json) }
        return out.json
    }
}

extension EarningBonus {
    init(_ reader: EarningReader, currency: Currency) throws(Problem) {
        try reader.allow(["name", "when"] + EarningAmount.keys, of: "a bonus")
        name = try reader.required("name", "A name").name()
        amount = try EarningAmount(reader, currency: currency)
        condition = try reader.read("when", default: EarningGuard()) { place throws(Problem) in try EarningGuard(place) }
    }

    func json(_ currency: Currency) -> JSONValue {
        var out = EarningWriter()
        out.put("name", .string(name))
        amount.write(to: &out, currency: currency)
        if condition != EarningGuard() { out.put("when", condition.json) }
        return out.json
    }
}
