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

    /// - Parameter commits: Whether the body may ask for using them at once.
    init(_ call: APICall, commits mayCommit: Bool) async throws(Problem) {
        let known = ["member", "order", "coupons", "cart", "mode"] + (mayCommit ? ["commit"] : [])
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
        member = try await call.member(try body.requiredText("member"))
    }
}

extension ObjectReader {
    private static let cartMembers = [
        "currency", "lines", "shipping", "prices", "instrument", "tier", "tags", "first_order", "channel", "store",
    ]
    private static let lineMembers = ["id", "sku", "categories", "units", "unit_price", "discounted"]
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
            guard let price = try line.number("unit_price", in: .min ... .max) else {
                throw line.refused("unit_price", "\"unit_price\" is missing.")
            }
            lines.append(
                CouponCart.Line(
                    id: try line.requiredText("id"), sku: try line.requiredText("sku"),
                    categories: Set(try line.texts("categories") ?? []), units: try line.number("units", in: .min ... .max) ?? 1,
                    unitPrice: price, isDiscounted: try line.flag("discounted") ?? false))
        }
        var cart = CouponCart(currency: currency, lines: lines, at: now)
        cart.shipping = try reader.number("shipping", in: .min ... .max) ?? 0
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

extension CouponStack {
    /// What was found, the used coupons by id.
    var json: JSONValue {
        [
            "used": .array(
                used.sorted { $0.key < $1.key }.map {
                    [
                        "coupon": .string($0.key), "amount": .int($0.value.total),
                        "trimmed_by": .array((trimmedBy[$0.key] ?? []).map { .string($0) }), "discount": $0.value.json,
                    ]
                }), "skipped": .array(skipped.map(\.json)), "total": .int(total), "price": price.json,
        ]
    }
}

