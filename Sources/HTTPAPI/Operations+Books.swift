internal import Hummingbird
internal import Loyalty
internal import Model
internal import NIOCore
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    /// What finance does with points: adjusting, closing, reporting.
    static let bookOperations = [
        adjust, listAdjustments, decideAdjustment, reinstate, merge, closeMember, readMonth, readLiability, closeMonth,
        readPayables, readCampaigns, exportEntries, checkBooks, signEstimate, listEstimates,
    ]

    private static let adjust = APIOperation(
        method: .post, path: "/api/v1/points/adjust", id: "adjustPoints", tag: "Points",
        summary: "Give points, or take some with a negative amount; above the currency's limit it waits for a second person.",
        access: .key(.manage), body: BookSchemas.adjustment, answer: BookSchemas.adjusted, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(
            try call.json(), known: ["member", "currency", "amount", "reason", "note", "corrects", "effective_at"])
        guard let amount = try body.number("amount", in: .min ... .max) else { throw body.missing("amount") }
        let reason = try body.requiredWord("reason", AdjustPoints.Reason.self)
        let note = try body.text("note") ?? ""
        guard note.utf8.count <= 2_000 else { throw body.refused("note", "A note has at most 2000 bytes.") }
        let corrects = try body.text("corrects").map { text throws(Problem) in try APICall.month(text, "/corrects").text }
        let member = try await call.member(try body.requiredText("member"))
        var command = AdjustPoints(
            amount, of: try body.text("currency") ?? "points", for: member, reason: reason, note: note, corrects: corrects)
        command.effectiveAt = try body.instant("effective_at")
        return try await call.perform(command)
    }

    private static let listAdjustments = APIOperation(
        method: .get, path: "/api/v1/points/adjustments", id: "listAdjustments", tag: "Points",
        summary: "Adjustments that wait for a second person, the oldest first, or the last that were decided.",
        access: .key(.read), parameters: [.word("state", "Which.", ["waiting", "decided"])],
        answer: APISchema.object(["adjustments": ["type": "array", "items": APISchema.anyObject]])
    ) { call throws(Problem) in
        let waiting = call.query["state"] != "decided"
        return .json(["adjustments": .array(try await call.program().adjustments(waiting: waiting).map(\.json))])
    }

    private static let decideAdjustment = APIOperation(
        method: .post, path: "/api/v1/points/adjustments/{id}/decide", id: "decideAdjustment", tag: "Points",
        summary: "Approve or refuse an adjustment that waits: never by who asked for it.", access: .key(.manage),
        body: PointSchemas.closed(["approve": APISchema.flag], required: ["approve"]), answer: BookSchemas.adjusted,
        problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["approve"])
        guard let approves = try body.flag("approve") else { throw body.refused("approve", "Say true or false.") }
        return try await call.perform(DecideAdjustment(call.path["id"] ?? "", approves: approves))
    }

    private static let reinstate = APIOperation(
        method: .post, path: "/api/v1/points/reinstate", id: "reinstatePoints", tag: "Points",
        summary: "Give points that have expired once more, each lot's at most once.", access: .key(.manage),
        body: PointSchemas.body(
            PointSchemas.timed(["expired_since": APISchema.instant, "until": APISchema.instant]),
            required: ["expired_since", "until"]),
        answer: PointSchemas.answer, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["member", "currency", "expired_since", "until", "effective_at"])
        guard let since = try body.instant("expired_since"), let until = try body.instant("until") else {
            throw body.refused("until", "Give the two instants expired_since and until.")
        }
        let member = try await call.member(try body.requiredText("member"))
        var command = ReinstatePoints(
            of: try body.text("currency") ?? "points", for: member, expiredSince: since, until: until)
        command.effectiveAt = try body.instant("effective_at")
        return try await call.perform(command)
    }

    private static let merge = APIOperation(
        method: .post, path: "/api/v1/program/merge", id: "mergeMembers", tag: "Program",
        summary: "Make two members one: points move with their expiry, and identities, too. It cannot be undone.",
        access: .key(.manage),
        body: PointSchemas.closed(["from": PointSchemas.member, "into": PointSchemas.member], required: ["from", "into"]),
        answer: APISchema.object(["member": APISchema.text, "merged": APISchema.text, "moved": APISchema.anyObject]),
        problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["from", "into"])
        let from = try await call.member(try body.requiredText("from"), "/from")
        let into = try await call.member(try body.requiredText("into"), "/into")
        return try await call.perform(MergeMembers(from, into: into))
    }

    /// What a command makes of a membership; nobody is erased by it.
    private enum MembershipState: String, CaseIterable { case open, closed }

    private static let closeMember = APIOperation(
        method: .post, path: "/api/v1/program/members/{member}/state", id: "setMemberState", tag: "Program",
        summary: "End a membership, or open it again; what the member has stays.", access: .key(.manage),
        body: PointSchemas.closed(
            ["state": ["enum": .array(MembershipState.allCases.map { .string($0.rawValue) })]], required: ["state"]),
        answer: APISchema.object(["member": APISchema.text, "state": APISchema.text]), problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["state"])
        let state = try body.requiredWord("state", MembershipState.self)
        let member = try await call.member(call.path["member"] ?? "", "member")
        return try await call.perform(CloseMember(member, closes: state == .closed))
    }

    // MARK: - Reports

    private static let readMonth = APIOperation(
        method: .get, path: "/api/v1/points/months/{month}", id: "readPointMonth", tag: "Points",
        summary: "The roll-forward of a month by vintage and payer: opening + issued + … = closing; as closed, or as it stands.",
        access: .key(.read), parameters: [currencyParameter], answer: BookSchemas.month, problems: [404]
    ) { call throws(Problem) in
        let currency = try await call.currency(call.query["currency"] ?? "points")
        let month = try APICall.month(call.path["month"] ?? "", "month")
        let (report, closing) = try await call.program().report(month, of: currency.key)
        let revenue = try await call.program().revenue(month, of: currency.key).report
        return .json([
            "report": report.json, "revenue": revenue.json, "balanced": .bool(report.isClosed),
            "closed_at": .optional(closing?.closedAt),
            "closed_by": closing.map { .string($0.actor) } ?? .null, "digest": closing.map { .string($0.digest) } ?? .null,
        ])
    }

    private static let readLiability = APIOperation(
        method: .get, path: "/api/v1/points/liability", id: "readLiability", tag: "Points",
        summary:
            "What is owed to members, by the month in which it was earned, what that is worth, and what of its money is deferred.",
        access: .key(.read),
        parameters: [currencyParameter],
        answer: APISchema.object([
            "vintages": ["type": "array", "items": APISchema.anyObject], "points": ["type": "integer"],
            "revenue": APISchema.anyObject,
        ]),
        problems: [404]
    ) { call throws(Problem) in
        let currency = try await call.currency(call.query["currency"] ?? "points")
        let reader = try call.program()
        let vintages = try await reader.liability(of: currency.key)
        let month = PointMonth(holding: try await reader.program().calendar.date(at: call.directory.clock.now))
        let revenue = try await reader.revenue(month, of: currency.key).report
        return .json([
            "vintages": .array(
                vintages.map { ["vintage": .int($0.vintage), "points": .int($0.points), "worth": .int($0.worth)] }),
            "points": .int(vintages.reduce(0) { $0 + $1.points }), "revenue": revenue.json,
        ])
    }

    private static let closeMonth = APIOperation(
        method: .post, path: "/api/v1/points/months/{month}/close", id: "closePointMonth", tag: "Points",
        summary: "Close a month for good: its report stays as it is, and corrections are booked in the open month.",
        access: .key(.manage), body: PointSchemas.closed(["currency": PointSchemas.currency], required: []),
        answer: BookSchemas.month, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["currency"])
        let month = try APICall.month(call.path["month"] ?? "", "month")
        return try await call.perform(CloseMonth(month, of: try body.text("currency") ?? "points"))
    }

    private static let readPayables = APIOperation(
        method: .get, path: "/api/v1/points/months/{month}/donations", id: "readDonations", tag: "Points",
        summary: "What is owed to each charity for the points that were given to it in a month; final once the month is closed.",
        access: .key(.read), parameters: [currencyParameter], answer: BookSchemas.payables, problems: [404, 422]
    ) { call throws(Problem) in
        let currency = try await call.currency(call.query["currency"] ?? "points")
        let month = try APICall.month(call.path["month"] ?? "", "month")
        let (payables, closedAt) = try await call.program().payables(month, of: currency.key)
        return .json([
            "month": .string(month.text), "currency": .string(currency.key), "closed_at": .optional(closedAt),
            "charities": .array(
                payables.map {
                    ["charity": .string($0.charity), "points": .int($0.points), "worth_minor": .int($0.worth)]
                }),
        ])
    }

    private static let readCampaigns = APIOperation(
        method: .get, path: "/api/v1/points/months/{month}/campaigns", id: "readCampaigns", tag: "Points",
        summary: "What was spent for each campaign in a month, and what came back of it.",
        access: .key(.read), parameters: [currencyParameter], answer: BookSchemas.campaigns, problems: [404, 422]
    ) { call throws(Problem) in
        let currency = try await call.currency(call.query["currency"] ?? "points")
        let month = try APICall.month(call.path["month"] ?? "", "month")
        let campaigns = try await call.program().campaigns(month, of: currency.key)
        return .json([
            "month": .string(month.text), "currency": .string(currency.key),
            "campaigns": .array(
                campaigns.map {
                    ["campaign": .string($0.campaign), "redeemed": .int($0.redeemed), "returned": .int($0.returned)]
                }),
        ])
    }

    private static let signEstimate = APIOperation(
        method: .post, path: "/api/v1/points/estimates", id: "signEstimate", tag: "Points",
        summary: "Sign how many of 10,000 points are expected to be spent, from an open month on: the rest is breakage.",
        access: .key(.manage), body: BookSchemas.estimating, answer: BookSchemas.estimate, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let json = try call.json()
        let body = try ObjectReader(json, known: ["currency", "from", "share", "vintages", "note"])
        guard let share = try body.number("share", in: .min ... .max) else {
            throw body.refused("share", "Say how many of 10,000 points are expected to be spent.")
        }
        var vintages: [PointMonth: Int64] = [:]
        for (text, value) in json["vintages"]?.objectValue ?? [:] {
            guard let share = value.intValue else { throw body.refused("vintages", "A share is an integer, of 10,000.") }
            vintages[try APICall.month(text, "/vintages")] = share
        }
        let from = try APICall.month(try body.requiredText("from"), "/from")
        return try await call.perform(
            SignEstimate(
                share, of: try body.text("currency") ?? "points", from: from, vintages: vintages,
                note: try body.text("note") ?? ""))
    }

    private static let listEstimates = APIOperation(
        method: .get, path: "/api/v1/points/estimates", id: "listEstimates", tag: "Points",
        summary: "Every version of the estimate of what will be spent, with who signed it.", access: .key(.read),
        parameters: [currencyParameter],
        answer: APISchema.object(["estimates": ["type": "array", "items": BookSchemas.estimate]]), problems: [404]
    ) { call throws(Problem) in
        let currency = try await call.currency(call.query["currency"] ?? "points")
        return .json(["estimates": .array(try await call.program().estimates(of: currency.key).map(\.json))])
    }

    private static let exportEntries = APIOperation(
        method: .get, path: "/api/v1/points/entries", id: "exportPointEntries", tag: "Points",
        summary: "All entries of a currency as CSV, by member and position, each with the hash that covers the one before.",
        access: .key(.read), parameters: [currencyParameter], answerType: "text/csv", problems: [404]
    ) { call throws(Problem) in
        let currency = try await call.currency(call.query["currency"] ?? "points")
        let reader = try call.program()
        return APIAnswer(body: .stream(APIStream(type: "text/csv; charset=utf-8") { PointExport(reader, currency: currency.key) }))
    }

    private static let checkBooks = APIOperation(
        method: .get, path: "/api/v1/points/check", id: "checkBooks", tag: "Points",
        summary: "Follow every chain of hashes, and compare balances, lots and kept sums with the entries.", access: .key(.read),
        parameters: [currencyParameter],
        answer: APISchema.object([
            "whole": APISchema.flag, "books": APISchema.count, "entries": APISchema.count, "sum": ["type": "integer"],
            "unequal_books": APISchema.count,
            "unequal_sums": ["type": "array", "items": APISchema.instant], "first_broken": ["type": ["object", "null"]],
        ]), problems: [404]
    ) { call throws(Problem) in
        let currency = try await call.currency(call.query["currency"] ?? "points")
        let check = try await call.program().check(currency.key)
        return .json([
            "whole": .bool(check.isWhole), "books": .int(check.bookCount), "entries": .int(check.entryCount),
            "sum": .int(check.sum), "unequal_books": .int(check.unequalBooks),
            "unequal_sums": .array(check.unequalSums.map { .string($0.rfc3339) }),
            "first_broken": check.firstBroken.map { ["member": .string($0.member.text), "position": .int($0.position)] } ?? .null,
        ])
    }
}

