import Model
import Questions

/// A trend's buckets and lines: its series, its formula, or the greatest values of its breakdown.
struct TrendAnswer {
    let buckets: [String]
    let names: [String]
    let values: [[Double?]]
    /// Whether there are more values of the breakdown than lines.
    let isCut: Bool
    private let answer: JSONValue
    private let words: Words
    private let formats: Formats

    init(_ answer: JSONValue, words: Words, formats: Formats) {
        self.answer = answer
        self.words = words
        self.formats = formats
        let rows = answer["rows"]?.arrayValue ?? []
        guard answer["question"]?["breakdown"] == nil else {
            let lines = TrendAnswer.lines(answer, words)
            buckets = lines.buckets
            names = lines.names
            values = lines.values
            isCut = lines.isCut
            return
        }
        buckets = rows.map { $0["bucket"]?.stringValue ?? "" }
        isCut = false
        if let formula = answer["question"]?["formula"]?.stringValue {
            names = [formula]
            values = [rows.map { $0["formula"]?.doubleValue }]
            return
        }
        let series = answer["question"]?["series"]?.arrayValue ?? []
        let width = rows.first?["values"]?.arrayValue?.count ?? 0
        let title = FigureTitle(answer: answer, words: words)
        let own = (0 ..< width).map { $0 < series.count ? title.name(series[$0]) : words(\.common.value) }
        let hasPrevious = answer["question"]?["compare"] != nil
        let before = words(answer["question"]?["compare"] == "year" ? \.choices.lastYear : \.choices.previous)
        names = own + (hasPrevious ? own.map { "\($0) · \(before)" } : [])
        values =
            (0 ..< width).map { TrendAnswer.column(rows, "values", $0) }
            + (hasPrevious ? (0 ..< width).map { TrendAnswer.column(rows, "previous", $0) } : [])
    }

    private static func column(_ rows: [JSONValue], _ member: String, _ index: Int) -> [Double?] {
        rows.map { row in
            let values = row[member]?.arrayValue ?? []
            return index < values.count ? values[index].doubleValue : nil
        }
    }

    /// One line for each of the first values, of the first series; they come with the greatest first.
    private static func lines(
        _ answer: JSONValue, _ words: Words
    ) -> (buckets: [String], names: [String], values: [[Double?]], isCut: Bool) {
        let rows = answer["rows"]?.arrayValue ?? []
        let standing = StandingWords(answer: answer, words: words)
        var buckets: [String] = []
        var places: [String: Int] = [:]
        for row in rows {
            let bucket = row["bucket"]?.stringValue ?? ""
            if places[bucket] == nil {
                places[bucket] = buckets.count
                buckets.append(bucket)
            }
        }
        var names: [String] = []
        var lines: [JSONValue: Int] = [:]
        var values: [[Double?]] = []
        for row in rows {
            let value = row["value"] ?? .null
            if lines[value] == nil {
                lines[value] = names.count
                names.append(name(value, standing))
                values.append([Double?](repeating: nil, count: buckets.count))
            }
            if let line = lines[value], let place = places[row["bucket"]?.stringValue ?? ""] {
                values[line][place] = (row["formula"] ?? row["values"]?.arrayValue?.first)?.doubleValue
            }
        }
        let limit = min(ChartStyle.series.count, names.count)
        return (buckets, Array(names[..<limit]), Array(values[..<limit]), names.count > limit)
    }

    /// A value of a breakdown in words.
    private static func name(_ value: JSONValue, _ standing: StandingWords) -> String {
        let words = standing.words
        guard let parts = value.arrayValue else { return words(\.questions.others) }
        return parts.enumerated().map { part, one in
            standing.text(one, part: part) ?? (one.isNull ? words(\.common.nothing) : one.stringValue ?? one.text)
        }.joined(separator: " · ")
    }

    var table: FigureTable {
        guard answer["question"]?["breakdown"] == nil else { return brokenDown }
        return FigureTable(
            headers: [(words(\.columns.beginning), false)] + names.map { ($0, true) },
            rows: buckets.enumerated().map { index, bucket in
                [.text(head(bucket))]
                    + values.map { series in
                        .init(
                            series[index].map { formats.decimal($0, digits: 2) } ?? "–", raw: series[index].map { $0.description },
                            numeric: true)
                    }
            })
    }

    /// A row for each bucket and value, with every series.
    private var brokenDown: FigureTable {
        let source = AnswerTable(answer)
        let properties = answer["question"]?["breakdown"]?.arrayValue?.count ?? 0
        let series = answer["question"]?["series"]?.arrayValue ?? []
        let isNumber = AnswerView.numeric(source)
        let standing = StandingWords(answer: answer, words: words)
        let heads = source.columns.enumerated().map { index, column in
            let place = index - 1 - properties
            if index == 0 { return words(\.columns.beginning) }
            if place < 0, let head = standing.head(part: index - 1) { return head }
            return place >= 0 && place < series.count ? FigureTitle(answer: answer, words: words).name(series[place]) : column
        }
        return FigureTable(
            headers: zip(heads, isNumber).map { ($0, $1) },
            rows: source.rows.map { row in
                row.enumerated().map { index, value in
                    if index == 0 { return .text(head(value.stringValue ?? "")) }
                    if index <= properties, let text = standing.text(value, part: index - 1) { return .text(text) }
                    return index == 1 && value == "(other)"
                        ? .text(words(\.questions.others)) : AnswerView.cell(value, formats, isNumber: isNumber[index])
                }
            })
    }

    /// A bucket's start: a date where it is the start of a day, else date and time.
    private func head(_ bucket: String) -> String { AnswerColumns.bucket(bucket, of: answer, formats) }

    func figure(_ csv: String, _ people: AnswerPeople?) -> Figure? {
        guard !buckets.isEmpty, !names.isEmpty, names.count <= ChartStyle.series.count else { return nil }
        let labels = buckets.map { AnswerColumns.label($0, of: answer, formats) }
        var chart = LineChart(
            series: zip(names, values).enumerated().map { index, one in
                .init(name: one.0, values: one.1, style: ChartStyle.series[index])
            }, labels: labels, heads: buckets.map(head), axisText: formats.compact, valueText: { formats.decimal($0, digits: 2) },
            wholeNumbers: false, hasEndLabels: false)
        if names.count == 1, let people { chart.links = buckets.map { people.trend($0, series: 0) } }
        let summary = words(isCut ? \.questions.wideTitle : \.ask.chartSummary)
        return Figure(
            id: "answer", title: FigureTitle(answer: answer, words: words).text, summary: summary, svg: chart.svg(summary: summary),
            legend: names.count > 1 ? zip(names, ChartStyle.series).map { LegendItem(name: $0, style: $1) } : [], table: table,
            csvURL: csv)
    }
}
