internal import Hummingbird
internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    /// Caps, pools of companies, and gifts with their store rooms.
    static let benefitPoolOperations = [
        capBenefit, readPool,
        changingPool(
            "open", id: "openBenefitPool", "Make a pool of what an account has; who asks is its first admin.",
            ["approval_from": ["type": "integer", "minimum": 0, "description": "From here on purchases wait for somebody else."]],
            []
        ) { _, body throws(Problem) in .open(approvalFrom: try body.number("approval_from", in: 0 ... .max)) },
        changingPool(
            "roles", id: "setBenefitPoolRoles", "Give somebody roles instead of those they had; none takes them out.",
            ["member": PointSchemas.member, "roles": roles], ["member", "roles"]
        ) { call, body throws(Problem) in
            var roles: Set<BenefitPool.Role> = []
            for word in try body.texts("roles") ?? [] {
                guard let role = BenefitPool.Role(rawValue: word) else {
                    throw body.refused("roles", "Roles are buyer, approver, user and admin.")
                }
                roles.insert(role)
            }
            return .setRoles(roles, of: try await call.member(try body.requiredText("member")))
        },
        changingPool(
            "cap", id: "capBenefitPool", "Cap what somebody uses of a pool in a period; without max there is no cap.",
            ["member": PointSchemas.member, "max": APISchema.count], ["member"]
        ) { call, body throws(Problem) in
            .cap(try await call.member(try body.requiredText("member")), at: try body.number("max", in: 0 ... .max))
        },
        changingPool(
            "buy", id: "buyForBenefitPool", "Ask for more for a pool; what is large waits for somebody else's approval.",
            ["source": BenefitSchemas.source, "amount": PointSchemas.number, "until": APISchema.instant], ["source"]
        ) { _, body throws(Problem) in
            .buy(
                try body.requiredSource(known: ["kind", "id", "series"]), amount: try body.amount("amount"),
                until: try body.instant("until"))
        },
        changingPool(
            "approve", id: "approveBenefitPurchase", "Allow what somebody else has asked for.", ["purchase": BenefitSchemas.id],
            ["purchase"]
        ) { _, body throws(Problem) in .approve(BenefitID(try body.requiredText("purchase"))) },
        changingPool(
            "close", id: "closeBenefitPool",
            "End a pool: the account uses what it has without roles and caps, and what waits lapses.", [:], []
        ) { _, _ throws(Problem) in .close },
        readGift, moveGift, consentToAddress, listStocks, stockGifts,
    ]

    private static let roles: JSONValue = [
        "type": "array", "items": ["enum": .array(BenefitPool.Role.allCases.map { .string($0.rawValue) })],
    ]

    // MARK: - Caps and pools

    private static let capBenefit = APIOperation(
        method: .post, path: "/api/v1/benefits/cap", id: "capBenefit", tag: "Benefits",
        summary:
            "Cap what a member uses in a period, as a guardian (relationship) may for a child; without max, take one's cap away. It ends with the guardianship.",
        access: .key(.manage),
        body: PointSchemas.closed(
            [
                "member": PointSchemas.member, "benefit": BenefitSchemas.key, "by": PointSchemas.member, "max": APISchema.count,
            ], required: ["member", "benefit", "by"]),
        answer: APISchema.object(["member": APISchema.text, "benefit": BenefitSchemas.key, "left": APISchema.anyObject]),
        problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["member", "benefit", "by", "max"])
        let member = try await call.member(try body.requiredText("member"))
        let guardian = try await call.member(try body.requiredText("by"), "/by")
        var command = CapBenefit(
            try body.requiredText("benefit"), of: member, at: try body.number("max", in: 0 ... .max), by: guardian)
        command.isGuardian = try await call.directory.isGuardian(guardian, of: member, in: try call.workspace)
        return try await call.perform(command)
    }

    private static let readPool = APIOperation(
        method: .get, path: "/api/v1/program/members/{member}/benefits/{benefit}/pool", id: "readBenefitPool", tag: "Benefits",
        summary: "An account's pool: its people with roles and caps, and the purchases that wait.", access: .key(.read),
        answer: BenefitSchemas.pool, problems: [404]
    ) { call throws(Problem) in
        let (account, now) = (try await call.knownMember(), call.directory.clock.now)
        let key = call.path["benefit"] ?? ""
        guard let pool = try await call.program().pool(of: key, ownedBy: account.id, at: now) else {
            throw Problem(.notFound, "The member has no pool of \"\(key.prefix(200))\".", status: 404)
        }
        return .json(pool.json(at: now))
    }

    /// A command about the pool that an account has of a benefit.
    private static func changingPool(
        _ word: String, id: String, _ summary: String, _ members: OrderedDictionary<String, JSONValue>, _ required: [String],
        _ deed: @escaping @Sendable (APICall, ObjectReader) async throws(Problem) -> ChangePool.Deed
    ) -> APIOperation {
        var all: OrderedDictionary<String, JSONValue> = [
            "account": PointSchemas.member, "benefit": BenefitSchemas.key, "by": PointSchemas.member,
        ]
        all.merge(members) { one, _ in one }
        let (schemas, required) = (all, ["account", "benefit", "by"] + required)
        return APIOperation(
            method: .post, path: "/api/v1/benefits/pools/\(word)", id: id, tag: "Benefits", summary: summary, access: .key(.manage),
            body: PointSchemas.closed(schemas, required: required), answer: BenefitSchemas.pool,
            problems: [409], isCommand: true
        ) { call throws(Problem) in
            let body = try ObjectReader(try call.json(), known: Array(schemas.keys))
            let account = try await call.member(try body.requiredText("account"), "/account")
            let party = try await call.member(try body.requiredText("by"), "/by")
            return try await call.perform(
                ChangePool(try await deed(call, body), of: try body.requiredText("benefit"), ownedBy: account, by: party))
        }
    }

    // MARK: - Gifts

    private static let readGift = APIOperation(
        method: .get, path: "/api/v1/benefits/gifts/{gift}", id: "readGift", tag: "Benefits",
        summary: "A physical gift on its way, by the id of its use.", access: .key(.read), answer: BenefitSchemas.gift,
        problems: [404]
    ) { call throws(Problem) in
        let id = call.path["gift"] ?? ""
        guard let gift = try await call.program().gift(BenefitID(id)) else {
            throw Problem(.notFound, "There is no gift \"\(id.prefix(200))\".", status: 404)
        }
        return .json(gift.json)
    }

    private static let moveGift = APIOperation(
        method: .post, path: "/api/v1/benefits/gifts/{gift}/steps", id: "moveGift", tag: "Benefits",
        summary: "Take a gift a step further, with its stock and its use.", access: .key(.manage),
        body: PointSchemas.closed(
            ["step": ["enum": .array(GiftFulfilment.Step.allCases.map { .string($0.rawValue) })]], required: ["step"]),
        answer: BenefitSchemas.gift, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["step"])
        guard let step = try body.word("step", GiftFulfilment.Step.self) else {
            throw body.refused("step", "Say which step the gift takes.")
        }
        return try await call.perform(MoveGift(.step(step), of: BenefitID(call.path["gift"] ?? "")))
    }

    private static let consentToAddress = APIOperation(
        method: .post, path: "/api/v1/benefits/gifts/{gift}/address-consent", id: "consentToGiftAddress", tag: "Benefits",
        summary: "Say whether the address may be used for a gift: without it nothing is packed or sent.", access: .key(.manage),
        body: PointSchemas.closed(["given": APISchema.flag], required: ["given"]), answer: BenefitSchemas.gift, problems: [409],
        isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["given"])
        guard let isGiven = try body.flag("given") else { throw body.refused("given", "Say true or false.") }
        return try await call.perform(MoveGift(.addressConsent(isGiven), of: BenefitID(call.path["gift"] ?? "")))
    }

    private static let listStocks = APIOperation(
        method: .get, path: "/api/v1/benefits/stocks", id: "listGiftStocks", tag: "Benefits",
        summary: "What lies in each store room, and what of it is promised.", access: .key(.read),
        answer: APISchema.object(["stocks": ["type": "array", "items": BenefitSchemas.stock]])
    ) { call throws(Problem) in .json(["stocks": .array(try await call.program().giftStocks().map(\.json))]) }

    private static let stockGifts = APIOperation(
        method: .post, path: "/api/v1/benefits/stocks", id: "stockGifts", tag: "Benefits",
        summary: "Put gifts into a store room, or with a negative count take out what nobody was promised.", access: .key(.manage),
        body: PointSchemas.closed(["stock": APISchema.text, "count": ["type": "integer"]], required: ["stock", "count"]),
        answer: BenefitSchemas.stock, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["stock", "count"])
        let stock = try body.requiredText("stock")
        guard (1 ... 200).contains(stock.utf8.count) else { throw body.refused("stock", "A stock's key has 1 to 200 bytes.") }
        guard let count = try body.number("count", in: .min ... .max) else { throw body.refused("count", "Say how many.") }
        return try await call.perform(StockGifts(count, into: stock))
    }
}
