internal import Hummingbird
internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    static let pointOperations =
        [
            earn,
            spending("burn", id: "burnPoints", "Spend points at once, those that end soonest first.", ["amount"], amountAndPlace) {
                body throws(Problem) in
                .burn(try body.amount(), place: try body.text("place"))
            },
            spending("hold", id: "holdPoints", "Pin points for a while: nothing else can spend them.", ["amount"], hold) {
                body throws(Problem) in
                .hold(
                    try body.amount(), place: try body.text("place"), seconds: try body.number("seconds", in: 1 ... .max) ?? 1_800)
            },
            spending(
                "capture", id: "capturePoints", "Spend what is held, all or a part; the rest is let go.", ["hold"],
                ["hold": PointSchemas.known, "amount": PointSchemas.amount, "campaign": campaign]
            ) { body throws(Problem) in .capture(try body.point("hold"), try body.optionalAmount()) },
            spending("release", id: "releasePoints", "Let held points go.", ["hold"], ["hold": PointSchemas.known]) {
                body throws(Problem) in
                .release(try body.point("hold"))
            },
            spending(
                "give-back", id: "giveBackPoints",
                "Give spent points back to the lots that they came from, with their expiry; as new lots where that has passed.",
                ["spending"],
                ["spending": PointSchemas.known, "amount": PointSchemas.amount]
            ) { body throws(Problem) in .giveBack(try body.point("spending"), try body.optionalAmount()) },
            spending(
                "activate", id: "activatePoints", "Make a pending lot active before its time.", ["lot"],
                ["lot": PointSchemas.known]
            ) { body throws(Problem) in
                .activate(try body.point("lot"))
            },
            spending(
                "freeze", id: "freezePoints", "Block the spending of a lot, or let it go again; its time goes on.", ["lot"],
                ["lot": PointSchemas.known, "frozen": APISchema.flag]
            ) { body throws(Problem) in .freeze(try body.point("lot"), try body.flag("frozen") ?? true) },
            spending(
                "donate", id: "donatePoints", "Give points to a charity.", ["amount", "charity"],
                ["amount": PointSchemas.amount, "charity": APISchema.text]
            ) { body throws(Problem) in .donate(try body.amount(), charity: try body.requiredText("charity")) },
            reverseDonation, takeBack, transfer, balances, statement, lots,
        ]

    private static let amountAndPlace: OrderedDictionary<String, JSONValue> = [
        "amount": PointSchemas.amount,
        "place": place,
        "campaign": campaign,
    ]
    private static let place: JSONValue = [
        "type": "string", "minLength": 1, "maxLength": 1_000,
        "description": "Where they are spent; matters to points that are for some places alone.",
    ]
    private static let campaign: JSONValue = [
        "type": "string", "minLength": 1, "maxLength": 100,
        "description": "What they are spent for: it has an account of its own.",
    ]
    private static let hold: OrderedDictionary<String, JSONValue> = [
        "amount": PointSchemas.amount, "place": place,
        "seconds": ["type": "integer", "minimum": 1, "default": 1_800, "description": "How long, as far as the program allows."],
    ]

    // MARK: - Commands

    private static let earn = APIOperation(
        method: .post, path: "/api/v1/points/earn", id: "earnPoints", tag: "Points",
        summary: "Give a member points for one line of one source: nothing earns twice, whatever the Idempotency-Key.",
        access: .key(.manage), body: PointSchemas.earning, answer: PointSchemas.answer, problems: [409, 422], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(
            try call.json(),
            known: [
                "member", "currency", "amount", "source", "line", "rule", "units", "activates_at", "awaited_until", "earned_at",
                "expires_at", "funded_by", "colours", "transferable", "effective_at",
            ])
        let source = PointSource(
            id: try body.requiredText("source"), line: try body.text("line") ?? "", rule: try body.text("rule") ?? "")
        let member = try await call.member(try body.requiredText("member"))
        var command = EarnPoints(try body.amount(), of: try body.currency(), to: member, for: source)
        command.units = try body.amount("units") ?? 1
        if let instant = try body.instant("activates_at") { command.start = .at(instant) }
        if let until = try body.instant("awaited_until") { command.start = .awaited(until: until) }
        (command.earnedAt, command.expiresAt) = (try body.instant("earned_at"), try body.instant("expires_at"))
        command.fundedBy = try body.text("funded_by")
        command.colours = Set(try body.texts("colours") ?? [])
        command.isTransferable = try body.flag("transferable") ?? true
        command.effectiveAt = try body.instant("effective_at")
        return try await call.perform(command)
    }

    /// A command about the points of one member.
    private static func spending(
        _ word: String, id: String, _ summary: String, _ required: [String], _ members: OrderedDictionary<String, JSONValue>,
        _ deed: @escaping @Sendable (ObjectReader) throws(Problem) -> SpendPoints.Deed
    ) -> APIOperation {
        APIOperation(
            method: .post, path: "/api/v1/points/\(word)", id: id, tag: "Points", summary: summary, access: .key(.manage),
            body: PointSchemas.body(PointSchemas.timed(members), required: required), answer: PointSchemas.answer, problems: [409],
            isCommand: true
        ) { call throws(Problem) in
            let body = try ObjectReader(try call.json(), known: ["member", "currency", "effective_at"] + members.keys)
            let member = try await call.member(try body.requiredText("member"))
            var command = SpendPoints(try deed(body), of: try body.currency(), by: member)
            command.effectiveAt = try body.instant("effective_at")
            command.campaign = try body.text("campaign")
            guard (1 ... 100).contains(command.campaign?.utf8.count ?? 1) else {
                throw body.refused("campaign", "A campaign has a name of 1 to 100 bytes.")
            }
            return try await call.perform(command)
        }
    }

    private static let reverseDonation = APIOperation(
        method: .post, path: "/api/v1/points/reverse-donation", id: "reverseDonation", tag: "Points",
        summary: "Take a donation back, all of it and once, until the month in which it counts is closed.",
        access: .key(.manage), body: PointSchemas.reversingDonation, answer: PointSchemas.reversedDonation, problems: [409],
        isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["receipt", "currency", "effective_at"])
        var command = ReverseDonation(try body.requiredText("receipt"), of: try body.currency())
        command.effectiveAt = try body.instant("effective_at")
        return try await call.perform(command)
    }

    private static let takeBack = APIOperation(
        method: .post, path: "/api/v1/points/take-back", id: "takeBackPoints", tag: "Points",
        summary: "Take back what a source had earned: by returned units, or an amount for a dispute. Never more than was earned.",
        access: .key(.manage), body: PointSchemas.takingBack, answer: PointSchemas.answer, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(
            try call.json(), known: ["currency", "source", "line", "rule", "units", "amount", "effective_at"])
        let source = PointSource(
            id: try body.requiredText("source"), line: try body.text("line") ?? "", rule: try body.text("rule") ?? "")
        let reason: TakeBackPoints.Reason
        switch (try body.amount("units"), try body.optionalAmount()) {
        case (let units?, nil): reason = .returned(units: units)
        case (nil, let amount?): reason = .disputed(amount)
        default: throw body.refused("units", "Give either the returned units or an amount.")
        }
        var command = TakeBackPoints(reason, of: try body.currency(), earnedFor: source)
        command.effectiveAt = try body.instant("effective_at")
        return try await call.perform(command)
    }

    private static let transfer = APIOperation(
        method: .post, path: "/api/v1/points/transfer", id: "transferPoints", tag: "Points",
        summary: "Move points from one member to another, with their expiry.", access: .key(.manage),
        body: PointSchemas.transfer, answer: PointSchemas.answer, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["from", "to", "currency", "amount", "effective_at"])
        let giver = try await call.member(try body.requiredText("from"), "/from")
        let receiver = try await call.member(try body.requiredText("to"), "/to")
        var command = TransferPoints(try body.amount(), of: try body.currency(), from: giver, to: receiver)
        command.effectiveAt = try body.instant("effective_at")
        command.newDeviceAt = try await call.directory.newDeviceAt(
            of: giver, giving: command.currency, in: try call.workspace)
        return try await call.perform(command)
    }

    // MARK: - Reading

    private static let balances = APIOperation(
        method: .post, path: "/api/v1/points/balances", id: "readBalances", tag: "Points",
        summary: "What up to 10,000 members have now.", access: .key(.read), body: PointSchemas.members,
        answer: APISchema.object(["balances": ["type": "array", "items": ["type": ["object", "null"]]]])
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["currency", "members"])
        let texts = try body.texts("members") ?? []
        guard (1 ... 10_000).contains(texts.count) else { throw body.refused("members", "Give 1 to 10000 members.") }
        var wishes: [MemberWish] = []
        for (index, text) in texts.enumerated() {
            wishes.append(try call.directory.plainWish(text, in: try call.workspace, place: "/members/\(index)"))
        }
        let currency = try await call.currency(try body.currency())
        let found = try await call.program().balances(of: wishes, in: currency, at: call.directory.clock.now)
        return .json([
            "balances": .array(
                found.map { one in
                    one.map { ["member": .string($0.member.text), "balance": $0.balance.json] } ?? .null
                })
        ])
    }

    private static let statement = APIOperation(
        method: .get, path: "/api/v1/points/members/{member}/statement", id: "readStatement", tag: "Points",
        summary: "What was booked for a member, the newest at the head.", access: .key(.read),
        parameters: [currencyParameter, .limit(default: 50, max: 1_000), .cursor],
        answer: APISchema.object([
            "entries": ["type": "array", "items": PointSchemas.entry], "next": APISchema.optionalText,
        ]), problems: [404]
    ) { call throws(Problem) in
        let member = try await call.knownMember()
        let currency = try await call.currency(call.query["currency"] ?? "points")
        let limit = try call.limit(default: 50, max: 1_000)
        let cursor = try call.query["cursor"].map { text throws(Problem) in
            guard let position = Int64(text) else { throw APICall.badParameter("cursor", "is the `next` of the page before") }
            return position
        }
        let entries = try await call.program().entries(of: member.id, in: currency.key, before: cursor, limit: limit)
        let next = entries.count < limit ? nil : entries.last.map { String($0.position) }
        let sources = try await call.program().sources(of: entries, of: member.id, in: currency.key)
        let others = try await call.program().others(of: entries)
        return .json([
            "entries": .array(entries.map { $0.json(for: sources[$0.position], with: others[$0.position]) }),
            "next": next.map { .string($0) } ?? .null,
        ])
    }

    private static let lots = APIOperation(
        method: .get, path: "/api/v1/points/members/{member}/lots", id: "readLots", tag: "Points",
        summary: "The points that a member has, by lot in the order in which they are spent, and what is held.",
        access: .key(.read),
        parameters: [currencyParameter],
        answer: APISchema.object([
            "balance": PointSchemas.balance, "lots": ["type": "array", "items": APISchema.anyObject],
            "holds": ["type": "array", "items": APISchema.anyObject],
        ]), problems: [404]
    ) { call throws(Problem) in
        let member = try await call.knownMember()
        let currency = try await call.currency(call.query["currency"] ?? "points")
        let now = call.directory.clock.now
        let book = try await call.program().book(of: member.id, in: currency, at: now)
        return .json([
            "balance": book.balance(at: now).json, "lots": .array(book.openLots.map(\.json)),
            "holds": .array(book.openHolds.map(\.json)),
        ])
    }

    static let currencyParameter = APIParameter.text("currency", "The currency's key; points without it.")
}

