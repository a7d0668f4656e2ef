import Loyalty
import Model
import OrderedCollections

/// The form of the program's settings: its fields, what is typed in them, and the settings that they say.
struct ProgramForm {
    /// What a field holds.
    private enum Kind {
        case text, whole(optional: Bool), amount(optional: Bool), money
        case choice([(value: String, label: String)])
    }

    private struct Line {
        /// Without the currency's place.
        let name: String
        let label: String
        var hint: String?
        let kind: Kind
        /// Where the settings have it, below the currency.
        let path: [String]
    }

    let words: Words
    let money: Currency
    /// Of the currencies that are there already, in order.
    let known: [PointCurrency]
    /// What is typed, by name.
    private(set) var values: [String: String]
    private(set) var errors: [String: String] = [:]

    // MARK: - Filling

    /// The form as the settings fill it; without settings, with defaults.
    init(_ settings: ProgramSettings?, workspaceName: String, money: Currency, words: Words) {
        (self.words, self.money) = (words, money)
        known = settings?.currencies ?? []
        var standard = PointCurrency(key: "points")
        standard.name = words(\.program.defaultCurrency)
        values = [
            "name": settings?.name ?? words(\.program.defaultName, ["workspace": workspaceName]),
            "enrols": settings?.enrolsByEarning == false ? "no" : "yes",
        ]
        for (index, currency) in (settings?.currencies ?? [standard]).enumerated() { fill(index, currency) }
        guard settings != nil else { return }
        standard = PointCurrency(key: "")
        fill(known.count, standard)
    }

    /// The form as it was sent.
    init(_ settings: ProgramSettings?, sent form: [String: String], workspaceName: String, money: Currency, words: Words) {
        self.init(settings, workspaceName: workspaceName, money: money, words: words)
        for name in values.keys { if let typed = form[name] { values[name] = typed } }
        for (index, currency) in known.enumerated() {
            values["c\(index)_key"] = currency.key
            values["c\(index)_scale"] = String(currency.scale)
        }
    }

    private mutating func fill(_ index: Int, _ currency: PointCurrency) {
        let rules = currency.rules
        var months = 0
        if case .monthEnd(let after) = currency.expiry { months = after }
        func days(_ microseconds: Int64) -> String { String(microseconds / .microsecondsPerDay) }
        func amount(_ amount: Int64) -> String { Formats.decimalText(amount, digits: currency.scale) }
        let isStandard = currency.value == PointValue(minor: 1, points: 1) && currency.scale == 0
        let texts = [
            "key": currency.key, "name": currency.key.isEmpty ? "" : currency.name, "scale": String(currency.scale),
            "expiry": String(months), "value_points": amount(isStandard ? 100 : currency.value.points),
            "value_money": Formats.decimalText(isStandard ? 100 : currency.value.minor, digits: money.minorDigits),
            "approval": amount(currency.approvalAbove), "shortfall": rules.shortfall.rawValue,
            "restore_grace": days(rules.restoreGrace), "release_grace": days(rules.releaseGrace), "hold_days": days(rules.holdMax),
            "hops": String(rules.hopMax), "transfer_min": amount(currency.transfers.amountMin),
            "transfer_month": currency.transfers.amountPerMonth.map(amount) ?? "",
            "transfer_times": String(currency.transfers.countPerMonth),
            "cool_down": String(currency.transfers.coolDownHours),
        ]
        for (name, text) in texts { values["c\(index)_\(name)"] = text }
    }

    // MARK: - Reading

    /// The settings that the form says; nil when something in it cannot be read, and then it is said at its field.
    mutating func settings() -> ProgramSettings? {
        var currencies: [JSONValue] = []
        for index in indices { currencies.append(json(of: index)) }
        guard errors.isEmpty else { return nil }
        do throws(Problem) {
            return try ProgramSettings(json: [
                "name": .string(trimmed("name")), "enrols_by_earning": .bool(values["enrols"] != "no"),
                "currencies": .array(currencies),
            ])
        } catch {
            place(error)
            return nil
        }
    }

