internal import Hummingbird
internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    /// Benefits: what there is to give, who has it and who pays for it, and its use.
    static let benefitOperations = [
        listBenefits, defineBenefit, readBenefit, grantBenefit, revokeBenefit, removeSource, changePayer, held, allowView, viewers,
    ]

    // MARK: - What there is

    private static let listBenefits = APIOperation(
        method: .get, path: "/api/v1/program/benefits", id: "listBenefits", tag: "Benefits",
        summary: "What there is to give beside points, with how many hold it now.", access: .key(.read),
        answer: APISchema.object(["benefits": ["type": "array", "items": APISchema.anyObject]])
    ) { call throws(Problem) in
        let reader = try call.program()
        let holders = try await reader.benefitHolders(at: call.directory.clock.now)
        return .json([
            "benefits": .array(
                try await reader.benefits().map { version, benefit in
                    [
                        "version": .int(version), "benefit": benefit.json, "holders": .int(Int64(holders[benefit.key] ?? 0)),
                    ]
                })
        ])
    }

    private static let defineBenefit = APIOperation(
        method: .post, path: "/api/v1/program/benefits", id: "defineBenefit", tag: "Benefits",
        summary: "Add a benefit, or a new version of one: what was granted keeps its amount.", access: .key(.manage),
        body: BenefitSchemas.definition, answer: BenefitSchemas.defined, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let home = try TimeZoneTable(identifier: try call.directory.settings(of: try call.workspace).timezone)
        let benefit = try Benefit(json: try call.json(), home: home) { name throws(Problem) in
            try TimeZoneTable(identifier: name)
        }
        return try await call.perform(DefineBenefit(benefit))
    }

    private static let readBenefit = APIOperation(
        method: .get, path: "/api/v1/program/benefits/{benefit}", id: "readBenefit", tag: "Benefits",
        summary: "A benefit, and who has or had it, by the member's number.", access: .key(.read),
        parameters: [.limit(default: 50, max: 500), .cursor],
        answer: APISchema.object([
            "version": PointSchemas.number, "benefit": BenefitSchemas.definition,
            "holders": ["type": "array", "items": APISchema.anyObject], "next": APISchema.optionalText,
        ]), problems: [404]
    ) { call throws(Problem) in
        let key = call.path["benefit"] ?? ""
        let limit = try call.limit(default: 50, max: 500)
        let cursor = try call.query["cursor"].map { text throws(Problem) in
            guard let member = ProgramMemberID(text: text) else {
                throw APICall.badParameter("cursor", "is the `next` of the page before")
            }
            return member
        }
        let now = call.directory.clock.now
        guard let found = try await call.program().holders(of: key, after: cursor, limit: limit, at: now) else {
            throw APICall.noBenefit(key)
        }
        return .json([
            "version": .int(found.version), "benefit": found.benefit.json,
            "holders": .array(
                found.holders.map { member, statement in
                    [
                        "beneficiary": .string(member.text), "answer": statement.answer.json,
                        "grants": .array(statement.grants.map(\.json)),
                    ]
                }),
            "next": found.holders.count < limit ? .null : found.holders.last.map { .string($0.member.text) } ?? .null,
        ])
    }

    // MARK: - Who has it

    private static let grantBenefit = APIOperation(
        method: .post, path: "/api/v1/benefits/grant", id: "grantBenefit", tag: "Benefits",
        summary: "Give a member a right to a benefit, once for each source; who pays is said apart.", access: .key(.manage),
        body: BenefitSchemas.grant, answer: BenefitSchemas.granted, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(
            try call.json(), known: ["benefit", "beneficiary", "payer", "source", "from", "until", "priority", "amount"])
        let beneficiary = try await call.member(try body.requiredText("beneficiary"), "/beneficiary")
        var command = GrantBenefit(
            try body.requiredText("benefit"), to: beneficiary, for: try body.requiredSource(known: ["kind", "id", "series"]))
        command.payer = try await call.payer(body)
        (command.from, command.until) = (try body.instant("from"), try body.instant("until"))
        command.priority = Int(try body.number("priority", in: -1_000_000 ... 1_000_000) ?? 0)
        command.amount = try body.amount("amount")
        return try await call.perform(command)
    }

    private static let revokeBenefit = APIOperation(
        method: .post, path: "/api/v1/benefits/revoke", id: "revokeBenefit", tag: "Benefits",
        summary: "Take one grant back at once.", access: .key(.manage),
        body: PointSchemas.closed(["grant": BenefitSchemas.id, "reason": APISchema.text], required: ["grant", "reason"]),
        answer: BenefitSchemas.removed, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["grant", "reason"])
        return try await call.perform(
            EndBenefit(.revoke(BenefitID(try body.requiredText("grant")), reason: try body.benefitReason())))
    }

    /// How a source is removed.
    private enum Removal: String, CaseIterable {
        case end, revoke
        case revokeSeries = "revoke_series"
    }

    private static let removeSource = APIOperation(
        method: .post, path: "/api/v1/benefits/remove-source", id: "removeBenefitSource", tag: "Benefits",
        summary: "End what a source gives as each benefit says for a downgrade, or take it back at once.", access: .key(.manage),
        body: PointSchemas.closed(
            [
                "source": BenefitSchemas.plainSource, "member": PointSchemas.member,
                "how": ["enum": .array(Removal.allCases.map { .string($0.rawValue) }), "default": "end"], "reason": APISchema.text,
            ], required: ["source"]), answer: BenefitSchemas.removed, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["source", "member", "how", "reason"])
        let source = try body.requiredSource(known: ["kind", "id"])
        var member: MemberWish?
        if let text = try body.text("member") { member = try await call.member(text) }
        let deed: EndBenefit.Deed =
            switch try body.word("how", Removal.self) ?? .end {
            case .end: .end(source.kind, source.id)
            case .revoke: .revokeSource(source.kind, source.id, reason: try body.benefitReason())
            case .revokeSeries: .revokeSeries(source.kind, source.id, reason: try body.benefitReason())
            }
        return try await call.perform(EndBenefit(deed, of: member))
    }

    private static let changePayer = APIOperation(
        method: .post, path: "/api/v1/benefits/payer", id: "changeBenefitPayer", tag: "Benefits",
        summary: "Let another party pay for a grant; no right changes with it.", access: .key(.manage),
        body: PointSchemas.closed(["grant": BenefitSchemas.id, "payer": BenefitSchemas.payer], required: ["grant", "payer"]),
        answer: APISchema.object(["grant": BenefitSchemas.id, "beneficiary": APISchema.text, "payer": APISchema.text]),
        problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["grant", "payer"])
        let grant = BenefitID(try body.requiredText("grant"))
        return try await call.perform(ChangeBenefitPayer(of: grant, to: try await call.payer(body)))
    }

    private static let held = APIOperation(
        method: .get, path: "/api/v1/program/members/{member}/benefits", id: "readMemberBenefits", tag: "Benefits",
        summary: "What a member has and has had: how it stands, from which grants, and what was used of it.", access: .key(.read),
        parameters: [
            .text("viewer", "The member who wants to see it: themselves, a guardian, or whom they allow; without, the house.")
        ],
        answer: APISchema.object(["member": APISchema.text, "benefits": ["type": "array", "items": BenefitSchemas.standing]]),
        problems: [403, 404]
    ) { call throws(Problem) in
        let (member, now) = (try await call.knownMember(), call.directory.clock.now)
        try await call.directory.endFormerCaps(on: [MemberWish(.id(member.id))], in: try call.workspace)
        var statements: [BenefitStatement]?
        if let text = call.query["viewer"] {
            let viewer = try await call.member(text, "?viewer")
            let isGuardian = try await call.directory.isGuardian(viewer, of: MemberWish(.id(member.id)), in: try call.workspace)
            statements = try await call.program().benefits(of: member.id, for: viewer, isGuardian: isGuardian, at: now)
        } else {
            statements = try await call.program().benefits(of: member.id, at: now)
        }
        guard let statements else {
            throw Problem(
                .forbidden, "Only the member, a guardian, or whom the member allows sees what is used. Ask for their consent.",
                status: 403)
        }
        return .json(["member": .string(member.id.text), "benefits": .array(statements.map(\.json))])
    }

    private static let allowView = APIOperation(
        method: .post, path: "/api/v1/benefits/view-consent", id: "allowBenefitView", tag: "Benefits",
        summary: "Note whether a member lets somebody, such as who pays, see what they use.", access: .key(.manage),
        body: PointSchemas.closed(
            ["member": PointSchemas.member, "viewer": PointSchemas.member, "given": APISchema.flag],
            required: ["member", "viewer", "given"]),
        answer: APISchema.object(["member": APISchema.text, "viewer": APISchema.text, "given": APISchema.flag]),
        problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["member", "viewer", "given"])
        let member = try await call.member(try body.requiredText("member"))
        let viewer = try await call.member(try body.requiredText("viewer"), "/viewer")
        guard let isGiven = try body.flag("given") else { throw body.refused("given", "Say true or false.") }
        return try await call.perform(AllowBenefitView(isGiven, to: viewer, by: member))
    }

    private static let viewers = APIOperation(
        method: .get, path: "/api/v1/program/members/{member}/benefits/viewers", id: "readBenefitViewers", tag: "Benefits",
        summary: "Whom a member lets see what they use, and who lets the member see; guardians need no consent.",
        access: .key(.read),
        answer: APISchema.object([
            "member": APISchema.text, "viewers": consents("viewer"), "sees": consents("member"),
        ]), problems: [404]
    ) { call throws(Problem) in
        let member = try await call.knownMember()
        let viewers = try await call.program().benefitViewers(of: member.id).json
        return .json(viewers.setting(["member"], to: .string(member.id.text)))
    }

    private static func consents(_ party: String) -> JSONValue {
        ["type": "array", "items": APISchema.object([party: APISchema.text, "given_at": APISchema.instant])]
    }
}

