internal import Hummingbird
internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    /// Giving coupons to members, and using them for orders.
    static let couponUseOperations = [
        grantCoupon, claimCoupon, checkCoupons, reserveCoupons,
        ofOrder(
            "commit", id: "commitCoupons", "Use what is reserved for an order, all of its coupons or some.",
            [
                "finals": CouponSchemas.counts(
                    "By coupon, its id or printed code: what it takes off in the end in minor units, at most what is reserved.")
            ],
            answer: CouponSchemas.used
        ) { body throws(Problem) in .commit(finals: try body.counts("finals")) },
        ofOrder("cancel", id: "cancelCoupons", "Let go what is reserved for an order; what is used is rolled back.") { _ in .cancel
        },
        ofOrder("roll-back", id: "rollBackCoupons", "Undo the use as if it had never been: all of the order, or some coupons.") {
            _ in
            .rollBack
        },
        ofOrder(
            "refund", id: "refundCoupons", "Units of an order have come back: give back what its coupons had taken off them.",
            ["units": CouponSchemas.counts("By line of the cart: how many more units have come back.")],
            answer: CouponSchemas.refunded
        ) { body throws(Problem) in .refund(units: try body.counts("units")) },
        changing("revoke", id: "revokeCoupon", "Take a coupon away; what it was used for stays.", ["reason": APISchema.text]) {
            call, body throws(Problem) in
            .revoke(reason: try body.requiredText("reason"))
        },
        changing("void", id: "voidCoupon", "Make a coupon that was never used void.") { _, _ in .void },
        changing(
            "transfer", id: "transferCoupon", "Pass a coupon on to another member, where its template allows it.",
            ["from": PointSchemas.member, "to": PointSchemas.member]
        ) { call, body throws(Problem) in
            .transfer(
                from: try await call.member(try body.requiredText("from"), "/from"),
                to: try await call.member(try body.requiredText("to"), "/to"))
        },
        listCoupons, readCoupon, readCode,
    ]

    // MARK: - Giving

    private static let grantCoupon = APIOperation(
        method: .post, path: "/api/v1/coupons/grant", id: "grantCoupon", tag: "Coupons",
        summary: "Give a member a new coupon of a template's newest version.", access: .key(.manage),
        body: PointSchemas.closed(
            CouponSchemas.grant.merging(["template": APISchema.text]) { one, _ in one }, required: ["template", "member"]),
        answer: CouponSchemas.coupon, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["template"] + CouponSchemas.grant.keys)
        return try await call.grant(.template(try body.requiredText("template")), body)
    }

    private static let claimCoupon = APIOperation(
        method: .post, path: "/api/v1/coupons/claim", id: "claimCoupon", tag: "Coupons",
        summary: "Give a member the coupon behind a code; after some wrong codes the next has to wait.", access: .key(.manage),
        body: PointSchemas.closed(
            CouponSchemas.grant.merging(["code": CouponSchemas.code, "address": CouponSchemas.address]) { one, _ in one },
            required: ["code", "member"]), answer: CouponSchemas.coupon, problems: [409, 422, 429], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["code", "address"] + CouponSchemas.grant.keys)
        let place = try await call.place(
            try body.requiredText("code"), address: try body.text("address"), for: try body.requiredText("member"))
        return try await call.grant(.code(place), body)
    }

    // MARK: - Orders

    private static let checkCoupons = APIOperation(
        method: .post, path: "/api/v1/coupons/check", id: "checkCoupons", tag: "Coupons",
        summary: "What coupons would take off a cart now, and all reasons why some would not; nothing is changed.",
        access: .key(.read), body: CouponSchemas.use(commits: false), answer: CouponSchemas.stack, problems: [409]
    ) { call throws(Problem) in
        let wish = try await CouponUse(call, commits: false)
        let result = try await call.program().checkCoupons(
            wish.coupons, for: wish.order, by: wish.member, wish.cart, mode: wish.mode)
        switch result {
        case .success(let stack): return .json(stack.json)
        case .failure(let refusal): return APIAnswer.refused(refusal)
        }
    }

    private static let reserveCoupons = APIOperation(
        method: .post, path: "/api/v1/coupons/reserve", id: "reserveCoupons", tag: "Coupons",
        summary:
            "Keep coupons for an order, 30 minutes or up to 30 days, each with all its limits or not at all; or use them at once.",
        access: .key(.manage), body: CouponSchemas.use(commits: true), answer: CouponSchemas.reserved, problems: [409],
        isCommand: true
    ) { call throws(Problem) in
        let wish = try await CouponUse(call, commits: true)
        var command = ReserveCoupons(wish.coupons, for: wish.order, by: wish.member, wish.cart)
        (command.mode, command.commits, command.seconds) = (wish.mode, wish.commits, wish.seconds)
        return try await call.perform(command)
    }

    /// A command about the coupons of one order.
    private static func ofOrder(
        _ word: String, id: String, _ summary: String, _ members: OrderedDictionary<String, JSONValue> = [:],
        answer: JSONValue = CouponSchemas.coupon,
        _ deed: @escaping @Sendable (ObjectReader) throws(Problem) -> ChangeCouponOrder.Deed
    ) -> APIOperation {
        var all: OrderedDictionary<String, JSONValue> = ["order": APISchema.text, "coupons": CouponSchemas.someCoupons]
        for (key, schema) in members { all[key] = schema }
        return APIOperation(
            method: .post, path: "/api/v1/coupons/\(word)", id: id, tag: "Coupons", summary: summary, access: .key(.manage),
            body: PointSchemas.closed(all, required: ["order"]),
            answer: APISchema.object(
                [
                    "order": APISchema.text, "coupons": ["type": "array", "items": answer], "codes": CouponSchemas.codes,
                ],
                required: ["order", "coupons"]),
            problems: [409], isCommand: true
        ) { call throws(Problem) in
            let body = try ObjectReader(try call.json(), known: ["order", "coupons"] + members.keys)
            return try await call.perform(
                ChangeCouponOrder(try deed(body), of: try body.requiredText("order"), coupons: try body.texts("coupons")))
        }
    }

    /// A command about one coupon.
    private static func changing(
        _ word: String, id: String, _ summary: String, _ members: OrderedDictionary<String, JSONValue> = [:],
        _ deed: @escaping @Sendable (APICall, ObjectReader) async throws(Problem) -> ChangeCoupon.Deed
    ) -> APIOperation {
        var all: OrderedDictionary<String, JSONValue> = ["coupon": APISchema.text]
        for (key, schema) in members { all[key] = schema }
        return APIOperation(
            method: .post, path: "/api/v1/coupons/\(word)", id: id, tag: "Coupons", summary: summary, access: .key(.manage),
            body: PointSchemas.closed(all, required: Array(all.keys)), answer: CouponSchemas.coupon, problems: [409],
            isCommand: true
        ) { call throws(Problem) in
            let body = try ObjectReader(try call.json(), known: ["coupon"] + members.keys)
            return try await call.perform(ChangeCoupon(try await deed(call, body), try body.requiredText("coupon")))
        }
    }

    // MARK: - Reading

    private static let listCoupons = APIOperation(
        method: .get, path: "/api/v1/coupons/members/{member}", id: "listMemberCoupons", tag: "Coupons",
        summary: "A member's coupons, used and ended ones too.", access: .key(.read),
        answer: APISchema.object(["coupons": ["type": "array", "items": CouponSchemas.coupon]]), problems: [404]
    ) { call throws(Problem) in
        let member = try await call.knownMember()
        let now = call.directory.clock.now
        let coupons = try await call.program().coupons(of: member.id)
        return .json(["coupons": .array(coupons.map { $0.coupon.json(at: now) })])
    }

    private static let readCoupon = APIOperation(
        method: .get, path: "/api/v1/coupons/ids/{coupon}", id: "readCoupon", tag: "Coupons",
        summary: "One coupon: its state, the text of its conditions, what keeps it, and all that it was used for.",
        access: .key(.read), answer: CouponSchemas.look, problems: [404]
    ) { call throws(Problem) in
        let id = call.path["coupon"] ?? ""
        guard let (coupon, terms) = try await call.program().coupon(id) else {
            throw Problem(.notFound, "There is no coupon \"\(id.prefix(60))\".", status: 404)
        }
        return .json(CouponLook(coupon: coupon, template: terms.template, now: call.directory.clock.now).json)
    }

    private static let readCode = APIOperation(
        method: .get, path: "/api/v1/coupons/codes/{code}", id: "readCouponCode", tag: "Coupons",
        summary: "Whether a code counts and for what, for the till; after some wrong codes the next has to wait.",
        access: .key(.read), parameters: [.text("address", "The network address of who asks; that of the connection without it.")],
        answer: APISchema.object([
            "code": APISchema.text, "batch": CouponSchemas.batch, "coupon": ["oneOf": [["type": "null"], CouponSchemas.coupon]],
            "state": CouponSchemas.codeState, "usable": APISchema.flag, "reasons": CouponSchemas.reasons,
            "texts": CouponSchemas.texts,
        ]), problems: [422, 429]
    ) { call throws(Problem) in
        let place = try await call.place(call.path["code"] ?? "", address: call.query["address"], for: nil)
        let (reader, now) = (try call.program(), call.directory.clock.now)
        guard let (batch, claimed) = try await reader.coupon(at: place) else {
            throw Problem(.unknownCoupon, "This is no code of a coupon.", place: "/code", status: 422)
        }
        let code = try await call.directory.couponCode(place, length: batch.codeLength, in: try call.workspace)
        var template = claimed?.terms.template
        if template == nil { template = try await reader.couponTemplate(batch.template.name, version: batch.template.version) }
        let members: OrderedDictionary<String, JSONValue> = [
            "code": .string(code?.text ?? ""), "batch": batch.json, "coupon": claimed?.coupon.json(at: now) ?? .null,
        ]
        return .json(.object(members.merging(batch.standing(of: claimed?.coupon, template, at: now)) { one, _ in one }))
    }
}

