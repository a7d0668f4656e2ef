import Model
import People

/// Draws the relationships of one person, with the same as a table.
struct RelationshipFigure {
    let person: PersonID
    let name: String
    let cell: RoleCell
    /// Each with the name of the other side; those of one other stand together.
    let relationships: [(relationship: Relationship, name: String)]
    /// How many others there are in all.
    let otherCount: Int
    let now: Instant
    let calendar: ZoneCalendar
    let words: Words
    let formats: Formats

    /// The relationships to and of the first others, those that hold now first, and how many others there are.
    static func circle(
        _ all: [Relationship], of person: PersonID, at now: Instant
    ) -> (relationships: [Relationship], otherCount: Int) {
        var others: [Relationship.Party] = []
        var of: [Relationship.Party: [Relationship]] = [:]
        for relationship in all.filter({ $0.holds(at: now) }) + all.filter({ !$0.holds(at: now) }) {
            let other = relationship.other(than: person)
            if of[other] == nil { others.append(other) }
            of[other, default: []].append(relationship)
        }
        return (others.prefix(RelationshipGraph.nodesMax).flatMap { of[$0] ?? [] }, others.count)
    }

    var figure: Figure {
        var others: [Relationship.Party] = []
        for (relationship, _) in relationships where others.last != relationship.other(than: person) {
            others.append(relationship.other(than: person))
        }
        let nodes = others.map(node)
        let graph = RelationshipGraph(
            nodes: nodes, initial: name.first.map { String($0).uppercased() } ?? "·", style: RoleCells.style(cell),
            more: otherCount > nodes.count ? words(\.portrait.graphOthers, count: otherCount - nodes.count) : nil)
        let summary = words(\.portrait.graphSummary, ["name": name], count: otherCount)
        return Figure(
            id: "relationships", title: words(\.portrait.relationships), summary: summary, svg: graph.svg(summary: summary),
            table: table, csvURL: SiteURL.person(person.text, csv: "relationships"))
    }

    private func node(_ other: Relationship.Party) -> RelationshipGraph.Node {
        let mine = relationships.filter { $0.relationship.other(than: person) == other }
        func side(_ isHolder: Bool) -> (text: String, edge: RelationshipGraph.Edge)? {
            let held = mine.map(\.relationship).filter { ($0.holder == person) == isHolder }
            guard !held.isEmpty else { return nil }
            return (role(held, isHolder), held.contains { $0.origin == .declared } ? .declared : .derived)
        }
        let shown = mine.first?.name ?? ""
        let (url, isAccount) =
            switch other {
            case .person(let one): (SiteURL.person(one.text), false)
            case .account(let id): (SiteURL.account(id), true)
            }
        let isOver = mine.allSatisfy { !$0.relationship.holds(at: now) }
        let lines = mine.map { one in line(one.relationship) }
        return .init(
            name: shown, url: url, isAccount: isAccount, outgoing: side(true), incoming: side(false), isOver: isOver,
            title: ([shown] + lines).joined(separator: "\n"))
    }

    /// What somebody is to another, in words; several roles once each.
    private func role(_ held: [Relationship], _ isHolder: Bool) -> String {
        var roles: [String] = []
        for relationship in held {
            let word = words(PortraitWriter.word(relationship.role))
            if !roles.contains(word) { roles.append(word) }
        }
        let comma = formats.language == .chinese ? "、" : ", "
        return words(isHolder ? \.portrait.graphTo : \.portrait.relatedFrom, ["role": roles.joined(separator: comma)])
    }

    private func line(_ relationship: Relationship) -> String {
        [
            role([relationship], relationship.holder == person), words(\.portrait.since, ["date": date(relationship.since)]),
            relationship.until.map { words(\.portrait.until, ["date": date($0)]) },
            words.origin(of: relationship),
        ].compactMap(\.self).joined(separator: " · ")
    }

    private func date(_ instant: Instant) -> String { formats.date(calendar.date(at: instant)) }

    private var table: FigureTable {
        FigureTable(
            headers: [
                (words(\.portrait.other), false), (words(\.portrait.relationship), false), (words(\.portrait.start), false),
                (words(\.portrait.end), false), (words(\.portrait.origin), false),
            ],
            rows: relationships.map { relationship, name in
                [
                    .text(name), .text(role([relationship], relationship.holder == person)), cell(relationship.since),
                    relationship.until.map(cell) ?? .init("–", raw: nil, numeric: false),
                    .text(
                        relationship.account == nil
                            ? words(relationship.origin == .declared ? \.portrait.graphDeclared : \.portrait.graphDerived)
                            : words.origin(of: relationship)),
                ]
            })
    }

    private func cell(_ instant: Instant) -> FigureTable.Cell {
        .init(date(instant), raw: calendar.rfc3339(instant), numeric: false)
    }
}

extension Relationship {
    /// The other side, seen from a person who is on one of the two.
    func other(than person: PersonID) -> Party { holder == person ? to : .person(holder) }
}
