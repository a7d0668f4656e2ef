import Model
import OrderedCollections
import Testing

@testable import Loyalty

/// Templates as JSON: what is read, what is written, what cannot be.
@Suite("Coupon templates") struct CouponTemplateTests {
    static let full: JSONValue = [
        "name": "spring", "version": 3, "currency": "CNY", "zone": "Asia/Shanghai",
        "effect": ["kind": "percent", "percent": "12.5", "on": "units", "units_max": 2, "cap": "20.00"],
        "conditions": [
            "spend": ["min": "100.00", "max": "900.00"], "units": ["min": 2, "max": 9],
            "products": ["only": ["cup", "tea"], "except": ["pot"]], "categories": ["except": ["books"]], "undiscounted_only": true,
            "weekdays": [1, 6], "hours": [["from": "09:00", "until": "11:30"], ["from": "22:00", "until": "24:00"]],
            "first_order_only": true, "tiers": ["gold"], "tags": ["parent", "student"], "channels": ["app"], "stores": ["s1"],
        ],
        "validity": ["first_day": "2026-12-01", "last_day": "2026-12-31", "days": 7],
        "cost_bearer": ["kind": "partner", "name": "Bank"], "refund": "never", "transferable": true, "uses": 1,
        "stacking": [
            "group": "spring", "with": ["gifts"], "exclusive": false, "priority": 5, "class_max": ["line": 1, "gift": 2],
        ],
        "limits": [
            ["name": "spring/money", "measure": "money", "per": "everybody", "period": "ever", "max": "5000.00"],
            ["name": "spring/member", "measure": "uses", "per": "member", "period": "day", "max": 1],
        ],
    ]

    @Test("A template is written as it was read")
    func roundTrip() throws {
        let template = try CouponTemplate(json: Self.full)
        #expect(template.json == Self.full)
        #expect(template.effect == .percent(CouponPercent(hundredths: 1_250), on: .units(max: 2), cap: 2_000))
        #expect(template.limits[0].max == 500_000)
    }

    @Test("Random templates survive their JSON", arguments: Seeds.upTo(200))
    func randomRoundTrip(seed: UInt64) throws {
        var maker = CouponMaker(seed: seed)
        let template = maker.template()
        #expect(try CouponTemplate(json: template.json) == template)
    }

    struct Bad: Sendable, CustomTestStringConvertible {
        let path: [String]
        let value: JSONValue
        let place: String

        init(_ path: String, _ value: JSONValue, at place: String? = nil) {
            self.path = path.split(separator: "/").map(String.init)
            self.value = value
            self.place = place ?? "/" + path
        }

        var testDescription: String { "\(path.joined(separator: "/")) = \(value.text.prefix(60))" }
    }

    static let bad: [Bad] = [
        Bad("name", ""), Bad("name", "a\nb"), Bad("name", nil), Bad("version", 0), Bad("version", 1.5), Bad("currency", "yuan"),
        Bad("surprise", 1), Bad("effect", []), Bad("effect/kind", "magic"), Bad("effect/percent", "100.01"),
        Bad("effect/percent", "0"),
        Bad("effect/percent", -5), Bad("effect/percent", "12.345"), Bad("effect/cap", "0.00"), Bad("effect/cap", "1.005"),
        Bad("effect/cap", "99999999999999999999"), Bad("effect/units_max", 0), Bad("effect/on", "moon"),
        Bad("effect", ["kind": "gift"], at: "/effect/sku"), Bad("effect", ["kind": "gift", "sku": ""], at: "/effect/sku"),
        Bad("effect", ["kind": "fixed_price", "price": 0], at: "/effect/price"),
        Bad("effect", ["kind": "amount", "amount": "5", "units_max": 1], at: "/effect/units_max"),
        Bad("effect", ["kind": "amount", "amount": "5", "cap": 1], at: "/effect/cap"),
        Bad("effect", ["kind": "gift", "sku": "mug"], at: "/limits/0/measure"),
        Bad("conditions/spend/min", "900.01", at: "/conditions/spend"), Bad("conditions/units/min", 10, at: "/conditions/units"),
        Bad("conditions/products/except", ["cup", "tea"], at: "/conditions/products"),
        Bad("conditions/products/only", ["a", "a"], at: "/conditions/products/only/1"),
        Bad("conditions/weekdays", [8], at: "/conditions/weekdays/0"),
        Bad("conditions/hours", [["from": "09:00", "until": "09:00"]]),
        Bad("conditions/hours", [["from": "09:00", "until": "12:00"], ["from": "11:59", "until": "13:00"]]),
        Bad("conditions/hours", [["from": "9:00", "until": "12:00"]], at: "/conditions/hours/0/from"),
        Bad("conditions/hours", [["from": "09:00", "until": "24:01"]], at: "/conditions/hours/0/until"),
        Bad("validity/last_day", "2026-11-30", at: "/validity"), Bad("validity/first_day", "2026-02-30"), Bad("validity/days", -1),
        Bad("validity", ["first_day": "2026-12-02", "last_day": "2026-12-04"], at: "/conditions/weekdays"),
        Bad("refund", "value_part"), Bad("refund", "maybe"), Bad("uses", 0), Bad("uses", 2), Bad("stacking/exclusive", true),
        Bad("stacking/class_max/line", 0, at: "/stacking/class_max"),
        Bad("cost_bearer", ["kind": "partner"], at: "/cost_bearer/name"),
        Bad("limits", [["name": "a", "measure": "uses", "max": 0]], at: "/limits/0/max"),
        Bad(
            "limits", [["name": "a", "measure": "uses", "max": 1], ["name": "a", "measure": "uses", "max": 2]], at: "/limits/1/name"
        ),
    ]

    @Test("What contradicts itself or cannot be is refused, with its place", arguments: bad)
    func refusals(_ bad: Bad) {
        let json = Self.full.setting(bad.path[...], to: bad.value)
        #expect {
            try CouponTemplate(json: json)
        } throws: {
            let problem = $0 as? Problem
            return problem?.code == .badCouponTemplate && problem?.place == bad.place
        }
    }
}
