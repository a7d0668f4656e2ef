internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Workspaces

/// A body that asks for coupons for an order.
struct CouponUse {
    let member: MemberWish
    let order: String
    let coupons: [String]
    let cart: CouponCart
    let mode: CouponStack.Mode
    let commits: Bool
    /// For how long they are kept; nil where it is not said.
    let seconds: Int64?

    /// - Parameter commits: Whether the body may ask for using them at once.
    init(_ call: APICall, commits mayCommit: Bool) async throws(Problem) {
        let known = ["member", "order", "coupons", "cart", "mode"] + (mayCommit ? ["commit", "seconds"] : [])
        let body = try ObjectReader(try call.json(), known: known)
        order = try body.requiredText("order")
        coupons = try body.texts("coupons") ?? []
        guard (1 ... 100).contains(coupons.count) else { throw body.refused("coupons", "Name 1 to 100 coupons.") }
        guard let cart = try body.cart(at: call.directory.clock.now) else {
            throw Problem(Problem.Code("missing_member"), "\"cart\" is missing.", place: "/cart")
        }
        self.cart = cart
        mode = try body.word("mode", CouponStack.Mode.self) ?? .bestForCustomer
        commits = mayCommit ? try body.flag("commit") ?? false : false
        seconds = mayCommit ? try body.number("seconds", in: ReserveCoupons.secondsRange) : nil
        member = try await call.member(try body.requiredText("member"))
    }
}

extension ObjectReader {
    private static let cartMembers = [
        "currency", "lines", "shipping", "shipping_tax_rate", "prices", "instrument", "tier", "tags", "first_order", "channel",
        "store",
    ]
    private static let lineMembers = ["id", "sku", "categories", "units", "unit_price", "discounted", "tax_rate"]
    private static let linesMax = 1_000

    /// The member `cart`; nil when there is none.
    func cart(at now: Instant) throws(Problem) -> CouponCart? {
        guard let reader = try object("cart", known: ObjectReader.cartMembers) else { return nil }
        guard let currency = Currency(code: try reader.requiredText("currency")) else {
            throw reader.refused("currency", "A currency has three letters, such as CNY.")
        }
        let readers = try reader.objects("lines", known: ObjectReader.lineMembers) ?? []
        guard (1 ... ObjectReader.linesMax).contains(readers.count) else {
            throw reader.refused("lines", "A cart has 1 to \(ObjectReader.linesMax) lines.")
        }
        var lines: [CouponCart.Line] = []
        for line in readers {
            guard let price = try line.money("unit_price") else {
                throw line.refused("unit_price", "\"unit_price\" is missing.")
            }
            var made = CouponCart.Line(
                id: try line.requiredText("id"), sku: try line.requiredText("sku"),
                categories: Set(try line.texts("categories") ?? []), units: try line.amount("units") ?? 1,
                unitPrice: price, isDiscounted: try line.flag("discounted") ?? false)
            made.taxRate = try line.number("tax_rate", in: CouponTax.rateRange)
            lines.append(made)
        }
        var cart = CouponCart(currency: currency, lines: lines, at: now)
        cart.shipping = try reader.money("shipping") ?? 0
        cart.shippingTaxRate = try reader.number("shipping_tax_rate", in: CouponTax.rateRange)
        cart.taxBase = try reader.word("prices", CouponCart.TaxBase.self) ?? .gross
        (cart.instrument, cart.tier) = (try reader.text("instrument"), try reader.text("tier"))
        cart.tags = Set(try reader.texts("tags") ?? [])
        cart.isFirstOrder = try reader.flag("first_order") ?? false
        (cart.channel, cart.store) = (try reader.text("channel"), try reader.text("store"))
        return cart
    }

    /// Whole numbers by name; empty when the member is missing.
    func counts(_ key: String) throws(Problem) -> [String: Int64] {
        guard let value = present(key) else { return [:] }
        guard let members = value.objectValue else { throw refused(key, "\"\(key)\" is an object of whole numbers.") }
        var counts: [String: Int64] = [:]
        for (name, value) in members {
            guard let count = value.intValue, count >= 0 else {
                throw refused(key, "\"\(key)\" has whole numbers that are not negative.")
            }
            counts[name] = count
        }
        return counts
    }
}

