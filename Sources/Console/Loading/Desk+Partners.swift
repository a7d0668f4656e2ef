import HTTPTypes
import Loyalty
import Model
import Records
import Workspaces

/// What partners have bought, and what stands open of points.
extension Desk {
    private static let openMax = 100
    private static let endedMax = 20
    private static let monthsShown = 24

    func partners(_ visitor: Visitor) async throws(Problem) -> Reply { try await partnersReply(visitor, nil) }

    private func partnersReply(_ visitor: Visitor, _ refused: DeedForms.Refused?) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (words, reader) = (visitor.words, directory.programReader(of: workspace.id))
        guard let settings = try await reader.program().settings, let currency = currency(settings, visitor) else {
            return noProgram(visitor, .books, words(\.partners.title))
        }
        let writer = try await partnerWriter(visitor, workspace, currency)
        let forms = DeedForms(
            words: words, action: "/points/partners", page: Team.anonymousToken(), mayChange: visitor.isOwner, refused: refused)
        let partners = try await reader.blocks(of: currency.key).map(writer.partner)
        let page = PartnersPage(
            tabs: programTabs(visitor, .books), currencies: currencyFilters(settings, currency) { SiteURL.partners(currency: $0) },
            hasCurrencies: settings.currencies.count > 1, problem: forms.problem, partners: partners,
            hasPartners: !partners.isEmpty, noneText: words(visitor.isOwner ? \.partners.noneText : \.partners.noneReader),
            deeds: writer.buying(forms), mayChange: visitor.isOwner)
        var frame = visitor.frame(words(\.partners.title), .program)
        if let partner = visitor.query["bought"], let amount = visitor.query["amount"].flatMap({ Int64($0) }) {
            let text = words(\.partners.done, ["points": writer.points.points(amount), "partner": partner])
            frame.notice = .init(kind: "", text: text)
        }
        return .page(page, frame, status: refused == nil ? .ok : .unprocessableContent)
    }

    private func partnerWriter(
        _ visitor: Visitor, _ workspace: OpenWorkspace, _ currency: PointCurrency
    ) async throws(Problem) -> PartnerWriter {
        PartnerWriter(points: try await pointWriter(visitor, workspace, currency), money: workspace.settings.currency)
    }

    func buyBlock(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (form, words) = (visitor.form, visitor.words)
        func refuse(_ field: String?, _ said: Said) async throws(Problem) -> Reply {
            try await partnersReply(visitor, .init(deed: "buy", subject: "", field: field, said: said, typed: form))
        }
        let settings = try await directory.programReader(of: workspace.id).program().settings
        let currency = try changedCurrency(settings, visitor)
        let partner = (form["partner"] ?? "").trimmed
        guard (1 ... 100).contains(partner.utf8.count) else {
            return try await refuse("partner", Said(text: words(\.partners.badName)))
        }
        guard let amount = Formats.units(form["amount"] ?? "", digits: currency.scale), amount > 0 else {
            return try await refuse("amount", Said(text: words(\.points.badAmount)))
        }
        guard let price = Formats.units(form["price"] ?? "", digits: workspace.settings.currency.minorDigits) else {
            return try await refuse("price", Said(text: words(\.common.badMoney)))
        }
        let reference = (form["reference"] ?? "").trimmed
        guard reference.utf8.count <= 500 else {
            return try await refuse("reference", Said(text: words(\.partners.longReference)))
        }
        let command = BuyBlock(amount, of: currency.key, for: partner, price: price, reference: reference)
        let answer = try await directory.perform(command, id: commandID(visitor), in: workspace.id, by: actor(visitor))
        if let refusal = refusal(answer, visitor, workspace.calendar, scale: currency.scale) {
            return try await refuse(nil, refusal)
        }
        return .redirect(SiteURL.partners(currency: currency.key, bought: partner, amount: amount))
    }

    func partner(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (words, reader) = (visitor.words, directory.programReader(of: workspace.id))
        let name = visitor.query["partner"] ?? ""
        guard let settings = try await reader.program().settings, let currency = currency(settings, visitor),
            try await reader.blocks(of: currency.key).contains(where: { $0.partner == name })
        else { throw Desk.notFound }
        let writer = try await partnerWriter(visitor, workspace, currency)
        let today = workspace.calendar.date(at: now)
        let thisMonth = PointMonth(holding: today)
        let wanted = visitor.query["month"].flatMap { PointMonth(text: $0) } ?? thisMonth
        let statement = try await reader.statement(of: name, wanted, in: currency.key)
        let months = (0 ..< Desk.monthsShown).map { PointMonth(holding: today.advanced(byMonths: -$0)) }
        func label(_ month: PointMonth) -> String { visitor.formats.month(month.firstDate) }
        let title = words(\.partners.ofMonth, ["partner": name, "month": label(wanted)])
        let page = PartnerPage(
            title: title, backURL: SiteURL.partners(currency: currency.key), currency: currency.key, partner: name,
            monthOptions: Set(months + [wanted]).sorted(by: >).map {
                .init(value: $0.text, label: label($0), selected: $0 == wanted)
            }, terms: writer.terms(statement), stats: writer.stats(statement.cohort),
            purchases: statement.purchases.map(writer.purchase), hasPurchases: !statement.purchases.isEmpty)
        return .page(page, visitor.frame(title, .program))
    }

    // MARK: - Open

    func openPoints(_ visitor: Visitor) async throws(Problem) -> Reply {
        let workspace = try await workspace(visitor)
        let (words, reader, now) = (visitor.words, directory.programReader(of: workspace.id), now)
        guard let settings = try await reader.program().settings, let currency = currency(settings, visitor) else {
            return noProgram(visitor, .points, words(\.openPoints.title))
        }
        let writer = try await partnerWriter(visitor, workspace, currency)
        let offers = try await reader.openOffers(of: currency.key, at: now, limit: Desk.openMax)
        let dormant = try await reader.dormancies(of: currency.key, limit: Desk.openMax)
        let ended = try await reader.dormancies(of: currency.key, isOpen: false, limit: Desk.endedMax)
        let page = OpenPointsPage(
            tabs: programTabs(visitor, .points),
            currencies: currencyFilters(settings, currency) { SiteURL.openPoints(currency: $0) },
            hasCurrencies: settings.currencies.count > 1, offers: offers.map(writer.offer), hasOffers: !offers.isEmpty,
            dormant: dormant.map(writer.dormancy), hasDormant: !dormant.isEmpty,
            noDormant: words(currency.dormancy == nil ? \.openPoints.noRules : \.openPoints.noDormant),
            ended: ended.map(writer.dormancy), hasEnded: !ended.isEmpty,
            endedNote: words(\.openPoints.endedNote, count: Desk.endedMax))
        return .page(page, visitor.frame(words(\.openPoints.title), .program))
    }
}
