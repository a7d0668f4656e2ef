import Model
import Records

@testable import Console
@testable import Loyalty

/// Pages of coupons with fixed content.
extension Fixtures {
    private static let hostile = "<script>alert(1)</script>"

    private var couponTabs: [ProgramTab] {
        let all: [(String, KeyPath<Catalogue, Text>)] = [
            ("/program", \.program.tabSettings), ("/points", \.program.tabPoints), ("/coupons", \.coupons.title),
            ("/points/books", \.program.tabBooks), ("/points/approvals", \.program.tabApprovals),
        ]
        return all.enumerated().map { ProgramTab(url: $1.0, label: words($1.1), current: $0 == 2) }
    }

    private var couponWriter: CouponWriter {
        let name = language == .chinese ? "陆羽" : "Lu Yu"
        return CouponWriter(
            words: words, formats: formats, calendar: Fixtures.calendar, now: Fixtures.now,
            actor: { $0 == "mem_a" ? name : $0 }, page: "page")
    }

    private var spring: CouponTemplate {
        var template = CouponTemplate(
            key: .init(name: language == .chinese ? "春茶" : "Spring tea", version: 2), currency: .cny, zone: "Asia/Shanghai",
            effect: .amount(2_000, on: .order))
        template.conditions.spendMin = 10_000
        template.conditions.weekdays = [6, 7]
        template.conditions.categories.only = [Fixtures.hostile]
        template.validity.days = 30
        template.limits = [
            CouponLimit("\(template.key.name)/budget", .money, max: 500_000),
            CouponLimit("\(template.key.name)/day", .uses, period: .day, max: 100),
            CouponLimit("\(template.key.name)/member", .uses, per: .member, max: 1),
        ]
        return template
    }

    private var couponLimits: [CouponLimitStand] {
        spring.limits.enumerated().map { index, limit in
            let key = Limit.Key(name: limit.name)
            return CouponLimitStand(
                limit: limit,
                count: index == 2 ? nil : Limit(key: key, max: limit.max, reserved: index == 0 ? 4_000 : 0, used: limit.max / 2))
        }
    }

    /// One that is used since three weeks, and one of which nothing was.
    private var couponBudgets: [CouponBudget] {
        guard let stand = couponLimits.first, let count = stand.count else { return [] }
        let used = (0 ..< 20).map { day in
            (day: Fixtures.today.advanced(byDays: day - 20), used: Int64(day % 3 == 1 ? -2_000 : 14_000 + day * 500))
        }
        let rest = count.used - used.reduce(0) { $0 + $1.used }
        let visits = CouponLimit("\(spring.key.name)/\(Fixtures.hostile)", .uses, max: 1_000)
        return [
            CouponBudget(
                stand.limit, count, first: used.first?.day, used: used + [(day: Fixtures.today, used: rest)],
                today: Fixtures.today, lastDay: nil),
            CouponBudget(
                visits, Limit(key: .init(name: visits.name), max: visits.max), first: nil, used: [], today: Fixtures.today,
                lastDay: nil),
        ]
    }

    private func batch(_ number: Int64, _ state: CouponBatch.State, exported: Int64) -> CouponBatch {
        CouponBatch(
            number: number, template: spring.key, count: 1_000, codeLength: 12, state: state, exportedCount: exported,
            exportedBy: exported > 0 ? "mem_a" : nil, createdAt: Fixtures.now)
    }

    var coupons: CouponsPage {
        let writer = couponWriter
        let terms = CouponTerms(spring, Fixtures.calendar)
        var coupon = Coupon(id: "b1_7", of: spring)
        try? coupon.grant(
            to: ProgramMemberID(number: 7_654_321).text, seen: CouponTextSeen(spring, in: .english), terms, now: Fixtures.now)
        var revoked = coupon
        var limits = LimitBook()
        try? revoked.revoke(reason: Fixtures.hostile, now: Fixtures.now, limits: &limits)
        let kept = KeptCouponTemplate(template: spring, actor: "mem_a", createdAt: Fixtures.now)
        var gift = CouponTemplate(
            key: .init(name: Fixtures.hostile, version: 1), currency: .cny, zone: "Asia/Shanghai",
            effect: .gift(sku: Fixtures.hostile, units: 1))
        gift.conditions.isFirstOrderOnly = true
        return CouponsPage(
            tabs: couponTabs, typed: Fixtures.hostile, problem: nil,
            found: CouponsPage.Found(
                title: "7KQ2-M4XZ-PWAB-C", facts: [.init(key: words(\.coupons.batch), value: "1")],
                coupons: [
                    writer.coupon(
                        coupon, look: Fixtures.hostile, mayChange: true, reason: "", error: words(\.coupons.reasonMissing)),
                    writer.coupon(
                        Coupon(id: "b1_8", of: spring), look: "x", mayChange: true, reason: "", error: nil),
                    writer.coupon(revokedAs(revoked, "b1_9"), look: "x", mayChange: true, reason: "", error: nil),
                ], none: nil),
            items: [
                writer.item(kept, couponLimits, count: 1_240),
                writer.item(KeptCouponTemplate(template: gift, actor: "mem_a", createdAt: Fixtures.now), [], count: 1),
            ], hasItems: true, newURL: SiteURL.couponForm(), mayChange: true)
    }

    /// The same as another coupon: ids stand once on a page.
    private func revokedAs(_ coupon: Coupon, _ id: String) -> Coupon {
        var made = Coupon(id: id, of: spring)
        (made.grant, made.ending) = (coupon.grant, coupon.ending)
        return made
    }

    var noCoupons: CouponsPage {
        CouponsPage(
            tabs: couponTabs, typed: "", problem: Said(text: words(\.coupons.unknown)), found: nil, items: [], hasItems: false,
            newURL: nil, mayChange: false)
    }

    var couponTemplate: CouponTemplatePage {
        let writer = couponWriter
        var count = FormField("count", words(\.coupons.count), value: "many", autocomplete: "off")
        count.error = words(\.products.badCount)
        return CouponTemplatePage(
            name: spring.key.name, note: words(\.coupons.made, ["when": "2026", "who": Fixtures.hostile]), problem: nil,
            texts: CouponWords.all(spring), limits: couponLimits.map { writer.limit($0, .cny) }, hasLimits: true,
            budgets: couponBudgets.enumerated().map { writer.burn($1, at: $0, .cny) }, hasBudgets: true,
            versionURL: SiteURL.couponForm(of: spring.key.name), isNotInForm: false,
            batches: [
                writer.batch(batch(2, .ready, exported: 0), mayChange: true),
                writer.batch(batch(1, .closed, exported: 2), mayChange: true),
            ], hasBatches: true, codes: .init(action: "/coupons/batches", command: "page-codes", fields: [count]),
            giving: .init(
                action: "/coupons/give", command: "page-give", fields: [FormField("member", words(\.coupons.member))]),
            mayChange: true)
    }

    /// A preview whose cart is too small.
    var couponForm: CouponFormPage {
        get throws {
            guard let form = CouponForm(spring, words: words) else { throw Problem(.badRequest, "The form does not show it.") }
            return try CouponFormPage(
                form, cart: ["cart_lines": "tin, 1, 90, \(Fixtures.hostile)", "cart_shipping": "8"], of: spring.key.name,
                command: "page", isPreview: true, at: Fixtures.now, words, formats)
        }
    }
}