extension APICall {
    static func noBenefit(_ key: String) -> Problem {
        Problem(.notFound, "There is no benefit \"\(key.prefix(200))\". Define it first.", status: 404)
    }

    /// Who pays: the word program, or a member.
    fileprivate func payer(_ body: ObjectReader) async throws(Problem) -> BenefitPayer {
        let text = try body.requiredText("payer")
        if text == "program" { return .program }
        do throws(Problem) { return .member(try await member(text, "/payer")) } catch {
            guard error.code == .badIdentity else { throw error }
            throw Problem(
                .badIdentity, "Who pays is \"program\", or a member, such as user_id:abc; \"\(text.prefix(80))\" is neither.",
                place: "/payer")
        }
    }
}

extension ObjectReader {
    /// What gives a benefit.
    func requiredSource(known: [String]) throws(Problem) -> BenefitSource {
        guard let source = try object("source", known: known), let kind = try source.word("kind", BenefitSource.Kind.self) else {
            throw refused("source", "A source has a kind and an id.")
        }
        let series = known.contains("series") ? try source.text("series") : nil
        return BenefitSource(kind, id: try source.requiredText("id"), series: series)
    }

    /// Why something is taken back: members and the books see it.
    fileprivate func benefitReason() throws(Problem) -> String {
        let reason = try requiredText("reason")
        guard (1 ... 500).contains(reason.utf8.count) else { throw refused("reason", "A reason has 1 to 500 bytes.") }
        return reason
    }
}
