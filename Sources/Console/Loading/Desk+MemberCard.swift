import HTTPTypes
import Loyalty
import Model
import Records
import Workspaces

/// Cards of members, for whoever has the address of one: no sign-in, no script, no cookie.
extension Desk {
    private static let cardLines = 20
    private static let cardLots = 6

    func memberCard(_ visitor: Visitor) async throws(Problem) -> Reply {
        var visitor = visitor
        if let wanted = visitor.query["lang"], let language = Language.negotiated(acceptLanguage: wanted) {
            visitor.language = language
        }
        let token = visitor.parameters["token"] ?? ""
        do throws(Problem) {
            let (workspace, member) = try await directory.memberOfCard(token, address: visitor.address)
            let page = try await card(of: member, in: workspace, token, visitor)
            return Reply(status: .ok, body: .embedded(page, cardFrame(page.title, visitor)))
        } catch {
            guard error.status == 404 || error.status == 429 else { throw error }
            let words = visitor.words
            let isWrong = error.status == 404
            let title = words(isWrong ? \.memberCard.missingTitle : \.errors.busyTitle)
            let said = isWrong ? words(\.memberCard.missingText) : words(\.errors.busyText)
            let page = MemberCardPage(title: title, member: "", currencies: [], languages: [], problem: Said(text: said))
            var reply = Reply(status: .init(code: error.status), body: .embedded(page, cardFrame(title, visitor)))
            reply.retryAfterSeconds = error.retryAfterSeconds
            return reply
        }
    }

    private func cardFrame(_ title: String, _ visitor: Visitor) -> Frame {
        let theme = visitor.query["theme"].flatMap { Theme(rawValue: $0) } ?? .auto
        return Frame(title: title, language: visitor.language, theme: theme, here: "/", alone: true)
    }

    private func card(
        of member: ProgramMember, in workspace: WorkspaceID, _ token: String, _ visitor: Visitor
    ) async throws(Problem) -> MemberCardPage {
        let (words, now) = (visitor.words, now)
        let reader = directory.programReader(of: workspace)
        let program = try await reader.program()
        guard let settings = program.settings else { throw Desk.notFound }
        var currencies: [MemberCardPage.Currency] = []
        for currency in settings.currencies {
            let writer = PointWriter(
                words: words, formats: visitor.formats, calendar: program.calendar, currency: currency, names: [:])
            let book = try await reader.book(of: member.id, in: currency, at: now)
            let statement = try await reader.statement(of: member.id, in: currency, limit: Desk.cardLines, at: now)
            // A second currency in which nothing ever happened would only be in the way.
            if !currencies.isEmpty, statement.lines.isEmpty { continue }
            currencies.append(writer.card(book.balance(at: now), book.openLots, statement, lotsMax: Desk.cardLots))
        }
        return MemberCardPage(
            title: settings.name, member: words(\.memberCard.member, ["number": member.id.text]), currencies: currencies,
            languages: Language.allCases.map { language in
                Frame.Choice(
                    url: SiteURL.path(
                        SiteURL.memberCard(token), [("lang", language.rawValue), ("theme", visitor.query["theme"])]),
                    value: language.rawValue, label: language.ownName, lang: language.tag, current: language == visitor.language)
            }, problem: nil)
    }
}

extension PointWriter {
    /// One currency as its member sees it: who did what stays within the house.
    func card(
        _ balance: PointBook.Balance, _ lots: [PointLot], _ statement: PointStatement, lotsMax: Int
    ) -> MemberCardPage.Currency {
        let lots = ending(lots)
        var notes: [String] = []
        if balance.pending > 0 { notes.append(words(\.memberCard.pending, ["amount": points(balance.pending)])) }
        if balance.held > 0 { notes.append(words(\.memberCard.held, ["amount": points(balance.held)])) }
        if balance.debt > 0 { notes.append(words(\.memberCard.owing, ["amount": points(balance.debt)])) }
        let first = lots.first { $0.end != nil }
        let soon = first.flatMap { lot in
            lot.end.map { words(\.memberCard.soon, ["amount": points(lot.amount), "date": lastDay($0)]) }
        }
        let shown = lots.prefix(lotsMax).map { lot in
            MemberCardPage.Lot(
                amount: points(lot.amount),
                ends: lot.end.map { words(\.memberCard.endsOn, ["date": lastDay($0)]) } ?? words(\.memberCard.endsNever))
        }
        let lines = statement.lines.map { line in
            var line = line
            (line.actor, line.adjustment) = (nil, nil)
            return self.line(line)
        }
        return MemberCardPage.Currency(
            name: currency.name, available: points(balance.available), soon: soon, notes: notes, lots: shown,
            hasLots: !shown.isEmpty, lines: lines, hasLines: !lines.isEmpty)
    }

    /// What can be spent, added up by the day on which it ends; what never ends comes last.
    private func ending(_ lots: [PointLot]) -> [(end: Instant?, amount: Int64)] {
        var amounts: [Instant?: Int64] = [:]
        for lot in lots where lot.activation == .active && lot.quantities.remaining > 0 {
            amounts[lot.expiresAt, default: 0] += lot.quantities.remaining
        }
        return amounts.map { (end: $0.key, amount: $0.value) }.sorted {
            ($0.end ?? .distantFuture) < ($1.end ?? .distantFuture)
        }
    }
}
