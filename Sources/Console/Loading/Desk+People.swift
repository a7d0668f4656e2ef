import EventStore
import Model
import People
import Records
import Workspaces

extension Desk {
    private static let rowsPerPage = 50

    func people(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let search = String((visitor.query["search"] ?? "").prefix(200))
        let cell = visitor.query["cell"].flatMap { RoleCell(rawValue: $0) }
        let cursor = visitor.query["cursor"]
        let now = now
        let calendar = workspace.calendar
        let words = visitor.words
        let formats = visitor.formats
        let page = try await workspace.look(now: now) { view throws(Problem) -> PeopleListPage in
            let found = try view.people(PeopleQuery(text: search, cell: cell), cursor: cursor, limit: Desk.rowsPerPage)
            return PeopleListPage(
                found, search: search, cell: cell, cursor: cursor, overview: view.overview(), now: now, calendar: calendar, words,
                formats)
        }
        var frame = visitor.frame(words(\.people.title), .people)
        if visitor.query["done"] == "erase" { frame.notice = .init(kind: "", text: words(\.rights.done)) }
        return .page(page, frame)
    }

    func portrait(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let now = now
        let calendar = workspace.calendar
        let words = visitor.words
        let formats = visitor.formats
        let wanted = visitor.parameters["person"] ?? ""
        let cursor = visitor.query["cursor"]
        let found = try await workspace.look(now: now) { view throws(Problem) -> (page: PortraitPage, id: String)? in
            guard let person = view.person(wanted), let profile = view.profile(person),
                let timeline = try view.timeline(person, cursor: cursor, limit: 60)
            else { return nil }
            let all = view.relationships(of: person)
            let relationships = all.prefix(PortraitWriter.relationshipsMax).map { relationship in
                var name = ""
                switch relationship.to {
                case .person(let other):
                    let shown = relationship.holder == person ? other : relationship.holder
                    name = view.displayName(of: shown) ?? words(\.people.unnamed)
                case .account(let account): name = account
                }
                return (relationship: relationship, name: name)
            }
            let writer = PortraitWriter(
                profile: profile, relationships: relationships, relationshipCount: all.count, timeline: timeline, cursor: cursor,
                now: now, calendar: calendar, words: words, formats: formats)
            return (writer.page(), person.text)
        }
        guard let found else { throw Desk.notFound }
        // The id of someone who was merged into another leads to the one who remains.
        if found.id != wanted { return .redirect(SiteURL.person(found.id)) }
        if let id = visitor.query["csv"] {
            guard let figure = found.page.figures.first(where: { $0.id == id }) else { throw Desk.notFound }
            return .csv(id, figure.table.csv)
        }
        return .page(found.page, visitor.frame(found.page.name, .people))
    }

    func event(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let arrival = visitor.parameters["arrival"].flatMap({ UInt64($0) }) else { throw Desk.notFound }
        let workspace = try await workspace(visitor)
        let wanted = visitor.parameters["person"] ?? ""
        let calendar = workspace.calendar
        let words = visitor.words
        let formats = visitor.formats
        let sources = Dictionary(
            directory.sources(of: workspace.id).map { ($0.id, $0.name) }, uniquingKeysWith: { first, _ in first })
        let page = try await workspace.look { view throws(Problem) -> EventPage? in
            guard let person = view.person(wanted), let call = view.call(arrival: arrival, of: person) else { return nil }
            func fact(_ name: KeyPath<Catalogue, Text>, _ value: String) -> PortraitPage.Fact {
                .init(key: words(name), value: value)
            }
            var facts = [
                fact(\.portrait.type, call.type.text),
                fact(\.portrait.happened, formats.dateTime(call.timestamp, calendar)),
                fact(\.portrait.received, formats.dateTime(call.receivedAt, calendar)),
                fact(\.portrait.source, sources[call.source] ?? call.source.text), fact(\.portrait.messageID, call.messageID),
            ]
            if !call.flags.names.isEmpty { facts.append(fact(\.portrait.flags, call.flags.names.joined(separator: ", "))) }
            return EventPage(
                personURL: SiteURL.person(person.text), personName: view.displayName(of: person) ?? words(\.people.unnamed),
                title: EventWords(words: words).title(call), when: formats.dateTime(call.timestamp, calendar), facts: facts,
                json: EventWords.json(call).prettyText)
        }
        guard let page else { throw Desk.notFound }
        return .page(page, visitor.frame(page.title, .people))
    }
}
