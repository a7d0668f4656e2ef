import HTTPTypes
import Loyalty
import Model
import Records
import Workspaces

/// How points are earned: drafting, trying and starting versions of the rules.
extension Desk {
    /// For how many days back a version can be tried.
    private static let rehearsedDays = [7, 30, 90]

    /// One earning program, and what the page about it needs beside.
    private struct Earning {
        let workspace: OpenWorkspace
        let settings: ProgramSettings
        let programs: [String]
        /// Empty while there is none.
        let program: String
        let versions: EarningVersions
    }

    func earning(_ visitor: Visitor) async throws(Problem) -> Reply {
        guard let ground = try await ground(visitor, program: visitor.query["program"] ?? "") else {
            return noProgram(visitor, .earning, visitor.words(\.earning.title))
        }
        return try await earningReply(visitor, ground)
    }

    /// - Returns: nil while there is no loyalty program.
    private func ground(_ visitor: Visitor, program: String) async throws(Problem) -> Earning? {
        let workspace = try await workspace(visitor)
        let reader = directory.programReader(of: workspace.id)
        guard let settings = try await reader.program().settings else { return nil }
        let programs = try await reader.earningPrograms()
        guard program.isEmpty || programs.contains(program) else { throw Desk.notFound }
        let name = program.isEmpty ? programs.first ?? "" : program
        return Earning(
            workspace: workspace, settings: settings, programs: programs, program: name,
            versions: try await reader.earningVersions(name))
    }

    private func earningReply(
        _ visitor: Visitor, _ ground: Earning, form sent: EarningForm? = nil, number: String = "",
        refused: DeedForms.Refused? = nil, problem: Said? = nil
    ) async throws(Problem) -> Reply {
        let (words, page) = (visitor.words, Team.anonymousToken())
        let forms = DeedForms(
            words: words, action: "/program/earning", page: page, mayChange: visitor.isOwner, refused: refused)
        let points = try await pointWriter(visitor, ground.workspace, PointCurrency(key: ""))
        let shown = try version(visitor, ground)
        var (trouble, details) = (sent?.problem ?? problem ?? forms.problem, EarningPage.Shown?.none)
        if let shown { details = try await self.shown(shown, visitor, ground, &trouble) }
        let model = EarningPage(
            tabs: programTabs(visitor, .earning), problem: trouble, mayChange: visitor.isOwner,
            programs: ground.programs.map {
                .init(
                    url: SiteURL.earning(program: $0), label: $0, styleClass: nil, count: nil, current: $0 == ground.program)
            },
            hasPrograms: ground.programs.count > 1,
            versions: ground.versions.versions.reversed().map {
                version($0, ground, forms, points, isShown: $0.program.version == shown?.version)
            },
            hasVersions: !ground.versions.versions.isEmpty, shown: details,
            form: visitor.isOwner ? try earningForm(visitor, ground, shown, page, sent, number) : nil)
        var frame = visitor.frame(words(\.earning.title), .program)
        switch visitor.query["done"] {
        case "saved": frame.notice = .init(kind: "", text: words(\.earning.doneSaved))
        case "moved": frame.notice = .init(kind: "", text: words(\.earning.doneMoved))
        default: break
        }
        return .page(model, frame, status: visitor.isPost ? .unprocessableContent : .ok)
    }

    /// The version that the address names, else the one that counts now, else the last.
    private func version(_ visitor: Visitor, _ ground: Earning) throws(Problem) -> EarningProgram? {
        guard let text = visitor.query["version"] ?? visitor.query["of"] else {
            return ground.versions.live(at: now) ?? ground.versions.versions.last?.program
        }
        return try known(text, ground)
    }

    private func known(_ number: String, _ ground: Earning) throws(Problem) -> EarningProgram {
        guard let found = ground.versions.versions.first(where: { String($0.program.version) == number }) else {
            throw Desk.notFound
        }
        return found.program
    }

    // MARK: - Versions

    private func version(
        _ version: EarningVersions.Version, _ ground: Earning, _ forms: DeedForms, _ points: PointWriter, isShown: Bool
    ) -> EarningPage.Version {
        let (words, number) = (forms.words, version.program.version)
        let (status, subject) = (ground.versions.status(of: number, at: now) ?? .draft, String(number))
        var notes = [words(\.earning.drafted, ["who": points.actor(version.author)])]
        if let reviewer = version.reviewer { notes.append(words(\.earning.looked, ["who": points.actor(reviewer)])) }
        if let from = version.effectiveFrom { notes.append(words(\.earning.begins, ["when": points.when(from)])) }
        let program = forms.hidden("", subject, "program", ground.program)
        let deeds: [DeedForm] =
            switch status {
            case .draft:
                forms.form(
                    "review", \.earning.review, [program], subject: subject, note: words(\.earning.reviewNote))
            case .reviewed:
                forms.form(
                    "schedule", \.earning.schedule,
                    [
                        program,
                        forms.field("schedule", subject, "from", \.earning.from, \.earning.fromHint, isRequired: false),
                    ], subject: subject)
            case .scheduled: forms.form("unschedule", \.earning.unschedule, [program], subject: subject)
            case .live, .superseded: []
            }
        return EarningPage.Version(
            url: SiteURL.earning(program: ground.program, version: number),
            label: words(\.earning.version, ["number": points.formats.number(Int(number))]), tag: tag(status, words),
            note: notes.joined(separator: " · "), isShown: isShown, forms: deeds)
    }

