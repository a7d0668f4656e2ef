public import Model

/// One version of how members earn points: the rules, and what holds for all of them.
public struct EarningProgram: Hashable, Sendable {
    public var id: String
    public var version: Int64
    public var name: String
    /// The key of the currency that members earn: the same in all versions.
    public var points: String
    /// Of money amounts.
    public var currency: Currency
    /// Whether the prices of lines include the tax.
    public var pricesIncludeTax = true
    public var factorMode = EarningFactor.Mode.max
    /// Multipliers for all rules that take them.
    public var factors: [EarningFactor] = []
    /// For all rules together.
    public var caps = EarningCaps()
    /// No id twice.
    public var rules: [EarningRule] = []

    public init(id: String, version: Int64 = 1, name: String, points: String = "points", currency: Currency) {
        self.id = id
        self.version = version
        self.name = name
        self.points = points
        self.currency = currency
    }

    /// The budgets of the program and of its rules, its own first, with nothing taken.
    public var budgets: [EarningBudget] {
        let all = [EarningBudget?](
            [caps.budgetLimit(limitName()).map { EarningBudget(rule: nil, limit: $0) }]
                + rules.map { rule in rule.caps.budgetLimit(limitName(rule)).map { EarningBudget(rule: rule.id, limit: $0) } })
        return all.compactMap(\.self)
    }

    /// The name of the program's limits, or of one rule's: the same in all versions, so that a new one starts no budget anew.
    func limitName(_ rule: EarningRule? = nil) -> String {
        rule.map { "earn/\(id)/rule/\($0.id)" } ?? "earn/\(id)"
    }
}

/// How many points a program or one of its rules may give in all, and has given.
public struct EarningBudget: Hashable, Sendable {
    /// nil for that of all rules together.
    public let rule: String?
    public let limit: Limit
}

// MARK: - JSON

extension EarningProgram {
    private static let keys = [
        "id", "version", "name", "points", "currency", "prices_include_tax", "multiplier_mode", "multipliers", "caps", "rules",
    ]
    private static let rulesMax = 500

    /// Reads a program with all of its rules.
    ///
    /// - Throws: ``Problem`` with code `bad_earning_program`; its place is the JSON pointer of what was refused.
    public init(json: JSONValue) throws(Problem) { try self.init(EarningReader(json)) }

    init(_ reader: EarningReader) throws(Problem) {
        try reader.allow(EarningProgram.keys, of: "an earning program")
        id = try reader.required("id", "An id").name("An id")
        version = try reader.read("version", default: 1) { place throws(Problem) in
            try place.integer(1 ... 1_000_000, "A version")
        }
        name = try reader.required("name", "A name").name()
        let code = try reader.required("currency", "A currency")
        guard let currency = Currency(code: try code.text()) else { throw code.expected("A currency such as \"CNY\"") }
        self.currency = currency
        points = try reader.required("points", "The key of a currency of points").name("The key of a currency")
        pricesIncludeTax = try reader.read("prices_include_tax", default: true) { place throws(Problem) in try place.flag() }
        factorMode = try reader.read("multiplier_mode", default: factorMode) { place throws(Problem) in
            try place.choice(EarningFactor.Mode.self)
        }
        factors = try reader.list("multipliers") { place throws(Problem) in try EarningFactor(place) }
        caps = try reader.read("caps", default: caps) { place throws(Problem) in try EarningCaps(place) }
        var known: Set<String> = []
        rules = try reader.list("rules") { place throws(Problem) in
            let rule = try EarningRule(place, currency: currency)
            guard known.insert(rule.id).inserted else {
                throw place.child("id", .null).refused("There is another rule with the id \"\(rule.id.prefix(60))\".")
            }
            return rule
        }
        guard rules.count <= EarningProgram.rulesMax else {
            throw reader.refused("A program has at most \(EarningProgram.rulesMax) rules, not \(rules.count).")
        }
    }

    /// As ``init(json:)`` reads it.
    public var json: JSONValue {
        var out = EarningWriter()
        out.put("id", .string(id))
        out.put("version", .int(version))
        out.put("name", .string(name))
        out.put("points", .string(points))
        out.put("currency", .string(currency.code))
        out.put("prices_include_tax", .bool(pricesIncludeTax))
        out.put("multiplier_mode", .string(factorMode.rawValue))
        out.put("multipliers", factors.map(\.json))
        if caps != EarningCaps() { out.put("caps", caps.json) }
        out.put("rules", rules.map { $0.json(currency) })
        return out.json
    }
}
