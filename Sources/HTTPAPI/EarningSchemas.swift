internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Workspaces

/// The schemas of bodies and answers about earning.
enum EarningSchemas {
    static let program = APISchema.reference("EarningProgram")
    static let version = APISchema.object([
        "version": PointSchemas.number, "status": ["enum": ["draft", "reviewed", "scheduled", "live", "superseded"]],
        "author": APISchema.text, "reviewer": APISchema.optionalText, "effective_from": APISchema.optionalInstant,
        "settings": program,
    ])
    static let changed = APISchema.object([
        "program": APISchema.text, "version": PointSchemas.number, "status": APISchema.optionalText,
    ])
    static let plan = APISchema.object([
        "program": APISchema.text, "version": PointSchemas.number, "member": APISchema.optionalText, "source": APISchema.text,
        "at": APISchema.instant, "points": APISchema.count, "uncapped": APISchema.count,
        "awards": ["type": "array", "items": APISchema.anyObject], "declined": ["type": "array", "items": APISchema.anyObject],
    ])
    static let taken = APISchema.object([
        "order": APISchema.text, "member": APISchema.optionalText, "new": APISchema.flag, "waiting": APISchema.flag,
        "points": APISchema.count,
        "done": [
            "type": "array", "items": APISchema.anyObject,
            "description":
                "By `do`: earn (with `account` and its `account_points`, a part of `points`, where an account shares them), take_back (until `units_in_all` whole units and `points_in_all` points are back), refuse_points, commit_coupon, return_coupon, roll_back_coupon, refuse_coupon. What a closed member's order does not give or use is refused there, with reasons; the order is kept all the same.",
        ],
        "coupons": [
            "type": "array",
            "items": APISchema.object([
                "code": APISchema.text, "coupon": APISchema.optionalText,
                "state": ["enum": .array(OrderCoupon.State.allCases.map { .string($0.rawValue) })],
                "reasons": APISchema.list("Reason"),
            ]),
        ],
        "ignored": [
            "type": "array", "items": APISchema.anyObject,
            "description":
                "What of this event does not count, by `code`: UNREADABLE (`field` and `value` of what is no number, at most 20), NOT_IN_ORDER, EXCEEDS_ORDER, CURRENCY_MISMATCH.",
        ],
    ])

    static let agreement: OrderedDictionary<String, JSONValue> = [
        "share": [
            "type": "integer", "minimum": 0, "maximum": .int(EarningSplit.whole),
            "description":
                "The account's, in ten-thousandths; 0 for nothing. Its part is rounded down, and the rest is the person's.",
        ],
        "from": APISchema.instant,
    ]
    static let splits = APISchema.object([
        "account": APISchema.text, "shares": ["type": "array", "items": APISchema.object(agreement)],
    ])
    static let split = APISchema.object(agreement.merging(["account": APISchema.text]) { one, _ in one })

    static let rehearsal = APISchema.object([
        "events": APISchema.count, "refused": APISchema.count, "members": APISchema.count, "points": APISchema.count,
        "points_per_member": APISchema.anyObject, "rules": ["type": "array", "items": APISchema.anyObject],
        "budgets": ["type": "array", "items": APISchema.anyObject],
    ])

    private static let happening: OrderedDictionary<String, JSONValue> = [
        "member": PointSchemas.member,
        "timestamp": [
            "type": "string", "format": "date-time",
            "description": "When it happened; what is to earn, or to be told of an order, has happened already (IN_FUTURE).",
        ], "channel": APISchema.text,
        "properties": APISchema.anyObject, "context": APISchema.anyObject,
    ]
    private static let names: OrderedDictionary<String, JSONValue> = [
        "event": ["type": "string", "description": "The name of a tracked event."],
        "trigger": ["type": "string", "description": "What a rule for calls of the API asks for, instead of an event."],
    ]
    private static let source = PointSchemas.id(
        "The business fact that points are for, in one line: nothing is earned for it twice.")
    private static let message: JSONValue = [
        "type": "string", "description": "The event's own id: told twice, it counts once. The Idempotency-Key without it.",
    ]
    private static let orderMessage: JSONValue = [
        "type": "string",
        "description":
            "The event's own id: told twice, it counts once. The Idempotency-Key without it. Refunds of one instant that say the same count once, too, whatever their ids: `refund_id` among the properties, the shop's own number of a refund, tells two apart.",
    ]
    static let event = PointSchemas.closed(
        happening.merging(names) { one, _ in one }.merging(["source": source]) { one, _ in one },
        required: ["member", "source", "timestamp"])
    static let preview = PointSchemas.closed(
        happening.merging(names) { one, _ in one }.merging(["source": source, "message_id": message]) { one, _ in one },
        required: [])
    static let order = PointSchemas.closed(
        happening.merging([
            "event": ["enum": .array(OrderFact.Kind.allCases.map { .string($0.rawValue) })], "message_id": orderMessage,
        ]) { one, _ in one }, required: ["event", "timestamp", "properties"])
}

extension EarningVersions.Version {
    func json(_ versions: EarningVersions, _ now: Instant) -> JSONValue {
        [
            "version": .int(program.version),
            "status": versions.status(of: program.version, at: now).map { .string($0.rawValue) } ?? .null,
            "author": .string(author), "reviewer": reviewer.map { .string($0) } ?? .null,
            "effective_from": effectiveFrom.map { .string($0.rfc3339) } ?? .null, "settings": program.json,
        ]
    }
}

extension EarningRehearsal {
    var json: JSONValue {
        let rules = simulation.rules
        return [
            "events": .int(Int64(eventCount)), "refused": .int(Int64(refusedCount)),
            "members": .int(Int64(simulation.memberCount)),
            "points": .int(rules.reduce(0) { $0.addingReportingOverflow($1.points).partialValue }),
            "points_per_member": .object(
                OrderedDictionary(
                    uniqueKeysWithValues: [50, 90, 99, 100].map { percent in
                        ("p\(percent)", simulation.points(atPercentile: percent).map { .int($0) } ?? .null)
                    })),
            "rules": .array(rules.map(\.json)), "budgets": .array(simulation.budgets.map(\.json)),
        ]
    }
}

extension EarningSimulation.RuleTotal {
    fileprivate var json: JSONValue {
        [
            "rule": .string(rule), "events": .int(Int64(events)), "points": .int(points),
            "trimmed": .object(
                OrderedDictionary(uniqueKeysWithValues: trimmed.sorted { $0.key < $1.key }.map { ($0.key, .int($0.value)) })),
            "declined": .object(
                OrderedDictionary(
                    uniqueKeysWithValues: declined.sorted { $0.key < $1.key }.map { ($0.key, .int(Int64($0.value))) })),
        ]
    }
}

extension EarningSimulation.Budget {
    fileprivate var json: JSONValue {
        [
            "name": .string(name), "max": .int(max), "used": .int(used),
            "exhausted_at": exhaustedAt.map { .string($0.rfc3339) } ?? .null,
        ]
    }
}