    private func tag(_ status: EarningVersions.Status, _ words: Words) -> TagItem {
        switch status {
        case .draft: TagItem(kind: "", label: words(\.earning.stateDraft))
        case .reviewed: TagItem(kind: "", label: words(\.earning.stateReviewed))
        case .scheduled: TagItem(kind: "customer", label: words(\.earning.stateScheduled))
        case .live: TagItem(kind: "user", label: words(\.earning.stateLive))
        case .superseded: TagItem(kind: "", label: words(\.earning.stateSuperseded))
        }
    }

    /// What a version says, what an order would earn by it, and what it would have given.
    private func shown(
        _ version: EarningProgram, _ visitor: Visitor, _ ground: Earning, _ problem: inout Said?
    ) async throws(Problem) -> EarningPage.Shown {
        let (words, reader) = (visitor.words, directory.programReader(of: ground.workspace.id))
        let currency = ground.settings.currency(version.points)
        let writer = EarningWords(
            words: words, formats: visitor.formats, calendar: ground.workspace.calendar, program: version,
            scale: currency?.scale ?? 0)
        let budgets = try await reader.earningBudgets(of: version).map(writer.budget)
        var trial = EarningTrial(visitor.isPost ? [:] : visitor.query, version, words: words)
        var (outcome, rehearsal) = (EarningPage.Trial?.none, EarningPage.Rehearsal?.none)
        if let currency, !visitor.isPost {
            let frame = EarningFrame(points: currency, calendar: ground.workspace.calendar)
            do throws(Refusal) { outcome = try trial.plan(in: frame, at: now).map(writer.outcome) } catch {
                problem = said(error.reasons.map(\.json), visitor, ground.workspace.calendar, scale: currency.scale)
            }
            do throws(Problem) { rehearsal = try await rehearsed(version, currency, visitor, ground, writer) } catch {
                guard error.status < 500 else { throw error }
                problem = words(error.wording)
            }
        }
        let isInForm = EarningForm(version, currencies: ground.settings.currencies, words: words) != nil
        let number = visitor.formats.number(Int(version.version))
        let isOpen = isOpen(version.version, ground)
        return EarningPage.Shown(
            title: words(\.earning.rules, ["number": number]), program: ground.program, number: String(version.version),
            shared: writer.shared, rules: version.rules.map(writer.rule), hasRules: !version.rules.isEmpty, budgets: budgets,
            hasBudgets: !budgets.isEmpty,
            change: visitor.isOwner && isInForm
                ? PageLink(
                    url: SiteURL.earning(program: ground.program, of: version.version) + "#draft",
                    label: words(isOpen ? \.earning.edit : \.earning.draftFrom, ["number": number])) : nil,
            isNotInForm: visitor.isOwner && !isInForm, json: version.json.prettyText, trial: trial.fields, outcome: outcome,
            days: days(visitor), rehearsal: rehearsal)
    }

    /// Whether a version may still be changed.
    private func isOpen(_ number: Int64, _ ground: Earning) -> Bool {
        let status = ground.versions.status(of: number, at: now)
        return status == .draft || status == .reviewed
    }

    private func days(_ visitor: Visitor) -> FormField {
        let chosen = visitor.query["days"] ?? "30"
        return FormField(
            "days", visitor.words(\.earning.days),
            options: Desk.rehearsedDays.map { days in
                .init(
                    value: String(days), label: visitor.words(\.earning.lastDays, count: days),
                    selected: String(days) == chosen)
            })
    }

    /// What a version would have given for what happened in the days that the address names; nil when it names none.
    private func rehearsed(
        _ version: EarningProgram, _ currency: PointCurrency, _ visitor: Visitor, _ ground: Earning, _ writer: EarningWords
    ) async throws(Problem) -> EarningPage.Rehearsal? {
        guard let days = visitor.query["days"].flatMap({ Int($0) }), Desk.rehearsedDays.contains(days) else { return nil }
        let now = now
        let times = now.advanced(byMicroseconds: -Int64(days) * .microsecondsPerDay) ..< now
        let made = try await ground.workspace.rehearse(version, currency, over: times)
        guard let live = ground.versions.live(at: now), live.version != version.version, made.eventCount > 0 else {
            return writer.rehearsal(made, against: nil)
        }
        return writer.rehearsal(made, against: try await ground.workspace.rehearse(live, currency, over: times))
    }

    // MARK: - The form

