internal import Hummingbird
internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    /// Plans that somebody pays for period by period: what is for sale, buying, and what becomes of a plan.
    static let planOperations = [
        listPlans, definePlan, buyPlan, readPlan, plansOfMember,
        changingPlan(
            "pay", id: "payPlan", "Pay the next period; one that renews itself needs a notice in time.",
            [
                "amount": ["type": "integer", "minimum": 0, "description": "The fee, in minor units."],
                "by": ["enum": ["oneself", "renewal"], "default": "oneself"],
            ], ["amount"]
        ) { body throws(Problem) in
            guard let amount = try body.money("amount") else {
                throw body.refused("amount", "Say how much was paid.")
            }
            return .pay(amount, isRenewal: try body.word("by", PlanSchemas.Payer.self) == .renewal)
        },
        changingPlan(
            "notice", id: "noticePlanRenewal", "Prove that the payer was told of the renewal: only what was delivered.",
            ["channel": ["type": "string", "description": "How, such as email or app."]], ["channel"]
        ) { body throws(Problem) in
            let channel = try body.requiredText("channel")
            guard (1 ... 100).contains(channel.utf8.count) else { throw body.refused("channel", "A channel has 1 to 100 bytes.") }
            return .notice(channel: channel)
        },
        changingPlan("cancel", id: "cancelPlan", "End a plan when what is paid for ends.", [:], []) { _ in .cancel },
        changingPlan(
            "refund", id: "refundPlan", "End a plan at once; the answer says what goes back: the fee less what was used of it.",
            [:],
            []
        ) { _ in .refund },
        changingPlan(
            "savings", id: "settlePlanSavings",
            "Credit what a finished period did not save; it comes by itself soon after its end.",
            ["period": ["type": "integer", "minimum": 1]], ["period"]
        ) { body throws(Problem) in
            guard let period = try body.number("period", in: 1 ... 100_000) else {
                throw body.refused("period", "Say which period.")
            }
            return .settleSavings(period: Int(period))
        },
    ]

    // MARK: - For sale

    private static let listPlans = APIOperation(
        method: .get, path: "/api/v1/program/plans", id: "listPlans", tag: "Plans",
        summary: "The plans that are for sale, with what they cost and give.", access: .key(.read),
        answer: APISchema.object(["plans": ["type": "array", "items": PlanSchemas.defined]])
    ) { call throws(Problem) in
        .json([
            "plans": .array(
                try await call.program().planOffers().map { offer, version in ["version": .int(version), "plan": offer.json] })
        ])
    }

    private static let definePlan = APIOperation(
        method: .post, path: "/api/v1/program/plans", id: "definePlan", tag: "Plans",
        summary: "Offer a plan for sale, or a new version of one: who has bought one keeps what they were shown.",
        access: .key(.manage), body: PlanSchemas.offer, answer: PlanSchemas.defined, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let calendar = try await call.program().program().calendar
        return try await call.perform(DefinePlan(try PlanOffer(json: try call.json(), zone: calendar.zone)))
    }

    // MARK: - Bought

    private static let buyPlan = APIOperation(
        method: .post, path: "/api/v1/benefits/plans", id: "buyPlan", tag: "Plans",
        summary:
            "Buy a plan for somebody, with its trial or a first payment; who pays is said apart. It has the id of the command.",
        access: .key(.manage),
        body: PointSchemas.closed(
            [
                "plan": PlanSchemas.key, "beneficiary": PointSchemas.member, "payer": PointSchemas.member,
                "version": [
                    "type": "integer", "minimum": 1,
                    "description": "The version that was shown to the payer: refused when it is not the newest.",
                ],
            ], required: ["plan", "beneficiary", "payer"]), answer: PlanSchemas.plan, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["plan", "beneficiary", "payer", "version"])
        let beneficiary = try await call.member(try body.requiredText("beneficiary"), "/beneficiary")
        let payer = try await call.member(try body.requiredText("payer"), "/payer")
        var command = BuyPlan(try body.requiredText("plan"), for: beneficiary, paidBy: payer)
        command.version = try body.number("version", in: 1 ... .max)
        return try await call.perform(command)
    }

    private static let readPlan = APIOperation(
        method: .get, path: "/api/v1/benefits/plans/{plan}", id: "readPlan", tag: "Plans",
        summary: "A plan that was bought, by the id of its purchase, with its history.", access: .key(.read),
        answer: PlanSchemas.plan, problems: [404]
    ) { call throws(Problem) in
        let id = call.path["plan"] ?? ""
        guard let plan = try await call.program().plan(BenefitID(id), at: call.directory.clock.now) else {
            throw Problem(.notFound, "Nobody has bought the plan \"\(id.prefix(200))\".", status: 404)
        }
        return .json(plan.json)
    }

    private static let plansOfMember = APIOperation(
        method: .get, path: "/api/v1/program/members/{member}/plans", id: "readMemberPlans", tag: "Plans",
        summary: "The plans that a member pays for or has, and those given by or to them, the last changed first.",
        access: .key(.read),
        answer: APISchema.object([
            "member": APISchema.text, "plans": ["type": "array", "items": PlanSchemas.plan],
            "gifts": ["type": "array", "items": PlanSchemas.gift],
        ]), problems: [404]
    ) { call throws(Problem) in
        let member = try await call.knownMember()
        let (reader, now) = (try call.program(), call.directory.clock.now)
        let plans = try await reader.plans(of: member.id, at: now)
        let gifts = try await reader.planGifts(of: member.id, at: now)
        return .json([
            "member": .string(member.id.text), "plans": .array(plans.map(\.json)), "gifts": .array(gifts.map(\.json)),
        ])
    }

    /// A command about a plan that was bought.
    private static func changingPlan(
        _ word: String, id: String, _ summary: String, _ members: OrderedDictionary<String, JSONValue>, _ required: [String],
        _ deed: @escaping @Sendable (ObjectReader) throws(Problem) -> ChangePlan.Deed
    ) -> APIOperation {
        APIOperation(
            method: .post, path: "/api/v1/benefits/plans/{plan}/\(word)", id: id, tag: "Plans", summary: summary,
            access: .key(.manage), body: PointSchemas.closed(members, required: required), isBodyRequired: !required.isEmpty,
            answer: PlanSchemas.plan, problems: [409], isCommand: true
        ) { call throws(Problem) in
            let json: JSONValue = required.isEmpty ? [:] : try call.json()
            let body = try ObjectReader(json, known: Array(members.keys))
            return try await call.perform(ChangePlan(try deed(body), of: BenefitID(call.path["plan"] ?? "")))
        }
    }
}

