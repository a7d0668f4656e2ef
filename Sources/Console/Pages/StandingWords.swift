import Model
import OrderedCollections
import Questions

/// What people are, in words: the cells of users and customers and the stages of the life cycle.
struct StandingWords {
    let answer: JSONValue
    let words: Words
    private let isOfCells: Bool
    private let names: [String: any KeyPath<Catalogue, Text> & Sendable]

    init(answer: JSONValue, words: Words) {
        self.answer = answer
        self.words = words
        isOfCells = QuestionKind(of: answer["question"]) == .roles
        names = isOfCells ? StandingWords.cells : answer["question"]?["stages"] == nil ? StandingWords.stages : [:]
    }

    private static let cells: [String: any KeyPath<Catalogue, Text> & Sendable] = [
        RoleCell.userOnly.rawValue: \.common.userOnly, RoleCell.customerOnly.rawValue: \.common.customerOnly,
        RoleCell.both.rawValue: \.common.both, RoleCell.neither.rawValue: \.common.neither,
    ]

    private static let stages: [String: any KeyPath<Catalogue, Text> & Sendable] = [
        "attention": \.stages.attention, "use": \.stages.use, "fan": \.stages.fan, "pay": \.stages.pay,
        "advocate": \.stages.advocate, "lapsed": \.stages.lapsed,
    ]

    /// The names of the stages that the rows of an answer count, in order.
    var stages: [String] {
        (answer["rows"]?.arrayValue?.first?.objectValue?.keys ?? []).filter { $0 != "bucket" && $0 != "value" }
    }

    /// A stage that is not one of the standard ones is called by its name.
    func stage(_ name: String) -> String { names[name].map { words($0) } ?? name }

    /// The colour of a stage.
    func style(_ name: String) -> ChartStyle {
        if isOfCells, let cell = RoleCell(rawValue: name) { return RoleCells.style(cell) }
        return ChartStyle.stages[(stages.firstIndex(of: name) ?? 0) % ChartStyle.stages.count]
    }

    /// A value of the answer's breakdown; nil where it is no standing, or not one that there are words for.
    func text(_ value: JSONValue, part: Int) -> String? {
        let parts = answer["question"]?["breakdown"]?.arrayValue ?? []
        guard part < parts.count else { return nil }
        if parts[part]["stage"] != nil { return value.isNull ? words(\.stages.none) : value.stringValue.map(lifeStage) }
        guard parts[part]["role"] != nil, let cell = value.stringValue else { return nil }
        return StandingWords.cells[cell].map { words($0) }
    }

    /// Breakdowns are by the stages of the life cycle, whatever stages the question counts.
    private func lifeStage(_ name: String) -> String { StandingWords.stages[name].map { words($0) } ?? name }

    /// The head of a breakdown's column; nil where it is no standing.
    func head(part: Int) -> String? {
        let parts = answer["question"]?["breakdown"]?.arrayValue ?? []
        guard part < parts.count else { return nil }
        return parts[part]["stage"] != nil ? words(\.stages.stage) : parts[part]["role"] != nil ? words(\.choices.roles) : nil
    }

    /// How long people stand in each stage, as a table; nil of broken down answers and where nobody came to one.
    func times(_ formats: Formats) -> FigureTable? {
        let rows = answer["times"]?.arrayValue ?? []
        func count(_ row: JSONValue, _ key: String) -> Int { Int(row[key]?.doubleValue ?? 0) }
        guard answer["question"]?["breakdown"] == nil, rows.contains(where: { count($0, "ended") + count($0, "open") > 0 }) else {
            return nil
        }
        func number(_ count: Int) -> FigureTable.Cell { .init(formats.number(count), raw: String(count), numeric: true) }
        func time(_ seconds: Double?) -> FigureTable.Cell {
            .init(seconds.map { formats.duration(seconds: $0) } ?? "–", raw: seconds.map { String($0) }, numeric: true)
        }
        return FigureTable(
            headers: [
                (words(\.stages.stage), false), (words(\.stages.endedStays), true), (words(\.stages.endedMedian), true),
                (words(\.stages.openStays), true), (words(\.stages.openMedian), true),
            ],
            rows: rows.map { row in
                [
                    .text(stage(row["stage"]?.stringValue ?? "")), number(count(row, "ended")),
                    time(row["medianSeconds"]?.doubleValue), number(count(row, "open")),
                    time(row["openMedianSeconds"]?.doubleValue),
                ]
            })
    }

    /// The moves between stages over the whole range, as a shaded table from row to column; nil where nobody moved.
    ///
    /// - Returns: Finished HTML.
    func moves(_ formats: Formats) -> String? {
        let moves = answer["moves"]?.arrayValue ?? []
        guard !moves.isEmpty, answer["question"]?["breakdown"] == nil else { return nil }
        let froms = [JSONValue.null] + stages.map { .string($0) }
        let tos = Array(froms.dropFirst()) + (moves.contains { $0["to"]?.isNull == true } ? [.null] : [])
        let counts: [[Double?]] = froms.map { from in
            tos.map { to in
                let count = moves.reduce(0) { sum, move in
                    move["from"] == from && move["to"] == to ? sum + (move["count"]?.doubleValue ?? 0) : sum
                }
                return count > 0 ? count : nil
            }
        }
        func name(_ stage: JSONValue) -> String { stage.stringValue.map(self.stage) ?? words(\.stages.notSeen) }
        return HeatTable(
            heads: tos.map(name), rowHeads: froms.map(name), values: counts, text: { formats.compact($0) },
            tip: { row, column, count in
                words(
                    \.stages.move,
                    ["from": name(froms[row]), "to": name(tos[column]), "people": words(\.common.people, count: Int(count))])
            }
        ).html(caption: words(\.stages.moves), style: "moves")
    }
}
