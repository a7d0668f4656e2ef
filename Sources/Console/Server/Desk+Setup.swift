import EventStore
import HTTPTypes
import Hummingbird
import Intake
import Model
import Records
import Workspaces

/// The first run: owner, workspace, source, first event.
extension Desk {
    private func steps(_ words: Words, at current: Int) -> [StepItem] {
        [\Catalogue.setup.stepOwner, \.setup.stepWorkspace, \.setup.stepSource, \.setup.stepEvent].enumerated().map { index, path in
            StepItem(label: words(path), done: index < current, current: index == current)
        }
    }

    // MARK: - Owner

    func ownerForm(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard try await directory.team.isEmpty() else { return .redirect("/") }
        return ownerReply(visitor, problem: nil)
    }

    func createOwner(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard try await directory.team.isEmpty() else { return .redirect("/sign-in") }
        let password = visitor.form["password"] ?? ""
        let email = visitor.form["email"] ?? ""
        do {
            let owner = try await directory.team.createFirstOwner(
                email: email, name: visitor.form["name"] ?? "", password: password,
                language: visitor.language == .chinese ? .zhHans : .en)
            // Workspaces that a command or the demo made before anyone signed in belong to the first owner.
            for workspace in directory.workspaces() {
                _ = try await directory.team.addMember(
                    email: email, name: owner.name, password: password, role: .owner, to: workspace.id, by: .member(owner.id))
            }
            let token = try await directory.team.openSession(for: owner.id)
            return .redirect(
                directory.workspaces().isEmpty ? "/setup/workspace" : "/", cookies: [visitor.sessionCookie(token)])
        } catch {
            guard error.status < 500 else { throw error }
            var reply = ownerReply(visitor, problem: error)
            reply.status = .init(code: error.status)
            return reply
        }
    }

    private func ownerReply(_ visitor: Visitor, problem: Problem?) -> Reply {
        let words = visitor.words
        var fields = [
            FormField("name", words(\.setup.yourName), value: visitor.form["name"] ?? "", autocomplete: "name"),
            FormField("email", words(\.common.email), type: "email", value: visitor.form["email"] ?? "", autocomplete: "username"),
            FormField(
                "password", words(\.setup.newPassword), type: "password", hint: words(\.setup.passwordRule),
                autocomplete: "new-password",
                minLength: 10),
        ]
        let unplaced = place(problem, in: &fields, words, ["bad_name": "name", "bad_email": "email", "weak_password": "password"])
        var page = FormPage(
            title: words(\.setup.ownerTitle), intro: words(\.setup.ownerIntro), action: "/setup",
            button: words(\.setup.createOwner),
            fields: fields, steps: steps(words, at: 0))
        page.problem = unplaced
        return .page(page, visitor.frame(page.title, alone: true))
    }

    /// Puts a problem's text beside the field that it speaks of; what speaks of none is returned.
    func place(_ problem: Problem?, in fields: inout [FormField], _ words: Words, _ names: [String: String]) -> String? {
        guard let problem else { return nil }
        guard let name = names[problem.code.text], let index = fields.firstIndex(where: { $0.name == name }) else {
            return formText(problem, words)
        }
        fields[index].error = formText(problem, words)
        return nil
    }

    // MARK: - Workspace

    func workspaceForm(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard visitor.memberships.isEmpty, directory.workspaces().isEmpty else { return .redirect("/") }
        return workspaceReply(visitor, problem: nil)
    }

    func createWorkspace(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard visitor.memberships.isEmpty, directory.workspaces().isEmpty, let member = visitor.session?.member else {
            return .redirect("/")
        }
        do {
            let wish = NewWorkspace(
                name: visitor.form["name"] ?? "", timezone: visitor.form["timezone"] ?? "",
                currency: visitor.form["currency"] ?? "",
                language: visitor.form["language"] ?? "en", owner: member.id)
            _ = try await directory.createEmpty(wish, by: .member(member.id))
            return .redirect("/setup/source")
        } catch {
            guard error.status < 500 else { throw error }
            var reply = workspaceReply(visitor, problem: error)
            reply.status = .init(code: error.status)
            return reply
        }
    }

    private func workspaceReply(_ visitor: Visitor, problem: Problem?) -> Reply {
        let words = visitor.words
        let chinese = visitor.language == .chinese
        var fields = WorkspaceFields.fields(
            words, name: visitor.form["name"] ?? "", timezone: visitor.form["timezone"] ?? (chinese ? "Asia/Shanghai" : "UTC"),
            currency: visitor.form["currency"] ?? (chinese ? "CNY" : "USD"),
            language: visitor.form["language"] ?? (chinese ? "zh-Hans" : "en"))
        let unplaced = place(problem, in: &fields, words, WorkspaceFields.problems)
        var page = FormPage(
            title: words(\.setup.workspaceTitle), intro: words(\.setup.workspaceIntro), action: "/setup/workspace",
            button: words(\.setup.createWorkspace), fields: fields, steps: steps(words, at: 1), zones: WorkspaceFields.zones)
        page.problem = unplaced
        return .page(page, visitor.frame(page.title, alone: true))
    }

    // MARK: - Source and first event

    func sourceForm(_ visitor: Visitor) -> Reply {
        let words = visitor.words
        let page = FormPage(
            title: words(\.setup.sourceTitle), intro: words(\.setup.sourceIntro), action: "/setup/source",
            button: words(\.setup.createSource), fields: WorkspaceFields.source(words), steps: steps(words, at: 2))
        return .page(page, visitor.frame(page.title, alone: true))
    }