/// The schemas of bodies and answers about plans.
enum PlanSchemas {
    /// Who sets off a payment.
    enum Payer: String, CaseIterable { case oneself, renewal }

    static let key: JSONValue = ["type": "string", "description": "The plan's key, such as gold."]
    private static let days: JSONValue = ["type": "integer", "minimum": 0, "maximum": 366]

    static let offer = PointSchemas.closed(
        [
            "key": key, "name": PointSchemas.closed(["en": APISchema.text, "zh": APISchema.text], required: ["en", "zh"]),
            "fee": ["type": "integer", "minimum": 0, "description": "For one period, in minor units."],
            "interval": ["enum": ["day", "week", "month", "quarter", "year"], "default": "month"],
            "zone": ["type": "string", "description": "In which days begin; the workspace's without."],
            "trial_days": days, "grace_days": days,
            "notice_days": [
                "type": "integer", "minimum": 0, "maximum": 366, "default": 5,
                "description": "How long before a renewal the payer must have been told; in China at least 5.",
            ],
            "promises_savings": [
                "type": "boolean", "default": false,
                "description": "Whether what a period did not save of its fee is credited at its end.",
            ],
            "benefits": [
                "type": "array", "minItems": 1, "maxItems": 20,
                "items": PointSchemas.closed(
                    [
                        "benefit": BenefitSchemas.key, "amount": ["type": ["integer", "null"], "minimum": 1],
                        "list_price": [
                            "type": ["integer", "null"], "minimum": 0,
                            "description": "What one use would cost, in minor units; the benefit's without.",
                        ],
                    ], required: ["benefit"]),
            ],
        ], required: ["key", "name", "fee", "benefits"])
    static let defined = APISchema.object(["version": PointSchemas.number, "plan": offer])
    static let plan: JSONValue = [
        "type": "object",
        "properties": [
            "id": BenefitSchemas.id, "plan": key, "version": PointSchemas.number, "payer": APISchema.text,
            "beneficiary": APISchema.text, "fee": PointSchemas.number,
            "state": ["enum": ["trial", "active", "past_due", "cancelled", "expired", "refunded"]], "from": APISchema.instant,
            "until": APISchema.instant, "period": APISchema.count, "paid_ahead": APISchema.flag, "cancelled": APISchema.flag,
            "noticed": APISchema.flag, "refund": APISchema.count, "credit": APISchema.count,
            "history": ["type": "array", "items": APISchema.anyObject],
        ],
    ]
}