extension ObjectReader {
    fileprivate func amount() throws(Problem) -> Int64 {
        guard let amount = try optionalAmount() else { throw missing("amount") }
        return amount
    }

    /// Amounts below 1 are the rules' to refuse.
    fileprivate func optionalAmount() throws(Problem) -> Int64? { try amount("amount") }
    fileprivate func currency() throws(Problem) -> String { try text("currency") ?? "points" }

    fileprivate func point(_ key: String) throws(Problem) -> PointID {
        guard let number = try number(key, in: 1 ... .max) else { throw missing(key) }
        return PointID(number)
    }

    func instant(_ key: String) throws(Problem) -> Instant? {
        try text(key).map { text throws(Problem) in
            guard let instant = Instant(rfc3339: text) else {
                throw refused(key, "\"\(key)\" is an instant such as 2026-03-01T12:00:00Z.")
            }
            return instant
        }
    }
}

extension PointLot {
    fileprivate var json: JSONValue {
        var members = JSONMembers()
        members.put("lot", .int(id.number))
        members.put("remaining", .int(quantities.remaining))
        members.put("held", .int(quantities.held))
        members.put("original", .int(original))
        switch activation {
        case .active: members.put("state", "active")
        case .at(let instant):
            members.put("state", "pending")
            members.put("activates_at", instant)
        case .awaited(let until):
            members.put("state", "awaited")
            members.put("cancelled_at", until)
        }
        members.put("earned_at", earnedAt)
        members.put("expires_at", expiresAt)
        members.put("source", source.id)
        members.put("line", source.line)
        members.put("rule", source.rule)
        members.put("funded_by", fundedBy)
        members.put("colours", .array(colours.sorted().map { .string($0) }))
        members.put("frozen", isFrozen)
        return members.json
    }
}

