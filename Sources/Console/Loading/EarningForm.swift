import Loyalty
import Model
import OrderedCollections

/// The form of a version of the rules by which members earn: what is typed in its fields, and the version that they say.
struct EarningForm {
    /// The event that orders are completed by.
    static let orders = "Order Completed"
    static let rulesMax = 20
    static let factorsMax = 10

    let words: Words
    /// The currencies that can be earned.
    let currencies: [PointCurrency]
    /// Of the money that is paid.
    let money: Currency
    /// The program; empty for a new one.
    let of: String
    /// What is typed, by the name of the field.
    private(set) var values: [String: String]
    private(set) var errors: [String: String] = [:]
    /// What is wrong and stands at no field.
    private(set) var problem: Said?

    /// The form as it was sent; without that, with a point for each unit of money.
    init(sent values: [String: String]?, of program: String, currencies: [PointCurrency], money: Currency, words: Words) {
        (of, self.currencies, self.money, self.words) = (program, currencies, money, words)
        self.values =
            values ?? [
                "program": "club", "name": words(\.earning.tab), "points": currencies.first?.key ?? "", "tax": "yes",
                "rule0_name": words(\.earning.standardRule), "rule0_trigger": "order", "rule0_per": "money", "rule0_points": "1",
                "rule0_amount": Formats.decimalText(Money.one(money), digits: money.minorDigits),
            ]
    }

    /// The form as a version fills it; nil when the form does not show all that it says.
    init?(_ program: EarningProgram, currencies: [PointCurrency], words: Words) {
        self.init(sent: [:], of: program.id, currencies: currencies, money: program.currency, words: words)
        values = ["name": program.name, "points": program.points, "tax": program.pricesIncludeTax ? "yes" : "no"]
        values["budget"] = program.caps.budget.map { Formats.decimalText($0, digits: scale) }
        for (place, rule) in program.rules.enumerated() { fill("rule\(place)_", rule) }
        for (place, factor) in program.factors.enumerated() { fill("factor\(place)_", factor) }
        var copy = self
        guard var again = copy.program() else { return nil }
        again.version = program.version
        guard again == program else { return nil }
    }

    private mutating func fill(_ prefix: String, _ rule: EarningRule) {
        values[prefix + "id"] = rule.id
        values[prefix + "name"] = rule.name
        switch rule.trigger {
        case .event(EarningForm.orders): values[prefix + "trigger"] = "order"
        case .event(let name): (values[prefix + "trigger"], values[prefix + "event"]) = ("event", name)
        case .api(let name): (values[prefix + "trigger"], values[prefix + "event"]) = ("api", name)
        }
        values[prefix + "points"] = Formats.decimalText(rule.base.points, digits: scale)
        switch rule.base.measure {
        case .event: values[prefix + "per"] = "event"
        case .unit: values[prefix + "per"] = "unit"
        case .money(let minor, _):
            values[prefix + "per"] = "money"
            values[prefix + "amount"] = Formats.decimalText(minor, digits: money.minorDigits)
        }
        values[prefix + "tags"] = rule.condition.tags.sorted().joined(separator: ", ")
        values[prefix + "day"] = rule.caps.member.first.map { Formats.decimalText($0.max, digits: scale) }
        values[prefix + "budget"] = rule.caps.budget.map { Formats.decimalText($0, digits: scale) }
    }

    private mutating func fill(_ prefix: String, _ factor: EarningFactor) {
        values[prefix + "name"] = factor.name
        values[prefix + "by"] = EarningForm.typed(thousandths: factor.thousandths)
        if case .date(let date)? = factor.condition.from { values[prefix + "first"] = date.text }
        if case .date(let date)? = factor.condition.to { values[prefix + "last"] = date.advanced(byDays: -1).text }
        values[prefix + "tags"] = factor.condition.tags.sorted().joined(separator: ", ")
    }

    /// `1.5` for 1,500.
    static func typed(thousandths: Int64) -> String {
        let text = Formats.decimalText(thousandths, digits: 3)
        return String(text.reversed().drop { $0 == "0" }.drop { $0 == "." }.reversed())
    }

    /// Of the currency that is earned.
    var scale: Int { currencies.first { $0.key == text("points") }?.scale ?? 0 }

    // MARK: - Reading

    mutating func refuse(_ field: String, _ text: String) { errors[field] = text }