    func createFirstSource(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership, let token = visitor.sessionToken else { return .redirect("/") }
        do {
            let created = try await directory.createSource(
                NewSource(name: visitor.form["name"] ?? "", kind: SourceKind(rawValue: visitor.form["kind"] ?? "") ?? .browser),
                in: membership.workspace, by: .member(membership.member))
            notes.leave(created.writeKey, for: "ready:" + token, at: now)
            return .redirect(SiteURL.sourceReady(created.source.id))
        } catch {
            guard error.status < 500 else { throw error }
            let words = visitor.words
            var fields = WorkspaceFields.source(words, name: visitor.form["name"] ?? "")
            let unplaced = place(error, in: &fields, words, ["bad_name": "name"])
            var page = FormPage(
                title: words(\.setup.sourceTitle), intro: words(\.setup.sourceIntro), action: "/setup/source",
                button: words(\.setup.createSource), fields: fields, steps: steps(words, at: 2))
            page.problem = unplaced
            return .page(page, visitor.frame(page.title, alone: true), status: .init(code: error.status))
        }
    }

    func sourceReady(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let source = try waitedFor(visitor) else { return .redirect("/settings/sources") }
        let words = visitor.words
        let key = notes.read(for: "ready:" + (visitor.sessionToken ?? ""), at: now, keep: true)?.text
        let page = SourceReadyPage(
            title: words(\.setup.readyTitle), intro: words(\.setup.readyIntro), steps: steps(words, at: 3), key: key,
            snippets: snippetList(visitor, key: key), source: source.id,
            fragment: piece(try await waitingPiece(source, visitor), visitor))
        return .page(page, visitor.frame(page.title, alone: true, roomy: true))
    }

    func snippetList(_ visitor: Visitor, key: String?) -> [Snippet] {
        var list = Snippets.all(address: visitor.origin, key: key ?? "YOUR_WRITE_KEY", words: visitor.words)
        if key == nil { for index in list.indices { list[index].note = visitor.words(\.setup.snippetKeyNote) } }
        return list
    }

    func waiting(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let source = try waitedFor(visitor) else { throw Desk.notFound }
        return .fragment(try await waitingPiece(source, visitor), visitor.frame("", alone: true))
    }

    /// The source that the address names; nil when it names none.
    private func waitedFor(_ visitor: Visitor) throws(Problem) -> Source? {
        guard let membership = visitor.membership, let id = visitor.query["source"].flatMap({ SourceID(validating: $0) }) else {
            return nil
        }
        return try directory.source(id, of: membership.workspace)
    }

    /// Whether something of this source has arrived since the server started; else when its keys were last used.
    func waitingPiece(_ source: Source, _ visitor: Visitor) async throws(Problem) -> WaitingPiece {
        let words = visitor.words
        let workspace = try await workspace(visitor)
        if let newest = workspace.live.snapshot().items.first(where: { $0.outcome == .taken && $0.source == source.id }) {
            let event = newest.event ?? newest.type?.text ?? words(\.setup.arrivedTitle)
            let ago = visitor.formats.ago(newest.receivedAt, now: now, workspace.calendar)
            return WaitingPiece(
                arrived: true, title: words(\.setup.arrivedTitle),
                text: words(\.setup.arrivedText, ["event": event, "ago": ago]))
        }
        let lastUse = directory.keys(of: source.id, in: workspace.id).compactMap(\.lastUsedAt).max()
        let text = lastUse.map {
            words(\.setup.usedText, ["ago": visitor.formats.ago($0, now: now, workspace.calendar)])
        }
        return WaitingPiece(arrived: false, title: words(\.setup.waitingTitle), text: text ?? words(\.setup.waitingText))
    }
}

/// The fields of workspace and source forms, in the first run and in the settings.
enum WorkspaceFields {
    static let problems = [
        "bad_name": "name", "unknown_time_zone": "timezone", "unknown_currency": "currency", "unknown_language": "language",
    ]

    static let zones = [
        "Asia/Shanghai", "Asia/Hong_Kong", "Asia/Taipei", "Asia/Singapore", "Asia/Tokyo", "Asia/Seoul", "Asia/Kolkata",
        "Asia/Dubai",
        "Europe/London", "Europe/Berlin", "Europe/Paris", "America/New_York", "America/Chicago", "America/Los_Angeles",
        "America/Sao_Paulo",
        "Australia/Sydney", "UTC",
    ]

    static func fields(_ words: Words, name: String, timezone: String, currency: String, language: String) -> [FormField] {
        [
            FormField("name", words(\.setup.workspaceName), value: name),
            FormField("timezone", words(\.setup.timezone), value: timezone, hint: words(\.setup.timezoneHint), list: "zones"),
            FormField("currency", words(\.setup.currency), value: currency, hint: words(\.setup.currencyHint)),
            FormField(
                "language", words(\.setup.workspaceLanguage),
                options: [
                    .init(value: "en", label: Language.english.ownName, selected: language == "en"),
                    .init(value: "zh-Hans", label: Language.chinese.ownName, selected: language == "zh-Hans"),
                ]),
        ]
    }

    static func source(_ words: Words, name: String = "") -> [FormField] {
        [
            FormField("name", words(\.setup.sourceName), value: name),
            FormField(
                "kind", words(\.setup.sourceKind),
                options: [
                    .init(value: "browser", label: words(\.setup.kindBrowser), selected: true),
                    .init(value: "server", label: words(\.setup.kindServer), selected: false),
                    .init(value: "import", label: words(\.setup.kindImport), selected: false),
                ]),
        ]
    }
}
