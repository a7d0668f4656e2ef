import Model
import Questions

/// An answer's rows as a table, and as a chart where one fits: lines, a funnel, bars or a shaded table.
struct AnswerView {
    let table: FigureTable
    let figure: Figure?

    /// - Parameter question: the question as JSON text, for the address of the CSV file.
    init(_ answer: JSONValue, words: Words, formats: Formats, question: String) {
        let csv = SiteURL.ask(question, csv: true)
        switch answer["kind"]?.stringValue {
        case "trend":
            let trend = TrendAnswer(answer, words: words, formats: formats)
            table = trend.table
            figure = trend.figure(csv)
        case "funnel":
            let steps = (answer["steps"]?.arrayValue ?? []).enumerated().map { index, step in
                (label: AnswerView.label(step["label"]) ?? String(index + 1), count: Int(step["count"]?.doubleValue ?? 0))
            }
            let funnel = FunnelFigure(words: words, formats: formats)
                .figure(id: "answer", title: words(\.ask.answer), steps: steps, csvURL: csv)
            figure = steps.isEmpty ? nil : funnel
            table = funnel.table
        case "count":
            table = AnswerView.countTable(answer, words, formats)
            figure = nil
        default:
            let rows = AnswerView.table(AnswerTable(answer), formats)
            let summary = words(\.ask.chartSummary)
            table = rows
            figure = AnswerFigures(answer: answer, words: words, formats: formats).chart(summary: summary).map { chart in
                Figure(
                    id: "answer", title: words(\.ask.answer), summary: summary, svg: chart.html, legend: chart.legend, table: rows,
                    csvURL: csv)
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
        let isNumber = table.columns.indices.map { column in
            table.rows.contains { $0[column].doubleValue != nil }
                && table.rows.allSatisfy { $0[column].doubleValue != nil || $0[column].isNull }
        }
        return FigureTable(
            headers: zip(table.columns, isNumber).map { ($0, $1) }, rows: table.rows.map { $0.map { cell($0, formats) } })
    }

    static func cell(_ value: JSONValue, _ formats: Formats) -> FigureTable.Cell {
        if value.isNull { return .init("–", raw: nil, numeric: false) }
        if let number = value.doubleValue { return .init(formats.decimal(number, digits: 3), raw: value.text, numeric: true) }
        return .text(EventWords.shown(value))
    }
}

/// A trend's buckets and series.
private struct TrendAnswer {
    let buckets: [String]
    let names: [String]
    let values: [[Double?]]
    let words: Words
    let formats: Formats

    init(_ answer: JSONValue, words: Words, formats: Formats) {
        self.words = words
        self.formats = formats
        let rows = answer["rows"]?.arrayValue ?? []
        buckets = rows.map { $0["bucket"]?.stringValue ?? "" }
        let series = answer["question"]?["series"]?.arrayValue ?? []
        let width = rows.first?["values"]?.arrayValue?.count ?? 0
        names = (0 ..< width).map { index in
            index < series.count && answer["question"]?["formula"] == nil ? TrendAnswer.name(series[index]) : words(\.common.value)
        }
        values = (0 ..< width).map { index in
            rows.map { row in
                let values = row["values"]?.arrayValue ?? []
                return index < values.count ? values[index].doubleValue : nil
            }
        }
    }

    /// What a series counts, from its selector and measure as they stand in the question.
    private static func name(_ series: JSONValue) -> String {
        let selector = series["selector"]
        let what = selector?["as"]?.stringValue ?? selector?["event"]?.stringValue ?? selector?["events"]?.text ?? ""
        let measure = series["measure"].map { $0.stringValue ?? $0.text } ?? ""
        return [what, measure].filter { !$0.isEmpty }.joined(separator: ", ")
    }

    var table: FigureTable {
        FigureTable(
            headers: [(words(\.common.day), false)] + names.map { ($0, true) },
            rows: buckets.enumerated().map { index, bucket in
                [.text(head(bucket))]
                    + values.map { series in
                        .init(
                            series[index].map { formats.decimal($0, digits: 2) } ?? "–", raw: series[index].map { $0.description },
                            numeric: true)
                    }
            })
    }

    private func head(_ bucket: String) -> String { LocalDate(text: bucket).map(formats.date) ?? bucket }

    func figure(_ csv: String) -> Figure? {
        guard !buckets.isEmpty, !names.isEmpty, names.count <= ChartStyle.series.count else { return nil }
        let labels = buckets.map { LocalDate(text: $0).map(formats.shortDate) ?? String($0.prefix(16)) }
        let chart = LineChart(
            series: zip(names, values).enumerated().map { index, one in
                .init(name: one.0, values: one.1, style: ChartStyle.series[index])
            }, labels: labels, heads: buckets.map(head), axisText: formats.compact, valueText: { formats.decimal($0, digits: 2) },
            wholeNumbers: false)
        let summary = words(\.ask.chartSummary)
        return Figure(
            id: "answer", title: words(\.ask.answer), summary: summary, svg: chart.svg(summary: summary), table: table, csvURL: csv)
    }
}
