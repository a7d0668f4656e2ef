internal import Hummingbird
internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    /// Points of members who do nothing, and where points do not end.
    static let pointDormancyOperations = [listDormancies, noteDormancyNotice, convertPoints, setJurisdiction]

    private static let listDormancies = APIOperation(
        method: .get, path: "/api/v1/points/dormancy", id: "listDormantPoints", tag: "Points",
        summary: "Members whose points are dormant, the nearest end first: who was told, who was reached, and what comes next.",
        access: .key(.read),
        parameters: [
            currencyParameter, .word("state", "Which.", ["open", "ended"]), .limit(default: 100, max: 1_000),
        ], answer: APISchema.object(["dormancies": ["type": "array", "items": DormancySchemas.dormancy]]), problems: [404]
    ) { call throws(Problem) in
        let currency = try await call.currency(call.query["currency"] ?? "points")
        let limit = try call.limit(default: 100, max: 1_000)
        let found = try await call.program().dormancies(
            of: currency.key, isOpen: call.query["state"] != "ended", limit: limit)
        return .json(["dormancies": .array(found.map(\.json))])
    }

    private static let noteDormancyNotice = APIOperation(
        method: .post, path: "/api/v1/points/dormancy/notices", id: "noteDormancyNotice", tag: "Points",
        summary: "Say how a notice went that the event Points Dormancy Notice had asked for: nothing ends unless one is delivered.",
        access: .key(.manage), body: DormancySchemas.notice, answer: DormancySchemas.noted, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(
            try call.json(), known: ["member", "currency", "days", "channel", "template", "sent_at", "delivered"])
        guard let days = try body.number("days", in: 1 ... 366), let isDelivered = try body.flag("delivered") else {
            throw body.refused("days", "Say which notice it was, as days before the end, and whether it was delivered.")
        }
        let (channel, template) = (try body.requiredText("channel"), try body.text("template") ?? "")
        guard (1 ... 100).contains(channel.utf8.count), template.utf8.count <= 200 else {
            throw body.refused("channel", "A channel has 1 to 100 bytes, a template at most 200.")
        }
        let member = try await call.member(try body.requiredText("member"))
        return try await call.perform(
            NoteDormancyNotice(
                days, of: try body.text("currency") ?? "points", to: member, channel: channel, template: template,
                sentAt: try body.instant("sent_at"), isDelivered: isDelivered))
    }

    private static let convertPoints = APIOperation(
        method: .post, path: "/api/v1/points/convert", id: "convertPoints", tag: "Points",
        summary: "Turn a member's dormant points into the coupon that the currency's rules offer for them.",
        access: .key(.manage), body: PointSchemas.body(["seen": CouponSchemas.seen], required: []),
        answer: DormancySchemas.converted, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["member", "currency", "seen"])
        let member = try await call.member(try body.requiredText("member"))
        return try await call.perform(
            ConvertPoints(of: try body.text("currency") ?? "points", by: member, seen: try body.seenText()))
    }

    private static let setJurisdiction = APIOperation(
        method: .put, path: "/api/v1/program/members/{member}/jurisdiction", id: "setMemberJurisdiction", tag: "Program",
        summary: "Say under whose law a member's points stand; where `no_expiry_in` names it, points that come later have no end.",
        access: .key(.manage),
        body: PointSchemas.closed(
            ["jurisdiction": ["type": ["string", "null"], "description": "ISO 3166, such as CA or CA-ON; null for none."]],
            required: ["jurisdiction"]),
        answer: APISchema.object(["member": APISchema.text, "jurisdiction": APISchema.optionalText]), problems: [409],
        isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["jurisdiction"])
        guard body.mentions("jurisdiction") else { throw body.refused("jurisdiction", "Write a jurisdiction, or null.") }
        let member = try await call.member(call.path["member"] ?? "", "member")
        return try await call.perform(SetJurisdiction(try body.text("jurisdiction"), of: member))
    }
}

extension PointDormancy {
    fileprivate var json: JSONValue {
        var members = JSONMembers()
        members.put("member", member.text)
        members.put("currency", currency)
        members.put("started_at", startedAt)
        members.put("active_at", ladder.activeAt)
        members.put("ends_at", ladder.endsAt)
        members.put("extended", ladder.isExtended)
        members.put("notices", .array(ladder.notices.map(\.json)))
        members.put("ended", end?.rawValue)
        members.put("ended_at", endedAt)
        return members.json
    }
}

private enum DormancySchemas {
    static let notice = PointSchemas.body(
        [
            "days": ["type": "integer", "minimum": 1, "maximum": 366, "description": "Which notice: so many days before the end."],
            "channel": ["type": "string", "minLength": 1, "maxLength": 100, "description": "Such as email, sms or in_app."],
            "template": ["type": "string", "maxLength": 200, "description": "The version of the words that were sent."],
            "sent_at": APISchema.instant, "delivered": APISchema.flag,
        ], required: ["days", "channel", "delivered"])
    static let noted = APISchema.object([
        "member": APISchema.text, "currency": APISchema.text, "ends_at": APISchema.instant, "proven": APISchema.flag,
    ])
    static let converted = APISchema.object([
        "member": APISchema.text, "currency": APISchema.text, "spending": APISchema.count, "amount": APISchema.count,
        "coupon": APISchema.anyObject, "balance": PointSchemas.balance,
    ])
    static let dormancy = APISchema.object(
        [
            "member": APISchema.text, "currency": APISchema.text, "started_at": APISchema.instant,
            "active_at": APISchema.instant, "ends_at": APISchema.instant, "extended": APISchema.flag,
            "notices": [
                "type": "array",
                "items": APISchema.object([
                    "days": APISchema.count, "told_at": APISchema.optionalInstant,
                    "proofs": ["type": "array", "items": APISchema.anyObject],
                ]),
            ], "ended": ["enum": ["active", "empty", "closed", "expired", .null]], "ended_at": APISchema.optionalInstant,
        ], required: ["member", "currency", "started_at", "ends_at", "notices"])
    static let rules = PointSchemas.closed(
        [
            "after_months": [
                "type": "integer", "minimum": 1, "maximum": 240, "default": 24,
                "description": "Until the end of the month that is so many after the one in which the member did something.",
            ],
            "notices_days": [
                "type": "array", "items": ["type": "integer", "minimum": 1, "maximum": 366], "minItems": 1, "maxItems": 10,
                "default": [60, 30, 7], "description": "Days before the end on which members are told, the longest first.",
            ],
            "extension_days": ["type": "integer", "minimum": 1, "maximum": 366, "default": 30],
            "offers": ["type": "array", "items": ["enum": ["spend", "transfer", "donate", "coupon"]]],
            "coupon": PointSchemas.closed(
                [
                    "template": ["type": "string", "description": "The coupon that dormant points can become."],
                    "points": ["type": "integer", "minimum": 1, "description": "For how many."],
                ], required: ["template", "points"]),
        ], required: [])
}

extension PointSchemas {
    /// What settings of a currency say of points whose owner does nothing.
    static let dormancyRules = DormancySchemas.rules
}
