import Model
import Questions

/// Charts of the kinds whose answer is rows over cohorts, intervals or bins; none for the others or with a breakdown.
struct AnswerFigures {
    let answer: JSONValue
    let words: Words
    let formats: Formats
    var people: AnswerPeople?
    /// The form of the page, for figures whose parts lead to a next question.
    var onwards: QuestionForm?

    private var rows: [JSONValue] { answer["rows"]?.arrayValue ?? [] }

    /// The finished chart.
    func chart(summary: String) -> (html: String, legend: [LegendItem])? {
        guard answer["question"]?["breakdown"] == nil else { return nil }
        switch answer["kind"]?.stringValue {
        case "retention": return rows.isEmpty ? nil : (retention(summary), [])
        case "lifecycle": return rows.isEmpty ? nil : lifecycle(summary)
        case "stages": return rows.isEmpty ? nil : stages(summary)
        case "stickiness": return rows.isEmpty ? nil : (bars(stickinessLabels, numbers(rows, "persons"), summary), [])
        case "timeToConvert":
            let bins = answer["bins"]?.arrayValue ?? []
            return bins.isEmpty ? nil : (times(bins, summary), [])
        case "paths": return rows.isEmpty ? nil : (AnswerFlow(figures: self).paths(rows, summary), [])
        case "attribution": return rows.isEmpty ? nil : (AnswerFlow(figures: self).attribution(rows, summary), [])
        case "drivers": return rows.isEmpty ? nil : (AnswerFlow(figures: self).drivers(rows, summary), [])
        default: return nil
        }
    }

    private func numbers(_ rows: [JSONValue], _ member: String) -> [Double] { rows.map { $0[member]?.doubleValue ?? 0 } }

    private var stickinessLabels: [String] { rows.map { $0["intervals"]?.text ?? "" } }

    /// Each cohort's share that is back, by period.
    private func retention(_ summary: String) -> String {
        let isOfPeople = QuestionParts.unit(of: answer) == nil
        let sizes = rows.map { row in
            let size = Int(row["size"]?.doubleValue ?? 0)
            return isOfPeople ? words(\.common.people, count: size) : formats.number(size)
        }
        let heads = zip(rows, sizes).map { "\(head($0["cohort"])) · \($1)" }
        let shares: [[Double?]] = rows.map { row in
            let size = row["size"]?.doubleValue ?? 0
            let open = row["partialFrom"]?.doubleValue.map { Int($0) } ?? Int.max
            return (row["values"]?.arrayValue ?? []).enumerated().map { period, value in
                size > 0 && period < open ? (value.doubleValue ?? 0) / size : nil
            }
        }
        // The first interval, in which mostly all are there, would leave no shade for the others.
        let later = shares.flatMap { $0.dropFirst() }.compactMap(\.self).max()
        let table = HeatTable(
            heads: (0 ..< (shares.first?.count ?? 0)).map { String($0) }, rowHeads: heads, values: shares,
            greatest: later.flatMap { $0 > 0 ? $0 : nil }, text: { formats.percent($0) },
            tip: { row, period, value in "\(heads[row]) + \(period): \(formats.percent(value))" })
        let cohorts = rows.map { $0["cohort"]?.stringValue ?? "" }
        return table.html(
            caption: summary, style: "cohorts", link: { row, period in people?.retention(cohorts[row], period: period) })
    }

    private func lifecycle(_ summary: String) -> (String, [LegendItem]) {
        let parts: [(String, KeyPath<Catalogue, Text>, ChartStyle)] = [
            ("new", \.ask.newPeople, .user), ("returning", \.ask.returning, .customer),
            ("resurrecting", \.ask.resurrecting, .third), ("dormant", \.questions.dormant, .quiet),
        ]
        // Answers count those who are gone below zero.
        let all = parts.map { BarChart.Series(name: words($0.1), values: numbers(rows, $0.0).map(abs), style: $0.2) }
        let heads = rows.map { head($0["bucket"]) }
        var chart = BarChart(
            series: Array(all.dropLast()), labels: heads, heads: heads, axisText: formats.compact,
            valueText: { formats.number(Int($0)) })
        chart.below = all.last
        if let people {
            let buckets = rows.map { $0["bucket"]?.stringValue ?? "" }
            chart.links = parts.map { part in buckets.map { people.lifecycle($0, part.0) } }
        }
        let legend = parts.map { LegendItem(name: words($0.1), style: $0.2) }
        return (chart.svg(summary: summary), legend)
    }

    private func stages(_ summary: String) -> (String, [LegendItem]) {
        let said = StandingWords(answer: answer, words: words)
        let names = said.stages
        let heads = rows.map { head($0["bucket"]) }
        var chart = BarChart(
            series: names.map { BarChart.Series(name: said.stage($0), values: numbers(rows, $0), style: said.style($0)) },
            labels: heads, heads: heads, axisText: formats.compact, valueText: { formats.number(Int($0)) })
        if let people {
            let buckets = rows.map { $0["bucket"]?.stringValue ?? "" }
            chart.links = names.map { name in buckets.map { people.stage($0, name) } }
        }
        let legend = names.map { LegendItem(name: said.stage($0), style: said.style($0)) }
        return (chart.svg(summary: summary), legend)
    }

    /// Bars over the time taken: labelled by where each begins, headed by its whole stretch.
    private func times(_ bins: [JSONValue], _ summary: String) -> String {
        let edges = bins.map { bin in
            ["from", "to"].map { formats.duration(seconds: bin[$0]?.doubleValue ?? 0) }
        }
        return bars(edges.map { $0[0] }, numbers(bins, "count"), summary, heads: edges.map { $0.joined(separator: " – ") })
    }

    private func bars(_ labels: [String], _ values: [Double], _ summary: String, heads: [String]? = nil) -> String {
        let chart = BarChart(
            series: [.init(name: words(\.home.peopleCount), values: values, style: .user)], labels: labels, heads: heads ?? labels,
            axisText: formats.compact, valueText: { formats.number(Int($0)) })
        return chart.svg(summary: summary)
    }

    private func head(_ bucket: JSONValue?) -> String { AnswerColumns.label(bucket?.stringValue ?? "", of: answer, formats) }
}
