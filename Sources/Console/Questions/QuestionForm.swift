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

    /// Every control, in the order of the form.
    static func options(_ kind: QuestionKind) -> [QuestionOption] {
        QuestionParts.leading(kind) + kind.options + QuestionParts.closing(kind)
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
            if case .selector = option.shape { out[option.member] = filtered(value) } else { out[option.member] = value }
        }
        if kind == .roles { out["stages"] = RoleCells.stages }
        if kind.steps > 0, !text("exclude").isEmpty {
            out["exclude"] = [
                [
                    "selector": ["event": .string(text("exclude"))], "between": [1, .int(Int64(steps.count))],
                    "effect": .string(text("effect").isEmpty ? "drop" : text("effect")),
                ]
            ]
        }
        if let range { out["range"] = range }
        if !text("who").isEmpty { out["who"] = ["role": .string(text("who"))] }
        if !text("by").isEmpty { out["by"] = .string(text("by")) }
        if kind.takesBreakdown, !breakdown.isEmpty {
            out["breakdown"] = .array(breakdown)
            if kind == .funnels, !text("attribution").isEmpty { out["attribution"] = .string(text("attribution")) }
        }
        return .object(out)
    }

    private var breakdown: [JSONValue] {
        let property = kind.asksEvents ? text("breakdown") : ""
        let standing = text("standing")
        return (property.isEmpty ? [] : [["property": .string(property)]]) + (standing.isEmpty ? [] : [[standing: true]])
    }

    private var steps: [JSONValue] {
        (0 ..< kind.steps).map { text("step\($0 + 1)") }.filter { !$0.isEmpty }.map { filtered(["event": .string($0)]) }
    }

    private var series: [JSONValue] {
        (1 ... max(kind.series, 1)).filter { $0 == 1 || !text("event\($0)").isEmpty }.map { number in
            let event = text("event\(number)")
            let selector: JSONValue = event.isEmpty ? ["any": true] : ["event": .string(event)]
            return ["selector": filtered(selector), "measure": measure(number)]
        }
    }

    private func measure(_ number: Int) -> JSONValue {
        let word = text("measure\(number)")
        return switch word {
        case "": "total"
        case "perPerson": ["perPerson": "total"]
        case "total", "persons", "sessions", "dau", "wau", "mau": .string(word)
        default: .object([word: .string(text("property\(number)"))])
        }
    }

    /// A selector with the filter of the form.
    private func filtered(_ selector: JSONValue) -> JSONValue {
        guard !text("where").isEmpty, case .object(var members) = selector else { return selector }
        let name = text("op").isEmpty ? "=" : text("op")
        var condition: OrderedDictionary<String, JSONValue> = ["property": .string(text("where")), "op": .string(name)]
        if !QuestionParts.bareOperators.contains(name) { condition["value"] = QuestionForm.value(text("value")) }
        members["where"] = .object(condition)
        return .object(members)
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
        if !until.isEmpty { out["to"] = .string(LocalDate(text: until)?.advanced(byDays: 1).text ?? until) }
        return .object(out)
    }
}
