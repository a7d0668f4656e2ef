internal import Hummingbird
internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    static let programOperations = [readProgram, setProgram, enrolMember, readProgramMember]

    private static let readProgram = APIOperation(
        method: .get, path: "/api/v1/program", id: "readProgram", tag: "Program",
        summary: "The program's settings: its name and currencies.", access: .key(.read), answer: ProgramSchemas.program,
        problems: [404]
    ) { call throws(Problem) in
        let program = try await call.program().program()
        guard let settings = program.settings else { throw APICall.noProgram }
        return .json([
            "version": .int(program.version), "settings": settings.json,
            "members": .int(Int64(try await call.program().memberCount())),
        ])
    }

    private static let setProgram = APIOperation(
        method: .put, path: "/api/v1/program", id: "setProgram", tag: "Program",
        summary: "Give the workspace a program, or its program other settings. What members have stays as it is.",
        access: .key(.manage), body: ProgramSchemas.settings, answer: ProgramSchemas.version, problems: [409], isCommand: true
    ) { call throws(Problem) in
        try await call.perform(SetProgram(try ProgramSettings(json: try call.json())))
    }

    private static let enrolMember = APIOperation(
        method: .post, path: "/api/v1/program/members", id: "enrolMember", tag: "Program",
        summary: "Take a person or account into the program; who is a member already stays the one they are.",
        access: .key(.manage),
        body: PointSchemas.closed(
            ["identity": PointSchemas.member, "kind": ["enum": ["person", "account"], "default": "person"]], required: ["identity"]),
        answer: ProgramSchemas.enrolled, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["identity", "kind"])
        let kind = try body.word("kind", ProgramMember.Kind.self) ?? .person
        let wish = try await call.member(try body.requiredText("identity"), "/identity")
        guard !wish.identities.isEmpty else {
            throw body.refused("identity", "Write an identity such as user_id:abc, not a member's number.")
        }
        return try await call.perform(EnrolMember(wish, kind: kind))
    }

    private static let readProgramMember = APIOperation(
        method: .get, path: "/api/v1/program/members/{member}", id: "readProgramMember", tag: "Program",
        summary: "A member: by what they are known, and what they have in every currency.", access: .key(.read),
        answer: ProgramSchemas.member, problems: [404]
    ) { call throws(Problem) in
        let wish = try await call.member(call.path["member"] ?? "", "member")
        let reader = try call.program()
        guard let (member, identities) = try await reader.member(wish) else { throw APICall.noMember(call.path["member"] ?? "") }
        var balances: OrderedDictionary<String, JSONValue> = [:]
        for currency in try await reader.program().settings?.currencies ?? [] {
            let found = try await reader.balances(of: [MemberWish(.id(member.id))], in: currency, at: call.directory.clock.now)
            balances[currency.key] = (found.first.flatMap { $0?.balance } ?? .init()).json
        }
        return .json([
            "member": .string(member.id.text), "kind": .string(member.kind.rawValue), "state": .string(member.state.rawValue),
            "enrolled_at": .string(member.enrolledAt.rfc3339), "identities": .array(identities.map { .string($0.text) }),
            "balances": .object(balances),
            "card": .string("/m/\(try await call.directory.cardToken(of: member.id, in: try call.workspace))"),
        ])
    }
}

extension APICall {
    static let noProgram = Problem(
        .notFound, "The workspace has no program yet. Set one up with PUT /api/v1/program.", status: 404)

    static func noMember(_ text: String) -> Problem {
        Problem(.notFound, "There is no member \"\(text.prefix(80))\".", status: 404)
    }

    /// What reads the program of the key's workspace.
    func program() throws(Problem) -> ProgramReader { directory.programReader(of: try workspace) }

    func member(_ text: String, _ place: String = "/member") async throws(Problem) -> MemberWish {
        try await directory.memberWish(text, in: try workspace, place: place)
    }

    /// The member of the path, in whatever state.
    func knownMember() async throws(Problem) -> ProgramMember {
        let text = path["member"] ?? ""
        guard let found = try await program().member(try await member(text, "member")) else { throw APICall.noMember(text) }
        return found.member
    }

    func currency(_ key: String) async throws(Problem) -> PointCurrency {
        guard let settings = try await program().program().settings else { throw APICall.noProgram }
        guard let currency = settings.currency(key) else {
            throw Problem(.notFound, "There is no currency \"\(key.prefix(60))\" in the program.", status: 404)
        }
        return currency
    }

