import Model
import OrderedCollections

/// What the chart of an answer shows, in one line.
struct FigureTitle {
    let answer: JSONValue
    let words: Words

    var text: String {
        switch answer["kind"]?.stringValue {
        case "trend": trend
        case "funnel": funnel
        case "retention": words(\.questions.retentionFigure)
        case "lifecycle": words(\.questions.lifecycleFigure)
        case "stages": words(\.questions.stagesFigure)
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
        let what = answer["question"]?["formula"]?.stringValue ?? series.first.map { FigureTitle.name($0, words) } ?? ""
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
    static func name(_ series: JSONValue, _ words: Words) -> String {
        let selector = series["selector"]
        let named = selector?["as"]?.stringValue ?? selector?["event"]?.stringValue ?? selector?["events"]?.text
        let what = named ?? words(\.questions.anyEvent)
        return series["measure"].map { "\(what) · \(measure($0, words))" } ?? what
    }

    private static func measure(_ json: JSONValue, _ words: Words) -> String {
        if let word = json.stringValue { return label(word, words) }
        guard let member = json.objectValue?.elements.first else { return json.text }
        if member.key == "perPerson" { return words(\.choices.perPerson) }
        let property = member.value.stringValue ?? member.value.text
        return words(\.questions.measureOf, ["measure": label(member.key, words), "property": property])
    }

    private static func label(_ word: String, _ words: Words) -> String {
        QuestionParts.measures.first { $0.value == word }.map { words($0.label) } ?? word
    }
}
