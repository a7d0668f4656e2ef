internal import Hummingbird
internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    /// Points offered to others, and whether they may come.
    static let pointOfferOperations = [offerPoints, answerOffer, listOffers, setTransferConsent]

    private static let offerPoints = APIOperation(
        method: .post, path: "/api/v1/points/offers", id: "offerPoints", tag: "Points",
        summary: "Offer points to a member, who takes them or not, or invite somebody to become one; they are pinned meanwhile.",
        access: .key(.manage), body: PointSchemas.offer, answer: OfferSchemas.offered, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["from", "to", "currency", "amount"])
        guard let amount = try body.amount("amount") else {
            throw body.refused("amount", "Say how many points.")
        }
        let giver = try await call.member(try body.requiredText("from"), "/from")
        let receiver = try await call.member(try body.requiredText("to"), "/to")
        var command = OfferPoints(amount, of: try body.text("currency") ?? "points", from: giver, to: receiver)
        command.newDeviceAt = try await call.directory.newDeviceAt(
            of: giver, giving: command.currency, in: try call.workspace)
        return try await call.perform(command)
    }

    private static let answerOffer = APIOperation(
        method: .post, path: "/api/v1/points/offers/{id}/answer", id: "answerPointOffer", tag: "Points",
        summary:
            "Take what was offered, or decline it, for the member to whom it was: whoever was invited becomes one by taking it.",
        access: .key(.manage),
        body: PointSchemas.closed(["member": PointSchemas.member, "accept": APISchema.flag], required: ["member", "accept"]),
        answer: OfferSchemas.answered, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["member", "accept"])
        guard let accepts = try body.flag("accept") else { throw body.refused("accept", "Say true or false.") }
        let member = try await call.member(try body.requiredText("member"))
        return try await call.perform(AnswerOffer(call.path["id"] ?? "", by: member, accepts: accepts))
    }

    private static let listOffers = APIOperation(
        method: .get, path: "/api/v1/points/members/{member}/offers", id: "listPointOffers", tag: "Points",
        summary: "What a member has offered or was offered, invitations included, the newest first.", access: .key(.read),
        parameters: [.limit(default: 100, max: 1_000)],
        answer: APISchema.object(["offers": ["type": "array", "items": OfferSchemas.offer]]), problems: [404]
    ) { call throws(Problem) in
        let member = try await call.knownMember()
        let offers = try await call.program().offers(of: member.id, limit: try call.limit(default: 100, max: 1_000))
        let now = call.directory.clock.now
        return .json(["offers": .array(offers.map { $0.json(of: member.id, at: now) })])
    }

    private static let setTransferConsent = APIOperation(
        method: .put, path: "/api/v1/program/members/{member}/transfers", id: "setTransferConsent", tag: "Program",
        summary: "Say whether points of others may come to a member: always, when the member is asked, or never.",
        access: .key(.manage), body: PointSchemas.closed(["consent": OfferSchemas.consent], required: ["consent"]),
        answer: APISchema.object(["member": APISchema.text, "consent": OfferSchemas.consent]), problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["consent"])
        guard let consent = try body.word("consent", TransferConsent.self) else {
            throw body.refused("consent", "\"consent\" is always, ask or never.")
        }
        let member = try await call.member(call.path["member"] ?? "", "member")
        return try await call.perform(SetTransferConsent(consent, of: member))
    }
}

extension PointOffer {
    /// As one of the two sees it.
    fileprivate func json(of member: ProgramMemberID, at now: Instant) -> JSONValue {
        var members = JSONMembers()
        members.put("offer", id)
        members.put("side", giver == member ? "giver" : "receiver")
        members.put("from", giver.text)
        members.put("to", receiver?.text)
        members.put("invited", giver == member ? invited?.text : nil)
        members.put("currency", currency)
        members.put("amount", .int(amount))
        members.put("made_at", madeAt)
        members.put("until", until)
        members.put("state", state == .open && until <= now ? "over" : state.rawValue)
        members.put("answered_at", answeredAt)
        return members.json
    }
}

private enum OfferSchemas {
    static let consent: JSONValue = ["enum": .array(TransferConsent.allCases.map { .string($0.rawValue) })]
    static let offered = APISchema.object(
        [
            "offer": APISchema.text, "from": APISchema.text, "to": APISchema.optionalText, "currency": APISchema.text,
            "amount": PointSchemas.amount, "until": APISchema.instant, "balance": PointSchemas.balance,
        ], required: ["offer", "from", "currency", "amount", "until"])
    static let answered = APISchema.object(
        [
            "offer": APISchema.text, "state": ["enum": ["accepted", "declined"]], "currency": APISchema.text,
            "amount": PointSchemas.amount, "from": APISchema.text, "to": APISchema.text, "member": APISchema.text,
            "balance": PointSchemas.balance,
        ], required: ["offer", "state", "currency", "amount"])
    static let offer = APISchema.object(
        [
            "offer": APISchema.text, "side": ["enum": ["giver", "receiver"]], "from": APISchema.text,
            "to": APISchema.optionalText, "invited": APISchema.optionalText, "currency": APISchema.text,
            "amount": PointSchemas.amount, "made_at": APISchema.instant, "until": APISchema.instant,
            "state": ["enum": ["open", "over", "accepted", "declined"]], "answered_at": APISchema.optionalInstant,
        ], required: ["offer", "side", "from", "currency", "amount", "until", "state"])
}
