import Model
import Records

@testable import Console
@testable import Loyalty

/// The coupons and benefits of a card with fixed content.
extension Fixtures {
    private static let hostile = "<script>alert(1)</script>"

    private static func day(_ days: Int64) -> Instant { now.advanced(byMicroseconds: days * .microsecondsPerDay) }

    /// Coupons in all states that a card shows, and one that was used.
    private var cardCoupons: [(coupon: Coupon, terms: CouponTerms)] {
        var template = CouponTemplate(
            key: .init(name: "spring", version: 1), currency: .cny, zone: "Asia/Shanghai", effect: .amount(2_000, on: .order))
        template.conditions.spendMin = 10_000
        template.conditions.categories.only = [Self.hostile]
        template.validity.days = 30
        var later = CouponTemplate(
            key: .init(name: "share", version: 1), currency: .cny, zone: "Asia/Shanghai",
            effect: .percent(CouponPercent(hundredths: 1_250), on: .order, cap: 5_000))
        later.validity.firstDay = Fixtures.calendar.date(at: Self.day(10))
        later.useCount = 3
        func coupon(_ id: String, _ template: CouponTemplate) -> (coupon: Coupon, terms: CouponTerms) {
            let terms = CouponTerms(template, Fixtures.calendar)
            var coupon = Coupon(id: id, of: template)
            try? coupon.grant(to: "m_1", seen: CouponTextSeen(template, in: .english), terms, now: Self.day(-3))
            return (coupon, terms)
        }
        var (kept, used) = (coupon("c_2", template), coupon("c_3", template))
        var limits = LimitBook()
        var cart = CouponCart(
            currency: .cny, lines: [.init(id: "a", sku: "tea", categories: [Self.hostile], unitPrice: 12_000)], at: Fixtures.now)
        cart.member = "m_1"
        for order in ["kept", "o-4711"] {
            cart.instant = order == "kept" ? Fixtures.now : Self.day(-1)
            let discount = CouponPricing(cart, [template.candidateOfCard]).results[0]
            if order == "kept" {
                _ = try? kept.coupon.reserve(
                    discount, for: cart, kept.terms, order: order, key: "k",
                    until: Fixtures.now.advanced(byMicroseconds: Coupon.reservationDuration), limits: &limits)
            } else {
                _ = try? used.coupon.reserve(discount, for: cart, used.terms, order: order, key: "k", limits: &limits)
                _ = try? used.coupon.commit(order: order, now: cart.instant, limits: &limits)
            }
        }
        return [coupon("c_1", template), kept, coupon("c_4", later), used]
    }

    private var cardBenefits: [BenefitStatement] {
        var lounge = Benefit(
            key: "lounge", name: .init(english: "Lounge " + Self.hostile, chinese: "茶室 " + Self.hostile), kind: .metered)
        lounge.period = BenefitPeriod(.month, in: Fixtures.calendar.zone)
        (lounge.quota, lounge.places) = (4, ["hangzhou"])
        let delivery = Benefit(key: "delivery", name: .init(english: "Free delivery", chinese: "免运费"), kind: .onOff)
        return [lounge, delivery].map { benefit in
            var book = BenefitBook(of: benefit, for: BenefitParty("m_1"))
            let grant = BenefitGrant(
                id: BenefitID("g"), of: benefit.key, to: book.beneficiary, payer: BenefitParty("program"),
                source: BenefitSource(.plan, id: "gold"), from: Self.day(-12), until: benefit.key == "lounge" ? Self.day(60) : nil,
                amount: nil)
            _ = try? book.grant(grant, now: Self.day(-12))
            if benefit.key == "lounge" {
                _ = try? book.consume(.init(amount: 1, place: "hangzhou"), id: BenefitID("u"), now: Self.day(-2))
                _ = try? book.consume(.init(amount: 2, place: "hangzhou"), id: BenefitID("v"), now: Self.day(-1))
                _ = try? book.refund(BenefitID("v"), nil, now: Fixtures.now)
            }
            return BenefitStatement(of: book, at: Fixtures.now)
        }
    }

    /// - Parameter points: What happened to the points.
    func cardRights(_ points: [(at: Instant, event: MemberCardPage.Event)]) -> MemberCardPage.Rights {
        let writer = MemberCardWriter(words: words, formats: formats, calendar: Fixtures.calendar, now: Fixtures.now)
        let (coupons, benefits) = (cardCoupons, cardBenefits)
        let events = points + coupons.flatMap { writer.uses($0.coupon, $0.terms) } + benefits.flatMap { writer.uses($0) }
        return MemberCardPage.Rights(
            statuses: [chinese ? "茶友" : "Tea friend", Self.hostile], hasStatuses: true,
            coupons: coupons.prefix(3).map { coupon, terms in
                writer.coupon(coupon, terms, code: coupon.id == "c_4" ? nil : "7KQ2-M4XZ-PWAB-C")
            }, hasCoupons: true,
            moreCoupons: words(\.memberCard.moreCoupons, count: 2), benefits: benefits.compactMap { writer.benefit($0) },
            hasBenefits: true,
            viewers: [
                writer.viewer(
                    BenefitViewer(
                        member: ProgramMemberID(number: 1), viewer: ProgramMemberID(number: 9), givenAt: Self.day(-20)))
            ], hasViewers: true, history: writer.history(events, max: 20), hasHistory: true)
    }
}

extension CouponTemplate {
    fileprivate var candidateOfCard: CouponCandidate {
        CouponCandidate(id: key.name, terms: CouponTerms(self, Fixtures.calendar))
    }
}