extension CouponTemplate {
    /// The template with the text of its conditions in every language, and the text's hash.
    var described: OrderedDictionary<String, JSONValue> {
        let texts = CouponText.Language.allCases.map { language in
            let text = CouponText(self, in: language)
            return (language.rawValue, ["lines": .array(text.lines.map { .string($0) }), "hash": .string(text.hash)] as JSONValue)
        }
        return ["template": json, "texts": .object(OrderedDictionary(uniqueKeysWithValues: texts))]
    }
}

extension CouponLimitStand {
    var json: JSONValue {
        var members = JSONMembers()
        members.put("name", limit.name)
        members.put("measure", limit.measure.rawValue)
        members.put("per", limit.subject.rawValue)
        members.put("period", limit.period.rawValue)
        members.put("max", .int(count?.max ?? limit.max))
        members.put("reserved", count.map { .int($0.reserved) } ?? .null)
        members.put("used", count.map { .int($0.used) } ?? .null)
        members.put("left", count.map { .int($0.left) } ?? .null)
        return members.json
    }
}

extension CouponBudget {
    var json: JSONValue {
        var members = JSONMembers()
        members.put("name", limit.name)
        members.put("measure", limit.measure.rawValue)
        members.put("max", .int(count.max))
        members.put("left", .int(count.left))
        members.put("used_lately", .int(usedLately))
        members.put("forecast", forecast.word)
        members.put("forecast_date", forecast.date?.text)
        members.put("days", .array(days.map { ["date": .string($0.date.text), "left": .int($0.left)] }))
        return members.json
    }
}

extension CouponStack {
    /// What was found, the used coupons by id.
    var json: JSONValue {
        let members: OrderedDictionary<String, JSONValue> = [
            "used": .array(
                used.sorted { $0.key < $1.key }.map {
                    [
                        "coupon": .string($0.key), "amount": .int($0.value.total),
                        "trimmed_by": .array((trimmedBy[$0.key] ?? []).map { .string($0) }), "discount": $0.value.json,
                    ]
                }), "skipped": .array(skipped.map(\.json)), "total": .int(total), "price": price.json,
        ]
        return .object(codes.isEmpty ? members : members.merging(["codes": .couponCodes(codes)]) { one, _ in one })
    }
}

