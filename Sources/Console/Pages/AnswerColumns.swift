import Model
import Questions

/// The table of an answer as people read it: heads in words, dates, shares and lengths of time.
///
/// Exact values stay beneath, for the CSV file.
struct AnswerColumns {
    private enum Form {
        case plain, date, share, time, chance
    }

    let answer: JSONValue
    let words: Words
    let formats: Formats

    var table: FigureTable {
        if answer["kind"] == "timeToConvert" { return times }
        let source = AnswerTable(answer)
        let breakdown = answer["question"]?["breakdown"]?.arrayValue?.count ?? 0
        let standing = StandingWords(answer: answer, words: words)
        let isFunnel = answer["kind"] == "funnel"
        var forms: [Form] = []
        var heads: [String] = []
        for (index, column) in source.columns.enumerated() {
            forms.append(index < breakdown ? .plain : form(column))
            heads.append(index < breakdown ? standing.head(part: index) ?? column : head(column, isFunnel: isFunnel))
        }
        let isNumber = AnswerView.numeric(source)
        return FigureTable(
            headers: zip(heads, isNumber).map { ($0, $1) },
            rows: source.rows.map { row in
                row.enumerated().map { index, value in
                    if index < breakdown, let text = standing.text(value, part: index) { return .text(text) }
                    return cell(value, forms[index], isNumber: isNumber[index], isRest: index < max(breakdown, 1))
                }
            })
    }

    /// The bins of the time taken.
    private var times: FigureTable {
        FigureTable(
            headers: [(words(\.columns.from), true), (words(\.columns.to), true), (words(counted), true)],
            rows: (answer["bins"]?.arrayValue ?? []).map { bin in
                [
                    cell(bin["from"] ?? .null, .time, isNumber: true), cell(bin["to"] ?? .null, .time, isNumber: true),
                    cell(bin["count"] ?? .null, .plain, isNumber: true),
                ]
            })
    }

    /// - Parameter isRest: whether the words for the rest and for no touch may stand here.
    private func cell(_ value: JSONValue, _ form: Form, isNumber: Bool, isRest: Bool = false) -> FigureTable.Cell {
        if isRest, value == "(other)" { return .text(words(\.questions.others)) }
        if isRest, value == "(unattributed)" { return .text(words(\.questions.unattributed)) }
        switch (form, value.doubleValue) {
        case (.share, let number?): return .init(formats.percent(number), raw: value.text, numeric: true)
        case (.time, let number?): return .init(formats.duration(seconds: number), raw: value.text, numeric: true)
        case (.chance, let number?) where number < 0.001: return .init("<0.001", raw: value.text, numeric: true)
        case (.date, _): return .text(AnswerColumns.bucket(value.stringValue ?? "", of: answer, formats))
        default: return AnswerView.cell(value, formats, isNumber: isNumber)
        }
    }

    private func form(_ column: String) -> Form {
        switch column {
        case "bucket", "cohort": .date
        case "conversionWith", "conversionWithout", "from previous", "from first": .share
        case "median seconds", "average seconds": .time
        case "p", "q": .chance
        default: .plain
        }
    }

    private func head(_ column: String, isFunnel: Bool) -> String {
        if let number = Int(column) { return words(\.columns.interval, ["number": String(number)]) }
        if column == "count" { return words(isFunnel ? counted : \.columns.times) }
        if column == "value" { return words(answer["kind"] == "attribution" ? \.columns.worth : \.columns.value) }
        if answer["kind"] == "stages", column != "bucket" { return StandingWords(answer: answer, words: words).stage(column) }
        if column == "size" || column == "persons" { return words(counted) }
        return AnswerColumns.heads[column].map { words($0) } ?? column
    }

    /// What the question counts: people, unless it says otherwise.
    private var counted: KeyPath<Catalogue, Text> { QuestionParts.unit(of: answer) ?? \.columns.people }

    private static let heads: [String: any KeyPath<Catalogue, Text> & Sendable] = [
        "bucket": \.columns.beginning, "cohort": \.columns.beginning,
        "new": \.ask.newPeople, "returning": \.ask.returning, "resurrecting": \.ask.resurrecting, "dormant": \.questions.dormant,
        "intervals": \.columns.intervals, "depth": \.columns.move, "step": \.columns.move, "from": \.columns.from,
        "to": \.columns.to, "touch": \.columns.touch, "credit": \.columns.credit, "event": \.columns.event,
        "didConverted": \.columns.didReached, "didNotConvert": \.columns.didNotReach,
        "absentConverted": \.columns.absentReached, "absentNotConvert": \.columns.absentNotReach,
        "conversionWith": \.columns.reachedWith, "conversionWithout": \.columns.reachedWithout, "lift": \.columns.lift,
        "low": \.columns.liftLow, "high": \.columns.liftHigh, "p": \.columns.chance, "q": \.columns.chanceOfMany,
        "from previous": \.columns.fromPrevious, "from first": \.columns.fromFirst, "median seconds": \.columns.medianTime,
        "average seconds": \.columns.averageTime, "property": \.columns.property, "cost": \.columns.cost,
        "costPerAcquisition": \.columns.acquisitionCost, "returnOnSpend": \.columns.spendReturn,
    ]

    /// A bucket's beginning: a date, or with the time where intervals are hours.
    static func bucket(_ text: String, of answer: JSONValue, _ formats: Formats) -> String {
        guard answer["question"]?["interval"] != "hour", let date = LocalDate(text: String(text.prefix(10))) else {
            return text.prefix(16).split(separator: "T").joined(separator: " ")
        }
        return formats.date(date)
    }

    /// A short form of ``bucket(_:of:_:)``: the day without its year, of hours with their time.
    static func label(_ text: String, of answer: JSONValue, _ formats: Formats) -> String {
        let date = LocalDate(text: String(text.prefix(10))).map(formats.shortDate) ?? String(text.prefix(16))
        return answer["question"]?["interval"] == "hour" ? "\(date) \(text.dropFirst(11).prefix(5))" : date
    }
}
