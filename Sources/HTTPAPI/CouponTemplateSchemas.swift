internal import Loyalty
internal import Model
internal import OrderedCollections

/// The schema of a coupon template, part by part, as ``CouponTemplate/init(json:)`` reads it.
enum CouponTemplateSchemas {
    private typealias Schemas = SettingsSchemas

    static var components: OrderedDictionary<String, JSONValue> { ["CouponTemplate": template] }

    private static let countMax: Int64 = 1_000_000_000_000

    private static let template = Schemas.part(
        "One version of what a kind of coupon promises. Amounts are decimal in its currency; carts and what is answered of them count in minor units. What is left out does not matter; what cannot come true is refused with its pointer.",
        [
            "name": Schemas.text("The template's, 1 to 200 bytes in one line: the same name again makes its next version."),
            "version": Schemas.whole(1 ... 1_000_000, "Answered. What is sent here counts for nothing: versions are counted."),
            "currency": Schemas.text("Three letters, such as CNY. Carts in another one do not count."),
            "zone": Schemas.text("The IANA zone of its days and hours, such as Asia/Shanghai."),
            "effect": effect, "conditions": conditions, "validity": validity, "cost_bearer": costBearer,
            "refund": Schemas.choice(
                CouponRefundPolicy.allCases.map(\.rawValue),
                "What becomes of the coupon when goods come back. return_on_full_refund: it can be used again once all goods of the order are back. never: it stays used. value_part: what it took off the returned goods can be used again; for an amount off the order with one use alone.",
                default: CouponRefundPolicy.returnOnFullRefund.rawValue),
            "transferable": Schemas.flag("Whether a member may pass it on to another."),
            "uses": Schemas.whole(1 ... 1_000, "For how many orders one coupon is good.", default: 1), "stacking": stacking,
            "limits": Schemas.list(of: limit, max: 20, "How much may be given away in all; no name twice."),
        ], required: ["name", "currency", "zone", "effect"]
    ).setting(["example"], to: example)

    // MARK: - Effect

    /// Each kind with its own members.
    private static let effect: JSONValue = [
        "description": "What it does for an order, by `kind`.",
        "oneOf": .array([
            kind(
                "amount", "Takes an amount off, at most what is left to pay for the goods that count.",
                [
                    "amount": Schemas.money("Above 0: once off the order, or off each of the units."), "on": target,
                    "units_max": unitsMax,
                ],
                required: ["amount"]),
            kind(
                "percent", "Takes off a share of what it is taken off, rounded half up once.",
                [
                    "percent": [
                        "type": ["string", "number"],
                        "description": "From 0.01 to 100 per cent with at most two decimals: \"12.5\" or 12.5.",
                    ], "on": target, "units_max": unitsMax,
                    "cap": Schemas.money("The most that it takes off in all."),
                ], required: ["percent"]),
            kind(
                "fixed_price", "Each unit that counts costs this, where it costs more.",
                ["price": Schemas.money("Above 0."), "units_max": unitsMax], required: ["price"]),
            kind(
                "gift", "Goods for nothing beside those in the cart: no money is taken off.",
                ["sku": Schemas.text("Which goods."), "units": Schemas.whole(1 ... countMax, "How many.", default: 1)],
                required: ["sku"]),
            kind(
                "free_shipping", "Takes the shipping off.", ["cap": Schemas.money("The most that it takes off.")], required: []),
            kind(
                "status", "Using the coupon grants a benefit of the kind status.",
                ["status": Schemas.text("The benefit's key; it has to be there already."), "days": days],
                required: ["status", "days"]),
            kind(
                "priority",
                "Using the coupon grants a benefit of the kind priority: a place in its queue. A new template names both `benefit` and `days`; older ones have neither, and give nothing.",
                [
                    "weight": Schemas.whole(1 ... 1_000_000, "The place: greater ones come earlier."),
                    "benefit": Schemas.text("The benefit's key; it has to be there already."), "days": days,
                ], required: ["weight"]),
        ]),
    ]

    private static func kind(
        _ word: String, _ about: String, _ members: OrderedDictionary<String, JSONValue>, required: [String]
    ) -> JSONValue {
        var all: OrderedDictionary<String, JSONValue> = ["kind": ["const": .string(word)]]
        for (key, schema) in members { all[key] = schema }
        return Schemas.part(about, all, required: ["kind"] + required)
    }

    private static let target = Schemas.choice(
        ["order", "units"],
        "order: off all goods that count together, after what units have of their own. units: off units, before.",
        default: "order")
    private static let unitsMax = Schemas.whole(
        1 ... countMax, "Off how many units at most, the dearest; for an amount or a share it goes with \"on\": \"units\" alone.")
    private static let days = Schemas.whole(1 ... 36_500, "How many days after that of the use it is had.")

    // MARK: - Conditions

