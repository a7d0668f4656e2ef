import Model
import Testing

@testable import Console
@testable import Loyalty

@Suite("The form of a coupon template") struct CouponFormTests {
    private static let words = Words(.english)

    private static func form(_ values: [String: String]) -> CouponForm {
        CouponForm(sent: values, currency: .cny, zone: "Asia/Shanghai", words: words)
    }

    @Test("What is typed becomes the template, and the template fills the form with the same")
    func roundTrip() throws {
        var form = Self.form([
            "name": " Spring ", "kind": "percent", "value": "12.5", "on": "units", "units_max": "3", "cap": "1,000",
            "spend_min": "100", "products": "tin-50g，tin-100g", "weekdays": "6, 7", "hours_from": "14:00", "hours_until": "17:00",
            "first_day": "2026-12-05", "days": "30", "tiers": "gold", "first_order": "no", "budget": "5,000.00", "day": "100",
            "member": "2", "uses": "2", "exclusive": "yes", "bearer": "partner", "bearer_name": "Dairy",
        ])
        let made = form.template()
        let template = try #require(made)
        #expect(template.key.name == "Spring")
        #expect(template.effect == .percent(CouponPercent(hundredths: 1_250), on: .units(max: 3), cap: 100_000))
        #expect(template.conditions.spendMin == 10_000 && template.conditions.products.only == ["tin-50g", "tin-100g"])
        #expect(template.conditions.weekdays == [6, 7] && template.conditions.hours == [.init(from: 840, until: 1_020)])
        #expect(!template.conditions.isFirstOrderOnly && template.conditions.tiers == ["gold"])
        #expect(template.limits.map(\.name) == ["Spring/budget", "Spring/day", "Spring/member"])
        #expect(template.limits.map(\.max) == [500_000, 100, 2])
        #expect(template.useCount == 2 && template.stacking.isExclusive && template.costBearer == .partner("Dairy"))
        var filled = try #require(CouponForm(template, words: Self.words))
        let again = filled.template()
        #expect(again == template)
    }

    @Test(
        "Every kind of effect has its fields",
        arguments: [
            ("amount", "20", "", "", CouponEffect.amount(2_000, on: .order)),
            ("fixed_price", "9.90", "", "", .fixedPrice(990, unitsMax: nil)), ("gift", "", "cup", "2", .gift(sku: "cup", units: 2)),
            ("free_shipping", "", "", "", .freeShipping(cap: nil)),
            ("priority", "5", "queue", "7", .priority(weight: 5, of: "queue", days: 7)),
            ("status", "", "guest", "14", .status("guest", days: 14)),
        ])
    func effects(kind: String, value: String, what: String, many: String, effect: CouponEffect) throws {
        // What other kinds have does not matter.
        var form = Self.form([
            "name": "x", "kind": kind, "value": value.isEmpty ? "77" : value, "what": what.isEmpty ? "other" : what,
            "many": many.isEmpty ? "3" : many, "bearer_name": "nobody",
        ])
        let made = form.template()
        let template = try #require(made)
        #expect(template.effect == effect)
        var filled = try #require(CouponForm(template, words: Self.words))
        let again = filled.template()
        #expect(again == template)
    }

    @Test(
        "What is wrong is said at its field",
        arguments: [
            (["value": "a few"], "value"), (["value": ""], "value"), (["value": "1.234"], "value"), (["name": ""], "name"),
            (["spend_min": "20", "spend_max": "10"], "spend_min"), (["weekdays": "8"], "weekdays"),
            (["hours_from": "9"], "hours_from"), (["first_day": "soon"], "first_day"), (["budget": "x"], "budget"),
            (["total": "1", "day": "none"], "day"), (["uses": "0"], "uses"), (["uses": "2", "first_order": "yes"], "uses"),
            (["bearer": "store"], "bearer_name"),
        ])
    func mistakes(values: [String: String], field: String) {
        var form = Self.form(["name": "x", "kind": "amount", "value": "5"].merging(values) { _, new in new })
        let made = form.template()
        #expect(made == nil)
        let fields = form.head + form.groups.flatMap(\.fields)
        #expect(fields.filter { $0.error != nil }.map(\.name) == [field], "\(String(describing: form.problem))")
    }