extension PointHold {
    fileprivate var json: JSONValue {
        ["hold": .int(id.number), "amount": .int(amount), "until": .string(until.rfc3339)]
    }
}

extension ChainedPointEntry {
    /// - Parameters:
    ///   - source: What it is for; nil for nothing in particular.
    ///   - other: The member who gave the points or got them; nil where nobody did.
    fileprivate func json(for source: PointSource?, with other: ProgramMemberID?) -> JSONValue {
        [
            "position": .int(position), "kind": .string(entry.kind.rawValue), "effective_at": .string(entry.effectiveAt.rfc3339),
            "recorded_at": .string(recordedAt.rfc3339), "lot": entry.lot.map { .int($0.number) } ?? .null,
            "from": .string(entry.from.text), "to": .string(entry.to.text), "amount": .int(entry.amount),
            "source": source.map { .string($0.id) } ?? .null,
            "line": source.flatMap { $0.line.isEmpty ? nil : .string($0.line) } ?? .null,
            "other_member": other.map { .string($0.text) } ?? .null, "command": .string(command), "hash": .string(hash),
        ]
    }
}

/// The schemas of bodies and answers about points.
enum PointSchemas {
    static let member: JSONValue = [
        "type": "string", "description": "A member's number, an identity such as user_id:abc, or a person's id.",
    ]
    /// A number that came in an answer.
    static let known: JSONValue = [
        "type": "integer", "minimum": 1,
        "description":
            "As an answer told it. After a merge it means what it meant for the member as named: give the name that it was made under.",
    ]
    static let amount: JSONValue = ["type": "integer", "minimum": 1, "description": "In the smallest part of the currency."]
    static let number: JSONValue = ["type": "integer", "minimum": 1]
    static let currency: JSONValue = ["type": "string", "default": "points"]
    static let balance = APISchema.object([
        "available": APISchema.count, "pending": APISchema.count, "held": APISchema.count, "debt": APISchema.count,
    ])
    static let answer: JSONValue = [
        "type": "object", "properties": ["member": APISchema.text, "currency": APISchema.text, "balance": balance],
    ]
    static let entry = APISchema.object([
        "position": number, "kind": APISchema.text, "effective_at": APISchema.instant, "recorded_at": APISchema.instant,
        "lot": ["type": ["integer", "null"]], "from": APISchema.text, "to": APISchema.text, "amount": amount,
        "source": [
            "type": ["string", "null"],
            "description":
                "What the points were earned for, such as an order, where they are earned, made active or taken away; null of all else.",
        ],
        "line": ["type": ["string", "null"], "description": "The line of the source, where it has one."],
        "other_member": [
            "type": ["string", "null"], "description": "Who gave the points, or got them, where members give some to each other.",
        ],
        "command": APISchema.text, "hash": ["type": "string", "description": "SHA-256 over the hash before and this entry."],
    ])