    private static let conditions = Schemas.part(
        "When, where, for whom and for what it counts: all that is set has to hold, measured before any coupon.",
        [
            "spend": Schemas.part(
                "What the goods that count cost together.",
                ["min": Schemas.money("At least."), "max": Schemas.money("At most.")]),
            "units": Schemas.part(
                "How many units of goods count.",
                ["min": Schemas.whole(1 ... countMax, "At least."), "max": Schemas.whole(1 ... countMax, "At most.")]),
            "products": choice("Which goods count, by the `sku` of the cart's lines."),
            "categories": choice("Which goods count, by the `categories` of the cart's lines: one of `only`, none of `except`."),
            "undiscounted_only": Schemas.flag("Lines that say `discounted` do not count."),
            "weekdays": [
                "type": "array", "items": ["type": "integer", "minimum": 1, "maximum": 7], "uniqueItems": true,
                "description": "On which days, 1 for Monday to 7 for Sunday, in the template's zone.",
            ],
            "hours": Schemas.list(
                of: Schemas.part(
                    "From a time of the day up to another, without that one.",
                    [
                        "from": Schemas.text("As 09:00, from 00:00 on."),
                        "until": Schemas.text("As 18:30, up to 24:00; later than `from`."),
                    ], required: ["from", "until"]), max: 24, "At which times of the day, in the template's zone; no two overlap."),
            "first_order_only": Schemas.flag("The cart has to say `first_order`; one use alone."),
            "tiers": Schemas.names("One of these has to be the cart's `tier`."),
            "tags": Schemas.names("All of these have to be among the cart's `tags`."),
            "channels": Schemas.names("One of these has to be the cart's `channel`."),
            "stores": Schemas.names("One of these has to be the cart's `store`."),
        ])

    private static func choice(_ about: String) -> JSONValue {
        Schemas.part(
            about,
            ["only": Schemas.names("Nothing else counts; everything without it."), "except": Schemas.names("These do not count.")])
    }

    // MARK: - The rest

    private static let validity = Schemas.part(
        "On which days it can be used; it ends with the earlier of `last_day` and `days`, and never with neither.",
        [
            "first_day": day("The first day, as 2026-12-05."), "last_day": day("The last day, with it."),
            "days": Schemas.whole(0 ... 36_500, "So many days after that on which a member got it; 0 for that day alone."),
        ])

    private static func day(_ about: String) -> JSONValue {
        ["type": "string", "format": "date", "description": .string(about)]
    }

    private static let costBearer: JSONValue = [
        "description": "Who pays for what it takes off, for the books alone; the brand without it.",
        "oneOf": [
            kind("brand", "The house itself.", [:], required: []),
            kind("partner", "A partner.", ["name": Schemas.text("Its name, 1 to 200 bytes in one line.")], required: ["name"]),
            kind("store", "A store.", ["name": Schemas.text("Its name, 1 to 200 bytes in one line.")], required: ["name"]),
        ],
    ]

    private static let stacking = Schemas.part(
        "Which coupons may be used together with it for one order: both sides have to agree. All, when nothing is set.",
        [
            "group": Schemas.text("The group that others name in `with`; none without it."),
            "with": Schemas.names("The groups that it goes together with: all without it, none when it is empty."),
            "exclusive": Schemas.flag("Nothing else with it; then neither groups in `with` nor `class_max`."),
            "priority": Schemas.whole(
                -1_000_000 ... 1_000_000, "Higher ones come first where coupons are taken by the mode `priority`.", default: 0),
            "class_max": Schemas.part(
                "How many coupons of each class an order that has this one may have at most; its own class at least 1.",
                OrderedDictionary(
                    uniqueKeysWithValues: CouponClass.allCases.map {
                        ($0.rawValue, Schemas.whole(0 ... 100, CouponTemplateSchemas.about($0)))
                    })),
        ])

    private static func about(_ kind: CouponClass) -> String {
        switch kind {
        case .line: "An amount or a share off units, and fixed prices."
        case .order: "An amount or a share off the order."
        case .shipping: "Free shipping."
        case .gift: "Gifts."
        case .right: "Statuses and priorities."
        }
    }

    private static let limit = Schemas.part(
        "How many uses, or how much money. What is kept for an order counts as used until it is let go.",
        [
            "name": Schemas.text("Its own, 1 to 200 bytes in one line: templates that name the same limit share one count."),
            "measure": Schemas.choice(
                CouponLimit.Measure.allCases.map(\.rawValue),
                "uses counts orders; money counts what is taken off, and takes off less when less is left."),
            "per": Schemas.choice(
                CouponLimit.Subject.allCases.map(\.rawValue),
                "Whose uses are counted together; an instrument is the card or account that pays, as the cart names it.",
                default: CouponLimit.Subject.everybody.rawValue),
            "period": Schemas.choice(
                CouponLimit.Period.allCases.map(\.rawValue), "For ever, or for each day of the template's zone.",
                default: CouponLimit.Period.ever.rawValue),
            "max": [
                "type": ["string", "number"],
                "description":
                    "Of uses a whole number. Of money decimal in the currency, \"5000\" or 5000; answers about how it is used have it in minor units.",
            ],
        ], required: ["name", "measure", "max"])

    /// A template in which each part stands.
    static let example: JSONValue = [
        "name": "tea-week", "currency": "CNY", "zone": "Asia/Shanghai",
        "effect": ["kind": "percent", "percent": "12.5", "on": "order", "cap": "30"],
        "conditions": [
            "spend": ["min": "100", "max": "1000"], "units": ["min": 1, "max": 20],
            "products": ["except": ["gift-card"]], "categories": ["only": ["tea", "pots"]], "undiscounted_only": true,
            "weekdays": [1, 2, 3, 4, 5], "hours": [["from": "09:00", "until": "18:30"]], "tiers": ["gold", "silver"],
            "tags": ["newsletter"], "channels": ["app", "shop"], "stores": ["shanghai-1"],
        ],
        "validity": ["first_day": "2026-12-01", "last_day": "2026-12-31", "days": 14],
        "cost_bearer": ["kind": "partner", "name": "roaster"], "refund": "return_on_full_refund", "transferable": true, "uses": 1,
        "stacking": ["group": "week", "with": ["shipping"], "priority": 10, "class_max": ["order": 1, "shipping": 1]],
        "limits": [
            ["name": "tea-week/money", "measure": "money", "max": "5000"],
            ["name": "tea-week/member", "measure": "uses", "per": "member", "period": "day", "max": 1],
        ],
    ]
}
