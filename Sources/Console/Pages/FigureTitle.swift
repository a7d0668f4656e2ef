import Model
import OrderedCollections

/// What the chart of an answer shows, in one line.
struct FigureTitle {
    let answer: JSONValue
    let words: Words

    var text: String {
        // What a trend counts stands in the names of its series.
        guard answer["kind"] != "trend", let unit = QuestionParts.unit(of: answer) else { return what }
        return "\(what) · \(words(unit))"
    }

    private var what: String {
        switch answer["kind"]?.stringValue {
        case "trend": trend
        case "funnel": funnel
        case "retention": words(\.questions.retentionFigure)
        case "lifecycle": words(\.questions.lifecycleFigure)
        case "stages": words(QuestionKind(of: answer["question"]) == .roles ? \.roles.overTime : \.questions.stagesFigure)
        case "stickiness": words(\.questions.stickinessFigure)
        case "timeToConvert": words(\.questions.timeFigure)
        case "paths": words(\.questions.pathsFigure)
        case "attribution": words(\.questions.attributionFigure)
        case "drivers": words(\.questions.driversFigure)
        default: words(\.ask.answer)
        }
    }

    private var trend: String {
        let series = answer["question"]?["series"]?.arrayValue ?? []
        let what = answer["question"]?["formula"]?.stringValue ?? series.first.map { name($0) } ?? ""
        guard let property = answer["question"]?["breakdown"]?.arrayValue?.first?["property"]?.stringValue else {
            return series.count > 1 && answer["question"]?["formula"] == nil ? words(\.questions.trends) : what
        }
        return words(\.questions.byProperty, ["what": what, "property": property])
    }

    private var funnel: String {
        let labels = (answer["steps"]?.arrayValue ?? []).compactMap { $0["label"]?.stringValue }
        guard let first = labels.first, let last = labels.last, labels.count > 1 else { return words(\.ask.answer) }
        return "\(first) → \(last)"
    }

    /// What a series counts: its event, and how.
    func name(_ series: JSONValue) -> String {
        let selector = series["selector"]
        let named = selector?["as"]?.stringValue ?? selector?["event"]?.stringValue ?? selector?["events"]?.text
        let what = named ?? words(\.questions.anyEvent)
        return series["measure"].map { "\(what) · \(measure($0))" } ?? what
    }

    private func measure(_ json: JSONValue) -> String {
        if let word = json.stringValue { return label(word) }
        guard let member = json.objectValue?.elements.first else { return json.text }
        if member.key == "perPerson" { return words(\.choices.perPerson) }
        let property = member.value.stringValue ?? member.value.text
        return words(\.questions.measureOf, ["measure": label(member.key), "property": property])
    }

    private func label(_ word: String) -> String {
        if word == "persons", let unit = QuestionParts.unit(of: answer) { return words(unit) }
        return QuestionParts.measures.first { $0.value == word }.map { words($0.label) } ?? word
    }
}
