import Loyalty
import Model

extension CouponForm {
    /// A limit that the form knows by a name of its own.
    struct OwnLimit {
        let name: String
        let label: KeyPath<Catalogue, Text>
        let measure: String
        let per: String
        let period: String

        func counts(as limit: CouponLimit) -> Bool {
            (measure, per, period) == (limit.measure.rawValue, limit.subject.rawValue, limit.period.rawValue)
        }
    }

    static var limits: [OwnLimit] {
        [
            OwnLimit(name: "budget", label: \.coupons.moneyMax, measure: "money", per: "everybody", period: "ever"),
            OwnLimit(name: "total", label: \.coupons.usesMax, measure: "uses", per: "everybody", period: "ever"),
            OwnLimit(name: "day", label: \.coupons.usesDay, measure: "uses", per: "everybody", period: "day"),
            OwnLimit(name: "member", label: \.coupons.usesMember, measure: "uses", per: "member", period: "ever"),
        ]
    }

    static var lines: [Line] { effectLines + conditionLines + personLines + restLines }

    private static var kinds: [(value: String, label: KeyPath<Catalogue, Text>)] {
        [
            ("amount", \.coupons.kindAmount), ("percent", \.coupons.kindPercent), ("fixed_price", \.coupons.kindPrice),
            ("gift", \.coupons.kindGift), ("free_shipping", \.coupons.kindShipping), ("priority", \.coupons.kindPriority),
            ("status", \.coupons.kindStatus),
        ]
    }

    private static var effectLines: [Line] {
        [
            Line("name", \.coupons.name, .text, ["name"], hint: \.coupons.nameHint),
            Line("kind", \.coupons.kind, .choice(kinds), ["effect", "kind"]),
            Line(
                "value", \.coupons.value, .decimal, ["effect", "amount"], ["effect", "percent"], ["effect", "price"],
                ["effect", "weight"], hint: \.coupons.valueHint, effects: ["amount", "percent", "fixed_price", "priority"]),
            Line(
                "on", \.coupons.on, .choice([("order", \.coupons.onOrder), ("units", \.coupons.onUnits)]), ["effect", "on"],
                effects: ["amount", "percent"]),
            Line(
                "units_max", \.coupons.unitsMax, .whole, ["effect", "units_max"], hint: \.coupons.emptyHint,
                effects: ["amount", "percent", "fixed_price"]),
            Line(
                "cap", \.coupons.cap, .decimal, ["effect", "cap"], hint: \.coupons.emptyHint, effects: ["percent", "free_shipping"]),
            Line(
                "what", \.coupons.what, .text, ["effect", "sku"], ["effect", "status"], ["effect", "benefit"],
                hint: \.coupons.whatHint, effects: ["gift", "status", "priority"]),
            Line(
                "many", \.coupons.many, .whole, ["effect", "units"], ["effect", "days"], hint: \.coupons.manyHint,
                effects: ["gift", "status", "priority"]),
        ]
    }

    private static var conditionLines: [Line] {
        [
            Line("first_day", \.coupons.firstDay, .text, ["validity", "first_day"], hint: \.coupons.dayHint),
            Line("last_day", \.coupons.lastDay, .text, ["validity", "last_day"], hint: \.coupons.dayHint),
            Line("days", \.coupons.days, .whole, ["validity", "days"], hint: \.coupons.daysHint),
            Line("spend_min", \.coupons.spendMin, .decimal, ["conditions", "spend", "min"]),
            Line("spend_max", \.coupons.spendMax, .decimal, ["conditions", "spend", "max"]),
            Line("units_min", \.coupons.unitsMin, .whole, ["conditions", "units", "min"]),
            Line("units_most", \.coupons.unitsMax, .whole, ["conditions", "units", "max"]),
            Line("products", \.coupons.products, .names, ["conditions", "products", "only"], hint: \.coupons.namesHint),
            Line("products_except", \.coupons.productsExcept, .names, ["conditions", "products", "except"]),
            Line("categories", \.coupons.categories, .names, ["conditions", "categories", "only"], hint: \.coupons.namesHint),
            Line("categories_except", \.coupons.categoriesExcept, .names, ["conditions", "categories", "except"]),
            Line(
                "undiscounted", \.coupons.undiscounted, .flag(\.coupons.undiscountedCount, \.coupons.undiscountedNot),
                ["conditions", "undiscounted_only"]),
            Line("weekdays", \.coupons.weekdays, .numbers, ["conditions", "weekdays"], hint: \.coupons.weekdaysHint),
            Line("hours_from", \.coupons.hoursFrom, .text, hint: \.coupons.hoursHint),
            Line("hours_until", \.coupons.hoursUntil, .text, hint: \.coupons.hoursHint),
        ]
    }

