import Model
import People

/// Puts the cells of users and customers into words and figures.
struct RolesWriter {
    let facts: RolesFacts
    /// Of the question of the page.
    let answer: JSONValue
    let form: QuestionForm
    let words: Words
    let formats: Formats
    /// Intervals of the shaded table of moves.
    private static let intervalsMax = 16

    /// A table of the page by the name of its CSV file; nil when there is no such table.
    func table(_ id: String) -> FigureTable? {
        switch id {
        case "roles": euler.table
        case "moves": moves?.table
        case "brings": brings
        default: nil
        }
    }

    func groups() -> RolesPage.Groups {
        let counts = facts.counts
        let lead = words(
            \.home.whoAnswer,
            [
                "all": words(\.common.people, count: counts.everybody), "users": formats.number(counts.users),
                "customers": formats.number(counts.customers), "both": formats.number(counts.both),
            ])
        let cells = RoleCells.order.map { cell in
            RolesPage.Cell(
                styleClass: RoleCells.style(cell).rawValue, name: words(RoleCells.name(cell)), hint: words(RoleCells.hint(cell)),
                count: formats.number(facts.count(cell)), share: formats.percent(facts.count(cell), of: counts.everybody),
                url: facts.people.cell(cell, at: facts.bucket))
        }
        return RolesPage.Groups(
            when: facts.end.map { words(\.roles.then, ["date": formats.date($0.advanced(byDays: -1))]) } ?? words(\.roles.now),
            lead: lead, figure: euler, cells: cells, everybody: formats.number(counts.everybody), lists: lists, moves: moves,
            movesCut: buckets.count > RolesWriter.intervalsMax
                ? words(\.roles.movesLast, count: RolesWriter.intervalsMax) : nil,
            brings: brings, bringsURL: csv("brings"),
            missing: facts.hasOrders
                ? nil : .init(text: words(\.home.paysMissing), code: SampleCalls.order(currency: facts.currency)))
    }

    private func csv(_ id: String) -> String { SiteURL.question(form) + "&csv=" + id }

    private var euler: Figure {
        var figure = HomeFigures(words: words, formats: formats, on: nil).euler(facts.counts)
        figure.csvURL = csv("roles")
        return figure
    }

    private var lists: [RolesPage.List] {
        var all = [(\Catalogue.roles.stopped, words(\.roles.stoppedRule), RolesFacts.stopped)]
        if let step = facts.step {
            all.append((\Catalogue.roles.nearly, words(\.roles.nearlyRule, ["event": step]), RolesFacts.nearly(step)))
        }
        return zip(all, facts.listCounts).map { list, count in
            RolesPage.List(
                title: words(list.0), rule: list.1, count: words(\.common.people, count: count),
                url: facts.people.standing(list.2, at: facts.bucket),
                linkName: words(\.questions.seePeople, ["what": words(list.0)]))
        }
    }

    // MARK: - Moves

    private var buckets: [String] { (answer["rows"]?.arrayValue ?? []).compactMap { $0["bucket"]?.stringValue } }

    /// From whom to whom, in which interval; nil where nobody moved.
    private var moves: Figure? {
        struct Way: Hashable {
            let from: RoleCell?
            let to: RoleCell
        }
        let moves = (answer["moves"]?.arrayValue ?? []).compactMap { move -> (bucket: String, way: Way, count: Int)? in
            guard let bucket = move["bucket"]?.stringValue, let to = move["to"]?.stringValue.flatMap({ RoleCell(rawValue: $0) })
            else { return nil }
            let from = move["from"]?.stringValue.flatMap { RoleCell(rawValue: $0) }
            return (bucket, Way(from: from, to: to), Int(move["count"]?.doubleValue ?? 0))
        }
        guard !moves.isEmpty else { return nil }
        func name(_ cell: RoleCell?) -> String { cell.map { words(RoleCells.name($0)) } ?? words(\.stages.notSeen) }
        func name(_ way: Way) -> String { "\(name(way.from)) → \(name(way.to))" }
        let froms = [nil] + RoleCells.order.map { Optional($0) }
        let happened = Set(moves.map(\.way))
        let ways = froms.flatMap { from in RoleCells.order.map { Way(from: from, to: $0) } }.filter { happened.contains($0) }
        let shown = buckets.suffix(RolesWriter.intervalsMax)
        let counts = Dictionary(moves.map { ([$0.bucket, name($0.way)], $0.count) }, uniquingKeysWith: +)
        let heads = shown.map { AnswerColumns.label($0, of: answer, formats) }
        let heat = HeatTable(
            heads: heads, rowHeads: ways.map(name),
            values: ways.map { way in shown.map { counts[[$0, name(way)]].map(Double.init) } }, text: { formats.compact($0) },
            tip: { row, column, count in
                let people = words(\.common.people, count: Int(count))
                let way = ways[row]
                let move = words(\.stages.move, ["from": name(way.from), "to": name(way.to), "people": people])
                return "\(heads[column])\n\(move)"
            })
        let table = FigureTable(
            headers: [
                (words(\.roles.interval), false), (words(\.roles.from), false), (words(\.roles.to), false),
                (words(\.home.peopleCount), true),
            ],
            rows: moves.map { move in
                [
                    .init(AnswerColumns.bucket(move.bucket, of: answer, formats), raw: move.bucket, numeric: false),
                    .text(name(move.way.from)), .text(name(move.way.to)), number(move.count),
                ]
            })
        let summary = words(\.roles.movesSummary)
        return Figure(
            id: "moves", title: words(\.roles.movesByInterval), summary: summary, svg: heat.html(caption: summary, style: "ways"),
            table: table, csvURL: csv("moves"))
    }

    // MARK: - What they bring

    private var brings: FigureTable {
        let currencies = facts.money.flatMap(\.revenue).filter { $0.minorUnits != 0 }.map(\.currency)
            .reduce(into: [Currency]()) { if !$0.contains($1) { $0.append($1) } }
        func paid(_ cell: RoleCell?) -> [FigureTable.Cell] {
            let money = facts.money.first { $0.cell == cell }
            return [number(money?.orders ?? 0)]
                + currencies.map { currency in
                    let sum = money?.revenue.first { $0.currency == currency } ?? Money(minorUnits: 0, currency: currency)
                    return .init(formats.money(sum), raw: sum.decimalText, numeric: true)
                }
        }
        var rows = RoleCells.order.map { cell -> [FigureTable.Cell] in
            [
                .text(words(RoleCells.name(cell))), number(facts.count(cell)), number(facts.active[cell] ?? 0),
                number(facts.events[cell] ?? 0),
            ] + paid(cell)
        }
        if facts.money.contains(where: { $0.cell == nil }) {
            let none = FigureTable.Cell("–", raw: nil, numeric: true)
            rows.append([.text(words(\.roles.unknownPayers)), none, none, none] + paid(nil))
        }
        return FigureTable(
            headers: [
                (words(\.roles.group), false), (words(\.home.peopleCount), true), (words(\.roles.active), true),
                (words(\.roles.events), true), (words(\.roles.orders), true),
            ] + currencies.map { (words(\.roles.revenue, ["currency": $0.code]), true) }, rows: rows)
    }

    private func number(_ count: Int) -> FigureTable.Cell { .init(formats.number(count), raw: String(count), numeric: true) }
}
