import HTTPTypes
import Loyalty
import Model
import People
import Records
import Workspaces

/// Members of the program: finding and enrolling them.
extension Desk {
    private static let linesShown = 20
    private static let foundMax = 20

    func points(_ visitor: Visitor) async throws(Problem) -> Reply { try await pointsReply(visitor, problem: nil) }

    private func pointsReply(_ visitor: Visitor, problem: Said?) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let words = visitor.words
        let reader = directory.programReader(of: workspace.id)
        guard let settings = try await reader.program().settings, let currency = currency(settings, visitor) else {
            return noProgram(visitor, .points, words(\.points.title))
        }
        let typed = String((visitor.query["search"] ?? "").prefix(200))
        let wanted = typed.filter { !$0.isWhitespace }.isEmpty ? nil : typed
        if let wanted, let member = try await exactMember(wanted, workspace, reader) {
            return .redirect(SiteURL.pointMember(member.text, currency: visitor.query["currency"]))
        }
        let writer = try await pointWriter(visitor, workspace, currency)
        var found: [PointsPage.Found] = []
        if let wanted { found = try await self.found(wanted, workspace, reader, currency, writer, visitor) }
        let lines = try await reader.latest(in: currency.key, limit: Desk.linesShown)
        let page = PointsPage(
            tabs: programTabs(visitor, .points), currencies: currencyFilters(settings, currency) { SiteURL.points(currency: $0) },
            hasCurrencies: settings.currencies.count > 1,
            stats: try await pointStats(reader, workspace, currency, writer), typed: typed, problem: problem, found: found,
            hasFound: !found.isEmpty,
            nobodyTitle: wanted != nil && found.isEmpty ? words(\.points.nobodyTitle, ["text": typed]) : nil,
            lines: lines.map { writer.line($0) }, hasLines: !lines.isEmpty,
            importURL: SiteURL.opening(currency: visitor.query["currency"]),
            openURL: SiteURL.openPoints(currency: visitor.query["currency"]))
        return .page(
            page, visitor.frame(words(\.points.title), .program), status: problem == nil ? .ok : .unprocessableContent)
    }

    func enrolMember(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        do throws(Problem) {
            let wish = try await directory.memberWish(visitor.form["identity"] ?? "", in: workspace.id, place: "/identity")
            guard !wish.identities.isEmpty else { throw Desk.notFound }
            let answer = try await directory.perform(
                EnrolMember(wish), id: commandID(visitor), in: workspace.id, by: actor(visitor))
            if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
                return try await pointsReply(visitor, problem: refusal)
            }
            return .redirect(SiteURL.pointMember(answer.body["member"]?.stringValue ?? "", done: "enrolled"))
        } catch {
            guard error.status < 500 else { throw error }
            return try await pointsReply(visitor, problem: visitor.words(error.wording))
        }
    }

    // MARK: - Parts

    func currencyFilters(
        _ settings: ProgramSettings, _ current: PointCurrency, url: (String) -> String
    ) -> [PeopleListPage.Filter] {
        settings.currencies.map {
            .init(url: url($0.key), label: $0.name, styleClass: nil, count: nil, current: $0.key == current.key)
        }
    }

    private func pointStats(
        _ reader: ProgramReader, _ workspace: OpenWorkspace, _ currency: PointCurrency, _ writer: PointWriter
    ) async throws(Problem) -> [Stat] {
        let words = writer.words
        let liability = try await reader.liability(of: currency.key)
        let worth = Money(minorUnits: liability.reduce(0) { $0 + $1.worth }, currency: workspace.settings.currency)
        return [
            Stat(label: words(\.points.members), value: writer.formats.number(try await reader.memberCount())),
            Stat(
                label: words(\.points.owed), value: writer.points(liability.reduce(0) { $0 + $1.points }),
                note: words(\.points.worth, ["money": writer.formats.money(worth)])),
            Stat(
                label: words(\.points.waiting),
                value: writer.formats.number(try await reader.adjustments(waiting: true, limit: 1_000).count)),
        ]
    }

    /// The member whom a text names without a doubt: by number, by identity, or by a person's id.
    private func exactMember(
        _ text: String, _ workspace: OpenWorkspace, _ reader: ProgramReader
    ) async throws(Problem) -> ProgramMemberID? {
        do throws(Problem) {
            let wish = try await directory.memberWish(text, in: workspace.id, place: "?search")
            return try await reader.member(wish)?.member.id
        } catch {
            // What names nobody exactly is looked for among names.
            guard error.status < 500 else { throw error }
            return nil
        }
    }

    /// People whom a text finds, members or not; an identity that nobody has yet can be enrolled, too.
    private func found(
        _ text: String, _ workspace: OpenWorkspace, _ reader: ProgramReader, _ currency: PointCurrency, _ writer: PointWriter,
        _ visitor: Visitor
    ) async throws(Problem) -> [PointsPage.Found] {
        let now = now
        let people = try await workspace.look(now: now) { view throws(Problem) in
            let rows = try view.people(PeopleQuery(text: text), cursor: nil, limit: Desk.foundMax).rows
            return rows.map { (id: $0.person, name: view.displayName(of: $0.person), identities: view.identities(of: $0.person)) }
        }
        if !people.isEmpty { await note(Reading(.people, of: people.map(\.id), "program"), visitor) }
        let page = Team.anonymousToken()
        var found: [PointsPage.Found] = []
        for person in people {
            guard let first = person.identities.first else { continue }
            let wish = MemberWish(.identity(first), others: Array(person.identities.dropFirst()))
            let member = try await reader.balances(of: [wish], in: currency, at: now).first ?? nil
            found.append(
                PointsPage.Found(
                    name: person.name ?? writer.words(\.people.unnamed), detail: member?.member.text ?? first.text,
                    personURL: SiteURL.person(person.id.text), memberURL: member.map { SiteURL.pointMember($0.member.text) },
                    balance: member.map { writer.points($0.balance.available) },
                    identity: member == nil && visitor.isOwner ? first.text : nil, command: "\(page)-\(found.count)"))
        }
        if found.isEmpty, let known = identity(text, workspace.id) {
            found.append(
                PointsPage.Found(
                    name: known.value, detail: known.text, personURL: nil, memberURL: nil, balance: nil,
                    identity: visitor.isOwner ? known.text : nil, command: page))
        }
        return found
    }

    /// The identity that a text names; nil for a name or a number.
    private func identity(_ text: String, _ workspace: WorkspaceID) -> Identity? {
        guard text.contains(":") else { return nil }
        do throws(Problem) {
            guard case .identity(let identity) = try directory.plainWish(text, in: workspace, place: "").name else { return nil }
            return identity
        } catch {
            // It is no identity: nobody can be enrolled by it.
            return nil
        }
    }
}
