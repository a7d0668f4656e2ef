internal import Hummingbird
internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    /// Plans that one member pays for and another accepts.
    static let planGiftOperations = [
        givePlan, readPlanGift,
        answering(.accept, id: "acceptPlanGift", "Accept a plan that was given: its rights are the member's for one period."),
        answering(.decline, id: "declinePlanGift", "Decline a plan that was given: its fee goes back to the payer."),
        answering(.withdraw, id: "withdrawPlanGift", "Take a plan back before it is accepted; the payer says so."),
    ]

    private static let givePlan = APIOperation(
        method: .post, path: "/api/v1/benefits/plan-gifts", id: "givePlan", tag: "Plans",
        summary: "Buy one period of a plan as a gift; what nobody accepts within its days goes back to the payer.",
        access: .key(.manage),
        body: PointSchemas.closed(
            [
                "plan": PlanSchemas.key, "payer": PointSchemas.member,
                "recipient": ["type": "string", "description": "The member whom it is for; without, whoever accepts it first."],
                "version": ["type": "integer", "minimum": 1],
                "days": ["type": "integer", "minimum": 1, "maximum": 366, "default": 14],
            ], required: ["plan", "payer"]), answer: PlanSchemas.gift, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["plan", "payer", "recipient", "version", "days"])
        let payer = try await call.member(try body.requiredText("payer"), "/payer")
        var command = GivePlan(try body.requiredText("plan"), paidBy: payer)
        if let text = try body.text("recipient") { command.recipient = try await call.member(text, "/recipient") }
        command.version = try body.number("version", in: 1 ... .max)
        command.days = Int(try body.number("days", in: 1 ... 366) ?? 14)
        return try await call.perform(command)
    }

    private static let readPlanGift = APIOperation(
        method: .get, path: "/api/v1/benefits/plan-gifts/{gift}", id: "readPlanGift", tag: "Plans",
        summary: "A plan that was given, by the id of the giving.", access: .key(.read), answer: PlanSchemas.gift, problems: [404]
    ) { call throws(Problem) in
        let id = call.path["gift"] ?? ""
        guard let gift = try await call.program().planGift(BenefitID(id), at: call.directory.clock.now) else {
            throw Problem(.notFound, "Nobody has given the plan \"\(id.prefix(200))\".", status: 404)
        }
        return .json(gift.json)
    }

    private static func answering(_ deed: AnswerPlanGift.Deed, id: String, _ summary: String) -> APIOperation {
        APIOperation(
            method: .post, path: "/api/v1/benefits/plan-gifts/{gift}/\(deed.rawValue)", id: id, tag: "Plans", summary: summary,
            access: .key(.manage), body: PointSchemas.closed(["by": PointSchemas.member], required: ["by"]),
            answer: PlanSchemas.gift, problems: [409], isCommand: true
        ) { call throws(Problem) in
            let body = try ObjectReader(try call.json(), known: ["by"])
            let party = try await call.member(try body.requiredText("by"), "/by")
            return try await call.perform(AnswerPlanGift(deed, of: BenefitID(call.path["gift"] ?? ""), by: party))
        }
    }
}

extension PlanSchemas {
    static let gift: JSONValue = [
        "type": "object",
        "properties": [
            "gift": BenefitSchemas.id, "plan": key, "version": PointSchemas.number, "payer": APISchema.text,
            "recipient": APISchema.optionalText, "fee": PointSchemas.number, "until": APISchema.instant,
            "state": ["enum": ["offered", "accepted", "declined", "withdrawn", "expired"]], "beneficiary": APISchema.text,
            "accepted_at": APISchema.instant,
            "refund": ["type": "integer", "minimum": 0, "description": "What goes back to the payer."],
        ],
    ]
}
