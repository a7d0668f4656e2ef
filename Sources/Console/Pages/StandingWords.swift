import Model
import OrderedCollections
import Questions

/// What people are, in words: the cells of users and customers and the stages of the life cycle.
struct StandingWords {
    let answer: JSONValue
    let words: Words

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
    func stage(_ name: String) -> String { StandingWords.stages[name].map { words($0) } ?? name }

    /// A value of the answer's breakdown; nil where it is no standing, or not one that there are words for.
    func text(_ value: JSONValue, part: Int) -> String? {
        let parts = answer["question"]?["breakdown"]?.arrayValue ?? []
        guard part < parts.count else { return nil }
        if parts[part]["stage"] != nil { return value.isNull ? words(\.stages.none) : value.stringValue.map(stage) }
        guard parts[part]["role"] != nil, let cell = value.stringValue else { return nil }
        return StandingWords.cells[cell].map { words($0) }
    }

    /// The head of a breakdown's column; nil where it is no standing.
    func head(part: Int) -> String? {
        let parts = answer["question"]?["breakdown"]?.arrayValue ?? []
        guard part < parts.count else { return nil }
        return parts[part]["stage"] != nil ? words(\.stages.stage) : parts[part]["role"] != nil ? words(\.choices.roles) : nil
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