    /// Carries out a command of the program under this call's Idempotency-Key; what the rules refuse is 409 with all reasons.
    func perform(_ command: any ProgramCommand) async throws(Problem) -> APIAnswer {
        guard let grant else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
        let answer = try await directory.perform(command, id: idempotencyKey, in: grant.workspace, by: .key(grant.key))
        guard answer.isRefused else { return APIAnswer(body: .json(answer.body), isRepeat: answer.isReplayed) }
        var members =
            ProblemResponse(
                Problem(Problem.Code("refused"), answer.refusalWording, status: 409)
            ).json.objectValue ?? [:]
        members["reasons"] = answer.body["reasons"]
        return APIAnswer(body: .json(.object(members)), status: 409, isRepeat: answer.isReplayed)
    }
}

extension ProgramAnswer {
    /// All reasons of the refusal as sentences.
    fileprivate var refusalWording: Wording {
        let messages = body["reasons"]?.arrayValue?.compactMap { $0["message"]?.stringValue } ?? []
        return "\(messages.joined(separator: " "))"
    }
}

private enum ProgramSchemas {
    static let settings = PointSchemas.closed(
        [
            "name": APISchema.text,
            "enrols_by_earning": [
                "type": "boolean", "default": true, "description": "Whether somebody who earns and is no member becomes one.",
            ],
            "currencies": ["type": "array", "minItems": 1, "maxItems": 20, "items": currency],
        ], required: ["name", "currencies"])
    private static let currency = PointSchemas.closed(
        [
            "key": ["type": "string", "pattern": "^[a-z0-9_]{1,40}$"], "name": APISchema.text,
            "scale": ["type": "integer", "minimum": 0, "maximum": 6, "default": 0],
            "expires_after_months": [
                "type": "integer", "minimum": 0, "maximum": 1_200, "default": 24,
                "description": "Until the end of the month that is so many months later; 0 for never.",
            ],
            "value": PointSchemas.closed(["minor": APISchema.count, "points": PointSchemas.number], required: []),
            "shortfall": [
                "enum": ["debt", "writeOff"], "default": "debt",
                "description":
                    "What becomes of points that are taken back and were spent: debt, which the member owes, or writeOff. What is written off is not back for budgets and caps.",
            ],
            "restore_grace_days": ["type": "integer", "minimum": 0, "default": 30],
            "release_grace_days": ["type": "integer", "minimum": 0, "default": 0],
            "hold_days_max": ["type": "integer", "minimum": 1, "default": 7],
            "hops_max": ["type": "integer", "minimum": 0, "default": 2],
            "approval_above": ["type": "integer", "minimum": 0, "default": 10_000],
            "transfers": PointSchemas.closed(
                [
                    "min": PointSchemas.number, "per_month": APISchema.count, "times_per_month": APISchema.count,
                    "asks_receiver": [
                        "type": "boolean", "default": false,
                        "description": "Whether receivers who have said nothing must accept each time.",
                    ],
                    "invitation_days": [
                        "type": "integer", "minimum": 1, "maximum": 365, "default": 7,
                        "description": "How long an offer waits, as far as `hold_days_max` lets it.",
                    ],
                    "cool_down_hours": [
                        "type": "integer", "minimum": 0, "maximum": 8_784, "default": 0,
                        "description": "How long members give nothing after a new device has come to them, as the events tell.",
                    ],
                ], required: []),
            "dormancy": PointSchemas.dormancyRules,
            "spendable": [
                "type": "boolean", "default": true,
                "description": "False for points that are counted, such as towards a tier, and never spent or given away.",
            ],
            "no_expiry_in": [
                "type": "array", "items": ["type": "string", "pattern": "^[A-Z]{2}(-[A-Z0-9]{1,3})?$"],
                "description": "Jurisdictions in which no points end by time alone.",
            ],
        ], required: ["key"])
    static let version = APISchema.object(["version": PointSchemas.number, "settings": settings])
    static let program = APISchema.object([
        "version": PointSchemas.number, "settings": settings, "members": APISchema.count,
    ])
    static let enrolled = APISchema.object([
        "member": APISchema.text, "kind": ["enum": ["person", "account"]], "enrolled": APISchema.flag,
    ])
    static let member = APISchema.object([
        "member": APISchema.text, "kind": ["enum": ["person", "account"]], "state": ["enum": ["open", "closed", "erased"]],
        "enrolled_at": APISchema.instant, "identities": ["type": "array", "items": APISchema.text],
        "balances": ["type": "object", "additionalProperties": PointSchemas.balance],
        "card": ["type": "string", "description": "The path of the member's card: whoever has it sees it without signing in."],
    ])
}
