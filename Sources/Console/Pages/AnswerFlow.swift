import Model

/// Figures of paths, attribution and drivers.
struct AnswerFlow {
    let figures: AnswerFigures
    private static let rowsMax = 20

    private var words: Words { figures.words }
    private var formats: Formats { figures.formats }

    /// The moves by depth; choosing one asks what comes after it.
    func paths(_ rows: [JSONValue], _ summary: String) -> String {
        let moves = rows.map { row in
            let to = row["to"]?.stringValue ?? ""
            return FlowChart.Move(
                depth: Int(row["depth"]?.doubleValue ?? 1), from: row["from"]?.stringValue ?? "", to: to,
                count: row["count"]?.doubleValue ?? 0, countText: formats.number(Int(row["count"]?.doubleValue ?? 0)),
                url: figures.onwards.map { SiteURL.question($0, changing: [("from", to), ("to", "")]) })
        }
        let chart = FlowChart(moves: moves, columnTitle: { words(\.questions.step, ["number": String($0)]) })
        return chart.html(summary: summary)
    }

    /// Credits, the unattributed in grey at the end.
    func attribution(_ rows: [JSONValue], _ summary: String) -> String {
        let total = rows.reduce(0) { $0 + ($1["credit"]?.doubleValue ?? 0) }
        let bars = rows.prefix(AnswerFlow.rowsMax).map { row in
            let credit = row["credit"]?.doubleValue ?? 0
            let isNone = row["unattributed"] != nil
            let name = isNone ? words(\.questions.unattributed) : row["touch"].map { $0.stringValue ?? $0.text } ?? ""
            let share = total > 0 ? formats.percent(credit / total) : "–"
            return ShareBars.Row(
                name: name, value: credit, valueText: "\(formats.decimal(credit)) · \(share)", style: isNone ? .quiet : .user)
        }
        return ShareBars(rows: bars).svg(summary: summary)
    }

    /// Lifts, with the shares of those who converted with and without the event below.
    func drivers(_ rows: [JSONValue], _ summary: String) -> String {
        let bars = rows.prefix(AnswerFlow.rowsMax).map { row in
            let lift = row["lift"]?.doubleValue
            let with = formats.percent(row["conversionWith"]?.doubleValue ?? 0)
            let without = formats.percent(row["conversionWithout"]?.doubleValue ?? 0)
            return ShareBars.Row(
                name: AnswerFlow.behaviour(row), value: lift ?? 0,
                valueText: lift.map { words(\.questions.lift, ["lift": formats.decimal($0)]) } ?? "–",
                note: words(\.questions.withWithout, ["with": with, "without": without]),
                style: (lift ?? 0) < 1 ? .quiet : .user)
        }
        return ShareBars(rows: bars).svg(summary: summary)
    }

    /// An event, with the value that was looked at where there is one.
    private static func behaviour(_ row: JSONValue) -> String {
        let event = row["event"]?.stringValue ?? ""
        guard let property = row["property"]?.stringValue, let value = row["value"] else { return event }
        return "\(event) · \(property) = \(value.stringValue ?? value.text)"
    }
}