    /// Places of the currencies that the form is about: a new one counts once it has a key or a name.
    private var indices: [Int] {
        if known.isEmpty { return [0] }
        return Array(known.indices) + (hasAnother ? [known.count] : [])
    }

    private var hasAnother: Bool {
        !known.isEmpty && !(trimmed("c\(known.count)_key") + trimmed("c\(known.count)_name")).isEmpty
    }

    private func trimmed(_ name: String) -> String { (values[name] ?? "").trimmed }

    private mutating func json(of index: Int) -> JSONValue {
        // What the form says nothing of stays as it is.
        var json = index < known.count ? known[index].json.objectValue ?? [:] : [:]
        let scale = min(max(Int(trimmed("c\(index)_scale")) ?? 0, 0), 6)
        for line in lines {
            let name = "c\(index)_\(line.name)"
            guard let value = value(line, trimmed(name), scale) else {
                errors[name] = complaint(line, scale)
                continue
            }
            if line.path.count == 2 {
                var inner = json[line.path[0]]?.objectValue ?? [:]
                inner[line.path[1]] = value
                json[line.path[0]] = .object(inner)
            } else {
                json[line.path[0]] = value
            }
        }
        return .object(json)
    }

    private func value(_ line: Line, _ text: String, _ scale: Int) -> JSONValue? {
        switch line.kind {
        case .text: .string(text)
        case .choice(let options): options.contains { $0.value == text } ? .string(text) : nil
        case .whole(let isOptional): text.isEmpty && isOptional ? .null : Formats.units(text, digits: 0).map { .int($0) }
        case .amount(let isOptional): text.isEmpty && isOptional ? .null : Formats.units(text, digits: scale).map { .int($0) }
        case .money: Formats.units(text, digits: money.minorDigits).map { .int($0) }
        }
    }

    private func complaint(_ line: Line, _ scale: Int) -> String {
        switch line.kind {
        case .money: words(\.program.badMoney)
        case .amount: words(\.program.badAmount, ["digits": String(scale)])
        case .text, .whole, .choice: words(\.products.badCount)
        }
    }

    /// Says at its field what is wrong; what belongs to none stays without one.
    private mutating func place(_ problem: Problem) {
        var parts = (problem.place ?? "").split(separator: "/").map(String.init)
        var text = words(problem.wording).text
        if problem.wording.pattern.hasSuffix("is a whole number from {2} to {3}, not {4}."), problem.wording.values.count == 4,
            case .text(let least) = problem.wording.values[1], case .text(let most) = problem.wording.values[2]
        {
            text = words(\.program.badNumber, ["from": least, "to": most])
        }
        guard parts.count >= 3, parts.removeFirst() == "currencies", let index = Int(parts.removeFirst()),
            let line = lines.first(where: { $0.path == parts })
        else {
            errors["name"] = text
            return
        }
        errors["c\(index)_\(line.name)"] = text
    }

    // MARK: - Fields

    var head: [FormField] {
        var name = field("name", words(\.program.name), words(\.program.nameHint), .text)
        name.required = true
        return [
            name,
            field(
                "enrols", words(\.program.enrols), nil,
                .choice([("yes", words(\.program.enrolsYes)), ("no", words(\.program.enrolsNo))])),
        ]
    }

    /// Those of the currencies that are there, or of the first.
    func currencies() -> [ProgramPage.CurrencyFields] {
        if known.isEmpty { return [fields(0, title: words(\.program.currencies), fixed: nil)] }
        return known.enumerated().map { index, currency in
            fields(
                index, title: currency.name,
                fixed: words(\.program.fixed, ["key": currency.key, "scale": String(currency.scale)]))
        }
    }

    var another: ProgramPage.CurrencyFields? {
        known.isEmpty ? nil : fields(known.count, title: words(\.program.newCurrency), fixed: nil, isOptional: true)
    }

    var isAnotherOpen: Bool { hasAnother && !errors.isEmpty }

