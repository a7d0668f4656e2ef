import Loyalty
import Model
import OrderedCollections

/// The form of a plan: what is typed in its fields, and the offer that they say.
struct PlanForm {
    private static let partsMax = 20
    /// So many places for benefits are shown at least.
    private static let partsMin = 3
    /// So many of them are free.
    private static let partsFree = 2

    private static var intervals: [BenefitForm.Choice] {
        [
            ("month", \.plans.month), ("quarter", \.plans.quarter), ("year", \.plans.year), ("week", \.plans.week),
            ("day", \.plans.day),
        ]
    }

    let words: Words
    let currency: Currency
    let zone: TimeZoneTable
    /// The benefits that can be given, by key.
    let benefits: [(key: String, name: String)]
    /// What is typed, by the name of the field.
    private(set) var values: [String: String] = [:]
    private(set) var errors: [String: String] = [:]
    /// What is wrong and stands at no field.
    private(set) var problem: Said?

    /// The form as it was sent; without that, with standards.
    init(
        sent values: [String: String]?, benefits: [(key: String, name: String)], currency: Currency, zone: TimeZoneTable,
        words: Words
    ) {
        let standard = PaidPlanTerms(fee: 0, zone: zone)
        self.values =
            values ?? [
                "interval": standard.interval.rawValue, "trial_days": String(standard.trialDays),
                "grace_days": String(standard.graceDays), "notice_days": String(standard.noticeDays),
            ]
        (self.benefits, self.currency, self.zone, self.words) = (benefits, currency, zone, words)
    }

    /// The form as an offer fills it.
    init(_ offer: PlanOffer, benefits: [(key: String, name: String)], currency: Currency, words: Words) {
        self.init(sent: [:], benefits: benefits, currency: currency, zone: offer.terms.zone, words: words)
        let terms = offer.terms
        func money(_ minor: Int64) -> String { Formats.decimalText(minor, digits: currency.minorDigits) }
        values = [
            "key": offer.key, "name_en": offer.name.english, "name_zh": offer.name.chinese, "fee": money(terms.fee),
            "interval": terms.interval.rawValue, "trial_days": String(terms.trialDays), "grace_days": String(terms.graceDays),
            "notice_days": String(terms.noticeDays), "promises_savings": terms.promisesSavings ? "yes" : "no",
        ]
        for (place, part) in offer.parts.enumerated() {
            values["part\(place)_benefit"] = part.benefit
            values["part\(place)_amount"] = part.amount.map { String($0) }
            values["part\(place)_price"] = part.listPrice.map(money)
        }
    }

    // MARK: - Reading

    mutating func refuse(_ field: String, _ text: String) { errors[field] = text }

    /// The offer that the form says; nil when it says none, and then it is said at its field.
    mutating func offer() -> PlanOffer? {
        (errors, problem) = ([:], nil)
        let places = filled
        check(places)
        guard errors.isEmpty else { return nil }
        do throws(Problem) { return try PlanOffer(json: json(places), zone: zone) } catch {
            let said = words(error.wording)
            if let field = PlanForm.field(of: error.place ?? "", places) { errors[field] = said.text } else { problem = said }
            return nil
        }
    }

    /// Says at its field what is no number.
    private mutating func check(_ places: [Int]) {
        let money = ["fee"] + places.map { "part\($0)_price" }
        for name in money where !text(name).isEmpty || name == "fee" {
            if Formats.units(text(name), digits: currency.minorDigits) == nil { refuse(name, words(\.common.badMoney)) }
        }
        let counts = ["trial_days", "grace_days", "notice_days"] + places.map { "part\($0)_amount" }
        for name in counts where !text(name).isEmpty {
            if Formats.units(text(name), digits: 0) == nil { refuse(name, words(\.benefits.badAmount)) }
        }
    }

    /// The places in which a benefit was chosen.
    private var filled: [Int] { (0 ..< PlanForm.partsMax).filter { !text("part\($0)_benefit").isEmpty } }