    /// The version that the form says; nil when it says none, and then it is said at its field.
    mutating func program() -> EarningProgram? {
        (errors, problem) = ([:], nil)
        if !(1 ... 100).contains(text("name").count) { refuse("name", words(\.earning.badName)) }
        if of.isEmpty, !EarningForm.isKey(text("program")) { refuse("program", words(\.earning.badKey)) }
        var members: OrderedDictionary<String, JSONValue> = [
            "id": .string(of.isEmpty ? text("program") : of), "name": .string(text("name")), "points": .string(text("points")),
            "currency": .string(money.code), "prices_include_tax": .bool(text("tax") != "no"),
        ]
        let rules = filledRules
        var ids = Set(rules.map { text("rule\($0)_id") })
        members["rules"] = .array(rules.map { rule("rule\($0)_", &ids) })
        members["multipliers"] = .array(filledFactors.map { factor("factor\($0)_") })
        if let budget = limit("budget") { members["caps"] = ["budget": budget] }
        guard errors.isEmpty else { return nil }
        do throws(Problem) { return try EarningProgram(json: .object(members)) } catch {
            place(error)
            return nil
        }
    }

    /// Says at its field what is wrong, where it has one.
    private mutating func place(_ problem: Problem) {
        let parts = (problem.place ?? "").split(separator: "/").map(String.init)
        let places = ["rules": filledRules.map { "rule\($0)_" }, "multipliers": filledFactors.map { "factor\($0)_" }]
        var (prefix, inner) = ("", parts[...])
        if let prefixes = places[parts.first ?? ""], parts.count > 1, let index = Int(parts[1]), prefixes.indices.contains(index) {
            (prefix, inner) = (prefixes[index], parts.dropFirst(2))
        }
        let name = EarningForm.fieldsOfPlaces.first { inner.starts(with: $0.place) }?.field
        if let name, !prefix.isEmpty {
            refuse(prefix + name, words(problem.wording).text)
        } else {
            self.problem = words(problem.wording)
        }
    }

    /// Where the fields of rules and multipliers stand in a version.
    private static let fieldsOfPlaces: [(place: [String], field: String)] = [
        (["name"], "name"), (["trigger"], "event"), (["base", "amount"], "amount"), (["base"], "points"),
        (["when", "from"], "first"), (["when", "to"], "last"), (["when", "tags"], "tags"), (["caps", "budget"], "budget"),
        (["caps", "member"], "day"), (["factor"], "by"),
    ]

    private static func isKey(_ text: String) -> Bool {
        (1 ... 40).contains(text.utf8.count)
            && text.utf8.allSatisfy { (0x61 ... 0x7a).contains($0) || (0x30 ... 0x39).contains($0) || $0 == 0x2d || $0 == 0x5f }
    }

    /// The places with a rule: those without a name and points are left out.
    var filledRules: [Int] { filled("rule", ["name", "points"], EarningForm.rulesMax) }

    var filledFactors: [Int] { filled("factor", ["name", "by"], EarningForm.factorsMax) }

    /// The places in which anything of some fields was typed.
    private func filled(_ kind: String, _ names: [String], _ max: Int) -> [Int] {
        (0 ..< max).filter { place in names.contains { !text("\(kind)\(place)_\($0)").isEmpty } }
    }

    private mutating func rule(_ prefix: String, _ ids: inout Set<String>) -> JSONValue {
        var rule: OrderedDictionary<String, JSONValue> = [:]
        if text(prefix + "id").isEmpty {
            // What caps are counted by stays the same whatever the rule is called later.
            values[prefix + "id"] = (1 ... ids.count + 1).map { "rule-\($0)" }.first { !ids.contains($0) }
            ids.insert(text(prefix + "id"))
        }
        rule["id"] = .string(text(prefix + "id"))
        rule["name"] = .string(name(prefix + "name"))
        rule["trigger"] = trigger(prefix)
        rule["base"] = base(prefix)
        let tags = names(prefix + "tags")
        if !tags.isEmpty { rule["when"] = ["tags": .array(tags)] }
        var caps: OrderedDictionary<String, JSONValue> = [:]
        if let day = limit(prefix + "day") { caps["member"] = [["max": day, "per": "day"]] }
        caps["budget"] = limit(prefix + "budget")
        if !caps.isEmpty { rule["caps"] = .object(caps) }
        return .object(rule)
    }

