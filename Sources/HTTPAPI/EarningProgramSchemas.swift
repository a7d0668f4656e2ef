internal import Loyalty
internal import Model
internal import OrderedCollections

/// The schema of one version of how members earn, part by part, as ``EarningProgram/init(json:)`` reads it.
enum EarningProgramSchemas {
    private typealias Schemas = SettingsSchemas

    static var components: OrderedDictionary<String, JSONValue> {
        ["EarningProgram": program, "EarningCondition": condition]
    }

    private static let pointsMax: Int64 = 1_000_000_000
    private static let capMax: Int64 = 1_000_000_000_000_000

    private static let program = Schemas.part(
        "One version of how members earn. Amounts are decimal in its currency; points are whole numbers of the smallest part of their currency. A version without rules gives nothing.",
        [
            "id": Schemas.text("The program's, 1 to 1,000 bytes, as in the path; it names what caps count, in all versions."),
            "version": Schemas.whole(1 ... 1_000_000, "Answered. What is sent here counts for nothing: versions are counted."),
            "name": Schemas.text("For people, 1 to 1,000 bytes."),
            "points": Schemas.text("The key of the currency of points that members earn: the same in all versions."),
            "currency": Schemas.text("Of amounts of money: three letters, such as CNY. Orders in another one earn nothing."),
            "prices_include_tax": Schemas.flag("Whether the prices of an order's lines have the tax in them.", default: true),
            "multiplier_mode": Schemas.choice(
                EarningFactor.Mode.allCases.map(\.rawValue),
                "What several multipliers that count come to: the greatest of them, or their product.",
                default: EarningFactor.Mode.max.rawValue),
            "multipliers": [
                "type": "array", "items": multiplier,
                "description": "For all rules whose `program_multipliers` is not false, beside their own.",
            ],
            "caps": caps("For all rules together."),
            "rules": Schemas.list(of: rule, max: 500, "Each with an id of its own; their places in the list decide nothing."),
        ], required: ["id", "name", "points", "currency"]
    ).setting(["example"], to: example)

    // MARK: - Rules

    private static let rule = Schemas.part(
        "One way to earn: (base + bonuses that count) × multipliers that count, rounded down once, up to the caps.",
        [
            "id": Schemas.text("Its own in the program, 1 to 1,000 bytes: a fact earns by it once."),
            "version": Schemas.whole(1 ... 1_000_000, "Whatever number you give it; what it gives is noted with it.", default: 1),
            "name": Schemas.text("For people, 1 to 1,000 bytes."), "trigger": trigger,
            "when": condition("When it counts: all that is set has to hold. Always, without it."), "base": base,
            "bonuses": Schemas.list(of: bonus, max: 20, "What comes on top, each when it counts."),
            "multipliers": Schemas.list(of: multiplier, max: 20, "Its own."),
            "program_multipliers": Schemas.flag("Whether the program's multipliers count as well.", default: true),
            "lines": Schemas.choice(
                EarningRule.Claim.allCases.map(\.rawValue),
                "shared: it gives for a line what it gives, whatever others give. exclusive: of all rules that say so, the one that gives most for a line gets it; not with a base per event.",
                default: EarningRule.Claim.shared.rawValue),
            "priority": Schemas.whole(
                -1_000_000 ... 1_000_000, "Greater ones claim lines and draw on caps first; then the id decides.", default: 0),
            "caps": caps("For this rule."),
            "pending": pending, "expiry": expiry,
            "funded_by": Schemas.text("The partner who pays for the points, 1 to 1,000 bytes in one line; the brand without it."),
            "colours": Schemas.names("Where alone the points can be spent; anywhere without it."),
        ], required: ["id", "name", "trigger", "base"])

    private static let trigger: JSONValue = [
        "description": "What sets it off.",
        "oneOf": [
            Schemas.part(
                "A tracked event.", ["event": Schemas.text("Its name, such as Order Completed.")], required: ["event"]),
            Schemas.part(
                "A call of POST /api/v1/earning/{program}/events.", ["api": Schemas.text("The `trigger` of the call.")],
                required: ["api"]),
        ],
    ]

    // MARK: - Amounts

