import EventStore
import HTTPTypes
import Intake
import Model
import People
import Questions
import Records
import Workspaces

extension Desk {
    private static let rowsPerPage = 50

    func people(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let search = String((visitor.query["search"] ?? "").prefix(200))
        let cell = visitor.query["cell"].flatMap { RoleCell(rawValue: $0) }
        let cursor = visitor.query["cursor"]
        let purposes = directory.purposes(of: workspace.id).map(\.name)
        let purpose = try workspace.purpose(visitor.query["purpose"].flatMap { $0.isEmpty ? nil : $0 }, at: "?purpose")
        let query = PeopleQuery(text: search, cell: cell, purpose: purpose)
        let detail = purpose.map { "purpose = \($0)" } ?? ""
        let now = now
        if visitor.query["csv"] != nil {
            let export = try await workspace.look(now: now) { view throws(Problem) in PeopleExport(view, query, format: .csv) }
            await note(Reading(.peopleExported, of: [], (detail.isEmpty ? "" : detail + ", ") + "csv"), visitor)
            return .download("people.csv", type: "text/csv; charset=utf-8") {
                var export = export
                return { try export.next() }
            }
        }
        let calendar = workspace.calendar
        let words = visitor.words
        let formats = visitor.formats
        let (page, listed) = try await workspace.look(now: now) { view throws(Problem) -> (PeopleListPage, [PersonID]) in
            let found = try view.people(query, cursor: cursor, limit: Desk.rowsPerPage)
            let page = PeopleListPage(
                found, query, purposes: purposes, cursor: cursor, overview: view.overview(), now: now, calendar: calendar, words,
                formats)
            return (page, found.rows.map(\.person))
        }
        if !listed.isEmpty { await note(Reading(.people, of: listed, detail), visitor) }
        var frame = visitor.frame(words(\.people.title), .people)
        if visitor.query["done"] == "erase" { frame.notice = .init(kind: "", text: words(\.rights.done)) }
        return .page(page, frame)
    }

    func portrait(_ visitor: Visitor) async throws(Problem) -> Reply { try await portrait(visitor, consentProblem: nil) }

    /// - Parameter consentProblem: Why a consent that was to be recorded was not.
    func portrait(_ visitor: Visitor, consentProblem: String?) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let now = now
        let calendar = workspace.calendar
        let words = visitor.words
        let formats = visitor.formats
        let wanted = visitor.parameters["person"] ?? ""
        let cursor = visitor.query["cursor"]
        let purposes = directory.purposes(of: workspace.id).map(\.name)
        let sources = try await speakers(of: workspace.id)
        let consentWriter = ConsentWriter(words: words, formats: formats, calendar: calendar)
        let traits = try workspace.computedTraits
        let found = try await workspace.look(now: now) {
            view throws(Problem) -> (page: PortraitPage, id: String, identities: [Identity])? in
            guard let person = view.person(wanted), let profile = view.profile(person, computedTraits: traits),
                let timeline = try view.timeline(person, cursor: cursor, limit: 60)
            else { return nil }
            let all = view.relationships(of: person)
            var names: [Relationship.Party: String] = [:]
            func named(_ relationship: Relationship) -> (relationship: Relationship, name: String) {
                let other = relationship.other(than: person)
                let name =
                    switch (names[other], other) {
                    case (let known?, _): known
                    case (nil, .person(let one)): view.displayName(of: one) ?? words(\.people.unnamed)
                    case (nil, .account(let account)): account
                    }
                names[other] = name
                return (relationship, name)
            }
            let circle = RelationshipFigure.circle(all, of: person, at: now)
            var writer = PortraitWriter(
                profile: profile, relationships: all.prefix(PortraitWriter.relationshipsMax).map(named),
                relationshipCount: all.count, timeline: timeline, cursor: cursor,
                now: now, calendar: calendar, words: words, formats: formats)
            (writer.circle, writer.circleCount) = (circle.relationships.map(named), circle.otherCount)
            try writer.findStages(of: person, in: view, of: workspace)
            var page = writer.page()
            page.consents = consentWriter.consents(
                view.consents(of: person), purposes: purposes, person: person.text, sources: sources)
            page.hasConsents = !page.consents.isEmpty
            return (page, person.text, view.identities(of: person))
        }
        guard var found else { throw Desk.notFound }
        // The id of someone who was merged into another leads to the one who remains.
        if found.id != wanted { return .redirect(SiteURL.person(found.id)) }
        await note(Reading(.profile, of: [PersonID(text: found.id)].compactMap(\.self), cursor ?? ""), visitor)
        if let id = visitor.query["csv"] {
            guard let figure = found.page.figures.first(where: { $0.id == id }) else { throw Desk.notFound }
            return .csv(id, figure.table.csv)
        }
        found.page.points = try await portraitPoints(found.identities, visitor)
        if visitor.isOwner {
            found.page.consentForm = consentWriter.recordForm(
                purposes, person: found.id, given: consentProblem == nil ? [:] : visitor.form, problem: consentProblem)
        }
        return .page(
            found.page, visitor.frame(found.page.name, .people), status: consentProblem == nil ? .ok : .unprocessableContent)
    }

    /// Names of whatever says something of people, by id: sources, members and keys.
    private func speakers(of workspace: WorkspaceID) async throws(Problem) -> [String: String] {
        var names: [String: String] = [:]
        for source in directory.sources(of: workspace) { names[source.id.text] = source.name }
        for key in directory.keys(of: nil, in: workspace) { names[key.id.text] = key.name }
        for (member, _) in try await directory.team.members(of: workspace) { names[member.id.text] = member.name }
        return names
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
        await note(Reading(.event, of: [PersonID(text: wanted)].compactMap(\.self), "arrival \(arrival)"), visitor)
        return .page(page, visitor.frame(page.title, .people))
    }
}