    private func fields(
        _ index: Int, title: String, fixed: String?, isOptional: Bool = false
    ) -> ProgramPage.CurrencyFields {
        let shown = lines.filter { fixed == nil || ($0.name != "key" && $0.name != "scale") }
        let all = shown.map { line in
            var field = field("c\(index)_\(line.name)", line.label, line.hint, line.kind)
            if isOptional { field.required = false }
            return field
        }
        let firstCount = shown.firstIndex { $0.name == "shortfall" } ?? shown.count
        return ProgramPage.CurrencyFields(
            title: title, fixed: fixed, fields: Array(all.prefix(firstCount)), more: Array(all.dropFirst(firstCount)),
            isMoreOpen: all.dropFirst(firstCount).contains { $0.error != nil },
            facts: all.map { field in
                let chosen = field.options.first { $0.selected }?.label
                return PortraitPage.Fact(
                    key: field.label, value: chosen ?? (field.value.isEmpty ? words(\.common.nothing) : field.value))
            })
    }

    private func field(_ name: String, _ label: String, _ hint: String?, _ kind: Kind) -> FormField {
        var field: FormField
        if case .choice(let options) = kind {
            field = FormField(
                name, label, hint: hint,
                options: options.map { .init(value: $0.value, label: $0.label, selected: $0.value == values[name]) })
        } else {
            field = FormField(name, label, value: values[name] ?? "", hint: hint, autocomplete: "off")
        }
        field.error = errors[name]
        switch kind {
        case .whole(true), .amount(true): field.required = false
        default: break
        }
        return field
    }

    private var lines: [Line] {
        [
            Line(name: "name", label: words(\.program.currencyName), kind: .text, path: ["name"]),
            Line(name: "key", label: words(\.program.key), hint: words(\.program.keyHint), kind: .text, path: ["key"]),
            Line(
                name: "scale", label: words(\.program.scale), hint: words(\.program.scaleHint), kind: .whole(optional: false),
                path: ["scale"]),
            Line(
                name: "expiry", label: words(\.program.expiry), hint: words(\.program.expiryHint), kind: .whole(optional: false),
                path: ["expires_after_months"]),
            Line(
                name: "value_points", label: words(\.program.valuePoints), kind: .amount(optional: false),
                path: ["value", "points"]),
            Line(
                name: "value_money", label: words(\.program.valueMoney, ["currency": money.code]),
                hint: words(\.program.valueHint), kind: .money, path: ["value", "minor"]),
            Line(
                name: "approval", label: words(\.program.approval), kind: .amount(optional: false), path: ["approval_above"]),
            Line(
                name: "shortfall", label: words(\.program.shortfall),
                kind: .choice([
                    ("debt", words(\.program.shortfallDebt)), ("writeOff", words(\.program.shortfallWriteOff)),
                ]), path: ["shortfall"]),
            Line(
                name: "restore_grace", label: words(\.program.restoreGrace), kind: .whole(optional: false),
                path: ["restore_grace_days"]),
            Line(
                name: "release_grace", label: words(\.program.releaseGrace), kind: .whole(optional: false),
                path: ["release_grace_days"]),
            Line(name: "hold_days", label: words(\.program.holdDays), kind: .whole(optional: false), path: ["hold_days_max"]),
            Line(name: "hops", label: words(\.program.hops), kind: .whole(optional: false), path: ["hops_max"]),
            Line(
                name: "transfer_min", label: words(\.program.transferMin), kind: .amount(optional: false),
                path: ["transfers", "min"]),
            Line(
                name: "transfer_month", label: words(\.program.transferMonth), hint: words(\.program.transferMonthHint),
                kind: .amount(optional: true), path: ["transfers", "per_month"]),
            Line(
                name: "transfer_times", label: words(\.program.transferTimes), kind: .whole(optional: false),
                path: ["transfers", "times_per_month"]),
            Line(
                name: "cool_down", label: words(\.program.coolDown), hint: words(\.program.coolDownHint),
                kind: .whole(optional: false), path: ["transfers", "cool_down_hours"]),
        ]
    }
}
