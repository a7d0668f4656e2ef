import Loyalty
import Model

/// An order typed into a few fields, and what a version of the rules gives for it.
struct EarningTrial {
    let typed: [String: String]
    let program: EarningProgram
    let words: Words
    private(set) var errors: [String: String] = [:]

    init(_ typed: [String: String], _ program: EarningProgram, words: Words) {
        (self.typed, self.program, self.words) = (typed, program, words)
    }

    var fields: [FormField] {
        var fields = [
            FormField(
                "amount", words(\.earning.tryAmount, ["currency": program.currency.code]), value: typed["amount"] ?? "",
                autocomplete: "off"),
            FormField("product", words(\.earning.tryProduct), value: typed["product"] ?? "", autocomplete: "off"),
            FormField(
                "tags", words(\.earning.tryTags), value: typed["tags"] ?? "", hint: words(\.earning.tryHint), autocomplete: "off"),
        ]
        for index in fields.indices {
            fields[index].required = index == 0
            fields[index].error = errors[fields[index].name]
        }
        return fields
    }

    /// What such an order would earn a member with these tags who has earned nothing yet; nil when no amount is typed, or none that can
    /// be read, and then it is said at its field.
    ///
    /// - Throws: `OVERFLOW`.
    mutating func plan(in frame: EarningFrame, at now: Instant) throws(Refusal) -> EarningPlan? {
        let amount = (typed["amount"] ?? "").trimmed
        guard !amount.isEmpty else { return nil }
        let digits = program.currency.minorDigits
        guard let minor = Formats.units(amount, digits: digits) else {
            errors["amount"] = words(\.earning.badMoney)
            return nil
        }
        let product = (typed["product"] ?? "").trimmed
        let line: JSONValue = [
            "product_id": .string(product.isEmpty ? "-" : product),
            "price": .string(Formats.decimalText(minor, digits: digits)),
        ]
        let fact = try OrderFact(
            event: EarningForm.orders, messageID: "trial", at: now, properties: ["order_id": "trial", "products": [line]],
            standard: program.currency)
        guard let fact, let event = try fact.completed else { return nil }
        let tags = (typed["tags"] ?? "").split { ",，、".contains($0) }.map(\.trimmed).filter { !$0.isEmpty }
        return try program.plan(for: event, of: EarningMember(id: "", tags: Set(tags)), in: frame)
    }
}