extension APICall {
    /// What a code stands for, under the throttle of who typed it.
    fileprivate func place(_ code: String, address: String?, for member: String?) async throws(Problem) -> CouponCodeCipher.Place {
        try await directory.couponPlace(
            CouponCodeAttempt(code, address: address ?? self.address ?? "unknown", member: member), in: try workspace)
    }

    fileprivate func grant(_ origin: GrantCoupon.Origin, _ body: ObjectReader) async throws(Problem) -> APIAnswer {
        let member = try await member(try body.requiredText("member"))
        var command = GrantCoupon(origin, to: member)
        command.seen = try body.seenText()
        if let referrer = try body.text("referrer") { command.referrer = try await self.member(referrer, "/referrer") }
        return try await perform(command)
    }
}

extension APIAnswer {
    /// What the rules say no to, of a question that is no command: as commands answer it.
    static func refused(_ refusal: Refusal) -> APIAnswer {
        let sentences: Wording = "\(refusal.reasons.map(\.wording.description).joined(separator: " "))"
        var members = ProblemResponse(Problem(Problem.Code("refused"), sentences, status: 409)).json.objectValue ?? [:]
        members["reasons"] = .array(refusal.reasons.map(\.json))
        return APIAnswer(body: .json(.object(members)), status: 409)
    }
}

extension ObjectReader {
    /// The text of a coupon that somebody has read; nil where none is named.
    func seenText() throws(Problem) -> CouponTextSeen? {
        try object("seen", known: ["language", "hash"]).map { seen throws(Problem) in
            guard let language = try seen.word("language", CouponText.Language.self) else {
                throw seen.refused("language", "Say in which language the text was read.")
            }
            return CouponTextSeen(language: language, hash: try seen.requiredText("hash"))
        }
    }
}