    private static var personLines: [Line] {
        [
            Line("tiers", \.coupons.tiers, .names, ["conditions", "tiers"], hint: \.coupons.namesHint),
            Line("tags", \.coupons.tags, .names, ["conditions", "tags"], hint: \.coupons.namesHint),
            Line("channels", \.coupons.channels, .names, ["conditions", "channels"], hint: \.coupons.namesHint),
            Line("stores", \.coupons.stores, .names, ["conditions", "stores"], hint: \.coupons.namesHint),
            Line(
                "first_order", \.coupons.firstOrder, .flag(\.coupons.firstOrderAll, \.coupons.firstOrderOnly),
                ["conditions", "first_order_only"]),
        ]
    }

    private static var restLines: [Line] {
        [
            Line("uses", \.coupons.uses, .whole, ["uses"]),
            Line(
                "exclusive", \.coupons.exclusive, .flag(\.coupons.exclusiveNo, \.coupons.exclusiveYes), ["stacking", "exclusive"]),
            Line("group", \.coupons.group, .text, ["stacking", "group"]),
            Line("with", \.coupons.with, .names, ["stacking", "with"], hint: \.coupons.namesHint),
            Line(
                "refund", \.coupons.refund,
                .choice([
                    ("return_on_full_refund", \.coupons.refundReturn), ("never", \.coupons.refundNever),
                    ("value_part", \.coupons.refundPart),
                ]), ["refund"]),
            Line(
                "transferable", \.coupons.transferable, .flag(\.coupons.transferableNo, \.coupons.transferableYes), ["transferable"]
            ),
            Line(
                "bearer", \.coupons.bearer,
                .choice([
                    ("brand", \.coupons.bearerBrand), ("partner", \.coupons.bearerPartner), ("store", \.coupons.bearerStore),
                ]), ["cost_bearer", "kind"]),
            Line("bearer_name", \.coupons.bearerName, .text, ["cost_bearer", "name"]),
        ]
    }

    /// The name and the effect.
    var head: [FormField] { CouponForm.effectLines.map(field) }

    var groups: [CouponFormPage.Group] {
        var limitFields = CouponForm.limits.map { limit in
            field(Line(limit.name, limit.label, limit.measure == "money" ? .decimal : .whole, hint: \.coupons.emptyHint))
        }
        limitFields += CouponForm.restLines.filter { $0.name == "uses" || $0.name.hasPrefix("bearer") }.map(field)
        let rest = CouponForm.restLines.filter { $0.name != "uses" && !$0.name.hasPrefix("bearer") }.map(field)
        let all: [(KeyPath<Catalogue, Text>, [FormField])] = [
            (\.coupons.when, CouponForm.conditionLines.map(field)), (\.coupons.whom, CouponForm.personLines.map(field)),
            (\.coupons.budget, limitFields), (\.coupons.rest, rest),
        ]
        return all.enumerated().map { index, group in
            CouponFormPage.Group(
                title: words(group.0), fields: group.1, isOpen: index == 0 || index == 2 || group.1.contains { $0.error != nil })
        }
    }

    private func field(_ line: Line) -> FormField {
        let typed = values[line.name] ?? ""
        let hint = line.hint.map { words($0) }
        var field: FormField
        switch line.kind {
        case .choice(let options):
            field = FormField(
                line.name, words(line.label), hint: hint,
                options: options.map { .init(value: $0.value, label: words($0.label), selected: $0.value == typed) })
        case .flag(let no, let yes):
            field = FormField(
                line.name, words(line.label), hint: hint,
                options: [
                    .init(value: "no", label: words(no), selected: typed != "yes"),
                    .init(value: "yes", label: words(yes), selected: typed == "yes"),
                ])
        default: field = FormField(line.name, words(line.label), value: typed, hint: hint, autocomplete: "off")
        }
        field.error = errors[line.name]
        field.required = line.name == "name"
        return field
    }
}