    @Test("A template that says more than the form shows is not put into it")
    func beyond() {
        var template = CouponTemplate(
            key: .init(name: "x", version: 1), currency: .cny, zone: "UTC", effect: .amount(500, on: .order))
        #expect(CouponForm(template, words: Self.words) != nil)
        template.stacking.priority = 4
        #expect(CouponForm(template, words: Self.words) == nil)
        template.stacking.priority = 0
        template.limits = [CouponLimit("cards", .uses, per: .instrument, max: 5)]
        #expect(CouponForm(template, words: Self.words) == nil)
        // Two limits that count the same have one field.
        template.limits = [CouponLimit("one", .uses, max: 5), CouponLimit("two", .uses, max: 6)]
        #expect(CouponForm(template, words: Self.words) == nil)
        template.limits = []
        template.conditions.hours = [.init(from: 0, until: 60), .init(from: 120, until: 180)]
        #expect(CouponForm(template, words: Self.words) == nil)
    }

    @Test("Limits may have any names: the next version keeps them, and another template has its own")
    func limitNames() throws {
        var template = CouponTemplate(
            key: .init(name: "spring", version: 1), currency: .cny, zone: "Asia/Shanghai", effect: .amount(2_000, on: .order))
        template.conditions.spendMin = 10_000
        template.validity.days = 30
        template.limits = [
            CouponLimit("each", .uses, per: .member, max: 1), CouponLimit("spring/money", .money, max: 500_000),
        ]
        let filled = try #require(CouponForm(template, words: Self.words))
        #expect(filled.values["budget"] == "5000" || filled.values["budget"] == "5000.00")
        var sent = filled.values
        (sent["budget"], sent["day"]) = ("6000", "10")
        func next(_ values: [String: String]) throws -> CouponTemplate {
            var form = CouponForm(
                sent: values, currency: .cny, zone: "Asia/Shanghai", words: Self.words, former: template)
            let made = form.template()
            return try #require(made)
        }
        #expect(try next(sent).limits.map(\.name) == ["spring/money", "spring/day", "each"])
        #expect(try next(sent).limits.map(\.max) == [600_000, 10, 1])
        sent["name"] = "summer"
        #expect(try next(sent).limits.map(\.name) == ["summer/budget", "summer/day", "summer/member"])
    }

    @Test("A cart is tried: what the coupon takes off by line, and why it does not")
    func trial() throws {
        var form = Self.form(["name": "x", "kind": "amount", "value": "20", "spend_min": "100"])
        let made = form.template()
        let terms = try CouponTerms(try #require(made))
        func tried(_ lines: String) throws -> CouponFormPage.Trial {
            var trial = CouponTrial(
                ["cart_lines": lines, "cart_shipping": "8"], currency: .cny, words: Self.words, formats: Formats(.english))
            let cart = trial.cart(at: Fixtures.now)
            return trial.result(terms, try #require(cart))
        }
        let fine = try tried("tin, 2, 50.00, tea\n\ncup, 1, 60")
        #expect(fine.isGood && fine.sentence == "It takes CN¥20 off: CN¥148 are left to pay.")
        #expect(fine.lines.map(\.sku).contains("cup") && fine.lines.last?.paid == "CN¥8")
        let poor = try tried("tin, 1, 90")
        #expect(!poor.isGood && poor.near == "CN¥10 more and it counts." && poor.reasons.count == 1)
        var wrong = CouponTrial(["cart_lines": "tin\ncup, 1, x"], currency: .cny, words: Self.words, formats: Formats(.english))
        let unread = wrong.cart(at: Fixtures.now)
        #expect(unread == nil)
        #expect(wrong.fields.first?.error == "Line 1 is not understood. Write SKU, units, price.")
    }
}