    static func body(_ members: OrderedDictionary<String, JSONValue>, required: [String]) -> JSONValue {
        var all: OrderedDictionary<String, JSONValue> = ["member": member, "currency": currency]
        for (key, schema) in members { all[key] = schema }
        return closed(all, required: ["member"] + required)
    }

    /// With the instant at which a command counts.
    static func timed(_ members: OrderedDictionary<String, JSONValue>) -> OrderedDictionary<String, JSONValue> {
        var all = members
        all["effective_at"] = [
            "type": "string", "format": "date-time",
            "description":
                "When it counts; now without it. Not in a closed month, nor before anything was recorded in the member's book, which every command writes up to its own moment: EFFECTIVE_OUT_OF_ORDER says until when.",
        ]
        return all
    }

    static func closed(_ members: OrderedDictionary<String, JSONValue>, required: [String]) -> JSONValue {
        [
            "type": "object", "required": .array(required.map { .string($0) }), "additionalProperties": false,
            "properties": .object(members),
        ]
    }

    /// An id of the sender's, with its bound.
    static func id(_ about: String, max: Int64 = 200, least: Int64 = 1) -> JSONValue {
        ["type": "string", "minLength": .int(least), "maxLength": .int(max), "description": .string(about)]
    }

    /// - Parameter max: The most bytes of each.
    private static func source(max: Int64) -> OrderedDictionary<String, JSONValue> {
        [
            "source": id("What the points are for, such as an order's id, in one line.", max: max),
            "line": id("The line of it, where each earns by itself.", max: max, least: 0),
            "rule": id("By which rule, where several give points for it.", max: max, least: 0),
        ]
    }
    static let earning: JSONValue = {
        var members: OrderedDictionary<String, JSONValue> = ["amount": amount]
        members.merge(source(max: 200)) { one, _ in one }
        members["units"] = ["type": "integer", "minimum": 1, "default": 1, "description": "Returned units take their share back."]
        members["activates_at"] = SettingsSchemas.instant("When they can be spent, before they end; at once without it.")
        members["awaited_until"] = SettingsSchemas.instant("They wait to be made active, and are taken back at that instant.")
        members["earned_at"] = SettingsSchemas.instant("When the purchase was, not in the future; now without it.")
        members["expires_at"] = SettingsSchemas.instant("When they end, after they count; as the currency says without it.")
        members["funded_by"] = APISchema.text
        members["colours"] = [
            "type": "array", "items": APISchema.text, "description": "Where they may be spent; anywhere without.",
        ]
        members["transferable"] = APISchema.flag
        return body(timed(members), required: ["amount", "source"])
    }()
    static let takingBack: JSONValue = {
        var members: OrderedDictionary<String, JSONValue> = ["currency": currency]
        members.merge(source(max: 1_000)) { one, _ in one }
        members["units"] = number
        members["amount"] = amount
        return closed(timed(members), required: ["source"])
    }()
    static let reversingDonation = closed(
        timed([
            "receipt": ["type": "string", "description": "As the donation was answered, such as m_2kf0a-17."],
            "currency": currency,
        ]), required: ["receipt"])
    static let reversedDonation = APISchema.object(
        [
            "member": APISchema.text, "currency": APISchema.text, "reverses": APISchema.text, "receipt": APISchema.text,
            "charity": APISchema.text, "amount": amount, "worth": APISchema.count, "balance": balance,
        ], required: ["member", "reverses", "receipt", "amount", "worth"])
    private static let gift: OrderedDictionary<String, JSONValue> = [
        "from": member, "to": member, "currency": currency, "amount": amount,
    ]
    static let transfer = closed(timed(gift), required: ["from", "to", "amount"])
    static let offer = closed(gift, required: ["from", "to", "amount"])
    static let members = closed(
        ["currency": currency, "members": ["type": "array", "items": member, "minItems": 1, "maxItems": 10_000]],
        required: ["members"])
}