    private static let amountMembers: OrderedDictionary<String, JSONValue> = [
        "points": Schemas.whole(1 ... pointsMax, "How many."),
        "per": Schemas.choice(
            ["event", "unit", "money"],
            "event: once, of an order when a line that counts was paid. unit: for each unit. money: for each `amount` of what was paid, in parts as well, rounded down at the end."
        ),
        "amount": Schemas.money("With money alone, and then required: for each of these, such as \"1.00\"."),
        "of": Schemas.part(
            "With money alone: which part of what was paid counts.",
            [
                "tax": choice(EarningMoney.Tax.self, default: .included, "Whether the tax counts."),
                "discounts": choice(
                    EarningMoney.Discounts.self, default: .after, "Whether the amount before or after discounts counts."),
                "points_paid": choice(
                    EarningMoney.PointsPaid.self, default: .subtracted, "Whether what was paid with points counts."),
            ]),
        "lines": Schemas.part(
            "Which lines of an order count: all without it.",
            [
                "categories": Schemas.names("Lines of one of these."),
                "not_categories": Schemas.names("Not lines of any of these."),
                "products": Schemas.names("Lines of one of these products or SKUs."),
                "not_products": Schemas.names("Not lines of any of these."),
            ]),
    ]
    private static let base = Schemas.part(
        "How many points, before multipliers and rounding.", amountMembers, required: ["points", "per"])
    private static let bonus: JSONValue = {
        var members: OrderedDictionary<String, JSONValue> = ["name": Schemas.text("As answers name it.")]
        for (key, schema) in amountMembers { members[key] = schema }
        members["when"] = condition("When it counts; always, without it.")
        return Schemas.part("Points on top of the base.", members, required: ["name", "points", "per"])
    }()
    private static let multiplier = Schemas.part(
        "Multiplies base and bonuses.",
        [
            "name": Schemas.text("As answers name it."),
            "factor": [
                "type": ["string", "number"], "description": "From 0.001 to 100 with at most three decimals: \"1.5\" or 1.5.",
            ], "when": condition("When it counts; always, without it."),
        ], required: ["name", "factor"])

    private static func choice<Word: RawRepresentable<String> & CaseIterable>(
        _ words: Word.Type, default standard: Word, _ about: String
    ) -> JSONValue {
        Schemas.choice(Word.allCases.map(\.rawValue), about, default: standard.rawValue)
    }

    // MARK: - When

    private static func condition(_ about: String) -> JSONValue {
        Schemas.part(
            about,
            [
                "tiers": Schemas.names("The member is of one of these tiers. The server keeps no tiers yet: it holds for nobody."),
                "tags": Schemas.names("The trait `tags` of the person had one of these when it happened."),
                "not_tags": Schemas.names("It had none of these."),
                "channels": Schemas.names("The event's channel is one of these."),
                "from": moment("The first instant at which it counts."), "to": moment("The first at which it no longer does."),
                "weekdays": [
                    "type": "array", "items": ["type": "integer", "minimum": 1, "maximum": 7],
                    "description": "1 for Monday to 7 for Sunday, in the workspace's zone.",
                ],
                "conditions": [
                    "type": "array", "items": APISchema.reference("EarningCondition"), "description": "All of them hold.",
                ],
            ])
    }

    private static func moment(_ about: String) -> JSONValue {
        Schemas.text(about + " An instant with its offset, or a date: its first instant in the workspace's zone.")
    }

    /// A condition on the properties of the event, as questions have it.
    private static let condition: JSONValue = [
        "description": "Of the event's properties: a test of one, or what several come to.",
        "oneOf": [
            Schemas.part(
                "A test of one property.",
                [
                    "property": Schemas.text(
                        "Its name; a dot goes into an object, as `shipping.country`, and `context.` into the event's context."),
                    "op": Schemas.choice(
                        EventTest.Operator.allCases.map(\.rawValue),
                        "A positive one is false for what is missing or of another type; each negative one is its exact opposite."),
                    "value": [
                        "description":
                            "What it is compared with: two for between, a list for in and notIn, a duration such as \"14d\" for withinLast, none for exists and missing."
                    ],
                    "caseInsensitive": Schemas.flag("With contains, notContains, startsWith and endsWith alone."),
                ], required: ["property", "op"]),
            Schemas.part("All of them hold.", ["all": conditions], required: ["all"]),
            Schemas.part("One of them holds.", ["any": conditions], required: ["any"]),
            Schemas.part("It does not hold.", ["not": APISchema.reference("EarningCondition")], required: ["not"]),
        ],
    ]
    private static let conditions: JSONValue = ["type": "array", "items": APISchema.reference("EarningCondition")]

