import Loyalty
import Model
import OrderedCollections

/// The form of a benefit: what is typed in its fields, and the benefit that they say.
struct BenefitForm {
    typealias Choice = (value: String, label: KeyPath<Catalogue, Text>)

    static var kinds: [Choice] {
        [
            ("metered", \.benefits.kindMetered), ("switch", \.benefits.kindSwitch), ("once", \.benefits.kindOnce),
            ("issue_coupon", \.benefits.kindCoupon), ("physical_gift", \.benefits.kindGift), ("status", \.benefits.kindStatus),
            ("priority", \.benefits.kindPriority),
        ]
    }
    static var periods: [Choice] {
        [
            ("", \.benefits.periodNone), ("day", \.benefits.periodDay), ("week", \.benefits.periodWeek),
            ("month", \.benefits.periodMonth), ("quarter", \.benefits.periodQuarter), ("year", \.benefits.periodYear),
        ]
    }
    static var combinations: [Choice] {
        [
            ("", \.benefits.combineOwn), ("any", \.benefits.combineAny), ("max", \.benefits.combineMax),
            ("sum", \.benefits.combineSum),
        ]
    }
    private static var downgrades: [Choice] {
        [
            ("cut", \.benefits.downgradeCut), ("keep_to_period_end", \.benefits.downgradeKeep),
            ("prorate", \.benefits.downgradeProrate),
        ]
    }
    /// What the one field for details is called in a benefit, by its kind.
    private static let details = ["issue_coupon": "template", "physical_gift": "stock", "priority": "weight"]

    let words: Words
    let currency: Currency
    let zone: String
    /// What is typed, by the name of the field.
    private(set) var values: [String: String] = [:]
    private(set) var errors: [String: String] = [:]
    /// What is wrong and stands at no field.
    private(set) var problem: Said?

    init(sent values: [String: String] = [:], currency: Currency, zone: String, words: Words) {
        (self.values, self.currency, self.zone, self.words) = (values, currency, zone, words)
    }

    /// The form as a benefit fills it.
    init(_ benefit: Benefit, currency: Currency, zone: String, words: Words) {
        self.init(currency: currency, zone: benefit.period?.zone.identifier ?? zone, words: words)
        let json = benefit.json
        for name in ["key", "kind", "period", "combine", "on_downgrade"] { values[name] = json[name]?.stringValue }
        (values["name_en"], values["name_zh"]) = (benefit.name.english, benefit.name.chinese)
        let detail = BenefitForm.details[benefit.kind.word].flatMap { json[$0] }
        values["detail"] = detail.map { $0.stringValue ?? $0.text }
        values["quota"] = benefit.quota.map { String($0) }
        values["carry_over_max"] = benefit.carryOverMax == 0 ? nil : String(benefit.carryOverMax)
        values["places"] = benefit.places.sorted().joined(separator: ", ")
        values["list_price"] = benefit.listPrice.map { Formats.decimalText($0, digits: currency.minorDigits) }
    }

    // MARK: - Reading

    mutating func refuse(_ field: String, _ text: String) { errors[field] = text }

    /// The benefit that the form says; nil when it says none, and then it is said at its field.
    mutating func benefit() -> Benefit? {
        (errors, problem) = ([:], nil)
        let kind = text("kind")
        if BenefitForm.details[kind] == nil, !text("detail").isEmpty {
            errors["detail"] = words(\.benefits.detailUnwanted)
            return nil
        }
        do throws(Problem) {
            return try Benefit(json: json(kind)) { name throws(Problem) in try TimeZoneTable(identifier: name) }
        } catch {
            let said = words(error.wording)
            if let field = BenefitForm.field(of: error.place ?? "") { errors[field] = said.text } else { problem = said }
            return nil
        }
    }

