import Model
import OrderedCollections
import Testing

@testable import Loyalty

/// What people read before they claim is what is enforced.
@Suite("Texts of coupons") struct CouponTextTests {
    @Test("The whole text in English")
    func english() throws {
        let template = try CouponTemplate(json: CouponTemplateTests.full)
        #expect(
            CouponText(template, in: .english).lines == [
                "12.5% off the goods, on at most 2 units, the dearest first, at most CN¥20.",
                "Counts for the products “cup”, “tea” only.", "Does not count for the products “pot”.",
                "Does not count for the categories “books”.", "Goods that are reduced already do not count.", "For orders in CNY.",
                "From CN¥100 of goods that count, before coupons.", "Up to CN¥900 of goods that count, before coupons.",
                "From 2 units that count.", "Up to 9 units that count.", "From 1 Dec 2026 on.", "The last day is 31 Dec 2026.",
                "It ends with the 7th day after the one on which you get it.", "What comes first of these ends counts.",
                "On these days of the week only: Monday, Saturday.", "At these hours only: 09:00–11:30, 22:00–24:00.",
                "Days and hours are those of Asia/Shanghai.", "For your first order only.", "For these tiers only: “gold”.",
                "For people with all of these tags only: “parent”, “student”.", "In these channels only: “app”.",
                "In these stores only: “s1”.", "Can be used once.", "Can be passed on to others.",
                "Belongs to the group “spring”.", "Can be combined with coupons of these groups only: “gifts”.",
                "Where coupons compete, it comes with priority 5.",
                "At most 1 of the coupons in the same order may be for single goods.",
                "At most 2 of the coupons in the same order may be gifts.",
                "At most CN¥5,000 for everybody together in all, counted as “spring/money”.",
                "At most 1 use for each member on each day, counted as “spring/member”.",
                "When goods are returned, the coupon stays used.", "Paid for by the partner “Bank”.",
            ])
    }

    @Test("The whole text in Chinese")
    func chinese() throws {
        let template = try CouponTemplate(json: CouponTemplateTests.full)
        #expect(
            CouponText(template, in: .chinese).lines == [
                "商品减 12.5%，最多 2 件，从单价最高的算起，最多减 ¥20。", "仅限商品：「cup」、「tea」。", "不适用于商品：「pot」。", "不适用于品类：「books」。",
                "已打折的商品不计入。", "适用于以 CNY 结算的订单。", "适用商品用券前满 ¥100 可用。", "适用商品用券前不超过 ¥900 可用。", "适用商品满 2 件可用。",
                "适用商品不超过 9 件可用。", "自 2026年12月1日 起可用。", "最后一天为 2026年12月31日（含当天）。", "有效至领取次日起第 7 天（含当天）。",
                "以上两个截止日以先到者为准。", "仅限以下日子：周一、周六。", "仅限以下时段：09:00–11:30、22:00–24:00。",
                "日期和时间以 Asia/Shanghai 时区为准。", "仅限首单。", "仅限以下等级：「gold」。", "仅限同时具有以下标签的人：「parent」、「student」。",
                "仅限以下渠道：「app」。", "仅限以下门店：「s1」。", "限用一次。", "可转赠他人。", "属于券组 「spring」。", "仅可与以下券组同时使用：「gifts」。",
                "多张券竞争时的优先级为 5。", "同一订单中单品券最多 1 张。", "同一订单中赠品券最多 2 张。",
                "所有人合计总共最多 ¥5,000，计入 「spring/money」。", "每位会员每天最多 1 次，计入 「spring/member」。", "退货后优惠券不予退还。",
                "费用由合作伙伴 「Bank」 承担。",
            ])
    }

    /// One change of each thing that is enforced.
    static let changes: [(path: String, value: JSONValue)] = [
        ("currency", "USD"), ("zone", "Asia/Tokyo"), ("effect/percent", "12.51"), ("effect/on", "order"), ("effect/units_max", 3),
        ("effect/units_max", nil), ("effect/cap", "20.01"), ("effect/cap", nil), ("effect", ["kind": "amount", "amount": "5"]),
        ("effect", ["kind": "amount", "amount": "5", "on": "units"]), ("effect", ["kind": "fixed_price", "price": "5"]),
        ("effect", ["kind": "free_shipping"]), ("effect", ["kind": "free_shipping", "cap": 5]), ("conditions/spend/min", "100.01"),
        ("conditions/spend/min", nil), ("conditions/spend/max", "900.01"), ("conditions/units/min", 3),
        ("conditions/units/max", 10),
        ("conditions/products/only", ["cup, tea"]), ("conditions/products/only", ["cup”, “tea"]),
        ("conditions/products/only", ["cup」、「tea"]), ("conditions/products/except", ["pot", "lid"]),
        ("conditions/categories/only", ["drinks"]), ("conditions/categories/except", []), ("conditions/undiscounted_only", false),
        ("conditions/weekdays", [1]), ("conditions/weekdays", []), ("conditions/hours", []),
        ("conditions/hours", [["from": "09:00", "until": "11:31"]]), ("conditions/first_order_only", false),
        ("conditions/tiers", ["gold", "silver"]), ("conditions/tags", ["parent"]), ("conditions/channels", []),
        ("conditions/stores", ["s2"]), ("validity/first_day", "2026-12-02"), ("validity/first_day", nil),
        ("validity/last_day", "2026-12-30"), ("validity/last_day", nil), ("validity/days", 8), ("validity/days", 0),
        ("validity/days", nil), ("cost_bearer", ["kind": "brand"]), ("cost_bearer", ["kind": "store", "name": "Bank"]),
        ("cost_bearer/name", "Other"), ("refund", "return_on_full_refund"), ("transferable", false), ("uses", 2),
        ("stacking/group", nil), ("stacking/group", "winter"), ("stacking/with", nil), ("stacking/with", []),
        ("stacking/with", ["gifts", "spring"]), ("stacking", ["exclusive": true]), ("stacking/priority", -5),
        ("stacking/class_max/line", 2), ("stacking/class_max/gift", nil), ("stacking/class_max/shipping", 0), ("limits", []),
        ("limits", [["name": "spring/money", "measure": "money", "max": "5000.01"]]),
        ("limits", [["name": "spring/money", "measure": "money", "period": "day", "max": "5000"]]),
        ("limits", [["name": "spring/money", "measure": "money", "per": "instrument", "max": "5000"]]),
        ("limits", [["name": "spring/money", "measure": "uses", "max": 5000]]),
        ("limits", [["name": "other", "measure": "money", "max": "5000"]]),
    ]

    @Test("C7: whatever is enforced shows: no two of these templates have the same text, in either language")
    func everyFieldShows() throws {
        var all = [try CouponTemplate(json: CouponTemplateTests.full)]
        for (path, value) in Self.changes {
            let path = path.split(separator: "/").map(String.init)
            var json = CouponTemplateTests.full.setting(path[...], to: value)
            // A money limit needs an effect of money; the days have to hold a weekday; a first order is one.
            if path == ["effect", "on"] { json = json.setting(["effect", "units_max"], to: nil) }
            if path == ["uses"] { json = json.setting(["conditions", "first_order_only"], to: nil) }
            all.append(try CouponTemplate(json: json))
        }
        for language in CouponText.Language.allCases {
            var seen: [String: CouponTemplate] = [:]
            for template in all {
                let text = CouponText(template, in: language)
                #expect(seen[text.hash] == nil, "\(text.text) says two things: \(template.json.text)")
                seen[text.hash] = template
            }
        }
    }

    @Test("C7: two templates that enforce different things have different texts", arguments: Seeds.upTo(200))
    func injective(seed: UInt64) throws {
        var maker = CouponMaker(seed: seed)
        let (one, other) = (maker.template(), maker.template())
        for language in CouponText.Language.allCases {
            #expect((CouponText(one, in: language).text == CouponText(other, in: language).text) == (one == other))
            #expect(CouponText(one, in: language).hash == CouponText(one, in: language).hash)
        }
    }
}