/// The schemas of bodies and answers about coupons.
enum CouponSchemas {
    static let code: JSONValue = ["type": "string", "description": "As it was typed."]
    static let address: JSONValue = [
        "type": "string",
        "description": "The network address of the person, for throttling; without it that of the connection counts.",
    ]
    static let template = APISchema.reference("CouponTemplate")
    private static let text = APISchema.object([
        "lines": ["type": "array", "items": APISchema.text],
        "hash": ["type": "string", "description": "SHA-256 of the lines joined by line feeds: what a claim names as read."],
    ])
    static let texts = APISchema.object(["en": text, "zh-Hans": text])
    private static let describedMembers: OrderedDictionary<String, JSONValue> = [
        "template": template, "texts": texts, "cart": APISchema.anyObject,
    ]
    static let described = APISchema.object(describedMembers, required: ["template", "texts"])
    static let kept = APISchema.object(
        describedMembers.merging([
            "versions": APISchema.count, "made_by": APISchema.text, "made_at": APISchema.instant,
        ]) { one, _ in one }, required: ["template", "texts", "versions"])
    private static let limitCount: JSONValue = [
        "type": "integer", "minimum": 0, "description": "Uses, or minor units of money, though the template has it decimal.",
    ]
    private static let optionalCount: JSONValue = [
        "type": ["integer", "null"],
        "description": "As `max`; null of a limit that each member or card has for itself.",
    ]
    static let limits: JSONValue = [
        "type": "array",
        "items": APISchema.object([
            "name": APISchema.text, "measure": ["enum": ["uses", "money"]],
            "per": ["enum": ["everybody", "member", "instrument"]], "period": ["enum": ["ever", "day"]], "max": limitCount,
            "reserved": optionalCount, "used": optionalCount, "left": optionalCount,
        ]),
    ]
    static let budgets: JSONValue = [
        "type": "array",
        "items": APISchema.object([
            "name": APISchema.text, "measure": ["enum": ["uses", "money"]], "max": limitCount, "left": limitCount,
            "used_lately": [
                "type": "integer",
                "description": "In the last seven days, today included, less what came back: uses, or minor units of money.",
            ],
            "forecast": [
                "enum": ["used_up", "idle", "ends", "outlasts", "far_off"],
                "description":
                    "At the rate of the last seven days: nothing is left now; it is not used up; it is used up on `forecast_date`; something is left when the template's last day, `forecast_date`, is over; it lasts for more than ten years.",
            ],
            "forecast_date": ["type": ["string", "null"], "format": "date"],
            "days": [
                "type": "array",
                "items": APISchema.object([
                    "date": ["type": "string", "format": "date", "description": "By the workspace's zone."],
                    "left": limitCount,
                ]),
                "description":
                    "From the first use on, at most 90 and the last is today: what was left when the day ended of what the limit allows now. Today, what is kept for orders counts as taken. Empty while nothing was used.",
            ],
        ]),
    ]
    static let batch = APISchema.object([
        "batch": PointSchemas.number, "template": APISchema.text, "version": PointSchemas.number, "count": APISchema.count,
        "code_length": APISchema.count, "state": ["enum": .array(CouponBatch.State.allCases.map { .string($0.rawValue) })],
        "exported_count": APISchema.count, "exported_by": APISchema.optionalText,
    ])
    private static let textHash: JSONValue = [
        "type": ["string", "null"],
        "description":
            "Of its conditions as they were when the member got it: the text that `seen` named, else that in the workspace's language. null of what nobody has, and of what was given without `seen` by versions before this.",
    ]
    private static let couponMembers: OrderedDictionary<String, JSONValue> = [
        "coupon": APISchema.text, "template": APISchema.text, "version": PointSchemas.number,
        "state": ["enum": ["minted", "granted", "reserved", "redeemed", "expired", "voided", "revoked"]],
        "reason": APISchema.text, "member": APISchema.optionalText, "from": APISchema.optionalInstant,
        "until": APISchema.optionalInstant, "zone": APISchema.optionalText, "text_hash": textHash,
        "uses_left": SettingsSchemas.count("For how many more orders it is good."),
        "value_left": minor("What has come back of it by refunds under `value_part` and can be used again; else 0."),
    ]
    private static let couponRequired = ["coupon", "template", "version", "state", "member"]
    static let coupon = APISchema.object(couponMembers, required: couponRequired)
    static let reasons: JSONValue = [
        "type": "array", "items": APISchema.reference("Reason"),
        "description": "Why it cannot be used now, whatever the order; none when it can.",
    ]
    static let codeState: JSONValue = [
        "type": "string",
        "description": "That of its coupon; \"unclaimed\" while nobody has it, or the state of the batch when nobody can any more.",
    ]
    private static let reservation: JSONValue = [
        "oneOf": [
            ["type": "null"],
            APISchema.object(["order": APISchema.text, "amount": minor("It takes off."), "until": APISchema.instant]),
        ]
    ]
    private static let redemption = APISchema.object([
        "order": APISchema.text, "at": APISchema.instant, "amount": minor("It took off."),
        "returned_amount": minor("Of it, for goods that have come back."), "undone": APISchema.flag,
    ])
    /// One coupon as it is looked at.
    static let look = APISchema.object(
        couponMembers.merging([
            "usable": APISchema.flag, "reasons": reasons, "reservation": reservation,
            "redemptions": ["type": "array", "items": redemption], "texts": texts,
        ]) { one, _ in one }, required: couponRequired + ["usable", "reasons", "reservation", "redemptions", "texts"])
    /// The text of a coupon that somebody has read.
    static let seen = PointSchemas.closed(
        [
            "language": ["enum": ["en", "zh-Hans"]],
            "hash": SettingsSchemas.text("As `texts` of the template or the code has it in this language."),
        ], required: ["language", "hash"]
    ).setting(
        ["description"],
        to:
            "The conditions that were shown to the member: send it wherever there is a screen to show them on. Another text than that of the version is refused (CONDITIONS_CHANGED). Without it, as at a till, the text in the workspace's language is kept."
    )
    static let grant: OrderedDictionary<String, JSONValue> = [
        "member": PointSchemas.member, "seen": seen,
        "referrer": PointSchemas.member,
    ]
    static let someCoupons: JSONValue = [
        "type": "array", "items": APISchema.text,
        "description": "Some of the order's coupons, by id or printed code; all without it.",
    ]
    /// Which coupons the codes of a wish are.
    static let codes: JSONValue = [
        "type": "object", "additionalProperties": APISchema.text,
        "description": "The ids of coupons that were named by their printed codes, by what was sent; without it there were none.",
    ]

