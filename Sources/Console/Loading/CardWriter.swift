import Model
import Questions
import Records

/// Puts what became of a card's question into words and figures.
struct CardWriter {
    let words: Words
    let formats: Formats
    /// The day on which the questions were asked.
    let today: LocalDate
    /// The board with its range, to come back to from the people behind a bar.
    let boardURL: String
    /// The board with all its answers.
    let waitURL: String

    func body(_ pinned: PinnedQuestion, _ outcome: CardLoader.Outcome) -> CardBody {
        var body = CardBody(questionURL: pinned.url, waitURL: waitURL)
        switch outcome {
        case .waiting: body.isLoading = true
        case .refused(let problem): body.fault = fault(problem)
        case .answer(let cut): write(cut, pinned, into: &body)
        }
        return body
    }

    private func write(_ cut: CardCut, _ pinned: PinnedQuestion, into body: inout CardBody) {
        let answer = cut.answer
        let said = AnswerWords(words: words, formats: formats)
        body.hints = said.hints(answer)
        guard !isEmpty(answer) else {
            body.isEmpty = true
            return
        }
        if answer["kind"] == "count", let count = answer["count"]?.doubleValue, answer["people"] == nil {
            body.single = .init(value: formats.number(Int(count)), label: words(\.home.peopleCount))
            return
        }
        let people = AnswerPeople(question: answer["question"] ?? .null, today: today, back: boardURL)
        let view = AnswerView(
            answer, words: words, formats: formats, question: answer["question"]?.text ?? "", csvURL: pinned.csvURL, people: people,
            onwards: pinned.form, isInWords: true)
        body.facts = said.facts(answer)
        body.hasFacts = !body.facts.isEmpty
        body.caution = said.openInterval(answer, people).map { _ in words(\.boards.lastIsOpen) }
        let rowsMax = view.figure == nil ? CardCut.rowsMax : CardCut.figureRowsMax
        let table = view.table.first(rowsMax)
        body.isCut = cut.isCut || view.isCut || table.rows.count < view.table.rows.count
        if var figure = view.figure {
            figure.id = pinned.card.id.text
            figure.table = table
            body.figure = figure
        } else {
            body.plain = table
        }
    }

    private func isEmpty(_ answer: JSONValue) -> Bool {
        switch answer["kind"]?.stringValue {
        case "count": false
        case "funnel", "timeToConvert", "trend", "retention": QuestionWriter.isEmpty(answer)
        case "lifecycle":
            !(answer["rows"]?.arrayValue ?? []).contains { row in
                ["new", "returning", "resurrecting", "dormant"].contains { (row[$0]?.doubleValue ?? 0) != 0 }
            }
        default: AnswerTable(answer).rows.isEmpty
        }
    }

    private func fault(_ problem: Problem) -> CardBody.Fault {
        switch (problem.code, problem.status) {
        case (CardLoader.unreadable.code, _): .init(lead: words(\.boards.unreadable))
        case (.timeLimit, _): .init(lead: words(\.boards.tookTooLong), detail: words(problem.wording))
        case (.memoryLimit, _): .init(lead: words(\.boards.tookTooMuch), detail: words(problem.wording))
        case (.notBuilt, _): .init(lead: words(\.ask.notBuilt), detail: words(problem.wording))
        case (_, 503), (_, 429): .init(lead: words(\.errors.busyText))
        case (_, 500...): .init(lead: words(\.errors.failedText))
        default: .init(lead: words(\.ask.badQuestion), detail: words.placed(problem))
        }
    }
}