    private func json(_ places: [Int]) -> JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [:]
        var name: OrderedDictionary<String, JSONValue> = [:]
        if !text("name_en").isEmpty { name["en"] = .string(text("name_en")) }
        if !text("name_zh").isEmpty { name["zh"] = .string(text("name_zh")) }
        members["name"] = .object(name)
        for key in ["key", "interval"] where !text(key).isEmpty { members[key] = .string(text(key)) }
        members["fee"] = number("fee", digits: currency.minorDigits)
        for key in ["trial_days", "grace_days", "notice_days"] { members[key] = number(key, digits: 0) }
        members["zone"] = .string(zone.identifier)
        members["promises_savings"] = .bool(text("promises_savings") == "yes")
        members["benefits"] = .array(
            places.map { place in
                var part: OrderedDictionary<String, JSONValue> = ["benefit": .string(text("part\(place)_benefit"))]
                part["amount"] = number("part\(place)_amount", digits: 0)
                part["list_price"] = number("part\(place)_price", digits: currency.minorDigits)
                return .object(part)
            })
        return .object(members)
    }

    private func number(_ name: String, digits: Int) -> JSONValue? { Formats.units(text(name), digits: digits).map { .int($0) } }

    private func text(_ name: String) -> String { (values[name] ?? "").trimmed }

    /// The field in which what stands at a pointer was typed.
    private static func field(of pointer: String, _ places: [Int]) -> String? {
        let steps = pointer.split(separator: "/").map(String.init)
        switch steps.first {
        case "name": return steps.count == 2 ? "name_\(steps[1])" : nil
        case "benefits":
            guard steps.count > 1 else { return "part0_benefit" }
            guard steps.count == 3, let index = Int(steps[1]), places.indices.contains(index) else { return nil }
            return "part\(places[index])_\(steps[2] == "list_price" ? "price" : steps[2])"
        default: return steps.count == 1 ? steps[0] : nil
        }
    }

    // MARK: - Fields

    var fields: [FormField] {
        [
            field("key", \.benefits.key, words(\.plans.keyHint)), field("name_en", \.benefits.nameEnglish),
            field("name_zh", \.benefits.nameChinese),
            field("fee", \.plans.fee, words(\.plans.feeHint, ["currency": currency.code])),
            select("interval", words(\.plans.interval), PlanForm.intervals.map { (value: $0.value, label: words($0.label)) }),
        ]
    }

    /// What most plans leave at its standards.
    var more: [FormField] {
        let promises = [
            (value: "no", label: words(\.plans.promiseNo)), (value: "yes", label: words(\.plans.promiseYes)),
        ]
        return [
            field("trial_days", \.plans.trialDays, isRequired: false),
            field("grace_days", \.plans.graceDays, words(\.plans.graceHint), isRequired: false),
            field("notice_days", \.plans.noticeDays, words(\.plans.noticeHint), isRequired: false),
            select("promises_savings", words(\.plans.promises), promises),
        ]
    }

    var isMoreOpen: Bool { more.contains { $0.error != nil } }

    /// The benefits, and some places that are free.
    var parts: [FormPart] {
        let used = (filled.last ?? -1) + 1
        let count = min(max(used + PlanForm.partsFree, PlanForm.partsMin), PlanForm.partsMax)
        let options = [(value: "", label: words(\.plans.partNone))] + benefits.map { (value: $0.key, label: $0.name) }
        return (0 ..< count).map { place in
            let prefix = "part\(place)_"
            return FormPart(
                benefit: select(prefix + "benefit", words(\.plans.partBenefit), options), at: place, words: words,
                [
                    field(prefix + "amount", \.plans.partAmount, words(\.plans.partAmountHint), isRequired: false),
                    field(prefix + "price", \.plans.partCost, words(\.plans.partCostHint), isRequired: false),
                ])
        }
    }

    private func field(
        _ name: String, _ label: KeyPath<Catalogue, Text>, _ hint: String? = nil, isRequired: Bool = true
    ) -> FormField {
        var field = FormField(name, words(label), value: values[name] ?? "", hint: hint, autocomplete: "off")
        (field.required, field.error) = (isRequired, errors[name])
        return field
    }

    private func select(_ name: String, _ label: String, _ choices: [(value: String, label: String)]) -> FormField {
        var field = FormField(
            name, label, options: choices.map { .init(value: $0.value, label: $0.label, selected: $0.value == values[name] ?? "") })
        field.error = errors[name]
        return field
    }
}
