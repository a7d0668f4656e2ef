import Loyalty
import Model
import OrderedCollections

/// The form of a coupon template: its fields, what is typed in them, and the template that they say.
struct CouponForm {
    enum Kind {
        case text, whole, decimal, names, numbers
        case choice([(value: String, label: KeyPath<Catalogue, Text>)])
        /// A choice that is false with its first option and true with its second.
        case flag(KeyPath<Catalogue, Text>, KeyPath<Catalogue, Text>)
    }

    struct Line {
        let name: String
        let label: KeyPath<Catalogue, Text>
        var hint: KeyPath<Catalogue, Text>?
        let kind: Kind
        /// Where the template has it; several for what depends on the kind of effect.
        let paths: [[String]]
        /// The kinds of effects that have it; nil for all.
        var effects: Set<String>?

        init(
            _ name: String, _ label: KeyPath<Catalogue, Text>, _ kind: Kind, _ paths: [String]...,
            hint: KeyPath<Catalogue, Text>? = nil,
            effects: Set<String>? = nil
        ) {
            (self.name, self.label, self.kind, self.paths) = (name, label, kind, paths)
            (self.hint, self.effects) = (hint, effects)
        }
    }

    let words: Words
    let currency: Currency
    let zone: String
    /// What is typed, by name.
    private(set) var values: [String: String] = [:]
    private(set) var errors: [String: String] = [:]
    /// What is wrong and stands at no field.
    private(set) var problem: Said?
    /// Of the template whose next version it is: its name, and those of its limits by the form's.
    private var former: (name: String, limits: [String: String])?

    // MARK: - Filling

    init(currency: Currency, zone: String, words: Words) {
        (self.currency, self.zone, self.words) = (currency, zone, words)
    }

    /// The form as it was sent.
    ///
    /// - Parameter former: The version before; its limits keep the names under which they count.
    init(
        sent form: [String: String], currency: Currency, zone: String, words: Words, former: CouponTemplate? = nil
    ) {
        self.init(currency: currency, zone: zone, words: words)
        self.former = former.flatMap { CouponForm($0, words: words)?.former }
        for line in CouponForm.lines { values[line.name] = form[line.name] }
        for limit in CouponForm.limits { values[limit.name] = form[limit.name] }
    }

    /// The form as a template fills it; nil when the form does not show all that the template says.
    init?(_ template: CouponTemplate, words: Words) {
        self.init(currency: template.currency, zone: template.zone, words: words)
        let json = template.json
        let kind = json["effect"]?["kind"]?.stringValue ?? ""
        for line in CouponForm.lines where line.effects?.contains(kind) != false {
            let found = line.paths.compactMap { path in path.reduce(json as JSONValue?) { $0?[$1] } }.first { $0 != .null }
            values[line.name] = found.map { CouponForm.typed($0) } ?? ""
        }
        for (index, hours) in (json["conditions"]?["hours"]?.arrayValue ?? []).enumerated() where index == 0 {
            values["hours_from"] = hours["from"]?.stringValue
            values["hours_until"] = hours["until"]?.stringValue
        }
        var names: [String: String] = [:]
        for (limit, json) in zip(template.limits, json["limits"]?.arrayValue ?? []) {
            // Whatever it is called: what it counts makes it one of the form's.
            guard let own = CouponForm.limits.first(where: { $0.counts(as: limit) }), names[own.name] == nil else { return nil }
            names[own.name] = limit.name
            values[own.name] = json["max"].map { CouponForm.typed($0) }
        }
        former = (template.key.name, names)
        var copy = self
        guard var again = copy.template() else { return nil }
        again.key = template.key
        guard CouponForm.inOrder(again) == CouponForm.inOrder(template) else { return nil }
    }

    /// A template with its limits in one order, as that matters to nobody.
    private static func inOrder(_ template: CouponTemplate) -> CouponTemplate {
        var template = template
        template.limits.sort { $0.name < $1.name }
        return template
    }

    private static func typed(_ value: JSONValue) -> String {
        switch value {
        case .bool(let flag): flag ? "yes" : "no"
        case .array(let elements): elements.map { $0.stringValue ?? $0.text }.joined(separator: ", ")
        default: value.stringValue ?? value.text
        }
    }

    // MARK: - Reading

    /// The template that the form says; nil when it says none, and then it is said at its field.
    mutating func template() -> CouponTemplate? {
        (errors, problem) = ([:], nil)
        let kind = values["kind"] ?? "amount"
        var json: JSONValue = ["currency": .string(currency.code), "zone": .string(zone)]
        for line in CouponForm.lines where line.effects?.contains(kind) != false {
            guard let value = value(line), let path = path(line, kind) else { continue }
            json.set(value, at: path[...])
        }
        if !(text("hours_from") + text("hours_until")).isEmpty {
            json.set(
                [["from": .string(text("hours_from")), "until": .string(text("hours_until"))]], at: ["conditions", "hours"])
        }
        let limits = CouponForm.limits.compactMap { limit -> JSONValue? in
            let max = text(limit.name)
            guard !max.isEmpty else { return nil }
            return [
                "name": .string(name(of: limit)), "measure": .string(limit.measure), "per": .string(limit.per),
                "period": .string(limit.period),
                "max": limit.measure == "money" ? .string(CouponForm.plain(max)) : CouponForm.whole(max),
            ]
        }
        json.set(.array(limits), at: ["limits"])
        do throws(Problem) { return try CouponTemplate(json: json) } catch {
            place(error, kind)
            return nil
        }
    }

