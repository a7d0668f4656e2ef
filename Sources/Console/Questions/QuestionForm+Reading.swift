import Columns
import Model
import OrderedCollections

extension QuestionForm {
    /// The form that makes this question.
    ///
    /// Nil when the form would not make exactly it: it may hold what no control stands for.
    init?(reading question: JSONValue) {
        guard let kind = QuestionKind(of: question) else { return nil }
        var fields: [String: String] = [:]
        for option in QuestionForm.options(kind) { fields[option.name] = "" }
        for option in kind.options { fields[option.name] = option.text(question[option.member]) }
        QuestionForm.read(lists: question, kind, &fields)
        if let exclusion = question["exclude"]?.arrayValue?.first {
            fields["exclude"] = exclusion["selector"]?["event"]?.stringValue ?? ""
            fields["effect"] = exclusion["effect"]?.stringValue ?? ""
        }
        fields["last"] = question["range"]?["last"]?.stringValue ?? ""
        fields["since"] = question["range"]?["from"]?.stringValue ?? ""
        if let end = question["range"]?["to"]?.stringValue {
            fields["until"] = LocalDate(text: end)?.advanced(byDays: -1).text ?? end
        }
        fields["who"] = question["who"]?["role"]?.stringValue ?? ""
        fields["by"] = question["by"]?.stringValue ?? ""
        for part in question["breakdown"]?.arrayValue ?? [] {
            guard let member = part.objectValue?.elements.first else { continue }
            fields[member.key == "property" ? "breakdown" : "standing"] = member.value.stringValue ?? member.key
        }
        fields["attribution"] = question["attribution"]?.stringValue ?? ""
        self.init(kind, fields: fields)
        guard self.question.canonical == question.canonical else { return nil }
    }

    private static func read(lists question: JSONValue, _ kind: QuestionKind, _ fields: inout [String: String]) {
        var selectors = kind.selectors.compactMap { question[$0] }
        for (index, step) in (question["steps"]?.arrayValue ?? []).enumerated() {
            fields["step\(index + 1)"] = step["event"]?.stringValue ?? ""
            selectors.append(step)
        }
        for (index, one) in (question["series"]?.arrayValue ?? []).enumerated() {
            let number = index + 1
            fields["event\(number)"] = one["selector"]?["event"]?.stringValue ?? ""
            if let member = one["measure"]?.objectValue?.elements.first {
                fields["measure\(number)"] = member.key
                fields["property\(number)"] = member.key == "perPerson" ? "" : member.value.stringValue ?? ""
            } else {
                fields["measure\(number)"] = one["measure"]?.stringValue ?? ""
            }
            if let selector = one["selector"] { selectors.append(selector) }
        }
        guard let condition = selectors.lazy.compactMap({ $0["where"] }).first else { return }
        fields["where"] = condition["property"]?.stringValue ?? ""
        fields["op"] = condition["op"]?.stringValue ?? ""
        fields["value"] = condition["value"].map(fieldText) ?? ""
    }

    /// Text stands bare unless it would then be read as a number or as text in quotation marks.
    static func fieldText(_ value: JSONValue) -> String {
        guard let text = value.stringValue else { return value.text }
        guard let read = try? JSONParser.parse(text.utf8), read.doubleValue != nil || read.stringValue != nil else { return text }
        return value.text
    }
}

extension QuestionForm {
    /// Whether the member at a place in the question, from the top down, is what a field fills.
    func isFilled(by field: String, _ place: [String]) -> Bool {
        guard let member = place.first else { return false }
        if place.contains("where") { return field == (place.last == "property" ? "where" : place.last ?? "") }
        let index = place.count > 1 ? Int(place[1]) : nil
        switch member {
        case "touch": return field == (place.count > 1 && place[1] == "channels" ? "channels" : "touch")
        case "steps": return field == "step\(number(index, of: "step", kind.steps))"
        case "series":
            let isMeasure = place.count > 2 && place[2] == "measure"
            let name = isMeasure ? place.count > 3 ? "property" : "measure" : "event"
            return field == name + String(number(index ?? 0, of: "event", kind.series))
        case "range":
            return place.count > 1 ? ["from": "since", "to": "until"][place[1], default: place[1]] == field : field == "until"
        default: return field == (kind.options.first { $0.member == member }?.name ?? member)
        }
    }

    /// The number of the field behind an index of the question, which leaves empty ones out; without index the first empty one.
    private func number(_ index: Int?, of name: String, _ count: Int) -> Int {
        let numbers = 1 ... max(count, 1)
        let filled = numbers.filter { !(fields["\(name)\($0)"] ?? "").isEmpty || (name == "event" && $0 == 1) }
        if let index, index < filled.count { return filled[index] }
        return numbers.first { !filled.contains($0) } ?? 1
    }
}

extension SiteURL {
    /// The page of a question given as data: its form, or where no form makes it, the page of questions as data.
    static func opened(_ question: String) -> String { form(of: question) ?? ask(question) }

    /// The page whose form makes a question; nil when none does.
    static func form(of question: String) -> String? {
        guard let json = try? JSONParser.parse(question.utf8), let form = QuestionForm(reading: json) else { return nil }
        return SiteURL.question(form)
    }

    /// The page of a question with every field that is not empty.
    static func question(_ form: QuestionForm, changing: [(String, String)] = [], csv: Bool = false) -> String {
        var pairs: [(String, String)] = []
        for option in QuestionForm.options(form.kind) {
            let text = changing.last { $0.0 == option.name }?.1 ?? form.text(option)
            if !text.isEmpty { pairs.append((option.name, text)) }
        }
        if csv { pairs.append(("csv", "answer")) }
        return form.kind.path + "?" + pairs.map { "\($0)=\(encoded($1))" }.joined(separator: "&")
    }

    /// The form of a funnel's page; nil for any other address.
    static func funnel(at url: String) -> QuestionForm? {
        let halves = url.split(separator: "?", maxSplits: 1)
        guard halves.count == 2, halves[0] == QuestionKind.funnels.path else { return nil }
        return QuestionForm(.funnels, fields: FormBody.fields(Array(halves[1].utf8)))
    }

    /// A person's way through a funnel.
    static func way(of person: String, in funnel: QuestionForm) -> String {
        question(funnel, changing: [("explain", person)]) + "#way"
    }

    /// The people for whom an expression is true, and the way back to where they were counted.
    static func audience(_ who: JSONValue, back: String, cursor: String? = nil) -> String {
        "/questions/people?who=\(encoded(who.text))&back=\(encoded(back))" + (cursor.map { "&cursor=\(encoded($0))" } ?? "")
    }
}
