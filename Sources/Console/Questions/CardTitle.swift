import Model

/// The title that is proposed for a question when it is pinned.
struct CardTitle {
    let answer: JSONValue
    let words: Words
    private static let charactersMax = 100

    var text: String {
        // Names of events may hold what a title must not.
        let plain = String(
            String.UnicodeScalarView(
                whole.unicodeScalars.map { scalar in
                    VisibleText.steers(scalar.value) || scalar.properties.generalCategory == .control ? " " : scalar
                }))
        let short = plain.count > CardTitle.charactersMax ? plain.prefix(CardTitle.charactersMax - 1) + "…" : plain
        return QuestionOption.trimmed(short[...])
    }

    private var whole: String {
        let kind = answer["kind"]?.stringValue
        switch kind {
        case "trend", "funnel": return FigureTitle(answer: answer, words: words).text
        case "count": return words(\.home.peopleCount)
        default:
            guard let form = QuestionKind(of: answer["question"]) ?? QuestionKind.allCases.first(where: { $0.name == kind }) else {
                return kind ?? words(\.ask.answer)
            }
            return ([words(form.title)] + names).joined(separator: " · ")
        }
    }

    /// The events that the question is about.
    private var names: [String] {
        let question = answer["question"]
        if let steps = question?["steps"]?.arrayValue, let first = steps.first, let last = steps.last {
            return ["\(name(first) ?? "1") → \(name(last) ?? String(steps.count))"]
        }
        return ["selector", "start", "return", "from", "to", "conversion", "target"].compactMap { name(question?[$0]) }
    }

    private func name(_ selector: JSONValue?) -> String? {
        selector?["as"]?.stringValue ?? selector?["event"]?.stringValue
    }
}