    /// Under which name a limit counts: as the version before has it, or one of the template's own.
    private func name(of limit: OwnLimit) -> String {
        let name = text("name")
        return (former?.name == name ? former?.limits[limit.name] : nil) ?? "\(name)/\(limit.name)"
    }

    /// Where the value of a line stands in the template.
    private func path(_ line: Line, _ kind: String) -> [String]? {
        switch (line.name, kind) {
        case ("value", "amount"): ["effect", "amount"]
        case ("value", "percent"): ["effect", "percent"]
        case ("value", "fixed_price"): ["effect", "price"]
        case ("value", "priority"): ["effect", "weight"]
        case ("what", "gift"): ["effect", "sku"]
        case ("what", "status"): ["effect", "status"]
        case ("what", "priority"): ["effect", "benefit"]
        case ("many", "gift"): ["effect", "units"]
        case ("many", "status"), ("many", "priority"): ["effect", "days"]
        // For the whole order there are no units to count.
        case ("units_max", "amount"), ("units_max", "percent"):
            values["on"] == "units" ? ["effect", "units_max"] : nil
        // We have no name in a template.
        case ("bearer_name", _): ["partner", "store"].contains(values["bearer"]) ? line.paths.first : nil
        default: line.paths.first
        }
    }

    private func text(_ name: String) -> String {
        var text = Substring(values[name] ?? "")
        while text.first?.isWhitespace == true { text.removeFirst() }
        while text.last?.isWhitespace == true { text.removeLast() }
        return String(text)
    }

    private func value(_ line: Line) -> JSONValue? {
        let text = text(line.name)
        switch line.kind {
        case .text: return text.isEmpty ? nil : .string(text)
        case .decimal:
            if text.isEmpty { return nil }
            let isWhole = line.name == "value" && values["kind"] == "priority"
            return isWhole ? CouponForm.whole(text) : .string(CouponForm.plain(text))
        case .whole: return text.isEmpty ? nil : CouponForm.whole(text)
        case .names, .numbers:
            let names = text.split { ",，、\n".contains($0) }.map { name in
                String(name.drop { $0.isWhitespace }.reversed().drop { $0.isWhitespace }.reversed())
            }.filter { !$0.isEmpty }
            if names.isEmpty { return nil }
            if case .numbers = line.kind { return .array(names.map { CouponForm.whole($0) }) }
            return .array(names.map { .string($0) })
        case .choice(let options): return .string(options.contains { $0.value == text } ? text : options[0].value)
        case .flag: return .bool(text == "yes")
        }
    }

    private static func plain(_ text: String) -> String { text.filter { $0 != "," && $0 != "\u{FF0C}" && !$0.isWhitespace } }

    /// A whole number, else the text as it is: the template says what is wrong with it.
    private static func whole(_ text: String) -> JSONValue { Int64(plain(text)).map { .int($0) } ?? .string(text) }

    mutating func refuse(_ field: String, _ text: String) { errors[field] = text }

    /// The field that a reason is about for which the rules refuse the template; nil for none.
    func field(of reason: JSONValue) -> String? {
        switch reason["code"]?.stringValue {
        case "LIMIT_MISMATCH": CouponForm.limits.first { name(of: $0) == reason["params"]?["limit"]?.stringValue }?.name
        case "BENEFIT_UNKNOWN", "OTHER_KIND": "what"
        default: nil
        }
    }

    /// Says at its field what is wrong.
    private mutating func place(_ problem: Problem, _ kind: String) {
        let parts = (problem.place ?? "").split(separator: "/").map(String.init)
        let said = words(problem.wording)
        var name: String?
        if parts.first == "limits", parts.count > 1, let index = Int(parts[1]) {
            let filled = CouponForm.limits.filter { !text($0.name).isEmpty }
            name = filled.indices.contains(index) ? filled[index].name : nil
        } else if parts.starts(with: ["conditions", "hours"]) {
            name = parts.last == "until" ? "hours_until" : "hours_from"
        } else {
            name =
                CouponForm.lines.first { line in
                    line.effects?.contains(kind) != false
                        && path(line, kind).map { parts.starts(with: $0) || $0.starts(with: parts) } == true
                }?.name
        }
        if let name, !parts.isEmpty { errors[name] = said.text } else { self.problem = said }
    }
}

extension JSONValue {
    /// Sets a value deep inside of objects, making those on the way.
    fileprivate mutating func set(_ value: JSONValue, at path: ArraySlice<String>) {
        guard let key = path.first else {
            self = value
            return
        }
        var members = objectValue ?? [:]
        var inner = members[key] ?? .object([:])
        inner.set(value, at: path.dropFirst())
        members[key] = inner
        self = .object(members)
    }
}