    private mutating func trigger(_ prefix: String) -> JSONValue {
        let kind = text(prefix + "trigger")
        guard kind == "event" || kind == "api" else { return ["event": .string(EarningForm.orders)] }
        let name = text(prefix + "event")
        if !(1 ... 1_000).contains(name.utf8.count) { refuse(prefix + "event", words(\.earning.badEvent)) }
        return .object([kind: .string(name)])
    }

    private mutating func base(_ prefix: String) -> JSONValue {
        var base: OrderedDictionary<String, JSONValue> = [:]
        let points = points(prefix)
        if points == nil {
            let least = Formats.decimalText(1, digits: scale)
            refuse(prefix + "points", words(\.earning.badPoints, ["least": least]))
        }
        base["points"] = .int(points ?? 0)
        let per = text(prefix + "per")
        base["per"] = .string(["unit", "event"].contains(per) ? per : "money")
        if base["per"] == "money" {
            let minor = amount(prefix)
            if minor == nil {
                let least = Formats.decimalText(1, digits: money.minorDigits)
                refuse(prefix + "amount", words(\.earning.badAmount, ["least": least]))
            }
            base["amount"] = .string(Formats.decimalText(minor ?? 0, digits: money.minorDigits))
        }
        return .object(base)
    }

    /// The points of a rule, in the smallest parts of their currency; nil when they are not right.
    func points(_ prefix: String) -> Int64? { number(prefix + "points", digits: scale, 1 ... 1_000_000_000) }

    /// The money that a rule counts by, in minor units; nil when it is not right.
    func amount(_ prefix: String) -> Int64? { number(prefix + "amount", digits: money.minorDigits, 1 ... 1_000_000_000) }

    /// What a multiplier multiplies by, in thousandths; nil when it is not right.
    func thousandths(_ prefix: String) -> Int64? { number(prefix + "by", digits: 3, 1 ... 100_000) }

    private func number(_ name: String, digits: Int, _ range: ClosedRange<Int64>) -> Int64? {
        Formats.units(text(name), digits: digits).flatMap { range.contains($0) ? $0 : nil }
    }

    private mutating func factor(_ prefix: String) -> JSONValue {
        var factor: OrderedDictionary<String, JSONValue> = ["name": .string(name(prefix + "name"))]
        let by = thousandths(prefix)
        if by == nil { refuse(prefix + "by", words(\.earning.badFactor)) }
        factor["factor"] = .string(EarningForm.typed(thousandths: by ?? 0))
        var condition: OrderedDictionary<String, JSONValue> = [:]
        let tags = names(prefix + "tags")
        if !tags.isEmpty { condition["tags"] = .array(tags) }
        condition["from"] = day(prefix + "first").map { .string($0.text) }
        // The last day still counts: what comes after it is the first that does not.
        condition["to"] = day(prefix + "last").map { .string($0.advanced(byDays: 1).text) }
        if !condition.isEmpty { factor["when"] = .object(condition) }
        return .object(factor)
    }

    private mutating func day(_ name: String) -> LocalDate? {
        let text = text(name)
        guard !text.isEmpty else { return nil }
        let date = LocalDate(text: text)
        if date == nil { refuse(name, words(\.earning.badDay)) }
        return date
    }

    private mutating func name(_ field: String) -> String {
        if !(1 ... 100).contains(text(field).count) { refuse(field, words(\.earning.badName)) }
        return text(field)
    }

    /// A number of points, 0 allowed; nil where nothing is typed.
    private mutating func limit(_ name: String) -> JSONValue? {
        let text = text(name)
        guard !text.isEmpty else { return nil }
        guard let points = Formats.units(text, digits: scale), points <= 1_000_000_000_000_000 else {
            refuse(name, words(\.earning.badPoints, ["least": "0"]))
            return nil
        }
        return .int(points)
    }

    private func names(_ name: String) -> [JSONValue] {
        text(name).split { ",，、\n".contains($0) }.map(\.trimmed).filter { !$0.isEmpty }.map { .string($0) }
    }

    func text(_ name: String) -> String { (values[name] ?? "").trimmed }
}

extension Money {
    /// One of a currency, in its minor units.
    fileprivate static func one(_ currency: Currency) -> Int64 { (0 ..< currency.minorDigits).reduce(1) { one, _ in one * 10 } }
}