    private func json(_ kind: String) -> JSONValue {
        var members: OrderedDictionary<String, JSONValue> = ["kind": .string(kind)]
        var name: OrderedDictionary<String, JSONValue> = [:]
        if !text("name_en").isEmpty { name["en"] = .string(text("name_en")) }
        if !text("name_zh").isEmpty { name["zh"] = .string(text("name_zh")) }
        members["name"] = .object(name)
        for key in ["key", "period", "combine", "on_downgrade"] where !text(key).isEmpty { members[key] = .string(text(key)) }
        if members["period"] != nil { members["zone"] = .string(zone) }
        if let detail = BenefitForm.details[kind], !text("detail").isEmpty {
            members[detail] = detail == "weight" ? whole("detail", digits: 0) : .string(text("detail"))
        }
        for key in ["quota", "carry_over_max"] where !text(key).isEmpty { members[key] = whole(key, digits: 0) }
        if !text("list_price").isEmpty { members["list_price"] = whole("list_price", digits: currency.minorDigits) }
        let places = text("places").split { $0 == "," || $0 == "\u{FF0C}" || $0 == "\u{3001}" || $0.isWhitespace }
        if !places.isEmpty { members["places"] = .array(places.map { .string(String($0)) }) }
        return .object(members)
    }

    /// What is no number stays text, for which the benefit is refused at its place.
    private func whole(_ name: String, digits: Int) -> JSONValue {
        Formats.units(text(name), digits: digits).map { .int($0) } ?? .string(text(name))
    }

    private func text(_ name: String) -> String { (values[name] ?? "").trimmed }

    /// The field in which what stands at a pointer was typed.
    private static func field(of pointer: String) -> String? {
        switch pointer {
        case "/name/en": "name_en"
        case "/name/zh": "name_zh"
        case "/template", "/stock", "/weight": "detail"
        case "/key", "/kind", "/period", "/quota", "/carry_over_max", "/combine", "/on_downgrade", "/list_price":
            String(pointer.dropFirst())
        default: pointer.hasPrefix("/places") ? "places" : nil
        }
    }

    // MARK: - Fields

    /// What every benefit has.
    var fields: [FormField] {
        [
            field("key", \.benefits.key, \.benefits.keyHint), field("name_en", \.benefits.nameEnglish),
            field("name_zh", \.benefits.nameChinese), select("kind", \.benefits.kind, BenefitForm.kinds),
            field("detail", \.benefits.detail, \.benefits.detailHint, isRequired: false),
            field("quota", \.benefits.quota, \.benefits.quotaHint, isRequired: false),
            select("period", \.benefits.period, BenefitForm.periods),
        ]
    }

    /// What few have.
    var more: [FormField] {
        var price = field("list_price", \.benefits.listPrice, nil, isRequired: false)
        price.hint = words(\.benefits.listPriceHint, ["currency": currency.code])
        return [
            field("carry_over_max", \.benefits.carryOver, nil, isRequired: false),
            select("combine", \.benefits.combine, BenefitForm.combinations),
            select("on_downgrade", \.benefits.downgrade, BenefitForm.downgrades),
            field("places", \.benefits.places, \.benefits.placesHint, isRequired: false), price,
        ]
    }

    /// Whether what is folded away says what is wrong.
    var isMoreOpen: Bool { more.contains { $0.error != nil } }

    private func field(
        _ name: String, _ label: KeyPath<Catalogue, Text>, _ hint: KeyPath<Catalogue, Text>? = nil, isRequired: Bool = true
    ) -> FormField {
        var field = FormField(name, words(label), value: values[name] ?? "", hint: hint.map { words($0) }, autocomplete: "off")
        (field.required, field.error) = (isRequired, errors[name])
        return field
    }

    private func select(_ name: String, _ label: KeyPath<Catalogue, Text>, _ choices: [Choice]) -> FormField {
        var field = FormField(
            name, words(label),
            options: choices.map { .init(value: $0.value, label: words($0.label), selected: $0.value == values[name]) })
        field.error = errors[name]
        return field
    }
}