    static func counts(_ about: String) -> JSONValue {
        ["type": "object", "additionalProperties": APISchema.count, "description": .string(about)]
    }

    /// A whole number of minor units, as all amounts of carts and of what is answered of them are.
    private static func minor(_ about: String) -> JSONValue {
        SettingsSchemas.count(about + " In minor units: 2000 for 20.00 of CNY.")
    }

    private static func taxRate(_ about: String) -> JSONValue {
        SettingsSchemas.whole(CouponTax.rateRange, about + " In hundredths of a per cent: 1300 for 13 %.")
    }

    private static let line = PointSchemas.closed(
        [
            "id": PointSchemas.id("Names the line within the cart; answers and refunds name it so."),
            "sku": PointSchemas.id("Which goods, as templates name them under `products`."),
            "categories": SettingsSchemas.names("As templates name them."),
            "units": ["type": "integer", "minimum": 1, "default": 1],
            "unit_price": minor("Of one unit before coupons."),
            "discounted": SettingsSchemas.flag("Whether it is cheaper than usual already."),
            "tax_rate": taxRate("Of these goods, for `price.tax` of the answer; 0 without it where another line has one."),
        ], required: ["id", "sku", "unit_price"])
    static let cart = PointSchemas.closed(
        [
            "currency": SettingsSchemas.text("Three letters, such as CNY."),
            "lines": ["type": "array", "items": line, "minItems": 1, "maxItems": 1_000],
            "shipping": minor("What delivery costs; 0 without it."),
            "shipping_tax_rate": taxRate("Of the delivery; 0 without it where a line has one."),
            "prices": SettingsSchemas.choice(
                CouponCart.TaxBase.allCases.map(\.rawValue),
                "Whether all prices are with tax (gross) or without (net). What coupons take off counts in the same, and so do all amounts of the answer but those of `price.tax`.",
                default: "gross"),
            "instrument": SettingsSchemas.text("The card or account that pays, for limits per instrument."),
            "tier": SettingsSchemas.text("The member's."), "tags": SettingsSchemas.names("The member's."),
            "first_order": SettingsSchemas.flag("Whether it is the member's first."), "channel": APISchema.text,
            "store": APISchema.text,
        ], required: ["currency", "lines"]
    ).setting(["example"], to: cartExample)
    /// Two tins at 60.00 and a pot at 45.00.
    static let cartExample: JSONValue = [
        "currency": "CNY",
        "lines": [
            ["id": "1", "sku": "tin", "categories": ["tea"], "units": 2, "unit_price": 6_000],
            ["id": "2", "sku": "pot", "unit_price": 4_500],
        ], "shipping": 800,
    ]