extension APICall {
    static func month(_ text: String, _ place: String) throws(Problem) -> PointMonth {
        guard let month = PointMonth(text: text) else {
            throw Problem(.badRequest, "\"\(text.prefix(20))\" is no month. Write it like 2026-03.", place: place)
        }
        return month
    }
}

extension JSONValue {
    fileprivate static func optional(_ instant: Instant?) -> JSONValue { instant.map { .string($0.rfc3339) } ?? .null }
}

extension PointAdjustment {
    fileprivate var json: JSONValue {
        var members = JSONMembers()
        members.put("adjustment", id)
        members.put("member", member.text)
        members.put("currency", currency)
        members.put("amount", .int(amount))
        members.put("reason", reason.rawValue)
        members.put("note", note)
        members.put("corrects", corrects)
        members.put("effective_at", effectiveAt)
        members.put("asked_by", askedBy)
        members.put("asked_at", askedAt)
        members.put("decided_by", decidedBy)
        members.put("decided_at", decidedAt)
        members.put("approved", isApproved.map { .bool($0) } ?? .null)
        return members.json
    }
}

private enum BookSchemas {
    static let adjustment = PointSchemas.body(
        PointSchemas.timed([
            "amount": SettingsSchemas.whole(-PointBook.receivedMax ... PointBook.receivedMax, "Above 0 gives, below takes."),
            "reason": ["enum": .array(AdjustPoints.Reason.allCases.map { .string($0.rawValue) })], "note": APISchema.text,
            "corrects": ["type": "string", "description": "The closed month of the currency that it corrects, such as 2026-03."],
        ]), required: ["amount", "reason"])
    static let adjusted = APISchema.object(
        [
            "adjustment": APISchema.text, "state": ["enum": ["booked", "waiting", "refused"]], "member": APISchema.text,
            "amount": ["type": "integer"], "balance": PointSchemas.balance,
        ], required: ["adjustment", "state", "member", "amount"])
    private static let share: JSONValue = ["type": "integer", "minimum": 1, "maximum": 10_000]
    private static let vintages: JSONValue = ["type": "object", "additionalProperties": share]
    static let estimating = PointSchemas.closed(
        [
            "currency": PointSchemas.currency, "from": ["type": "string", "description": "The first month, such as 2026-03."],
            "share": share, "vintages": vintages, "note": ["type": "string", "description": "How it was found."],
        ], required: ["from", "share", "note"])
    static let estimate = APISchema.object([
        "version": ["type": "integer"], "from": APISchema.text, "share": share, "vintages": vintages, "note": APISchema.text,
        "signed_by": APISchema.text, "signed_at": APISchema.instant,
    ])
    static let payables = APISchema.object([
        "month": APISchema.text, "currency": APISchema.text, "closed_at": APISchema.optionalInstant,
        "charities": [
            "type": "array",
            "items": APISchema.object([
                "charity": APISchema.text, "points": APISchema.count, "worth_minor": APISchema.count,
            ]),
        ],
    ])
    static let campaigns = APISchema.object([
        "month": APISchema.text, "currency": APISchema.text,
        "campaigns": [
            "type": "array",
            "items": APISchema.object([
                "campaign": APISchema.text, "redeemed": APISchema.count, "returned": APISchema.count,
            ]),
        ],
    ])
    static let month = APISchema.object(
        [
            "report": APISchema.anyObject, "revenue": APISchema.anyObject, "balanced": APISchema.flag,
            "closed_at": APISchema.optionalInstant,
            "closed_by": APISchema.optionalText, "digest": APISchema.optionalText,
        ], required: ["report", "digest", "closed_at"])
}