    // MARK: - Caps and terms

    private static func caps(_ about: String) -> JSONValue {
        Schemas.part(
            about + " How many points at most, in all versions together; what goes beyond is not given.",
            [
                "event": Schemas.whole(0 ... capMax, "For one event."),
                "member": [
                    "type": "array",
                    "items": Schemas.part(
                        "What one member may get.",
                        [
                            "max": Schemas.whole(0 ... capMax, "Points."),
                            "per": Schemas.choice(
                                EarningCaps.Member.Period.allCases.map(\.rawValue),
                                "In each of these by the workspace's calendar, or ever."),
                        ], required: ["max", "per"]), "description": "A period has one cap.",
                ],
                "budget": Schemas.whole(0 ... capMax, "For all members together, for ever."),
            ])
    }

    private static let pending: JSONValue = [
        "description": "When they can be spent; at once, without it.",
        "oneOf": [
            Schemas.part(
                "After a time.", ["days": Schemas.whole(1 ... 3_650, "So many times 24 hours.")], required: ["days"]),
            Schemas.part(
                "After the command activate.",
                ["await_days": Schemas.whole(1 ... 3_650, "Without it they are given up after so many times 24 hours.")],
                required: ["await_days"]),
        ],
    ]
    private static let expiry: JSONValue = [
        "description": "Until when they can be spent; what the currency says, without it.",
        "oneOf": [
            ["const": "never"],
            Schemas.part(
                "A time after they were earned.",
                [
                    "months": Schemas.whole(1 ... 1_200, "So many months."),
                    "rounded": Schemas.choice(
                        ["month_end", "none"], "At the end of that month, or of that day.", default: "month_end"),
                ], required: ["months"]),
            Schemas.part(
                "A fixed day.",
                ["last_day": ["type": "string", "format": "date", "description": "The last one, with it: 2027-12-31."]],
                required: ["last_day"]),
        ],
    ]

    /// A version in which each part stands.
    static let example: JSONValue = [
        "id": "club", "name": "Tea club", "points": "points", "currency": "CNY", "prices_include_tax": true,
        "multiplier_mode": "max",
        "multipliers": [["name": "friends", "factor": "1.5", "when": ["tags": ["friend"]]]],
        "caps": [
            "event": 5_000, "member": [["max": 2_000, "per": "day"], ["max": 20_000, "per": "month"]], "budget": 1_000_000,
        ],
        "rules": [
            [
                "id": "spend", "version": 1, "name": "A point a yuan", "trigger": ["event": "Order Completed"],
                "when": [
                    "tags": ["member"], "not_tags": ["staff"], "channels": ["app", "shop"], "from": "2026-01-01",
                    "to": "2027-01-01T00:00:00+08:00", "weekdays": [1, 2, 3, 4, 5, 6, 7],
                    "conditions": [
                        ["property": "coupon", "op": "missing"],
                        [
                            "any": [
                                ["property": "shipping.country", "op": "=", "value": "CN"],
                                ["not": ["property": "store", "op": "startsWith", "value": "airport", "caseInsensitive": true]],
                            ]
                        ],
                    ],
                ],
                "base": [
                    "points": 1, "per": "money", "amount": "1.00",
                    "of": ["tax": "included", "discounts": "after", "points_paid": "subtracted"],
                    "lines": ["not_categories": ["gift-card"]],
                ],
                "bonuses": [
                    [
                        "name": "new blend", "points": 20, "per": "unit", "lines": ["products": ["blend-7"]],
                        "when": ["to": "2026-07-01"],
                    ]
                ],
                "multipliers": [["name": "tea day", "factor": 2, "when": ["weekdays": [5]]]], "program_multipliers": true,
                "lines": "shared", "priority": 10, "caps": ["member": [["max": 500, "per": "day"]]],
                "pending": ["days": 14], "expiry": ["months": 12, "rounded": "month_end"], "funded_by": "roaster",
                "colours": ["tea"],
            ],
            [
                "id": "review", "name": "A review", "trigger": ["api": "review"], "base": ["points": 10, "per": "event"],
                "pending": ["await_days": 30], "expiry": "never",
            ],
        ],
    ]
}
