import Loyalty
import Model

/// What the form shows: its fields, and its rules and multipliers as parts that fold.
extension EarningForm {
    /// So many free places are shown for rules.
    private static let placesFree = 2

    /// What holds for all rules.
    var fields: [FormField] {
        var fields = [field("name", words(\.earning.name))]
        if of.isEmpty {
            fields.insert(field("program", words(\.earning.key), words(\.earning.keyHint)), at: 0)
            fields.append(select("points", words(\.earning.currency), currencies.map { (value: $0.key, label: $0.name) }))
        } else {
            fields.append(FormField("points", "", type: "hidden", value: text("points")))
        }
        fields.append(
            select(
                "tax", words(\.earning.tax),
                [(value: "yes", label: words(\.earning.taxYes)), (value: "no", label: words(\.earning.taxNo))]))
        fields.append(field("budget", words(\.earning.budgetOfAll), words(\.earning.budgetHint), isRequired: false))
        return fields
    }

    /// The rules and some free places, then the multipliers and one.
    var groups: [EarningPage.Group] {
        let rules = min((filledRules.last ?? -1) + 1 + EarningForm.placesFree, EarningForm.rulesMax)
        let factors = min((filledFactors.last ?? -1) + 2, EarningForm.factorsMax)
        return [
            .init(title: words(\.earning.formRules), parts: (0 ..< rules).map(rulePart)),
            .init(title: words(\.earning.formFactors), parts: (0 ..< factors).map(factorPart)),
        ]
    }

    // MARK: - Parts

    /// The first rule is open: nothing earns without one.
    private func rulePart(_ place: Int) -> FormPart {
        let prefix = "rule\(place)_"
        return FormPart(
            title(\.earning.partRule, place), name: text(prefix + "name"),
            gives: filledRules.contains(place) ? ruleSentence(prefix) : nil, isFirst: place == 0, fields: ruleFields(prefix),
            more: ruleLimits(prefix), moreTitle: words(\.earning.partMore))
    }

    private func factorPart(_ place: Int) -> FormPart {
        let prefix = "factor\(place)_"
        return FormPart(
            title(\.earning.partFactor, place), name: text(prefix + "name"),
            gives: filledFactors.contains(place) ? factorSentence(prefix) : nil, isFirst: false, fields: factorFields(prefix))
    }

    private func title(_ kind: KeyPath<Catalogue, Text>, _ place: Int) -> String {
        words(kind, ["number": Formats(words.language).number(place + 1)])
    }

    private func ruleSentence(_ prefix: String) -> String? {
        guard let points = points(prefix) else { return nil }
        let base: EarningAmount
        switch text(prefix + "per") {
        case "unit": base = EarningAmount(points, by: .unit)
        case "event": base = EarningAmount(points, by: .event)
        default:
            guard let amount = amount(prefix) else { return nil }
            base = EarningAmount(points, by: .money(amount, EarningMoney()))
        }
        let trigger: EarningEvent.Trigger =
            switch text(prefix + "trigger") {
            case "event": .event(text(prefix + "event"))
            case "api": .api(text(prefix + "event"))
            default: .event(EarningForm.orders)
            }
        return EarningAmountWords(words: words, formats: Formats(words.language), money: money, scale: scale)
            .sentence(trigger, base)
    }

    private func factorSentence(_ prefix: String) -> String? {
        thousandths(prefix).map { words(\.earning.factorGives, ["factor": EarningForm.typed(thousandths: $0)]) }
    }

    // MARK: - Fields

    private func ruleFields(_ prefix: String) -> [FormField] {
        let triggers = [
            (value: "order", label: words(\.earning.triggerOrder)), (value: "event", label: words(\.earning.triggerEvent)),
            (value: "api", label: words(\.earning.triggerCall)),
        ]
        let measures = [
            (value: "money", label: words(\.earning.perMoney)), (value: "unit", label: words(\.earning.perUnit)),
            (value: "event", label: words(\.earning.perEvent)),
        ]
        return [
            FormField(prefix + "id", "", type: "hidden", value: text(prefix + "id")),
            field(prefix + "name", words(\.earning.name), isRequired: false),
            select(prefix + "trigger", words(\.earning.ruleTrigger), triggers),
            field(prefix + "event", words(\.earning.ruleEvent), words(\.earning.ruleEventHint), isRequired: false),
            field(prefix + "points", words(\.earning.points), isRequired: false),
            select(prefix + "per", words(\.earning.rulePer), measures),
            field(
                prefix + "amount", words(\.earning.ruleAmount), words(\.earning.ruleAmountHint, ["currency": money.code]),
                isRequired: false),
        ]
    }

    /// For whom a rule counts, and how much it gives at most.
    private func ruleLimits(_ prefix: String) -> [FormField] {
        let optional = words(\.earning.optional)
        return [
            field(prefix + "tags", words(\.earning.onlyWithTags), words(\.earning.tryHint), isRequired: false),
            field(prefix + "day", words(\.earning.ruleDay), optional, isRequired: false),
            field(prefix + "budget", words(\.earning.ruleBudget), optional, isRequired: false),
        ]
    }

    private func factorFields(_ prefix: String) -> [FormField] {
        [
            field(prefix + "name", words(\.earning.name), isRequired: false),
            field(prefix + "by", words(\.earning.factorBy), words(\.earning.factorByHint), isRequired: false),
            field(prefix + "first", words(\.earning.from), words(\.earning.factorFirstHint), isRequired: false),
            field(prefix + "last", words(\.earning.factorLast), words(\.earning.factorLastHint), isRequired: false),
            field(prefix + "tags", words(\.earning.onlyWithTags), words(\.earning.tryHint), isRequired: false),
        ]
    }

    private func field(_ name: String, _ label: String, _ hint: String? = nil, isRequired: Bool = true) -> FormField {
        var field = FormField(name, label, value: values[name] ?? "", hint: hint, autocomplete: "off")
        (field.required, field.error) = (isRequired, errors[name])
        return field
    }

    private func select(_ name: String, _ label: String, _ choices: [(value: String, label: String)]) -> FormField {
        FormField(
            name, label, options: choices.map { .init(value: $0.value, label: $0.label, selected: $0.value == values[name] ?? "") })
    }
}
