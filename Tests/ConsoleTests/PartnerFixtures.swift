import Model
import Records

@testable import Console
@testable import Loyalty

/// Pages of partners, and of what stands open of points, with fixed content.
extension Fixtures {
    private static let hostile = "<script>alert(1)</script>"
    private static let member = ProgramMemberID(number: 7_654_321)

    private var partnerWriter: PartnerWriter {
        let currency = PointCurrency(key: "points")
        return PartnerWriter(
            points: PointWriter(
                words: words, formats: formats, calendar: Fixtures.calendar, currency: currency,
                names: ["mem_a": chinese ? "陆羽" : "Lu Yu"]), money: .cny)
    }

    private func day(_ days: Int64) -> Instant { Fixtures.now.advanced(byMicroseconds: days * .microsecondsPerDay) }

    private var partnerTabs: [ProgramTab] {
        [
            ProgramTab(url: "/points", label: words(\.program.tabPoints), current: false),
            ProgramTab(url: "/points/books", label: words(\.program.tabBooks), current: true),
        ]
    }

    private func partnerForms(_ refused: DeedForms.Refused?, mayChange: Bool) -> DeedForms {
        DeedForms(words: words, action: "/points/partners", page: "page", mayChange: mayChange, refused: refused)
    }

    var partners: PartnersPage {
        let refused = DeedForms.Refused(
            deed: "buy", subject: "", field: "price", said: Said(text: words(\.common.badMoney)),
            typed: ["partner": Self.hostile, "price": Self.hostile])
        let forms = partnerForms(refused, mayChange: true)
        let blocks = [
            PartnerBlock(partner: Self.hostile, currency: "points", bought: 120_000, drawn: 41_300),
            PartnerBlock(partner: "roaster", currency: "points", bought: 500, drawn: 500),
        ]
        return PartnersPage(
            tabs: partnerTabs, currencies: [], hasCurrencies: false, problem: forms.problem,
            partners: blocks.map(partnerWriter.partner), hasPartners: true, noneText: "", deeds: partnerWriter.buying(forms),
            mayChange: true)
    }

    var noPartners: PartnersPage {
        PartnersPage(
            tabs: partnerTabs, currencies: [], hasCurrencies: false, problem: nil, partners: [], hasPartners: false,
            noneText: words(\.partners.noneReader), deeds: partnerWriter.buying(partnerForms(nil, mayChange: false)),
            mayChange: false)
    }

    var partner: PartnerPage {
        let writer = partnerWriter
        let purchase = PartnerPurchase(
            id: "p", amount: 20_000, price: 18_000, reference: Self.hostile, actor: "mem_a", boughtAt: day(-3))
        let month = PointMonth(holding: Fixtures.today)
        let statement = PartnerStatement(
            partner: Self.hostile, currency: "points", month: month, opening: 100_000, issued: 41_500, takenBack: 200,
            purchases: [purchase], cohort: PointCohort(outstanding: 30_000, fulfilled: 11_000, lapsed: 300, allocation: 0))
        return PartnerPage(
            title: words(\.partners.ofMonth, ["partner": Self.hostile, "month": formats.month(month.firstDate)]),
            backURL: SiteURL.partners(currency: "points"), currency: "points", partner: Self.hostile,
            monthOptions: [.init(value: month.text, label: formats.month(month.firstDate), selected: true)],
            terms: writer.terms(statement), stats: writer.stats(statement.cohort), purchases: [writer.purchase(purchase)],
            hasPurchases: true)
    }

    private func offer(_ id: String, to receiver: ProgramMemberID?, invited: String?) -> PointOffer {
        PointOffer(
            id: id, currency: "points", giver: Self.member, hold: PointID(1), receiver: receiver,
            invited: invited.map { Identity(type: .userID, value: $0) }, amount: 250, madeAt: day(-1), until: day(6), state: .open)
    }

    private var ladders: [PointDormancy] {
        func proof(_ channel: String, _ isDelivered: Bool) -> DormantLadder.Proof {
            .init(channel: channel, template: "t", sentAt: day(-20), isDelivered: isDelivered)
        }
        let notices: [DormantLadder.Notice] = [
            .init(days: 60, toldAt: day(-21), proofs: [proof(Self.hostile, false), proof("sms", true)]),
            .init(days: 30, toldAt: day(-2)), .init(days: 1),
        ]
        let ladder = DormantLadder(activeAt: day(-700), endsAt: day(28), notices: notices, isExtended: true)
        return [
            PointDormancy(member: Self.member, currency: "points", startedAt: day(-21), ladder: ladder),
            PointDormancy(
                member: Self.member, currency: "points", startedAt: day(-90), ladder: ladder, end: .active, endedAt: day(-50)),
        ]
    }

    var openPoints: OpenPointsPage {
        let writer = partnerWriter
        return OpenPointsPage(
            tabs: partnerTabs, currencies: [], hasCurrencies: false,
            offers: [
                writer.offer(offer("a", to: ProgramMemberID(number: 42), invited: nil)),
                writer.offer(offer("b", to: nil, invited: Self.hostile)),
            ], hasOffers: true, dormant: ladders.prefix(1).map(writer.dormancy), hasDormant: true, noDormant: "",
            ended: ladders.suffix(1).map(writer.dormancy), hasEnded: true, endedNote: words(\.openPoints.endedNote, count: 20))
    }

    var noOpenPoints: OpenPointsPage {
        OpenPointsPage(
            tabs: partnerTabs, currencies: [], hasCurrencies: false, offers: [], hasOffers: false, dormant: [], hasDormant: false,
            noDormant: words(\.openPoints.noRules), ended: [], hasEnded: false, endedNote: "")
    }
}
