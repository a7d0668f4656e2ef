import Columns
import Model
import OrderedCollections

/// The fields of a question page and the question they make, both ways.
///
/// A question made from fields gives the same fields again, save for spaces at the ends of lists and for fields that have no effect.
struct QuestionForm {
    let kind: QuestionKind
    /// The fields by name; a missing one holds what the empty form holds.
    let fields: [String: String]

    init(_ kind: QuestionKind, fields: [String: String]) {
        self.kind = kind
        self.fields = fields
    }

    /// Every control, with those of all steps and series that the question can have.
    static func options(_ kind: QuestionKind) -> [QuestionOption] {
        QuestionParts.leading(kind) + kind.options + QuestionParts.closing(kind)
    }

    /// The controls in the order of the form: of steps and series one more than are filled.
    var options: [QuestionOption] {
        let numbers = 1 ... max(kind.steps, kind.series, 1)
        let name = kind.series > 0 ? "event" : "step"
        let filled = numbers.last { !text("\(name)\($0)").isEmpty } ?? 0
        let offered = max(kind.offered, filled + 1)
        return QuestionForm.options(kind).filter { ($0.number ?? 1) <= offered }
    }

    /// What a field holds.
    ///
    /// Once any field is given, one that is missing is empty: browsers send every field.
    func text(_ option: QuestionOption) -> String { fields[option.name] ?? (fields.isEmpty ? option.initial : "") }

    private func text(_ name: String) -> String {
        if let text = fields[name] { return text }
        guard fields.isEmpty else { return "" }
        return QuestionForm.options(kind).first { $0.name == name }?.initial ?? ""
    }

    // MARK: - The question

    /// The question, as it goes to the executor, which refuses what cannot be.
    var question: JSONValue {
        var out: OrderedDictionary<String, JSONValue> = ["kind": .string(kind.name)]
        let steps = self.steps
        if kind.steps > 0 { out["steps"] = .array(steps) }
        if kind.series > 0 { out["series"] = .array(series) }
        for option in kind.options {
            guard let value = option.json(text(option)) else { continue }
            if case .selector = option.shape {
                out[option.member] = filtered(value, option.name)
            } else {
                out[option.member] = value
            }
        }
        if kind == .roles { out["stages"] = RoleCells.stages }
        if kind.steps > 0, !text("exclude").isEmpty { out["exclude"] = [exclusion(of: steps.count)] }
        if let range { out["range"] = range }
        if let who { out["who"] = who }
        if !text("purpose").isEmpty { out["purpose"] = .string(text("purpose")) }
        if !text("by").isEmpty { out["by"] = .string(text("by")) }
        if kind.takesBreakdown, !breakdown.isEmpty {
            out["breakdown"] = .array(breakdown)
            if let values = number("values") { out["limit"] = values }
            if kind == .funnels, !text("attribution").isEmpty { out["attribution"] = .string(attribution) }
        }
        if !text("asOf").isEmpty { out["asOf"] = .string(QuestionForm.dayAfter(text("asOf"))) }
        return .object(out)
    }

    private func exclusion(of steps: Int) -> JSONValue {
        [
            "selector": ["event": .string(text("exclude"))],
            "between": [number("after") ?? 1, number("before") ?? .int(Int64(steps))],
            "effect": .string(text("effect").isEmpty ? "drop" : text("effect")),
        ]
    }

    /// A whole number as such, anything else as text, which the executor refuses at its place.
    private func number(_ name: String) -> JSONValue? {
        let text = text(name)
        guard !text.isEmpty else { return nil }
        return Int64(text).map { .int($0) } ?? .string(text)
    }

    private var who: JSONValue? {
        var conditions: [JSONValue] = []
        if !text("who").isEmpty { conditions.append(["role": .string(text("who"))]) }
        if !text("traits").isEmpty { conditions.append(ConditionText(subject: "trait").json(text("traits"))) }
        return ConditionText.all(conditions)
    }

    private var breakdown: [JSONValue] {
        let properties = kind.asksEvents ? ["breakdown", "breakdown2"].map { text($0) } : []
        let traits = [text("trait")]
        let standing = text("standing")
        return properties.filter { !$0.isEmpty }.map { ["property": .string($0)] }
            + traits.filter { !$0.isEmpty }.map { ["trait": .string($0)] } + (standing.isEmpty ? [] : [[standing: true]])
    }

    private var attribution: String {
        text("attribution") == "step" ? "step:" + text("attributionStep") : text("attribution")
    }

    private var steps: [JSONValue] {
        (0 ..< kind.steps).map { "step\($0 + 1)" }.filter { !text($0).isEmpty }.map { filtered(["event": .string(text($0))], $0) }
    }

    private var series: [JSONValue] {
        (1 ... max(kind.series, 1)).filter { $0 == 1 || !text("event\($0)").isEmpty }.map { number in
            let event = text("event\(number)")
            let selector: JSONValue = event.isEmpty ? ["any": true] : ["event": .string(event)]
            return ["selector": filtered(selector, "event\(number)"), "measure": measure(number)]
        }
    }

    private func measure(_ number: Int) -> JSONValue {
        let word = text("measure\(number)")
        return switch word {
        case "": "total"
        case "perPerson": ["perPerson": "total"]
        case "sessionsPerPerson": ["perPerson": "sessions"]
        case "sumPerPerson": ["perPerson": ["sum": .string(text("property\(number)"))]]
        case "total", "persons", "sessions", "dau", "wau", "mau": .string(word)
        default: .object([word: .string(text("property\(number)"))])
        }
    }

    /// A selector with the filter of the form and that of its own field.
    private func filtered(_ selector: JSONValue, _ field: String) -> JSONValue {
        let test = ConditionText(subject: "property")
        let own = kind.eventFields.contains(field) ? text(field + ".where") : ""
        var conditions: [JSONValue] = []
        if !text("where").isEmpty { conditions.append(sharedFilter) }
        if !own.isEmpty { conditions.append(test.json(own)) }
        return ConditionText.all(conditions).map { selector.setting(["where"], to: $0) } ?? selector
    }

    private var sharedFilter: JSONValue {
        let operation = text("op").isEmpty ? "=" : text("op")
        return ConditionText(subject: "property").test(
            text("where"), operation, text("value"), ignoresCase: text("anyCase") == "yes")
    }

    /// A number or a text in quotation marks as JSON reads them, anything else as text.
    static func value(_ text: String) -> JSONValue {
        guard let read = try? JSONParser.parse(text.utf8) else { return .string(text) }
        return read.doubleValue != nil || read.stringValue != nil ? read : .string(text)
    }

    private var range: JSONValue? {
        let since = text("since")
        let until = text("until")
        if since.isEmpty, until.isEmpty {
            guard !text("last").isEmpty else { return nil }
            return ["last": .string(text("last"))]
        }
        var out: OrderedDictionary<String, JSONValue> = [:]
        if !since.isEmpty { out["from"] = .string(since) }
        if !until.isEmpty { out["to"] = .string(QuestionForm.dayAfter(until)) }
        return .object(out)
    }

    private static func dayAfter(_ day: String) -> String { LocalDate(text: day)?.advanced(byDays: 1).text ?? day }
}
