import HTTPTypes
import Hummingbird
import Intake
import Model
import Records
import Workspaces

/// Sources and keys: the list, making and revoking. What one source may do: `Desk+SourceSettings.swift`.
extension Desk {
    func sourceSettings(_ visitor: Visitor) async throws(Problem) -> Reply { try await sourcesReply(visitor, problem: nil) }

    private func sourcesReply(_ visitor: Visitor, problem: Problem?) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        let words = visitor.words
        let workspace = try await workspace(visitor)
        let newest = workspace.live.snapshot().lastTakenAt
        let rows = directory.sources(of: membership.workspace).map { source in
            let keys = directory.keys(of: source.id, in: membership.workspace)
            return SettingsPage.SourceRow(
                name: source.name, kind: words(kind(source.kind)),
                last: last(newest[source.id], keys, visitor, workspace.calendar),
                keys: keyRows(keys, visitor, workspace.calendar),
                rotateURL: visitor.isOwner ? "/settings/sources/\(source.id)/rotate" : nil,
                snippetURL: SiteURL.source(source.id),
                settingsURL: visitor.isOwner ? SiteURL.source(source.id) + "/settings" : nil,
                closed: source.isSuppressed ? words(\.settings.closed) : nil)
        }
        var sections = [SettingsPage.Section(title: words(\.settings.sources), sources: rows)]
        var fields = WorkspaceFields.source(words, name: visitor.form["name"] ?? "")
        let unplaced = place(problem, in: &fields, words, ["bad_name": "name", "exists": "name"])
        if visitor.isOwner {
            sections.append(
                .init(
                    title: words(\.settings.newSource),
                    form: .init(action: "/settings/sources", button: words(\.setup.createSource), fields: fields)))
            let apiKeys = keyRows(directory.keys(of: nil, in: membership.workspace), visitor, workspace.calendar)
            sections.append(
                .init(
                    title: words(\.settings.apiKeys), intro: words(\.settings.apiKeysIntro),
                    sources: apiKeys.isEmpty
                        ? []
                        : [
                            .init(
                                name: words(\.settings.apiKeys), kind: words(\.settings.kindAPI), keys: apiKeys, rotateURL: nil,
                                snippetURL: nil)
                        ],
                    form: .init(
                        action: "/settings/api-keys", button: words(\.settings.createAPIKey), buttonKind: "",
                        fields: [
                            FormField("name", id: "key-name", words(\.settings.apiKeyName)),
                            FormField(
                                "scopes", words(\.settings.scopes),
                                options: [
                                    .init(value: "read", label: words(\.settings.scopeRead), selected: true),
                                    .init(value: "manage", label: words(\.settings.scopeManage), selected: false),
                                ]),
                        ])))
        }
        return reply(visitor, .sources, sections, problem: unplaced)
    }

    /// When something came last from a source; what came before the server was started is known by its keys alone.
    private func last(_ newest: Instant?, _ keys: [Key], _ visitor: Visitor, _ calendar: ZoneCalendar) -> String {
        func said(_ text: KeyPath<Catalogue, Text>, _ instant: Instant) -> String {
            visitor.words(text, ["ago": visitor.formats.ago(instant, now: now, calendar)])
        }
        if let newest { return said(\.settings.lastEvent, newest) }
        guard let used = keys.compactMap(\.lastUsedAt).max() else { return visitor.words(\.settings.noEventSinceStart) }
        return said(\.settings.keyUsed, used)
    }

    private func kind(_ kind: SourceKind) -> KeyPath<Catalogue, Text> {
        switch kind {
        case .browser: \.settings.kindBrowser
        case .server: \.settings.kindServer
        case .files: \.settings.kindImport
        }
    }

    private func keyRows(_ keys: [Key], _ visitor: Visitor, _ calendar: ZoneCalendar) -> [SettingsPage.KeyRow] {
        keys.map { key in
            SettingsPage.KeyRow(
                label: key.kind == .api ? key.name : nil, prefix: key.shownPrefix,
                made: visitor.formats.date(calendar.date(at: key.createdAt)),
                used: key.lastUsedAt.map { visitor.formats.ago($0, now: now, calendar) } ?? visitor.words(\.common.never),
                revokeURL: key.revokedAt == nil && visitor.isOwner ? "/settings/keys/\(key.id)/revoke" : nil,
                revoked: key.revokedAt == nil ? nil : visitor.words(\.settings.revoked))
        }
    }

    func createSource(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        do {
            let created = try await directory.createSource(
                NewSource(name: visitor.form["name"] ?? "", kind: SourceKind(rawValue: visitor.form["kind"] ?? "") ?? .browser),
                in: membership.workspace, by: .member(membership.member))
            leave(created.writeKey, named: created.source.name, visitor)
            return .redirect("/settings/sources")
        } catch {
            guard error.status < 500 else { throw error }
            return try await sourcesReply(visitor, problem: error)
        }
    }

    func rotateKey(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership, let id = SourceID(validating: visitor.parameters["source"] ?? "") else {
            throw Desk.notFound
        }
        let source = try directory.source(id, of: membership.workspace)
        let created = try await directory.rotateKey(of: id, in: membership.workspace, by: .member(membership.member))
        leave(created.raw, named: source.name, visitor)
        return .redirect("/settings/sources")
    }

    func createAPIKey(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership else { return .redirect("/") }
        do {
            let created = try await directory.createAPIKey(
                in: membership.workspace, name: visitor.form["name"],
                scopes: visitor.form["scopes"] == "manage" ? [.read, .manage] : [.read], by: .member(membership.member))
            leave(created.raw, named: created.key.name, visitor)
            return .redirect("/settings/sources")
        } catch {
            guard error.status < 500 else { throw error }
            return try await sourcesReply(visitor, problem: error)
        }
    }

    func revokeKey(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership, let id = KeyID(validating: visitor.parameters["key"] ?? "") else {
            throw Desk.notFound
        }
        _ = try await directory.revokeKey(id, in: membership.workspace, by: .member(membership.member))
        return .redirect("/settings/sources?done=saved")
    }

    private func leave(_ secret: String, named name: String, _ visitor: Visitor) {
        guard let token = visitor.sessionToken else { return }
        notes.leave(secret, title: visitor.words(\.settings.newKeyFor, ["name": name]), for: "key:" + token, at: now)
    }

    /// Code for one source; keys are never shown again, so it names a place for them.
    func snippets(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let membership = visitor.membership, let id = SourceID(validating: visitor.parameters["source"] ?? "") else {
            throw Desk.notFound
        }
        let source = try directory.source(id, of: membership.workspace)
        let page = SourceReadyPage(
            title: source.name, intro: visitor.words(\.setup.readyIntro), steps: [], key: nil,
            snippets: snippetList(visitor, key: nil), source: id,
            fragment: piece(try await waitingPiece(source, visitor), visitor))
        return .page(page, visitor.frame(page.title, .settings))
    }
}
