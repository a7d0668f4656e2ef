import HTTPTypes
import Loyalty
import Model
import Records
import Workspaces

/// Cards of members, for whoever has the address of one: no sign-in, no script, no cookie.
extension Desk {
    private static let cardLines = 20
    private static let cardLots = 6
    private static let cardCoupons = 20

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
            let page = MemberCardPage(
                title: title, member: "", currencies: [], rights: nil, languages: [], problem: Said(text: said))
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
        var events: [(at: Instant, event: MemberCardPage.Event)] = []
        for currency in settings.currencies {
            let writer = PointWriter(
                words: words, formats: visitor.formats, calendar: program.calendar, currency: currency, names: [:])
            let book = try await reader.book(of: member.id, in: currency, at: now)
            let statement = try await reader.statement(of: member.id, in: currency, limit: Desk.cardLines, at: now)
            // A second currency in which nothing ever happened would only be in the way.
            if !currencies.isEmpty, statement.lines.isEmpty { continue }
            currencies.append(writer.card(book.balance(at: now), book.openLots, lotsMax: Desk.cardLots))
            events += writer.events(statement)
        }
        let rights = try await rights(of: member, reader, program.calendar, events, in: workspace, visitor)
        return MemberCardPage(
            title: settings.name, member: words(\.memberCard.member, ["number": member.id.text]), currencies: currencies,
            rights: rights,
            languages: Language.allCases.map { language in
                Frame.Choice(
                    url: SiteURL.path(
                        SiteURL.memberCard(token), [("lang", language.rawValue), ("theme", visitor.query["theme"])]),
                    value: language.rawValue, label: language.ownName, lang: language.tag, current: language == visitor.language)
            }, problem: nil)
    }

    /// What the member has beside points, and all that happened, points included.
    private func rights(
        of member: ProgramMember, _ reader: ProgramReader, _ calendar: ZoneCalendar,
        _ points: [(at: Instant, event: MemberCardPage.Event)], in workspace: WorkspaceID, _ visitor: Visitor
    ) async throws(Problem) -> MemberCardPage.Rights {
        let writer = MemberCardWriter(words: visitor.words, formats: visitor.formats, calendar: calendar, now: now)
        let all = try await reader.coupons(of: member.id)
        let open = all.filter { [.granted, .reserved].contains($0.coupon.state(at: now)) }.sorted {
            ($0.coupon.grant?.interval.until ?? .distantFuture, $0.coupon.id)
                < ($1.coupon.grant?.interval.until ?? .distantFuture, $1.coupon.id)
        }
        var coupons: [MemberCardPage.Coupon] = []
        for (coupon, terms) in open.prefix(Desk.cardCoupons) {
            let code = try await directory.couponCode(of: coupon.id, in: workspace)
            coupons.append(writer.coupon(coupon, terms, code: code?.text))
        }
        try await directory.endFormerCaps(on: [MemberWish(.id(member.id))], in: workspace)
        let statements = try await reader.benefits(of: member.id, at: now)
        let benefits = statements.compactMap { writer.benefit($0) }
        let events = points + all.flatMap { writer.uses($0.coupon, $0.terms) } + statements.flatMap { writer.uses($0) }
        let history = writer.history(events, max: Desk.cardLines)
        let viewers = try await reader.benefitViewers(of: member.id).given.map { writer.viewer($0) }
        let more = open.count - coupons.count
        let statuses = statements.compactMap { writer.status($0) }
        return MemberCardPage.Rights(
            statuses: statuses, hasStatuses: !statuses.isEmpty, coupons: coupons, hasCoupons: !coupons.isEmpty,
            moreCoupons: more > 0 ? visitor.words(\.memberCard.moreCoupons, count: more) : nil, benefits: benefits,
            hasBenefits: !benefits.isEmpty, viewers: viewers, hasViewers: !viewers.isEmpty, history: history,
            hasHistory: !history.isEmpty)
    }
}

extension PointWriter {
    /// One currency as its member sees it: what is frozen is told apart from what can be spent.
    ///
    /// - Parameter lots: Those of the balance, at the same instant.
    func card(_ balance: PointBook.Balance, _ lots: [PointLot], lotsMax: Int) -> MemberCardPage.Currency {
        let frozen = lots.filter { $0.activation == .active && $0.isFrozen }.reduce(0) { $0 + $1.quantities.remaining }
        let lots = ending(lots)
        var notes: [String] = []
        if frozen > 0 { notes.append(words(\.memberCard.frozen, ["amount": points(frozen)])) }
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
        return MemberCardPage.Currency(
            name: currency.name, available: points(balance.available - frozen), soon: soon, notes: notes, lots: shown,
            hasLots: !shown.isEmpty)
    }

    /// What happened to the points, each amount with its currency, as uses and money stand beside it: who did what stays within the house.
    func events(_ statement: PointStatement) -> [(at: Instant, event: MemberCardPage.Event)] {
        statement.lines.map { line in
            var own = line
            (own.actor, own.adjustment) = (nil, nil)
            let told = self.line(own)
            func amount(_ text: String) -> String { "\(text) \(currency.name)" }
            let event = MemberCardPage.Event(
                what: told.what, detail: told.source, when: told.when, timestamp: told.timestamp, into: told.into.map(amount),
                out: told.out.map(amount))
            return (line.effectiveAt, event)
        }
    }

    /// What can be spent, added up by the day on which it ends; what never ends comes last.
    private func ending(_ lots: [PointLot]) -> [(end: Instant?, amount: Int64)] {
        var amounts: [Instant?: Int64] = [:]
        for lot in lots where lot.activation == .active && !lot.isFrozen && lot.quantities.remaining > 0 {
            amounts[lot.expiresAt, default: 0] += lot.quantities.remaining
        }
        return amounts.map { (end: $0.key, amount: $0.value) }.sorted {
            ($0.end ?? .distantFuture) < ($1.end ?? .distantFuture)
        }
    }
}