/// The schemas of bodies and answers about coupons.
enum CouponSchemas {
    static let code: JSONValue = ["type": "string", "description": "As it was typed."]
    static let address: JSONValue = [
        "type": "string",
        "description": "The network address of the person, for throttling; without it that of the connection counts.",
    ]
    static let template: JSONValue = [
        "type": "object", "required": ["name", "currency", "zone", "effect"],
        "description":
            "Amounts are decimal text or numbers in the currency; what is not set does not matter. Whatever cannot come true is refused with its pointer.",
        "properties": [
            "name": APISchema.text, "version": PointSchemas.number, "currency": APISchema.text,
            "zone": ["type": "string", "description": "The IANA zone of its days and hours."],
            "effect": [
                "type": "object", "required": ["kind"],
                "properties": [
                    "kind": ["enum": ["amount", "percent", "fixed_price", "gift", "free_shipping", "priority", "status"]],
                    "status": [
                        "type": "string", "description": "The key of a benefit of the kind status: using the coupon grants it.",
                    ],
                    "benefit": [
                        "type": "string", "description": "The key of a benefit of the kind priority, granted with the `weight`.",
                    ],
                    "days": ["type": "integer", "description": "How long a status or a priority is had after the day of its use."],
                ],
            ], "conditions": APISchema.anyObject, "validity": APISchema.anyObject, "cost_bearer": APISchema.anyObject,
            "refund": ["enum": .array(CouponRefundPolicy.allCases.map { .string($0.rawValue) })],
            "transferable": APISchema.flag, "uses": PointSchemas.number, "stacking": APISchema.anyObject,
            "limits": ["type": "array", "items": APISchema.anyObject, "maxItems": 20],
        ],
    ]
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
    private static let optionalCount: JSONValue = ["type": ["integer", "null"]]
    static let limits: JSONValue = [
        "type": "array",
        "items": APISchema.object([
            "name": APISchema.text, "measure": ["enum": ["uses", "money"]],
            "per": ["enum": ["everybody", "member", "instrument"]], "period": ["enum": ["ever", "day"]], "max": APISchema.count,
            "reserved": optionalCount, "used": optionalCount, "left": optionalCount,
        ]),
    ]
    static let batch = APISchema.object([
        "batch": PointSchemas.number, "template": APISchema.text, "version": PointSchemas.number, "count": APISchema.count,
        "code_length": APISchema.count, "state": ["enum": .array(CouponBatch.State.allCases.map { .string($0.rawValue) })],
        "exported_count": APISchema.count, "exported_by": APISchema.optionalText,
    ])
    private static let couponMembers: OrderedDictionary<String, JSONValue> = [
        "coupon": APISchema.text, "template": APISchema.text, "version": PointSchemas.number,
        "state": ["enum": ["minted", "granted", "reserved", "redeemed", "expired", "voided", "revoked"]],
        "reason": APISchema.text, "member": APISchema.optionalText, "from": APISchema.optionalInstant,
        "until": APISchema.optionalInstant, "zone": APISchema.optionalText, "text_hash": APISchema.optionalText,
        "uses_left": APISchema.count, "value_left": APISchema.count,
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
            APISchema.object(["order": APISchema.text, "amount": APISchema.count, "until": APISchema.instant]),
        ]
    ]
    private static let redemption = APISchema.object([
        "order": APISchema.text, "at": APISchema.instant, "amount": APISchema.count, "returned_amount": APISchema.count,
        "undone": APISchema.flag,
    ])
    /// One coupon as it is looked at.
    static let look = APISchema.object(
        couponMembers.merging([
            "usable": APISchema.flag, "reasons": reasons, "reservation": reservation,
            "redemptions": ["type": "array", "items": redemption], "texts": texts,
        ]) { one, _ in one }, required: couponRequired + ["usable", "reasons", "reservation", "redemptions", "texts"])
    /// The text of a coupon that somebody has read.
    static let seen = PointSchemas.closed(
        ["language": ["enum": ["en", "zh-Hans"]], "hash": APISchema.text], required: ["language", "hash"])
    static let grant: OrderedDictionary<String, JSONValue> = [
        "member": PointSchemas.member, "seen": seen,
        "referrer": PointSchemas.member,
    ]
    static let someCoupons: JSONValue = [
        "type": "array", "items": APISchema.text, "description": "Some of the order's coupons; all without it.",
    ]

    static func counts(_ about: String) -> JSONValue {
        ["type": "object", "additionalProperties": APISchema.count, "description": .string(about)]
    }

    private static let line = PointSchemas.closed(
        [
            "id": APISchema.text, "sku": APISchema.text, "categories": ["type": "array", "items": APISchema.text],
            "units": ["type": "integer", "minimum": 1, "default": 1],
            "unit_price": ["type": "integer", "minimum": 0, "description": "In minor units."], "discounted": APISchema.flag,
        ], required: ["id", "sku", "unit_price"])
    static let cart = PointSchemas.closed(
        [
            "currency": APISchema.text, "lines": ["type": "array", "items": line, "minItems": 1, "maxItems": 1_000],
            "shipping": APISchema.count, "prices": ["enum": ["gross", "net"], "default": "gross"], "instrument": APISchema.text,
            "tier": APISchema.text, "tags": ["type": "array", "items": APISchema.text], "first_order": APISchema.flag,
            "channel": APISchema.text, "store": APISchema.text,
        ], required: ["currency", "lines"])

    static func use(commits: Bool) -> JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "member": PointSchemas.member, "order": APISchema.text,
            "coupons": ["type": "array", "items": APISchema.text, "minItems": 1, "maxItems": 100], "cart": cart,
            "mode": [
                "enum": .array(CouponStack.Mode.allCases.map { .string($0.rawValue) }),
                "default": .string(CouponStack.Mode.bestForCustomer.rawValue),
            ],
        ]
        if commits {
            members["commit"] = ["type": "boolean", "default": false, "description": "Use them at once."]
        }
        return PointSchemas.closed(members, required: ["member", "order", "coupons", "cart"])
    }

    private static let skipped: JSONValue = [
        "type": "array",
        "items": APISchema.object(["coupon": APISchema.text, "reasons": APISchema.list("Reason")]),
    ]
    private static let price = APISchema.object([
        "goods": APISchema.count, "shipping": APISchema.count, "units": ["type": "array", "items": APISchema.anyObject],
    ])
    static let stack = APISchema.object([
        "used": [
            "type": "array",
            "items": APISchema.object([
                "coupon": APISchema.text, "amount": APISchema.count,
                "trimmed_by": [
                    "type": "array", "items": APISchema.text,
                    "description": "The limits that have less left than the coupon would take off.",
                ], "discount": APISchema.anyObject,
            ]),
        ], "skipped": skipped, "total": APISchema.count, "price": price,
    ])
    static let reserved = APISchema.object(
        [
            "order": APISchema.text, "reservations": ["type": "array", "items": APISchema.anyObject],
            "redemptions": ["type": "array", "items": APISchema.anyObject], "skipped": skipped, "price": price,
        ], required: ["order", "skipped", "price"])
}
