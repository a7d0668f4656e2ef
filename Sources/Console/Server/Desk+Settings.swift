import HTTPTypes
import Hummingbird
import Intake
import Model
import Records
import Workspaces

extension Desk {
    enum SettingsTab: String, CaseIterable {
        case workspace = "/settings"
        case sources = "/settings/sources"
        case members = "/settings/members"
        case identity = "/settings/identity"
        case stages = "/settings/stages"
        case traits = "/settings/traits"
        case retention = "/settings/retention"
        case consent = "/settings/consent"
        case audit = "/settings/audit"
        case account = "/settings/account"

        var title: KeyPath<Catalogue, Text> {
            switch self {
            case .workspace: \.settings.workspace
            case .sources: \.settings.sources
            case .members: \.settings.members
            case .identity: \.settings.identity
            case .stages: \.stages.settings
            case .traits: \.traits.computed
            case .retention: \.retention.tab
            case .consent: \.consent.title
            case .audit: \.audit.title
            case .account: \.settings.account
            }
        }
    }

    /// A page of the settings; 422 where a form was not taken, be it for one of its fields or as a whole.
    func reply(_ visitor: Visitor, _ tab: SettingsTab, _ sections: [SettingsPage.Section], problem: String? = nil) -> Reply {
        let words = visitor.words
        var page = SettingsPage(tabs: tabs(visitor, tab), sections: sections)
        page.problem = problem
        page.readOnly = !visitor.isOwner && tab != .account
        if tab == .sources, let token = visitor.sessionToken, let note = notes.read(for: "key:" + token, at: now) {
            page.newKey = .init(title: note.title, key: note.text)
        }
        let isRefused = problem != nil || sections.contains { $0.form?.fields.contains { $0.error != nil } == true }
        return .page(page, visitor.frame(words(tab.title), .settings), status: isRefused ? .unprocessableContent : .ok)
    }

    /// The audit is for owners.
    func tabs(_ visitor: Visitor, _ current: SettingsTab) -> [SettingsPage.Tab] {
        SettingsTab.allCases.filter { visitor.isOwner || $0 != .audit }
            .map { .init(url: $0.rawValue, label: visitor.words($0.title), current: $0 == current) }
    }

    // MARK: - Workspace

    func workspaceSettings(_ visitor: Visitor) async throws(Problem) -> Reply { workspaceReply(visitor, problem: nil) }

    func saveWorkspace(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        do {
            _ = try await directory.update(
                membership.workspace,
                WorkspaceWish(
                    name: visitor.form["name"], timezone: visitor.form["timezone"], currency: visitor.form["currency"],
                    language: visitor.form["language"]), by: .member(membership.member))
            return .redirect("/settings?done=saved")
        } catch {
            guard error.status < 500 else { throw error }
            return workspaceReply(visitor, problem: error)
        }
    }

    private func workspaceReply(_ visitor: Visitor, problem: Problem?) -> Reply {
        guard let workspace = visitor.workspace else { return .redirect("/") }
        let words = visitor.words
        var fields = WorkspaceFields.fields(
            words, name: visitor.form["name"] ?? workspace.name, timezone: visitor.form["timezone"] ?? workspace.timezone,
            currency: visitor.form["currency"] ?? workspace.currency.code,
            language: visitor.form["language"] ?? workspace.language.rawValue)
        let unplaced = place(problem, in: &fields, words, WorkspaceFields.problems)
        var sections: [SettingsPage.Section] = []
        if visitor.isOwner {
            sections.append(
                .init(
                    title: words(\.settings.workspace), intro: words(\.settings.workspaceIntro),
                    form: .init(action: "/settings", button: words(\.settings.save), fields: fields, zones: WorkspaceFields.zones)))
        } else {
            let facts = fields.map {
                PortraitPage.Fact(key: $0.label, value: $0.value.isEmpty ? visitor.language.ownName : $0.value)
            }
            sections.append(.init(title: words(\.settings.workspace), facts: .init(items: facts)))
        }
        let others = visitor.memberships.filter { $0.workspace != workspace.id }
        if !others.isEmpty {
            let options = others.compactMap { other in
                (try? directory.settings(of: other.workspace)).map {
                    FormField.Option(value: $0.id.text, label: $0.name, selected: false)
                }
            }
            sections.append(
                .init(
                    title: words(\.settings.switchWorkspace),
                    form: .init(
                        action: "/settings/open", button: words(\.settings.open), buttonKind: "",
                        fields: [FormField("workspace", words(\.settings.workspace), options: options)])))
        }
        return reply(visitor, .workspace, sections, problem: unplaced)
    }

    func openWorkspace(_ visitor: Visitor) -> Reply {
        guard let wanted = visitor.memberships.first(where: { $0.workspace.text == visitor.form["workspace"] }) else {
            return .redirect("/")
        }
        return .redirect("/", cookies: [visitor.cookie(Visitor.workspaceCookie, wanted.workspace.text, seconds: 365 * 86_400)])
    }

    // MARK: - Members

    func memberSettings(_ visitor: Visitor) async throws(Problem) -> Reply { try await membersReply(visitor, problem: nil) }

