import HTTPTypes
import Loyalty
import Model
import OrderedCollections
import Records
import Workspaces

/// The loyalty program: its settings, and what all its pages share.
extension Desk {
    func program(_ visitor: Visitor) async throws(Problem) -> Reply { try await programReply(visitor, form: nil, problem: nil) }

    private func programReply(
        _ visitor: Visitor, form sent: ProgramForm?, problem: Said?
    ) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let words = visitor.words
        let reader = directory.programReader(of: workspace.id)
        let settings = try await reader.program().settings
        let version = try await reader.version()
        let form =
            sent ?? ProgramForm(settings, workspaceName: workspace.settings.name, money: workspace.settings.currency, words: words)
        var stats: [Stat] = []
        if let version {
            let writer = try await pointWriter(visitor, workspace, PointCurrency(key: ""))
            stats = [
                Stat(label: words(\.program.members), value: visitor.formats.number(try await reader.memberCount())),
                Stat(
                    label: words(\.program.version), value: visitor.formats.number(Int(version.number)),
                    note: words(
                        \.program.versionNote,
                        [
                            "when": visitor.formats.dateTime(version.createdAt, workspace.calendar),
                            "who": writer.actor(version.actor),
                        ])),
            ]
        }
        let page = ProgramPage(
            tabs: programTabs(visitor, .settings), stats: stats, hasProgram: settings != nil, problem: problem,
            mayChange: visitor.isOwner, version: String(version?.number ?? 0), fields: form.head,
            currencies: form.currencies(), another: form.another, isAnotherOpen: form.isAnotherOpen,
            button: words(settings == nil ? \.program.setUp : \.program.save))
        var frame = visitor.frame(words(\.program.title), .program)
        switch visitor.query["done"] {
        case "started": frame.notice = .init(kind: "", text: words(\.program.started))
        case "saved": frame.notice = .init(kind: "", text: words(\.program.saved))
        default: break
        }
        return .page(page, frame, status: sent == nil ? .ok : .unprocessableContent)
    }

    func saveProgram(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let program = try await directory.programReader(of: workspace.id).program()
        var form = ProgramForm(
            program.settings, sent: visitor.form, workspaceName: workspace.settings.name, money: workspace.settings.currency,
            words: visitor.words)
        // Whoever saves over what they have not seen would undo it.
        guard visitor.form["version"] == String(program.version) else {
            return try await programReply(visitor, form: form, problem: Said(text: visitor.words(\.program.outdated)))
        }
        guard let settings = form.settings() else { return try await programReply(visitor, form: form, problem: nil) }
        let answer = try await directory.perform(SetProgram(settings), id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try await programReply(visitor, form: form, problem: refusal)
        }
        return .redirect("/program?done=\(program.settings == nil ? "started" : "saved")")
    }

    // MARK: - Shared

    enum ProgramArea: CaseIterable {
        case settings, earning, points, coupons, benefits, books, approvals, disputes
    }

    func programTabs(_ visitor: Visitor, _ current: ProgramArea?) -> [ProgramTab] {
        ProgramArea.allCases.map { area in
            let (url, label): (String, KeyPath<Catalogue, Text>) =
                switch area {
                case .settings: ("/program", \.program.tabSettings)
                case .earning: ("/program/earning", \.earning.tab)
                case .points: ("/points", \.program.tabPoints)
                case .coupons: ("/coupons", \.coupons.title)
                case .benefits: ("/benefits", \.benefits.title)
                case .books: ("/points/books", \.program.tabBooks)
                case .approvals: ("/points/approvals", \.program.tabApprovals)
                case .disputes: ("/disputes", \.disputes.title)
                }
            return ProgramTab(url: url, label: visitor.words(label), current: area == current)
        }
    }

    /// What a page of the program says while there is none.
    func noProgram(_ visitor: Visitor, _ area: ProgramArea, _ title: String) -> Reply {
        .page(
            NoProgramPage(title: title, tabs: programTabs(visitor, area), mayStart: visitor.isOwner),
            visitor.frame(title, .program))
    }

    /// The currency that the address or the form names, else the first.
    func currency(_ settings: ProgramSettings, _ visitor: Visitor) -> PointCurrency? {
        (visitor.form["currency"] ?? visitor.query["currency"]).flatMap(settings.currency) ?? settings.currencies.first
    }

    /// The currency of a form that changes something: never another than it names.
    ///
    /// - Throws: ``Problem`` with status 400 for one that there is not; `not_found` without a program.
    func changedCurrency(_ settings: ProgramSettings?, _ visitor: Visitor) throws(Problem) -> PointCurrency {
        guard let settings else { throw Desk.notFound }
        if let key = visitor.form["currency"], settings.currency(key) == nil { throw Desk.unknownForm }
        guard let currency = currency(settings, visitor) else { throw Desk.notFound }
        return currency
    }

    /// The id under which a form's command is carried out once, however often the form is sent.
    func commandID(_ visitor: Visitor) -> String? {
        visitor.form["command"].flatMap { $0.isEmpty || $0.utf8.count > 180 ? nil : "console-" + $0 }
    }

    func actor(_ visitor: Visitor) throws(Problem) -> Actor {
        guard let membership = visitor.membership else { throw Desk.notFound }
        return .member(membership.member)
    }

    /// Why a command was refused, in the reader's language; nil when it was carried out.
    func refusal(_ answer: ProgramAnswer, _ visitor: Visitor, _ calendar: ZoneCalendar, scale: Int) -> Said? {
        guard answer.isRefused else { return nil }
        return said(answer.body["reasons"]?.arrayValue ?? [], visitor, calendar, scale: scale)
    }

    /// Why a command was refused, at the fields that the reasons are about; nil when it was carried out.
    ///
    /// - Parameter field: The field that a reason is about; nil for none.
    func mistakes(
        _ answer: ProgramAnswer, _ visitor: Visitor, _ calendar: ZoneCalendar, scale: Int, at field: (JSONValue) -> String?
    ) -> FormMistakes? {
        guard answer.isRefused else { return nil }
        let reasons = Dictionary(grouping: answer.body["reasons"]?.arrayValue ?? []) { field($0) }
        var mistakes = FormMistakes()
        for (name, reasons) in reasons {
            let said = said(reasons, visitor, calendar, scale: scale)
            if let name { mistakes.errors[name] = said.text } else { mistakes.problem = said }
        }
        return mistakes
    }

    /// Reasons of the rules one after another, in the reader's language.
    func said(_ reasons: [JSONValue], _ visitor: Visitor, _ calendar: ZoneCalendar, scale: Int) -> Said {
        let said = reasons.map { reason in
            // Nobody who looks at a page has chosen the id of its form.
            if reason["code"] == "IDEMPOTENCY_CONFLICT" { return Said(text: visitor.words(\.program.doneAlready)) }
            let params = (reason["params"]?.objectValue ?? [:]).mapValues { value -> JSONValue in
                if let number = value.intValue { return .string(visitor.formats.points(number, scale: scale)) }
                if let text = value.stringValue, let instant = Instant(rfc3339: text) {
                    return .string(visitor.formats.dateTime(instant, calendar))
                }
                return value
            }
            return visitor.words(Refusal.Reason(reason["code"]?.stringValue ?? "", params).wording)
        }
        return Said(
            text: said.map(\.text).joined(separator: visitor.language == .chinese ? "" : " "),
            lang: said.compactMap(\.lang).first)
    }

    func pointWriter(
        _ visitor: Visitor, _ workspace: OpenWorkspace, _ currency: PointCurrency
    ) async throws(Problem) -> PointWriter {
        var names: [String: String] = [:]
        for key in directory.keys(of: nil, in: workspace.id) { names[key.id.text] = key.name }
        for (member, _) in try await directory.team.members(of: workspace.id) { names[member.id.text] = member.name }
        return PointWriter(
            words: visitor.words, formats: visitor.formats, calendar: workspace.calendar, currency: currency, names: names)
    }
}
