import HTTPTypes
import Loyalty
import Model
import Records
import Workspaces

/// The books of the program: what is owed, months and their closing, the export, checks.
extension Desk {
    func books(_ visitor: Visitor) async throws(Problem) -> Reply { try await booksReply(visitor, problem: nil) }

    private func booksReply(_ visitor: Visitor, problem: Said?) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let words = visitor.words
        let reader = directory.programReader(of: workspace.id)
        guard let settings = try await reader.program().settings, let currency = currency(settings, visitor) else {
            return noProgram(visitor, .books, words(\.books.title))
        }
        let points = try await pointWriter(visitor, workspace, currency)
        let writer = BookWriter(points: points, money: workspace.settings.currency)
        let liability = try await reader.liability(of: currency.key)
        let figure = writer.figure(
            liability, csvURL: SiteURL.books(currency: visitor.query["currency"], csv: "liability"))
        if visitor.query["csv"] == "liability" { return .csv("liability", figure.table.csv) }
        let thisMonth = PointMonth(holding: workspace.calendar.date(at: now))
        let wanted = visitor.query["month"].flatMap { PointMonth(text: $0) } ?? thisMonth
        let (report, closed) = try await reader.report(wanted, of: currency.key)
        let revenue = try await reader.revenue(wanted, of: currency.key).report
        let revenueFigure = writer.figure(
            revenue, csvURL: SiteURL.books(currency: visitor.query["currency"], month: wanted.text, csv: "revenue"))
        if visitor.query["csv"] == "revenue" { return .csv("revenue-\(wanted.text)", revenueFigure.table.csv) }
        let estimates = writer.estimates(try await reader.estimates(of: currency.key))
        let closings = try await reader.closings(of: currency.key)
        let next = try await reader.nextMonth(of: currency.key)
        let (heads, rows) = writer.table(report)
        var state = (text: words(\.books.openMonth), isBad: false)
        if let closed {
            let isSame = closed.report == report.json.text
            state = (
                words(isSame ? \.books.closedMonth : \.books.closedChanged, ["date": points.when(closed.closedAt)]), !isSame
            )
        }
        let findings = visitor.query["check"] == nil ? [] : writer.findings(try await reader.check(currency.key))
        var page = BooksPage(
            tabs: programTabs(visitor, .books), currencies: currencyFilters(settings, currency) { SiteURL.books(currency: $0) },
            hasCurrencies: settings.currencies.count > 1, problem: problem, isEmpty: next == nil,
            stats: writer.stats(liability) + [writer.stat(revenue)],
            figures: (liability.isEmpty ? [] : [figure]) + (revenue.rows.isEmpty ? [] : [revenueFigure]), currency: currency.key,
            month: wanted.text,
            monthOptions: months(closings, next, thisMonth, wanted, writer),
            rollTitle: words(\.books.roll, ["month": writer.month(wanted)]), state: state.text, isStateBad: state.isBad,
            terms: writer.terms(report.total), check: writer.check(report), heads: heads, rows: rows, hasRows: !rows.isEmpty,
            closings: closings.map { writer.closing($0, currency: currency.key) }, hasClosings: !closings.isEmpty,
            close: next.flatMap { month in
                guard visitor.isOwner, month < thisMonth else { return nil }
                return PageLink(
                    url: SiteURL.bookClosing(currency: currency.key, month: month.text),
                    label: words(\.books.closeMonth, ["month": writer.month(month)]))
            },
            closesLater: next.flatMap { month in
                guard month >= thisMonth else { return nil }
                return words(
                    \.books.closesLater,
                    ["month": writer.month(month), "date": visitor.formats.date(month.next.firstDate)])
            }, checkURL: SiteURL.books(currency: visitor.query["currency"], check: true), findings: findings,
            exportURL: visitor.isOwner ? SiteURL.bookEntries(currency: currency.key) : nil)
        page.partners = writer.partners(try await reader.blocks(of: currency.key))
        page.hasPartners = !page.partners.isEmpty
        page.partnersURL = SiteURL.partners(currency: visitor.query["currency"])
        (page.estimates, page.hasEstimates) = (estimates, !estimates.isEmpty)
        if visitor.isOwner {
            var open = [next ?? thisMonth]
            while let last = open.last, last <= thisMonth, open.count < 24 { open.append(last.next) }
            page.estimateForm = writer.estimateForm(open, visitor.form, command: Team.anonymousToken())
        }
        var frame = visitor.frame(words(\.books.title), .program)
        switch visitor.query["done"] {
        case "closed": frame.notice = .init(kind: "", text: words(\.books.doneClosed))
        case "signed": frame.notice = .init(kind: "", text: words(\.books.doneSigned))
        default: break
        }
        return .page(page, frame, status: problem == nil ? .ok : .unprocessableContent)
    }

    func signEstimate(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        guard let from = PointMonth(text: visitor.form["from"] ?? "") else { throw Desk.notFound }
        let key = visitor.form["currency"] ?? ""
        let command = SignEstimate(
            BookWriter.share(visitor.form["share"] ?? ""), of: key, from: from, note: visitor.form["note"] ?? "")
        let answer = try await directory.perform(command, id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try await booksReply(visitor, problem: refusal)
        }
        return .redirect(SiteURL.books(currency: key, done: "signed"))
    }

    /// The months that can be looked at: the closed ones, and those that are open until now.
    private func months(
        _ closings: [PointClosing], _ next: PointMonth?, _ thisMonth: PointMonth, _ wanted: PointMonth, _ writer: BookWriter
    ) -> [FormField.Option] {
        var months = closings.map(\.month)
        if var month = next {
            while month <= thisMonth, months.count < 1_200 {
                months.append(month)
                month = month.next
            }
        }
        return Set(months + [wanted, thisMonth]).sorted(by: >).map {
            .init(value: $0.text, label: writer.month($0), selected: $0 == wanted)
        }
    }

    func exportBooks(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let reader = directory.programReader(of: workspace.id)
        guard let settings = try await reader.program().settings, let currency = currency(settings, visitor) else {
            throw Desk.notFound
        }
        let key = currency.key
        return .download("points-\(key).csv", type: "text/csv; charset=utf-8") {
            var export = PointExport(reader, currency: key)
            return { try await export.piece().map { Array($0.utf8) } }
        }
    }

    // MARK: - Closing

    func bookClosing(_ visitor: Visitor) async throws(Problem) -> Reply { try await closingReply(visitor, problem: nil) }

    private func closingReply(_ visitor: Visitor, problem: Said?) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let words = visitor.words
        let reader = directory.programReader(of: workspace.id)
        guard let settings = try await reader.program().settings, let currency = currency(settings, visitor),
            let month = PointMonth(text: visitor.form["month"] ?? visitor.query["month"] ?? "")
        else { throw Desk.notFound }
        let points = try await pointWriter(visitor, workspace, currency)
        let writer = BookWriter(points: points, money: workspace.settings.currency)
        let report = try await reader.report(month, of: currency.key).report
        let title = words(\.books.confirmTitle, ["month": writer.month(month)])
        let page = BookClosingPage(
            title: title, problem: problem, terms: writer.terms(report.total), check: writer.check(report),
            currency: currency.key, month: month.text, command: Team.anonymousToken(),
            backURL: SiteURL.books(currency: currency.key))
        return .page(page, visitor.frame(title, .program), status: problem == nil ? .ok : .unprocessableContent)
    }

    func closeBooks(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        guard let month = PointMonth(text: visitor.form["month"] ?? "") else { throw Desk.notFound }
        let key = visitor.form["currency"] ?? ""
        let answer = try await directory.perform(
            CloseMonth(month, of: key), id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try await closingReply(visitor, problem: refusal)
        }
        return .redirect(SiteURL.books(currency: key, month: month.text, done: "closed"))
    }

    // MARK: - Approvals

    func approvals(_ visitor: Visitor) async throws(Problem) -> Reply { try await approvalsReply(visitor, problem: nil) }

    private func approvalsReply(_ visitor: Visitor, problem: Said?) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let words = visitor.words
        let reader = directory.programReader(of: workspace.id)
        guard let settings = try await reader.program().settings else {
            return noProgram(visitor, .approvals, words(\.books.approvals))
        }
        let me = try actor(visitor)
        let asking = try await reader.adjustments(waiting: true)
        let own = try await reader.own(of: me, among: asking)
        let command = Team.anonymousToken()
        let names = try await pointWriter(visitor, workspace, PointCurrency(key: ""))
        func item(_ adjustment: PointAdjustment) -> ApprovalsPage.Item {
            let currency = settings.currency(adjustment.currency) ?? PointCurrency(key: adjustment.currency)
            let isWaiting = adjustment.decidedAt == nil
            let isMine = own.contains(adjustment.id)
            let why = adjustment.askedBy == me.text ? words(\.books.ownRequest) : words(\.books.ownKeyRequest)
            let who = names.actor(adjustment.askedBy)
            var asked = words(\.books.askedBy, ["who": who, "when": names.when(adjustment.askedAt)])
            if let instant = adjustment.effectiveAt {
                asked += " · " + words(\.disputes.counts, ["when": names.when(instant)])
            }
            var (tag, decision): (TagItem?, String?)
            if let at = adjustment.decidedAt, let by = adjustment.decidedBy {
                // What needed nobody else was decided by who asked for it: nobody approved it.
                let isOwn = by == adjustment.askedBy
                let text: KeyPath<Catalogue, Text> = isOwn ? \.books.booked : \.books.decidedBy
                decision = words(text, ["who": names.actor(by), "when": names.when(at)])
                tag = adjustment.isApproved.map { isApproved in
                    if isApproved, isOwn { return TagItem(kind: "", label: words(\.books.bookedTag)) }
                    return TagItem(
                        kind: isApproved ? "user" : "bad", label: words(isApproved ? \.books.approved : \.books.refused))
                }
            }
            return ApprovalsPage.Item(
                amount: visitor.formats.change(adjustment.amount, scale: currency.scale), currency: currency.name,
                member: adjustment.member.text,
                memberURL: SiteURL.pointMember(adjustment.member.text, currency: adjustment.currency),
                reason: names.reason(adjustment),
                asked: asked,
                id: isWaiting && visitor.isOwner && !isMine ? adjustment.id : nil, command: "\(command)-\(adjustment.id)",
                why: isWaiting && isMine ? why : nil,
                tag: tag, decision: decision)
        }
        let waiting = asking.map(item)
        let decided = try await reader.adjustments(waiting: false, limit: 30).map(item)
        let page = ApprovalsPage(
            tabs: programTabs(visitor, .approvals), problem: problem, mayChange: visitor.isOwner, waiting: waiting,
            hasWaiting: !waiting.isEmpty, decided: decided, hasDecided: !decided.isEmpty)
        var frame = visitor.frame(words(\.books.approvals), .program)
        switch visitor.query["done"] {
        case "approved": frame.notice = .init(kind: "", text: words(\.books.doneApproved))
        case "refused": frame.notice = .init(kind: "", text: words(\.books.doneRefused))
        default: break
        }
        return .page(page, frame, status: problem == nil ? .ok : .unprocessableContent)
    }

    func decideAdjustment(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        guard let approves = ["approve": true, "refuse": false][visitor.form["decision"] ?? ""] else { throw Desk.unknownForm }
        let answer = try await directory.perform(
            DecideAdjustment(visitor.form["adjustment"] ?? "", approves: approves), id: commandID(visitor), in: workspace.id,
            by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: 0) {
            return try await approvalsReply(visitor, problem: refusal)
        }
        return .redirect("/points/approvals?done=\(approves ? "approved" : "refused")")
    }
}