    private func membersReply(_ visitor: Visitor, problem: Problem?) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        let words = visitor.words
        let rows = try await directory.team.members(of: membership.workspace).map { member, role in
            SettingsPage.MemberRow(
                name: member.name, email: member.email, role: words(role == .owner ? \.settings.owner : \.settings.analyst),
                removeURL: visitor.isOwner && member.id != membership.member ? "/settings/members/\(member.id)/remove" : nil)
        }
        var sections = [SettingsPage.Section(title: words(\.settings.members), members: .init(rows: rows))]
        var unplaced: String?
        if visitor.isOwner {
            var fields = [
                FormField("name", words(\.common.name), value: visitor.form["name"] ?? "", autocomplete: "off"),
                FormField("email", words(\.common.email), type: "email", value: visitor.form["email"] ?? "", autocomplete: "off"),
                FormField(
                    "role", words(\.settings.role), hint: words(\.settings.ownerHint),
                    options: [
                        .init(value: "analyst", label: words(\.settings.analyst), selected: visitor.form["role"] != "owner"),
                        .init(value: "owner", label: words(\.settings.owner), selected: visitor.form["role"] == "owner"),
                    ]),
                FormField(
                    "password", words(\.settings.temporaryPassword), type: "password", hint: words(\.settings.temporaryHint),
                    autocomplete: "new-password", minLength: 10),
            ]
            unplaced = place(
                problem, in: &fields, words,
                ["bad_name": "name", "bad_email": "email", "email_taken": "email", "exists": "email", "weak_password": "password"])
            sections.append(
                .init(
                    title: words(\.settings.addMember),
                    form: .init(action: "/settings/members", button: words(\.settings.addMember), fields: fields)))
        } else {
            unplaced = problem.map { formText($0, words) }
        }
        return reply(visitor, .members, sections, problem: unplaced)
    }

    func addMember(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        do {
            _ = try await directory.team.addMember(
                email: visitor.form["email"] ?? "", name: visitor.form["name"] ?? "", password: visitor.form["password"] ?? "",
                role: MemberRole(rawValue: visitor.form["role"] ?? "") ?? .analyst, to: membership.workspace,
                by: .member(membership.member))
            return .redirect("/settings/members?done=saved")
        } catch {
            guard error.status < 500 else { throw error }
            return try await membersReply(visitor, problem: error)
        }
    }

    func removeMember(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership, let id = MemberID(validating: visitor.parameters["member"] ?? "") else {
            throw Desk.notFound
        }
        do {
            try await directory.team.remove(id, from: membership.workspace, by: .member(membership.member))
            return .redirect("/settings/members?done=saved")
        } catch {
            guard error.status < 500 else { throw error }
            return try await membersReply(visitor, problem: error)
        }
    }

    // MARK: - One's own account

    func accountSettings(_ visitor: Visitor) async throws(Problem) -> Reply { accountReply(visitor, problem: nil) }

    private func accountReply(_ visitor: Visitor, problem: Problem?) -> Reply {
        let words = visitor.words
        let member = visitor.session?.member
        var fields = [
            FormField("old", words(\.settings.oldPassword), type: "password", autocomplete: "current-password"),
            FormField(
                "new", words(\.setup.newPassword), type: "password", hint: words(\.setup.passwordRule),
                autocomplete: "new-password",
                minLength: 10),
        ]
        let unplaced = place(problem, in: &fields, words, ["bad_credentials": "old", "weak_password": "new"])
        return reply(
            visitor, .account,
            [
                .init(
                    title: words(\.settings.account),
                    facts: .init(items: [
                        .init(key: words(\.settings.signedInAs), value: member?.email ?? ""),
                        .init(
                            key: words(\.settings.role), value: words(visitor.isOwner ? \.settings.owner : \.settings.analyst)),
                    ])),
                .init(
                    title: words(\.settings.changePassword),
                    form: .init(action: "/settings/account/password", button: words(\.settings.changePassword), fields: fields)),
                .init(
                    title: words(\.settings.everywhere), intro: words(\.settings.everywhereIntro),
                    form: .init(
                        action: "/settings/account/everywhere", button: words(\.settings.everywhere), buttonKind: "danger")),
            ], problem: unplaced)
    }

    func changePassword(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let member = visitor.session?.member else { return .redirect("/sign-in") }
        do {
            try await directory.team.changePassword(of: member.id, old: visitor.form["old"] ?? "", new: visitor.form["new"] ?? "")
            let token = try await directory.team.openSession(for: member.id)
            return .redirect("/settings/account?done=saved", cookies: [visitor.sessionCookie(token)])
        } catch {
            guard error.status < 500 else { throw error }
            var reply = accountReply(visitor, problem: error)
            if error.status == 429 { reply.status = .tooManyRequests }
            reply.retryAfterSeconds = error.retryAfterSeconds
            return reply
        }
    }

    func signOutEverywhere(_ visitor: Visitor) async throws(Problem) -> Reply {
        if let member = visitor.session?.member { try await directory.team.signOutEverywhere(member.id) }
        return .redirect("/sign-in", cookies: [visitor.cookie(Visitor.sessionCookie, "", seconds: 0)])
    }
}
