import Model
import Records

@testable import Console
@testable import Loyalty

/// Pages of plans with fixed content.
extension Fixtures {
    private static let hostile = "<script>alert(1)</script>"
    private static let (member, company) = ("m_7654321", "m_1234567")

    private var planWriter: PlanWriter { planWriter(mayChange: true) }

    private func planWriter(mayChange: Bool, refused: DeedForms.Refused? = nil) -> PlanWriter {
        let benefits = BenefitWriter(
            words: words, formats: formats, calendar: Fixtures.calendar, now: Fixtures.now, page: "page")
        return PlanWriter(
            benefits: benefits, currency: .cny, names: ["lounge": Self.hostile],
            forms: DeedForms(
                words: words, action: "/benefits/plans", page: "page", mayChange: mayChange, refused: refused))
    }

    private func day(_ days: Int64) -> Instant { Fixtures.now.advanced(byMicroseconds: days * .microsecondsPerDay) }

    private var gold: PlanOffer {
        var terms = PaidPlanTerms(fee: 9_900, zone: Fixtures.calendar.zone)
        (terms.trialDays, terms.promisesSavings) = (7, true)
        return PlanOffer(
            key: "gold", name: .init(english: "Gold " + Self.hostile, chinese: "金卡 " + Self.hostile), terms: terms,
            parts: [.init("lounge", amount: 4, listPrice: 3_000), .init("delivery")])
    }

    /// Bought with a trial, told of the renewal, paid, and cancelled after that.
    private var goldOfMember: PlanStatement? {
        var plan = try? PaidPlan(
            id: BenefitID(Self.hostile), terms: gold.terms, payer: BenefitParty(Self.company),
            beneficiary: BenefitParty(Self.member), country: "CN", now: day(-9))
        _ = try? plan?.pay(9_900, by: .oneself, now: day(-8))
        plan?.settle(until: day(-1))
        _ = try? plan?.cancel(now: Fixtures.now)
        return plan.map { PlanStatement(offer: gold, version: 2, plan: $0, facts: $0.facts) }
    }

    private func gift(_ id: String, to recipient: String?) -> GiftedPlan? {
        try? GiftedPlan(
            id: BenefitID(id), payer: BenefitParty(Self.company), recipient: recipient.map { BenefitParty($0) }, fee: 9_900,
            days: 14, in: Fixtures.calendar, now: day(-2))
    }

    private var planGifts: [PlanGiftStatement] {
        var declined = gift("g2", to: Self.member)
        _ = try? declined?.decline(by: BenefitParty(Self.member), now: day(-1))
        return [gift(Self.hostile, to: Self.member), gift("g1", to: nil), declined].compactMap(\.self).map {
            PlanGiftStatement(KeptPlanGift(gift: $0, offer: gold, version: 1), at: Fixtures.now)
        }
    }

    private func planForm(_ typed: [String: String]?) -> PlanForm {
        PlanForm(
            sent: typed, benefits: [("lounge", Self.hostile), ("delivery", "d")], currency: .cny, zone: Fixtures.calendar.zone,
            words: words)
    }

    var plans: PlansPage {
        let refused = DeedForms.Refused(
            deed: "buy", subject: "", field: "payer", said: Said(text: words(\.benefits.missing)),
            typed: ["payer": Self.hostile, "plan": "gold 2"])
        let writer = planWriter(mayChange: true, refused: refused)
        var form = planForm(["key": "gold", "name_en": "G", "name_zh": "G", "fee": Self.hostile, "part1_benefit": "lounge"])
        _ = form.offer()
        let offers = [(offer: gold, version: Int64(2))]
        return PlansPage(
            tabs: benefitTabs, problem: writer.forms.problem, offers: offers.map { writer.offer($0.offer, version: $0.version) },
            hasOffers: true,
            missing: nil,
            form: .init(
                title: words(\.plans.define), command: "c", of: "", fields: form.fields, more: form.more,
                parts: form.parts, isOpen: true, isMoreOpen: form.isMoreOpen),
            deeds: writer.sales(offers), typed: Self.hostile, isFiltered: true, boughtNote: words(\.plans.boughtNote, count: 50),
            bought: goldOfMember.map { [writer.bought($0)] } ?? [], hasBought: true, noneBought: "",
            gifts: planGifts.map { writer.gift($0, offers) }, hasGifts: true, mayChange: true)
    }

    var noPlans: PlansPage {
        PlansPage(
            tabs: benefitTabs, problem: nil, offers: [], hasOffers: false, missing: words(\.plans.noBenefits), form: nil, deeds: [],
            typed: "",
            isFiltered: false, boughtNote: words(\.plans.boughtNote, count: 50), bought: [], hasBought: false,
            noneBought: words(\.plans.noneBought), gifts: [], hasGifts: false, mayChange: false)
    }

    var plan: PlanPage? {
        let writer = planWriter
        return goldOfMember.map { statement in
            PlanPage(
                name: writer.name(statement.offer), note: words(\.plans.version, ["number": "2"]), problem: nil,
                tag: writer.tag(statement.plan.state), bought: writer.bought(statement), facts: writer.facts(statement),
                events: writer.events(statement.facts), deeds: writer.cancelling(statement.plan),
                refundURL: SiteURL.planRefund(Self.hostile), mayChange: true)
        }
    }

    var planRefund: PlanRefundPage {
        PlanRefundPage(
            title: words(\.plans.refundTitle, ["plan": Self.hostile]), problem: nil,
            stats: [
                Stat(label: words(\.plans.refundAmount), value: planWriter.money(3_900), note: words(\.plans.refundNote)),
                Stat(label: words(\.plans.payer), value: Self.company),
            ], plan: Self.hostile, command: "c", backURL: SiteURL.plan(Self.hostile))
    }
}
