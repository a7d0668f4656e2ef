import Loyalty
import Model
import Workspaces

/// Puts what partners have bought, offers and dormant points into words.
struct PartnerWriter {
    let points: PointWriter
    let money: Currency

    private var words: Words { points.words }

    // MARK: - Partners

    func partner(_ block: PartnerBlock) -> PartnersPage.Partner {
        PartnersPage.Partner(
            name: block.partner, url: SiteURL.partner(block.partner, currency: block.currency),
            cells: [block.bought, block.drawn, block.left].map(points.points),
            tag: block.left > 0 ? nil : TagItem(kind: "bad", label: words(\.books.empty)))
    }

    func buying(_ forms: DeedForms) -> [DeedForm] {
        var price = forms.field("buy", "", "price", \.partners.price, nil)
        price.hint = words(\.partners.priceHint, ["currency": money.code])
        let fields = [
            forms.hidden("buy", "", "currency", points.currency.key),
            forms.field("buy", "", "partner", \.partners.name, \.partners.nameHint),
            forms.field("buy", "", "amount", \.partners.amount, nil), price,
            forms.field("buy", "", "reference", \.partners.reference, \.partners.referenceHint, isRequired: false),
        ]
        return forms.form("buy", \.partners.buy, fields, note: words(\.partners.buyNote))
    }

    func terms(_ statement: PartnerStatement) -> [BooksPage.Term] {
        let all: [(String, KeyPath<Catalogue, Text>, Int64)] = [
            ("", \.books.opening, statement.opening), ("+", \.books.bought, statement.bought),
            ("−", \.books.issued, statement.issued), ("+", \.partners.takenBack, statement.takenBack),
            ("=", \.books.closing, statement.closing),
        ]
        return all.map { sign, label, amount in
            .init(sign: sign, label: words(label), amount: points.points(amount), isSum: sign == "=")
        }
    }

    func stats(_ cohort: PointCohort) -> [Stat] {
        [
            Stat(label: words(\.partners.outstanding), value: points.points(cohort.outstanding)),
            Stat(label: words(\.partners.fulfilled), value: points.points(cohort.fulfilled)),
            Stat(label: words(\.partners.lapsed), value: points.points(cohort.lapsed)),
        ]
    }

    func purchase(_ purchase: PartnerPurchase) -> PartnerPage.Purchase {
        let price = points.formats.money(Money(minorUnits: purchase.price, currency: money))
        return PartnerPage.Purchase(
            text: words(\.partners.purchase, ["amount": points.points(purchase.amount), "price": price]),
            reference: purchase.reference.isEmpty ? nil : purchase.reference,
            by: words(
                \.partners.by, ["who": points.actor(purchase.actor), "when": points.when(purchase.boughtAt)]))
    }

    // MARK: - Open

    func offer(_ offer: PointOffer) -> OpenPointsPage.Offer {
        let invited = offer.invited.map { words(\.openPoints.invited, ["who": $0.text]) }
        return OpenPointsPage.Offer(
            giver: offer.giver.text, giverURL: SiteURL.pointMember(offer.giver.text, currency: offer.currency),
            receiver: offer.receiver?.text ?? invited ?? "",
            receiverURL: offer.receiver.map { SiteURL.pointMember($0.text, currency: offer.currency) },
            amount: points.points(offer.amount), made: points.when(offer.madeAt), until: points.when(offer.until))
    }

    func dormancy(_ dormancy: PointDormancy) -> OpenPointsPage.Dormancy {
        let ladder = dormancy.ladder
        var tag = ladder.isExtended ? TagItem(kind: "customer", label: words(\.openPoints.extended)) : nil
        if let end = dormancy.end {
            tag = TagItem(kind: end == .expired ? "bad" : "", label: words(PartnerWriter.label(of: end)))
        }
        return OpenPointsPage.Dormancy(
            member: dormancy.member.text, memberURL: SiteURL.pointMember(dormancy.member.text, currency: dormancy.currency),
            active: points.when(ladder.activeAt), ends: points.when(dormancy.endedAt ?? ladder.endsAt), tag: tag,
            notices: ladder.notices.flatMap(notice))
    }

    private func notice(_ notice: DormantLadder.Notice) -> [String] {
        let days = Int(clamping: notice.days)
        guard let toldAt = notice.toldAt else { return [words(\.openPoints.noticeDue, count: days)] }
        if notice.proofs.isEmpty { return [words(\.openPoints.noticeAsked, ["when": points.when(toldAt)], count: days)] }
        return notice.proofs.map { proof in
            words(
                proof.isDelivered ? \.openPoints.delivered : \.openPoints.failed,
                ["channel": proof.channel, "when": points.when(proof.sentAt)], count: days)
        }
    }

    private static func label(of end: PointDormancy.End) -> KeyPath<Catalogue, Text> {
        switch end {
        case .active: \.openPoints.endActive
        case .empty: \.openPoints.endEmpty
        case .closed: \.openPoints.endClosed
        case .expired: \.openPoints.endExpired
        }
    }
}
