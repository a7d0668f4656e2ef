internal import Loyalty
internal import Model
internal import OrderedCollections

/// The schemas of bodies and answers about benefits.
enum BenefitSchemas {
    static let key: JSONValue = ["type": "string", "description": "The benefit's key, such as lounge."]
    static let amount: JSONValue = ["type": "integer", "minimum": 1, "default": 1]
    static let part: JSONValue = ["type": "integer", "minimum": 1, "description": "All that is left of it without."]
    static let id: JSONValue = ["type": "string", "description": "The id of a grant or a use: that of the command that made it."]
    static let payer: JSONValue = [
        "type": "string", "description": "The word program, or the member who pays: never taken from who has the benefit.",
    ]
    static let sourceKind: JSONValue = ["enum": .array(BenefitSource.Kind.allCases.map { .string($0.rawValue) })]
    static let source = PointSchemas.closed(
        [
            "kind": sourceKind, "id": PointSchemas.id("The one decision, payment, order line or code, in one line."),
            "series": PointSchemas.id("What its successors share with it, such as the subscription."),
        ], required: ["kind", "id"])
    static let plainSource = PointSchemas.closed(["kind": sourceKind, "id": APISchema.text], required: ["kind", "id"])

    static let definition = PointSchemas.closed(
        [
            "key": key, "name": PointSchemas.closed(["en": APISchema.text, "zh": APISchema.text], required: ["en", "zh"]),
            "kind": ["enum": ["switch", "metered", "once", "issue_coupon", "physical_gift", "status", "priority"]],
            "template": ["type": "string", "description": "Of the coupons that uses make; it has to be there already."],
            "stock": APISchema.text, "weight": PointSchemas.number,
            "period": ["enum": ["day", "week", "month", "quarter", "year"]],
            "zone": [
                "type": "string", "description": "The time zone of the period, such as Asia/Shanghai; the workspace's without.",
            ],
            "quota": [
                "type": "integer", "minimum": 1, "description": "How much of it in each period; without, as much as one likes.",
            ],
            "carry_over_max": ["type": "integer", "minimum": 0, "default": 0],
            "combine": ["enum": .array(Benefit.Combination.allCases.map { .string($0.rawValue) })],
            "on_upgrade": ["enum": ["top_up_difference"]], "on_downgrade": ["enum": ["keep_to_period_end", "prorate", "cut"]],
            "places": ["type": "array", "items": APISchema.text],
            "list_price": ["type": "integer", "minimum": 0, "description": "What one use would cost, in minor units."],
        ], required: ["key", "name", "kind"])
    static let defined = APISchema.object(["version": PointSchemas.number, "benefit": definition])
    static let standing: JSONValue = ["type": "object", "description": "The answer, the grants, and the uses that count now."]

    static let grant = PointSchemas.closed(
        [
            "benefit": key, "beneficiary": PointSchemas.member, "payer": payer, "source": source, "from": APISchema.instant,
            "until": APISchema.instant,
            "priority": ["type": "integer", "default": 0, "description": "Lower ones are used first."],
            "amount": [
                "type": "integer", "minimum": 1,
                "description": "In each period, or the weight of a priority; the benefit's without.",
            ],
        ], required: ["benefit", "beneficiary", "payer", "source"])
    static let granted = APISchema.object([
        "grant": id, "beneficiary": APISchema.text, "payer": APISchema.text, "benefit": key,
        "amount": ["type": ["integer", "null"]],
        "left": left,
    ])
    private static let left: JSONValue = APISchema.object([
        "remaining": [
            "type": ["integer", "null"], "description": "How much can be used until it starts anew; null for as much as one likes.",
        ],
        "resets_at": [
            "type": ["string", "null"], "format": "date-time", "description": "When the period ends; null without one.",
        ],
        "version": SettingsSchemas.count("Of the member's book of this benefit: it grows with every change."),
    ])
    static let removed = APISchema.object(["ended": ["type": "array", "items": APISchema.anyObject]])

    static let question: OrderedDictionary<String, JSONValue> = [
        "member": PointSchemas.member, "benefit": key, "amount": amount,
        "place": ["type": "string", "description": "Where; matters to what can be used at some places alone."],
        "user": ["type": "string", "description": "Who of the member's people uses it; has to be named for a pool."],
    ]
    static let answer: JSONValue = [
        "type": "object",
        "properties": [
            "allowed": APISchema.flag,
            "remaining": [
                "type": ["integer", "null"],
                "description": "How much can be used until it starts anew; null for as much as one likes.",
            ], "resets_at": APISchema.optionalInstant,
            "sources": ["type": "array", "items": APISchema.anyObject], "reasons": ["type": "array", "items": APISchema.anyObject],
            "explanation": ["type": "array", "items": APISchema.anyObject], "version": APISchema.count,
            "changes_at": APISchema.optionalInstant,
        ],
    ]
    static let use: JSONValue = [
        "type": "object",
        "properties": [
            "use": id, "member": APISchema.text, "benefit": key, "state": ["enum": ["reserved", "consumed", "cancelled"]],
            "left": left,
            "coupons": [
                "type": "array", "items": APISchema.anyObject, "description": "Those that were made, or taken back with the use.",
            ],
        ],
    ]

    static func using(_ members: OrderedDictionary<String, JSONValue>) -> JSONValue {
        PointSchemas.closed(question.merging(members) { one, _ in one }, required: ["member", "benefit"])
    }

    static let gift = APISchema.object([
        "gift": id, "stock": APISchema.text, "amount": PointSchemas.number,
        "state": ["enum": .array(GiftFulfilment.State.allCases.map { .string($0.rawValue) })],
        "address_consent": APISchema.flag, "history": ["type": "array", "items": APISchema.anyObject],
    ])
    static let stock = APISchema.object([
        "stock": APISchema.text, "on_hand": APISchema.count, "reserved": APISchema.count, "free": APISchema.count,
    ])
    static let pool = APISchema.object([
        "account": APISchema.text, "benefit": key, "people": ["type": "array", "items": APISchema.anyObject],
        "waiting": ["type": "array", "items": APISchema.anyObject], "left": APISchema.anyObject,
    ])
}
