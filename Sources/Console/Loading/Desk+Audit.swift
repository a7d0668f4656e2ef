import HTTPTypes
import Model
import People
import Records
import Workspaces

/// Who read or changed what.
extension Desk {
    private static let entriesPerPage = 50
    /// Entries of a file.
    private static let fileEntriesMax = 100_000
    /// Chains up to this long are checked with each look at the page; longer ones when somebody asks for it.
    private static let checkedEntriesMax = 20_000

    /// Notes in the audit what of people the visitor is shown.
    func note(_ reading: Reading, _ visitor: Visitor) async {
        guard let membership = visitor.membership else { return }
        let why = visitor.query["why"].flatMap { $0.isEmpty || $0.utf8.count > AuditEntry.reasonBytesMax ? nil : $0 }
        await directory.note(reading, in: membership.workspace, by: .member(membership.member), why: why)
    }

    func audit(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let words = visitor.words
        let kind = visitor.query["kind"].flatMap { ["reading", "change"].contains($0) ? $0 : nil }
        let (person, cursor) = (visitor.query["person"] ?? "", visitor.query["cursor"])
        var query = AuditQuery(
            actor: visitor.query["actor"].flatMap { Actor(text: $0) }, isReading: kind.map { $0 == "reading" },
            before: cursor.flatMap { Int64($0) })
        var problem: String?
        if !person.isEmpty {
            query.people = try await workspace.look(now: now) { view throws(Problem) -> [PersonID]? in
                let found = view.person(person) ?? view.person(named: person)
                return found.map { view.population.identities(of: $0.ordinal).prefix(100).map { PersonID(ordinal: $0) } }
            }
            if query.people == nil {
                problem = words(\.audit.nobody, ["name": person])
                query.people = []
            }
        }
        let limit = visitor.query["csv"] == nil ? Desk.entriesPerPage : Desk.fileEntriesMax
        let found = problem == nil ? try await directory.audit(of: workspace.id, query, limit: limit + 1) : []
        let writer = AuditWriter(
            words: words, formats: visitor.formats, calendar: workspace.calendar, names: try await names(of: workspace.id))
        if visitor.query["csv"] != nil { return .csv("audit", writer.csv(found.prefix(limit))) }
        let (actor, last) = (visitor.query["actor"], found.prefix(limit).last)
        func url(_ kind: String?, cursor: String? = nil, csv: Bool = false) -> String {
            SiteURL.audit(
                kind: kind, actor: query.actor == nil ? nil : actor, person: person.isEmpty ? nil : person, cursor: cursor, csv: csv
            )
        }
        let filters: [(String?, KeyPath<Catalogue, Text>)] = [
            (nil, \.audit.all), ("reading", \.audit.readings), ("change", \.audit.changes),
        ]
        let page = AuditPage(
            tabs: tabs(visitor, .audit), chain: try await chain(visitor, workspace.id),
            filters: filters.map { one, name in
                PeopleListPage.Filter(url: url(one), label: words(name), styleClass: nil, count: nil, current: one == kind)
            }, kind: kind, actorField: writer.actorField(try await directory.actors(of: workspace.id), current: query.actor),
            person: person, problem: problem, rows: found.prefix(limit).map(writer.row), hasRows: !found.isEmpty,
            csvURL: url(kind, csv: true),
            nextURL: found.count > limit ? last.map { url(kind, cursor: String($0.number)) } : nil,
            firstURL: cursor == nil ? nil : url(kind))
        return .page(page, visitor.frame(words(\.audit.title), .settings))
    }

    private func chain(_ visitor: Visitor, _ workspace: WorkspaceID) async throws(Problem) -> AuditPage.Chain {
        let words = visitor.words
        let newest = try await directory.audit(of: workspace, AuditQuery(), limit: 1).first?.number ?? 0
        guard newest <= Desk.checkedEntriesMax || visitor.query["check"] != nil else {
            return .init(kind: "", text: words(\.audit.unchecked, count: Int(newest)), checkURL: SiteURL.audit(check: true))
        }
        let check = try await directory.checkAudit(of: workspace)
        guard let broken = check.firstBroken else {
            return .init(kind: "", text: words(\.audit.whole, count: Int(check.entryCount)), checkURL: nil)
        }
        return .init(kind: "bad", text: words(\.audit.broken, ["number": String(broken)]), checkURL: nil)
    }

    /// What members and keys are called.
    private func names(of workspace: WorkspaceID) async throws(Problem) -> [Actor: String] {
        var names: [Actor: String] = [:]
        for key in directory.keys(of: nil, in: workspace) { names[.key(key.id)] = key.name }
        for (member, _) in try await directory.team.members(of: workspace) { names[.member(member.id)] = member.name }
        return names
    }
}

/// Puts entries of the audit into words.
struct AuditWriter {
    private static let peopleMax = 3

    let words: Words
    let formats: Formats
    let calendar: ZoneCalendar
    let names: [Actor: String]

    func row(_ kept: ChainedEntry) -> AuditPage.Row {
        let entry = kept.entry
        let more = entry.people.count - AuditWriter.peopleMax
        return AuditPage.Row(
            number: formats.number(Int(kept.number)), when: formats.dateTime(entry.at, calendar), actor: name(entry.actor),
            what: what(entry),
            detail: [entry.people.isEmpty ? entry.target : "", entry.detail].filter { !$0.isEmpty }.joined(separator: " · "),
            people: entry.people.prefix(AuditWriter.peopleMax).map { PageLink(url: SiteURL.person($0.text), label: $0.text) },
            more: more > 0 ? "+\(more)" : nil, why: entry.reason.map { words(\.audit.why, ["reason": $0]) },
            hash: String(kept.hash.prefix(16)))
    }

    private func what(_ entry: AuditEntry) -> String { AuditTexts.words(for: entry.action).map { words($0) } ?? entry.action }

    func name(_ actor: Actor) -> String {
        switch actor {
        case .member(let id): names[actor] ?? words(\.audit.formerMember, ["id": id.text])
        case .key(let id): words(\.audit.apiKey, ["name": names[actor] ?? id.text])
        case .admin: words(\.audit.admin)
        case .commandLine: words(\.audit.commandLine)
        case .server: words(\.audit.server)
        }
    }

    func actorField(_ actors: [Actor], current: Actor?) -> FormField {
        let options = actors.map { FormField.Option(value: $0.text, label: name($0), selected: $0 == current) }
            .sorted { $0.label < $1.label }
        return FormField(
            "actor", words(\.audit.actor),
            options: [.init(value: "", label: words(\.audit.anybody), selected: current == nil)] + options)
    }

    func csv(_ entries: some Sequence<ChainedEntry>) -> String {
        var out = "\u{FEFF}number,at,actor,name,action,target,people,detail,why,hash\r\n"
        for kept in entries {
            let entry = kept.entry
            let texts = [
                entry.at.rfc3339, entry.actor.text, name(entry.actor), entry.action, entry.target,
                entry.people.map(\.text).joined(separator: " "), entry.detail, entry.reason ?? "", kept.hash,
            ]
            out += ([String(kept.number)] + texts.map { FigureTable.field($0, numeric: false) }).joined(separator: ",") + "\r\n"
        }
        return out
    }
}
