import Model

/// How many points a rule or a bonus gives, before multiplying and rounding.
public struct EarningAmount: Hashable, Sendable {
    /// What the points are counted by.
    public enum Measure: Hashable, Sendable {
        /// So many for the event as a whole: what is told as two orders has it twice, up to the caps of the member.
        case event
        /// So many for each unit.
        case unit
        /// So many for each such amount of money, in minor units of the program's currency.
        case money(Int64, EarningMoney)
    }

    public var points: Int64
    public var measure: Measure
    /// Of orders, what counts.
    public var lines = EarningLines()

    /// - Precondition: `points` is above 0.
    public init(_ points: Int64, by measure: Measure) {
        self.points = points
        self.measure = measure
    }

    /// How much of a line it counts; 0 for those that do not earn.
    func measured(_ line: EarningLine, pricesIncludeTax: Bool) -> Int64 {
        guard line.isPaid, lines.holds(line) else { return 0 }
        switch measure {
        case .event: return 0
        case .unit: return line.units
        case .money(_, let money): return money.amount(of: line, pricesIncludeTax: pricesIncludeTax)
        }
    }
}

/// Which part of what was paid counts.
public struct EarningMoney: Hashable, Sendable {
    public enum Tax: String, Sendable, CaseIterable {
        case included, excluded
    }
    public enum Discounts: String, Sendable, CaseIterable {
        case before, after
    }
    public enum PointsPaid: String, Sendable, CaseIterable {
        case counted, subtracted
    }

    public var tax = Tax.included
    public var discounts = Discounts.after
    public var pointsPaid = PointsPaid.subtracted

    public init() {}

    /// Never negative.
    func amount(of line: EarningLine, pricesIncludeTax: Bool) -> Int64 {
        var amount = line.listAmount
        if discounts == .after { amount = max(0, amount - line.discount) }
        if pricesIncludeTax, tax == .excluded { amount = max(0, amount - line.tax) }
        if !pricesIncludeTax, tax == .included {
            let (sum, isOver) = amount.addingReportingOverflow(line.tax)
            amount = isOver ? .max : sum
        }
        return pointsPaid == .subtracted ? max(0, amount - line.pointsPaid) : amount
    }
}

/// Which lines of an order count; all of them when nothing is named.
public struct EarningLines: Hashable, Sendable {
    public var categories: Set<String> = []
    public var barredCategories: Set<String> = []
    /// Product ids or SKUs.
    public var products: Set<String> = []
    public var barredProducts: Set<String> = []

    public init() {}

    func holds(_ line: EarningLine) -> Bool {
        let names = Set([line.product] + (line.sku.map { [$0] } ?? []))
        return (categories.isEmpty || !categories.isDisjoint(with: line.categories))
            && barredCategories.isDisjoint(with: line.categories) && (products.isEmpty || !products.isDisjoint(with: names))
            && barredProducts.isDisjoint(with: names)
    }
}

// MARK: - JSON

extension EarningAmount {
    static let keys = ["points", "per", "amount", "of", "lines"]
    static let pointsMax: Int64 = 1_000_000_000
    private enum Word: String, CaseIterable { case event, unit, money }

    /// Reads `{"points": 1, "per": "money", "amount": "1.00", "of": {…}, "lines": {…}}`, or per `event` or `unit`.
    init(_ reader: EarningReader, currency: Currency) throws(Problem) {
        points = try reader.required("points", "A number of points").integer(1 ... EarningAmount.pointsMax, "A number of points")
        let word = try reader.required("per", "What the points are for").choice(Word.self)
        if word != .money, let other = reader.optional("amount") ?? reader.optional("of") {
            throw other.refused("This goes with points per money, not per \(word.rawValue).")
        }
        switch word {
        case .event: measure = .event
        case .unit: measure = .unit
        case .money:
            let amount = try reader.required("amount", "An amount of money")
            guard let minor = Money(amount.value, currency: currency)?.minorUnits, (1 ... EarningAmount.pointsMax).contains(minor)
            else {
                throw amount.expected("An amount of \(currency.code) such as \"1.00\"")
            }
            measure = .money(
                minor, try reader.read("of", default: EarningMoney()) { of throws(Problem) in try EarningMoney(of) })
        }
        lines = try reader.read("lines", default: EarningLines()) { lines throws(Problem) in try EarningLines(lines) }
    }

    func write(to out: inout EarningWriter, currency: Currency) {
        out.put("points", .int(points))
        switch measure {
        case .event: out.put("per", "event")
        case .unit: out.put("per", "unit")
        case .money(let minor, let money):
            out.put("per", "money")
            out.put("amount", .string(Money(minorUnits: minor, currency: currency).decimalText))
            if money != EarningMoney() { out.put("of", money.json) }
        }
        if lines != EarningLines() { out.put("lines", lines.json) }
    }
}

extension EarningMoney {
    init(_ reader: EarningReader) throws(Problem) {
        try reader.allow(["tax", "discounts", "points_paid"], of: "\"of\"")
        tax = try reader.read("tax", default: tax) { word throws(Problem) in try word.choice(Tax.self) }
        discounts = try reader.read("discounts", default: discounts) { word throws(Problem) in try word.choice(Discounts.self) }
        pointsPaid = try reader.read("points_paid", default: pointsPaid) { word throws(Problem) in
            try word.choice(PointsPaid.self)
        }
    }

    var json: JSONValue {
        [
            "tax": .string(tax.rawValue), "discounts": .string(discounts.rawValue), "points_paid": .string(pointsPaid.rawValue),
        ]
    }
}

extension EarningLines {
    init(_ reader: EarningReader) throws(Problem) {
        try reader.allow(["categories", "not_categories", "products", "not_products"], of: "\"lines\"")
        categories = try reader.names("categories")
        barredCategories = try reader.names("not_categories")
        products = try reader.names("products")
        barredProducts = try reader.names("not_products")
    }

    var json: JSONValue {
        var out = EarningWriter()
        out.put("categories", categories)
        out.put("not_categories", barredCategories)
        out.put("products", products)
        out.put("not_products", barredProducts)
        return out.json
    }
}
