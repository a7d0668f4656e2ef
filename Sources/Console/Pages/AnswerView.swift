import Model
import Questions

/// An answer's rows as a table, and as a chart where one fits: lines, a funnel, bars or a shaded table.
struct AnswerView {
    let table: FigureTable
    let figure: Figure?
    /// Whether the figure shows fewer lines than the table holds.
    private(set) var isCut = false

    /// - Parameters:
    ///   - question: the question as JSON text, for the address of the CSV file when `csvURL` gives none.
    ///   - people: says where bars and cells lead; nil on pages without such links.
    ///   - onwards: the form that asked, for figures that lead to a next question; nil where the question was data.
    ///   - isInWords: whether the table's heads are words instead of the names that programs know.
    init(
        _ answer: JSONValue, words: Words, formats: Formats, question: String, csvURL: String? = nil, people: AnswerPeople? = nil,
        onwards: QuestionForm? = nil, isInWords: Bool
    ) {
        let csv = csvURL ?? SiteURL.ask(question, csv: true)
        let title = FigureTitle(answer: answer, words: words).text
        switch answer["kind"]?.stringValue {
        case "trend":
            let trend = TrendAnswer(answer, words: words, formats: formats)
            table = trend.table
            figure = trend.figure(csv, people)
            isCut = trend.isCut
        case "funnel" where answer["question"]?["breakdown"] == nil:
            let steps = (answer["steps"]?.arrayValue ?? []).enumerated().map { index, step in
                (label: AnswerView.label(step["label"]) ?? String(index + 1), count: Int(step["count"]?.doubleValue ?? 0))
            }
            let funnel = FunnelFigure(words: words, formats: formats)
                .figure(id: "answer", title: title, steps: steps, csvURL: csv, people: people)
            figure = steps.isEmpty ? nil : funnel
            table = funnel.table
        case "count":
            table = AnswerView.countTable(answer, words, formats)
            figure = nil
        default:
            let rows =
                isInWords
                ? AnswerColumns(answer: answer, words: words, formats: formats).table
                : AnswerView.table(AnswerTable(answer), formats)
            let summary = words(\.ask.chartSummary)
            let figures = AnswerFigures(answer: answer, words: words, formats: formats, people: people, onwards: onwards)
            table = rows
            figure = figures.chart(summary: summary).map { chart in
                Figure(
                    id: "answer", title: title, summary: summary, svg: chart.html, legend: chart.legend, table: rows, csvURL: csv)
            }
        }
    }

    private static func label(_ value: JSONValue?) -> String? { value.map { $0.stringValue ?? $0.text } }

    private static func countTable(_ answer: JSONValue, _ words: Words, _ formats: Formats) -> FigureTable {
        let count = Int(answer["count"]?.doubleValue ?? 0)
        let people = answer["people"]?.arrayValue ?? []
        guard !people.isEmpty else {
            return FigureTable(
                headers: [(words(\.home.peopleCount), true)],
                rows: [[.init(formats.number(count), raw: String(count), numeric: true)]])
        }
        return FigureTable(
            headers: [(words(\.people.person), false), (words(\.portrait.identities), false)],
            rows: people.map { person in
                [.text(person["id"]?.stringValue ?? ""), .text(person["identities"]?.text ?? "")]
            })
    }

    /// The columns and rows that the command line shows too.
    static func table(_ table: AnswerTable, _ formats: Formats) -> FigureTable {
        FigureTable(
            headers: zip(table.columns, numeric(table)).map { ($0, $1) }, rows: table.rows.map { $0.map { cell($0, formats) } })
    }

    /// Whether a column holds numbers and nothing else, by column.
    static func numeric(_ table: AnswerTable) -> [Bool] {
        table.columns.indices.map { column in
            table.rows.contains { $0[column].doubleValue != nil }
                && table.rows.allSatisfy { $0[column].doubleValue != nil || $0[column].isNull }
        }
    }

    /// - Parameter isNumber: whether the column holds numbers, so that a missing one stands where they do.
    static func cell(_ value: JSONValue, _ formats: Formats, isNumber: Bool = false) -> FigureTable.Cell {
        if value.isNull { return .init("–", raw: nil, numeric: isNumber) }
        if let number = value.doubleValue { return .init(formats.decimal(number, digits: 3), raw: value.text, numeric: true) }
        return .text(EventWords.shown(value))
    }
}