    static func use(commits: Bool) -> JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "member": PointSchemas.member, "order": PointSchemas.id("The order's id, in one line."),
            "coupons": [
                "type": "array", "items": APISchema.text, "minItems": 1, "maxItems": 100,
                "description": "Each by its id, or by its printed code once the member has claimed it, however that is typed.",
            ], "cart": cart,
            "mode": [
                "enum": .array(CouponStack.Mode.allCases.map { .string($0.rawValue) }),
                "default": .string(CouponStack.Mode.bestForCustomer.rawValue),
            ],
        ]
        if commits {
            members["commit"] = ["type": "boolean", "default": false, "description": "Use them at once."]
            members["seconds"] = SettingsSchemas.whole(
                ReserveCoupons.secondsRange,
                "How long they are kept from now on; past the end of the coupon, too. What the order has kept for the same cart stays as it is without it, and is kept for longer with it, never for less.",
                default: 1_800)
        }
        return PointSchemas.closed(members, required: ["member", "order", "coupons", "cart"])
    }

    private static let skipped: JSONValue = [
        "type": "array",
        "items": APISchema.object(["coupon": APISchema.text, "reasons": APISchema.list("Reason")]),
    ]
    private static let price = APISchema.object(
        [
            "goods": minor("What the goods cost with the coupons."), "shipping": minor("What the shipping costs with the coupons."),
            "units": [
                "type": "array", "description": "All units of all lines, those of a line that cost the same together.",
                "items": APISchema.object([
                    "line": SettingsSchemas.text("The `id` of the cart's line."),
                    "first": SettingsSchemas.count("The first of these units, counted from 0 within the line."),
                    "count": SettingsSchemas.count("How many they are."), "price": minor("Of each before coupons."),
                    "paid": minor("Of each with them: what is given back for it when it is returned."),
                ]),
            ],
            "tax": [
                "type": "array",
                "description":
                    "The tax after coupons, delivery included: for each rate the sum is converted once, half up. Together it is all of the order. Only where the cart names a rate.",
                "items": APISchema.object([
                    "rate": taxRate("That of the lines."), "net": minor("Without tax."), "tax": minor("The tax."),
                    "gross": minor("With tax."),
                ]),
            ],
        ], required: ["goods", "shipping", "units"])
    private static let discount = APISchema.object([
        "parts": [
            "type": "array",
            "description":
                "What is off the units, each part [line, first, count, amount]: so many units of the line from the first on, counted from 0, and what is off each in minor units; 0 where they only belong to the order.",
            "items": [
                "type": "array", "minItems": 4, "maxItems": 4,
                "prefixItems": [APISchema.text, APISchema.count, APISchema.count, APISchema.count],
            ],
        ], "shipping": minor("Off the shipping."),
        "gifts": counts("By SKU: how many units for nothing, beside those of the cart."),
        "right": SettingsSchemas.flag("Whether it gives something that is no money: goods, a status, a place in a queue."),
    ])
    private static let trimmedBy = SettingsSchemas.names("The limits that have less left than the coupon would take off.")
    static let stack = APISchema.object(
        [
            "used": [
                "type": "array",
                "items": APISchema.object([
                    "coupon": APISchema.text, "amount": minor("It takes off."), "trimmed_by": trimmedBy, "discount": discount,
                ]),
            ], "skipped": skipped, "total": minor("All of them take off."), "price": price, "codes": codes,
        ], required: ["used", "skipped", "total", "price"])
    static let reserved = APISchema.object(
        [
            "order": APISchema.text,
            "reservations": [
                "type": "array",
                "items": APISchema.object([
                    "coupon": APISchema.text, "order": APISchema.text, "amount": minor("It takes off."),
                    "until": APISchema.instant, "trimmed_by": trimmedBy, "discount": discount,
                ]), "description": "Unless `commit` was asked for.",
            ],
            "redemptions": [
                "type": "array", "items": used, "description": "With `commit`.",
            ], "skipped": skipped, "price": price, "codes": codes,
        ], required: ["order", "skipped", "price"])
    /// One use as it is answered.
    static let used = APISchema.object([
        "coupon": APISchema.text, "order": APISchema.text, "amount": minor("It takes off."), "at": APISchema.instant,
        "discount": discount,
    ])
    /// What has become of a coupon when goods came back.
    static let refunded = APISchema.object([
        "coupon": APISchema.text,
        "amount": minor("It had taken off the returned goods: so much less is given back for them."),
        "is_back": SettingsSchemas.flag("Whether it can be used again, as a whole or for what came back."),
        "state": APISchema.text,
    ])
}
