import HTTPTypes
import Loyalty
import Model
import Records
import Workspaces

/// Taking over points from another system: a trial, the same rows carried out, and the end of it.
extension Desk {
    func opening(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        return try await openingReply(visitor, OpeningForm(in: workspace.calendar, words: visitor.words))
    }

    private func openingReply(
        _ visitor: Visitor, _ form: OpeningForm, problem: Said? = nil, report: OpeningPage.Report? = nil
    ) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (words, reader) = (visitor.words, directory.programReader(of: workspace.id))
        guard let settings = try await reader.program().settings, let currency = currency(settings, visitor) else {
            return noProgram(visitor, .points, words(\.openings.title))
        }
        let writer = OpeningWriter(points: try await pointWriter(visitor, workspace, currency))
        let opening = try await reader.opening(of: currency.key)
        let isOpen = opening.closedAt == nil
        let isNone = opening.rows == 0 && isOpen && report == nil
        let page = OpeningPage(
            tabs: programTabs(visitor, .points), currencies: currencyFilters(settings, currency) { SiteURL.opening(currency: $0) },
            hasCurrencies: settings.currencies.count > 1, problem: problem, stats: writer.stats(opening), hasStats: !isNone,
            none: isNone ? words(visitor.isOwner ? \.openings.noneText : \.openings.noneReader) : nil,
            closed: writer.closed(opening), report: report,
            form: visitor.isOwner && isOpen
                ? .init(currency: currency.key, fileError: form.errors["file"], fields: form.fields) : nil,
            closeURL: visitor.isOwner && isOpen && opening.rows > 0 ? SiteURL.openingClosing(currency: currency.key) : nil,
            mayChange: visitor.isOwner)
        var frame = visitor.frame(words(\.openings.title), .program)
        if visitor.query["done"] == "closed" { frame.notice = .init(kind: "", text: words(\.openings.doneClosed)) }
        if let report, report.about == nil { frame.notice = .init(kind: "", text: words(\.openings.done)) }
        let isRefused = problem != nil || !form.errors.isEmpty
        return .page(page, frame, status: isRefused ? .unprocessableContent : .ok)
    }

    /// Tries a file, or carries out what was tried.
    func takeOverPoints(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        var form = OpeningForm(
            sent: visitor.form, file: visitor.files["file"], in: workspace.calendar, words: visitor.words)
        let settings = try await directory.programReader(of: workspace.id).program().settings
        let currency = try changedCurrency(settings, visitor)
        let (sent, sum, effectiveAt) = (try form.text(), form.total(), form.effectiveAt())
        guard let text = sent, let total = sum, form.errors.isEmpty else { return try await openingReply(visitor, form) }
        let rows: [OpeningRow]
        do throws(Problem) { rows = try await directory.openingRows(of: text, in: workspace.id) } catch {
            guard error.status < 500 else { throw error }
            form.refuse(file: error)
            return try await openingReply(visitor, form)
        }
        var command = ImportPoints(rows, of: currency.key, total: total)
        (command.effectiveAt, command.isTrial) = (effectiveAt, !form.isCarriedOut)
        let answer = try await directory.perform(
            command, id: form.isCarriedOut ? commandID(visitor) : nil, in: workspace.id, by: actor(visitor))
        // Files count in the smallest parts, and so do the reasons.
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try await openingReply(visitor, form, problem: refusal)
        }
        let writer = OpeningWriter(points: try await pointWriter(visitor, workspace, currency))
        let report = writer.report(answer.body, carry: form.carried(text, of: currency), command: Team.anonymousToken()) {
            reasons in
            said(reasons, visitor, workspace.calendar, scale: 0)
        }
        let next = form.isCarriedOut ? OpeningForm(in: workspace.calendar, words: visitor.words) : form
        return try await openingReply(visitor, next, report: report)
    }

    // MARK: - The end

    func openingClosing(_ visitor: Visitor) async throws(Problem) -> Reply {
        try await openingClosingReply(visitor, problem: nil, error: nil)
    }

    private func openingClosingReply(_ visitor: Visitor, problem: Said?, error: String?) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (words, reader) = (visitor.words, directory.programReader(of: workspace.id))
        guard let settings = try await reader.program().settings, let currency = currency(settings, visitor) else {
            throw Desk.notFound
        }
        let writer = OpeningWriter(points: try await pointWriter(visitor, workspace, currency))
        var field = FormField(
            "total", words(\.openings.closeTotal), value: visitor.form["total"] ?? "", hint: words(\.openings.closeTotalHint),
            autocomplete: "off")
        field.error = error
        let title = words(\.openings.closeTitle, ["currency": currency.name])
        let page = OpeningClosePage(
            title: title, problem: problem, stats: writer.stats(try await reader.opening(of: currency.key)),
            currency: currency.key, command: Team.anonymousToken(), field: field,
            backURL: SiteURL.opening(currency: currency.key))
        let isRefused = problem != nil || error != nil
        return .page(page, visitor.frame(title, .program), status: isRefused ? .unprocessableContent : .ok)
    }

    func closeOpening(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        guard let total = Formats.units(visitor.form["total"] ?? "", digits: 0) else {
            return try await openingClosingReply(visitor, problem: nil, error: visitor.words(\.openings.badTotal))
        }
        let key = visitor.form["currency"] ?? ""
        let answer = try await directory.perform(
            CloseOpening(of: key, total: total), id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try await openingClosingReply(visitor, problem: refusal, error: nil)
        }
        return .redirect(SiteURL.opening(currency: key, done: "closed"))
    }
}
