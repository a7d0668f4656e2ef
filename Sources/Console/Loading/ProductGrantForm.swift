import Loyalty
import Model

/// The form of what a product's codes grant: what is typed, and what is wrong with it.
struct ProductGrantForm {
    /// What is said of one benefit, but whose member pays.
    struct Line {
        let place: Int
        let benefit: String
        let amount: Int64?
        let months: Int?
        /// As it was typed.
        let payer: String

        /// Whether a rule is the same, whoever pays.
        func says(_ rule: ProductCodeRights.Rule) -> Bool {
            (benefit, amount, months) == (rule.benefit, rule.amount, rule.months)
        }
    }

    private static let linesMax = 20
    /// So many places for benefits are shown at least.
    private static let linesMin = 2
    /// Whoever pays unless somebody else is named.
    static let program = "program"

    let words: Words
    /// As their batches name them.
    let products: [String]
    let benefits: [(key: String, name: String)]
    /// What is typed, by the name of the field.
    private(set) var values: [String: String]
    private(set) var errors: [String: String] = [:]

    init(
        sent values: [String: String] = [:], products: [String], benefits: [(key: String, name: String)], words: Words
    ) {
        (self.values, self.products, self.benefits, self.words) = (values, products, benefits, words)
    }

    /// The form as what a product grants now fills it.
    init(
        _ product: String, _ rules: [ProductCodeRights.Rule], products: [String], benefits: [(key: String, name: String)],
        words: Words
    ) {
        self.init(sent: ["product": product, "of": product], products: products, benefits: benefits, words: words)
        for (place, rule) in rules.enumerated() {
            values["g\(place)_benefit"] = rule.benefit
            values["g\(place)_amount"] = rule.amount.map { String($0) }
            values["g\(place)_months"] = rule.months.map { String($0) }
            values["g\(place)_payer"] = rule.payer.text
        }
    }

    var product: String { values["product"] ?? "" }
    /// The product with whose grants the form was filled; empty for none.
    var of: String { values["of"] ?? "" }

    // MARK: - Reading

    mutating func refuse(_ field: String, _ text: String) { errors[field] = text }

    /// The benefits that were chosen; what is wrong is said at its field.
    mutating func lines() -> [Line] {
        var lines: [Line] = []
        for place in places {
            let months = whole("g\(place)_months", \.grants.badMonths)
            if let months, !(1 ... 1_200).contains(months) { refuse("g\(place)_months", words(\.grants.badMonths)) }
            lines.append(
                Line(
                    place: place, benefit: text("g\(place)_benefit"), amount: whole("g\(place)_amount", \.benefits.badAmount),
                    months: months.map { Int(clamping: $0) }, payer: text("g\(place)_payer")))
        }
        return lines
    }

    /// The places in which a benefit was chosen.
    private var places: [Int] { (0 ..< ProductGrantForm.linesMax).filter { !text("g\($0)_benefit").isEmpty } }

    /// nil for an empty field, and for what is no number: then it is said there.
    private mutating func whole(_ name: String, _ wrong: KeyPath<Catalogue, Text>) -> Int64? {
        guard !text(name).isEmpty else { return nil }
        let number = Formats.units(text(name), digits: 0)
        if number == nil { refuse(name, words(wrong)) }
        return number
    }

    private func text(_ name: String) -> String { (values[name] ?? "").filter { !$0.isWhitespace } }

    // MARK: - Fields

    /// Of which product.
    var fields: [FormField] {
        let goods = (of.isEmpty ? products : [of]).map { (value: $0, label: $0) }
        return [select("product", words(\.grants.product), goods)]
    }

    /// The benefits, and some places that are free.
    var parts: [FormPart] {
        let used = (places.last ?? -1) + 1
        return (0 ..< min(max(used + 1, ProductGrantForm.linesMin), ProductGrantForm.linesMax)).map(part)
    }

    private func part(_ place: Int) -> FormPart {
        let prefix = "g\(place)_"
        func field(
            _ name: String, _ label: KeyPath<Catalogue, Text>, _ hint: KeyPath<Catalogue, Text>, standard: String = ""
        ) -> FormField {
            var field = FormField(
                prefix + name, words(label), value: values[prefix + name] ?? standard, hint: words(hint), autocomplete: "off")
            (field.required, field.error) = (false, errors[prefix + name])
            return field
        }
        let choices = [(value: "", label: words(\.grants.none))] + benefits.map { (value: $0.key, label: $0.name) }
        return FormPart(
            benefit: select(prefix + "benefit", words(\.plans.partBenefit), choices), at: place, words: words,
            [
                field("amount", \.plans.partAmount, \.grants.amountHint), field("months", \.grants.time, \.grants.timeHint),
                field("payer", \.grants.payer, \.grants.payerHint, standard: ProductGrantForm.program),
            ])
    }

    private func select(_ name: String, _ label: String, _ choices: [(value: String, label: String)]) -> FormField {
        var field = FormField(
            name, label, options: choices.map { .init(value: $0.value, label: $0.label, selected: $0.value == values[name] ?? "") })
        field.error = errors[name]
        return field
    }
}