    /// The form as it was sent, as the version that the address names fills it, or with standards for a new program.
    private func earningForm(
        _ visitor: Visitor, _ ground: Earning, _ shown: EarningProgram?, _ page: String, _ sent: EarningForm?, _ number: String
    ) throws(Problem) -> EarningPage.Form? {
        let words = visitor.words
        var (form, number) = (sent, number)
        var title = words(\.earning.draft)
        if form == nil {
            let draft = visitor.isPost ? nil : visitor.query["of"]
            if let draft, let version = shown, String(version.version) == draft {
                form = EarningForm(version, currencies: ground.settings.currencies, words: words)
                number = isOpen(version.version, ground) ? draft : ""
            } else if ground.program.isEmpty {
                form = newForm(visitor, ground, sent: nil)
            }
        }
        guard let form else { return nil }
        if !number.isEmpty { title = words(\.earning.edit, ["number": number]) }
        return EarningPage.Form(
            title: title, command: page, of: form.of, number: number, fields: form.fields, groups: form.groups,
            isOpen: sent != nil || visitor.query["of"] != nil || ground.program.isEmpty)
    }

    private func newForm(_ visitor: Visitor, _ ground: Earning, sent: [String: String]?) -> EarningForm {
        let money = ground.versions.versions.last?.program.currency ?? ground.workspace.settings.currency
        return EarningForm(
            sent: sent, of: ground.program, currencies: ground.settings.currencies, money: money, words: visitor.words)
    }

    // MARK: - Deeds

    func changeEarning(_ visitor: Visitor) async throws(Problem) -> Reply {
        let isSaving = visitor.form["deed"] == "save"
        let name = (isSaving ? visitor.form["of"] : visitor.form["program"]) ?? ""
        guard isSaving || !name.isEmpty, let ground = try await ground(visitor, program: name) else { throw Desk.notFound }
        return isSaving ? try await saveEarning(visitor, ground) : try await moveEarning(visitor, ground)
    }

    private func saveEarning(_ visitor: Visitor, _ ground: Earning) async throws(Problem) -> Reply {
        // A page without a program makes one: nothing is added to another that is there by now.
        let isNew = (visitor.form["of"] ?? "").isEmpty
        let base =
            isNew
            ? Earning(
                workspace: ground.workspace, settings: ground.settings, programs: ground.programs, program: "",
                versions: EarningVersions()) : ground
        var form = newForm(visitor, base, sent: visitor.form)
        let number = visitor.form["number"] ?? ""
        guard let program = form.program() else { return try await earningReply(visitor, ground, form: form, number: number) }
        if isNew, ground.programs.contains(program.id) {
            let known = try await directory.programReader(of: ground.workspace.id).earningVersions(program.id)
            // The same form twice says what stands there already.
            guard known.versions.first?.program == program else {
                form.refuse("program", visitor.words(\.earning.keyTaken))
                return try await earningReply(visitor, ground, form: form, number: number)
            }
        }
        var deed = ChangeEarning.Deed.draft(program)
        if !number.isEmpty { deed = .edit(try known(number, ground).version, program) }
        let answer = try await directory.perform(
            ChangeEarning(deed, of: program.id), id: commandID(visitor), in: ground.workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, ground.workspace.calendar, scale: 0) {
            return try await earningReply(visitor, ground, form: form, number: number, problem: refusal)
        }
        return .redirect(
            SiteURL.earning(program: program.id, version: answer.body["version"]?.intValue, done: "saved"))
    }

    private func moveEarning(_ visitor: Visitor, _ ground: Earning) async throws(Problem) -> Reply {
        let form = visitor.form
        func refuse(_ field: String?, _ said: Said) async throws(Problem) -> Reply {
            let refused = DeedForms.Refused(
                deed: form["deed"] ?? "", subject: form["subject"] ?? "", field: field, said: said, typed: form)
            return try await earningReply(visitor, ground, refused: refused)
        }
        let version = try known(form["subject"] ?? "", ground).version
        let deed: ChangeEarning.Deed
        switch form["deed"] {
        case "review": deed = .review(version)
        case "unschedule": deed = .unschedule(version)
        case "schedule":
            let day = (form["from"] ?? "").trimmed
            let first = LocalDate(text: day)
            guard day.isEmpty || first != nil else {
                return try await refuse("from", Said(text: visitor.words(\.earning.badDay)))
            }
            deed = .schedule(version, from: first.map { ground.workspace.calendar.start(of: $0) })
        default: throw Desk.notFound
        }
        let answer = try await directory.perform(
            ChangeEarning(deed, of: ground.program), id: commandID(visitor), in: ground.workspace.id, by: actor(visitor))
        let refused = mistakes(answer, visitor, ground.workspace.calendar, scale: 0) { reason in
            ["RETROACTIVE", "SAME_INSTANT"].contains(reason["code"]?.stringValue) ? "from" : nil
        }
        if let problem = refused?.problem { return try await refuse(nil, problem) }
        if let error = refused?.errors["from"] { return try await refuse("from", Said(text: error)) }
        return .redirect(SiteURL.earning(program: ground.program, version: version, done: "moved"))
    }
}
