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
        QuestionForm.read(exclusion: question, &fields)
        fields["last"] = question["range"]?["last"]?.stringValue ?? ""
        fields["since"] = question["range"]?["from"]?.stringValue ?? ""
        fields["until"] = QuestionForm.dayBefore(question["range"]?["to"])
        fields["asOf"] = QuestionForm.dayBefore(question["asOf"])
        fields["purpose"] = question["purpose"]?.stringValue ?? ""
        fields["by"] = question["by"]?.stringValue ?? ""
        QuestionForm.read(who: question["who"], &fields)
        QuestionForm.read(breakdown: question, &fields)
        self.init(kind, fields: fields)
        guard self.question.canonical == question.canonical else { return nil }
    }

    private static func dayBefore(_ moment: JSONValue?) -> String {
        guard let text = moment?.stringValue else { return "" }
        return LocalDate(text: text)?.advanced(byDays: -1).text ?? text
    }

    private static func read(exclusion question: JSONValue, _ fields: inout [String: String]) {
        guard let exclusion = question["exclude"]?.arrayValue?.first else { return }
        fields["exclude"] = exclusion["selector"]?["event"]?.stringValue ?? ""
        fields["effect"] = exclusion["effect"]?.stringValue ?? ""
        let ends = (exclusion["between"]?.arrayValue ?? []).map { $0.stringValue ?? $0.text }
        guard ends.count == 2 else { return }
        fields["after"] = ends[0] == "1" ? "" : ends[0]
        fields["before"] = ends[1] == String(question["steps"]?.arrayValue?.count ?? 0) ? "" : ends[1]
    }

    private static func read(who: JSONValue?, _ fields: inout [String: String]) {
        guard let who else { return }
        let parts = who["all"]?.arrayValue ?? [who]
        fields["who"] = parts.lazy.compactMap { $0["role"]?.stringValue }.first ?? ""
        let traits = parts.filter { $0["role"] == nil }
        guard let condition = ConditionText.all(traits) else { return }
        fields["traits"] = ConditionText(subject: "trait").text(condition) ?? ""
    }

    private static func read(breakdown question: JSONValue, _ fields: inout [String: String]) {
        for part in question["breakdown"]?.arrayValue ?? [] {
            guard let member = part.objectValue?.elements.first else { continue }
            switch member.key {
            case "property":
                let field = (fields["breakdown"] ?? "").isEmpty ? "breakdown" : "breakdown2"
                fields[field] = member.value.stringValue ?? ""
            case "trait": fields["trait"] = member.value.stringValue ?? ""
            default: fields["standing"] = member.key
            }
        }
        if !(question["breakdown"]?.arrayValue ?? []).isEmpty, let limit = question["limit"] {
            fields["values"] = limit.stringValue ?? limit.text
        }
        let attribution = question["attribution"]?.stringValue ?? ""
        let isOfStep = attribution.hasPrefix("step:")
        fields["attribution"] = isOfStep ? "step" : attribution
        fields["attributionStep"] = isOfStep ? String(attribution.dropFirst(5)) : ""
    }

    private static func read(lists question: JSONValue, _ kind: QuestionKind, _ fields: inout [String: String]) {
        var selectors = kind.selectors.compactMap { name in question[name].map { (name, $0) } }
        for (index, step) in (question["steps"]?.arrayValue ?? []).enumerated() {
            fields["step\(index + 1)"] = step["event"]?.stringValue ?? ""
            selectors.append(("step\(index + 1)", step))
        }
        for (index, one) in (question["series"]?.arrayValue ?? []).enumerated() {
            let number = index + 1
            fields["event\(number)"] = one["selector"]?["event"]?.stringValue ?? ""
            read(measure: one["measure"], number, &fields)
            if let selector = one["selector"] { selectors.append(("event\(number)", selector)) }
        }
        read(filters: selectors, &fields)
    }

    private static func read(measure: JSONValue?, _ number: Int, _ fields: inout [String: String]) {
        guard let member = measure?.objectValue?.elements.first else {
            fields["measure\(number)"] = measure?.stringValue ?? ""
            return
        }
        fields["measure\(number)"] = member.key
        if member.key != "perPerson" {
            fields["property\(number)"] = member.value.stringValue ?? ""
        } else if let sum = member.value["sum"]?.stringValue {
            (fields["measure\(number)"], fields["property\(number)"]) = ("sumPerPerson", sum)
        } else if member.value == "sessions" {
            fields["measure\(number)"] = "sessionsPerPerson"
        }
    }

    /// One test that all selectors share goes into the filter's own fields, anything else into those of each event.
    private static func read(filters selectors: [(field: String, selector: JSONValue)], _ fields: inout [String: String]) {
        guard let first = selectors.first else { return }
        if let test = first.selector["where"], test["property"] != nil, selectors.allSatisfy({ $0.selector["where"] == test }) {
            fields["where"] = test["property"]?.stringValue ?? ""
            fields["op"] = test["op"]?.stringValue ?? ""
            fields["value"] = test["value"].map(ConditionText.fieldText) ?? ""
            fields["anyCase"] = test["caseInsensitive"] == true ? "yes" : ""
            return
        }
        for (field, selector) in selectors {
            fields[field + ".where"] = selector["where"].flatMap { ConditionText(subject: "property").text($0) } ?? ""
        }
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
        let index = place.count > 1 ? Int(place[1]) : nil
        if let end = place.firstIndex(of: "where") {
            return isFilled(by: field, filter: Array(place[...end]), Array(place[end...]))
        }
        switch member {
        case "touch": return field == (place.count > 1 && place[1] == "channels" ? "channels" : "touch")
        case "who": return field == (fields["traits", default: ""].isEmpty || place.last == "role" ? "who" : "traits")
        case "breakdown": return field == dimension(index ?? 0)
        case "limit" where kind.takesBreakdown: return field == "values"
        case "attribution": return field == (fields["attribution"] == "step" ? "attributionStep" : "attribution")
        case "exclude": return field == exclusionField(place)
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

    /// Of a place in a filter: the shared one's fields, or that of the event whose filter stands there.
    private func isFilled(by field: String, filter selector: [String], _ place: [String]) -> Bool {
        let isSecond = place.count > 2 && place[1] == "all" && place[2] != "0"
        let hasShared = !fields["where", default: ""].isEmpty
        if hasShared, !isSecond { return field == (place.last == "property" || place.count == 1 ? "where" : place.last ?? "") }
        let event = kind.eventFields.first { isFilled(by: $0, Array(selector.dropLast())) }
        return event.map { field == $0 + ".where" } ?? false
    }

    /// The field of one dimension of the breakdown.
    private func dimension(_ index: Int) -> String {
        let filled = ["breakdown", "breakdown2", "trait", "standing"].filter { !fields[$0, default: ""].isEmpty }
        return index < filled.count ? filled[index] : "breakdown"
    }

    private func exclusionField(_ place: [String]) -> String {
        guard place.count > 2 else { return "exclude" }
        switch place[2] {
        case "between": return place.last == "0" ? "after" : "before"
        case "effect": return "effect"
        default: return "exclude"
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
