internal import Hummingbird
internal import Model
internal import OrderedCollections
internal import People
internal import Records
internal import Workspaces

extension APIOperation {
    static let identityOperations = [
        listDecisions, simulate, merge, unmerge, readIdentitySettings, changeIdentitySettings,
    ]

    private static let command: JSONValue = [
        "type": "object", "required": ["left", "right"], "additionalProperties": false,
        "properties": [
            "left": ["type": "string", "description": "A person's id, type:value, or a bare identity."],
            "right": ["type": "string", "description": "As left."],
        ],
    ]
    private static let changed: JSONValue = [
        "type": "object", "required": ["action", "left", "right", "before", "after"],
        "properties": [
            "action": ["type": "string"], "left": APISchema.reference("Identity"), "right": APISchema.reference("Identity"),
            "before": APISchema.list("Person"), "after": APISchema.list("Person"),
        ],
    ]

    private static let listDecisions = APIOperation(
        method: .get, path: "/api/v1/identity/decisions", id: "listDecisions", tag: "Identity",
        summary: "Who was joined with whom, or was not, when and why; newest first.", access: .key(.read),
        parameters: [
            .word("kind", "Which decisions.", DecisionKind.allCases.map(\.rawValue)),
            .text("person", "Only decisions about this person: an id, type:value, or a bare identity."),
            .limit(default: 50, max: 500), .cursor, .why,
        ],
        answer: [
            "type": "object", "required": ["decisions", "next"],
            "properties": ["decisions": ["type": "array", "items": ["type": "object"]], "next": ["type": ["string", "null"]]],
        ], problems: [404]
    ) { call throws(Problem) in
        let kind = try call.word("kind", DecisionKind.self) ?? .all
        let (wanted, cursor, limit) = (call.query["person"], call.query["cursor"], try call.limit(default: 50, max: 500))
        let (shown, page) = try await call.open().look { view throws(Problem) in
            let person = try wanted.flatMap { text throws(Problem) in view.person(of: try view.identity(named: text)) }
            return (person, try view.decisions(kind, of: person, cursor: cursor, limit: limit))
        }
        let listed = Set(page.decisions.flatMap { [$0.person, $0.otherPerson] }.compactMap(\.self)).sorted()
        try await call.note(Reading(.decisions, of: shown.map { [$0] } ?? listed))
        return .json(page.json)
    }

    private static let simulate = APIOperation(
        method: .post, path: "/api/v1/identity/simulate", id: "simulateIdentity", tag: "Identity",
        summary: "What joining two people, or taking two identities apart, would change; nothing is changed.", access: .key(.read),
        body: [
            "type": "object", "required": ["action", "left", "right"], "additionalProperties": false,
            "properties": [
                "action": ["type": "string", "enum": ["merge", "unmerge"]], "left": ["type": "string"], "right": ["type": "string"],
            ],
        ], answer: changed, problems: [404, 409]
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["action", "left", "right"])
        guard let action = try body.word("action", IdentityCommand.Action.self) else {
            throw Problem(Problem.Code("missing_member"), "\"action\" is missing: merge or unmerge.", place: "/action")
        }
        let (left, right) = (try body.requiredText("left"), try body.requiredText("right"))
        let preview = try await call.open().preview(action, left, right)
        try await call.note(Reading(.profile, of: Set((preview.before + preview.after).map(\.person)).sorted()))
        return .json(preview.json)
    }

    private static let merge = APIOperation(
        method: .post, path: "/api/v1/identity/merge", id: "mergePeople", tag: "Identity",
        summary: "Join two people, two known users too. It can be taken back.", access: .key(.manage), body: command,
        answer: changed, problems: [404, 409]
    ) { call throws(Problem) in try await carryOut(.merge, call) }

    private static let unmerge = APIOperation(
        method: .post, path: "/api/v1/identity/unmerge", id: "unmergePeople", tag: "Identity",
        summary: "Take two identities of one person apart, for good and from the beginning.", access: .key(.manage), body: command,
        answer: changed, problems: [404, 409]
    ) { call throws(Problem) in try await carryOut(.unmerge, call) }

    private static let readIdentitySettings = APIOperation(
        method: .get, path: "/api/v1/identity/settings", id: "readIdentitySettings", tag: "Identity",
        summary:
            "How many identities one person may hold, which types join nobody, and the workspace's own values that identify nobody.",
        access: .key(.read), answer: APISchema.reference("IdentitySettings")
    ) { call throws(Problem) in .json(try call.directory.identitySettings(of: try call.workspace).json) }

    private static let changeIdentitySettings = APIOperation(
        method: .put, path: "/api/v1/identity/settings", id: "changeIdentitySettings", tag: "Identity",
        summary: "Set them whole, for calls that come from then on; what people hold stays. What is left out is the standard.",
        access: .key(.manage), body: APISchema.identitySettings(isWish: true), answer: APISchema.reference("IdentitySettings"),
        isCommand: true
    ) { call throws(Problem) in
        let (workspace, settings) = (try call.workspace, try IdentitySettings(json: try call.json()))
        return try await call.command(
            status: 200, { planner throws(Problem) in try planner.changedIdentitySettings(workspace, settings) },
            { _ in settings.json })
    }

    private static func carryOut(_ action: IdentityCommand.Action, _ call: APICall) async throws(Problem) -> APIAnswer {
        guard let grant = call.grant else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
        let body = try ObjectReader(try call.json(), known: ["left", "right"])
        let (left, right) = (try body.requiredText("left"), try body.requiredText("right"))
        return .json(
            try await call.directory.carryOut(action, left, right, in: grant.workspace, by: .key(grant.key)).json)
    }
}

extension IdentityPreview {
    var json: JSONValue {
        [
            "action": .string(command.action.rawValue), "left": command.left.json, "right": command.right.json,
            "before": .array(before.map(\.json)), "after": .array(after.map(\.json)),
        ]
    }
}
