internal import EventStore
internal import Hummingbird
internal import Intake
internal import Model
internal import OrderedCollections
internal import People
internal import Records
internal import Workspaces

extension APIOperation {
    static let rightsOperations = [exportPerson, erasePerson, listSuppressions, suppress, unsuppress]

    private static let exportPerson = APIOperation(
        method: .get, path: "/api/v1/people/{id}/export", id: "exportPerson", tag: "Rights",
        summary: "Everything about one person as one JSON object: portrait, relationships, decisions, memberships, and every call.",
        access: .key(.read), answer: ["type": "object"], problems: [404]
    ) { call throws(Problem) in
        let id = call.path["id"] ?? ""
        let shown = try await call.open().look { view throws(Problem) in try person(id, view) }
        guard let export = try await call.directory.export(shown, in: try call.workspace) else {
            throw Problem(.notFound, "There is no such person any more.", status: 404)
        }
        try await call.note(Reading(.personExported, of: [shown]))
        return APIAnswer(
            body: .pieces(
                APIPieces(type: "application/json", count: export.callCount) {
                    var export = export
                    return { export.next() }
                }))
    }

    private static let reason: JSONValue = [
        "type": "string", "maxLength": 500, "description": "Kept with what is done; without names.",
    ]
    private static let suppression: JSONValue = [
        "type": "object", "required": ["digest", "kind", "createdAt", "reason"],
        "properties": [
            "digest": ["type": "string", "description": "A keyed digest of the identity, which itself is kept nowhere."],
            "kind": ["type": "string", "enum": .array(Suppression.Kind.allCases.map { .string($0.rawValue) })],
            "createdAt": ["type": "string", "format": "date-time"], "reason": ["type": "string"],
        ],
    ]

    private static let erasePerson = APIOperation(
        method: .post, path: "/api/v1/people/{id}/erase", id: "erasePerson", tag: "Rights",
        summary:
            "Take everything of a person out of the workspace, for good; the answer names what is gone and what is kept, and why.",
        access: .key(.manage),
        body: [
            "type": "object", "additionalProperties": false,
            "properties": [
                "reason": reason,
                "suppress": [
                    "type": "boolean", "default": false,
                    "description": "Turn calls of these identities away from now on. Else who comes back is somebody new.",
                ],
            ],
        ], isBodyRequired: false,
        answer: [
            "type": "object", "required": ["person", "suppressed", "removed", "kept"],
            "properties": [
                "person": ["type": ["string", "null"]], "suppressed": ["type": "boolean"], "removed": ["type": "object"],
                "kept": ["type": "array", "items": ["type": "object"]],
            ],
        ], problems: [404, 503]
    ) { call throws(Problem) in
        guard let grant = call.grant else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
        let body = try ObjectReader(try call.json(), known: ["reason", "suppress"])
        let report = try await call.directory.erase(
            call.path["id"] ?? "", in: grant.workspace, suppresses: try body.flag("suppress") ?? false,
            reason: try body.text("reason") ?? "", by: .key(grant.key))
        return .json(report.json)
    }

    private static let listSuppressions = APIOperation(
        method: .get, path: "/api/v1/suppressions", id: "listSuppressions", tag: "Rights",
        summary: "Identities that were erased or whose calls are turned away, by digests; or how one identity stands.",
        access: .key(.read), parameters: [.text("identity", "Only this one, as type:value.")],
        answer: [
            "type": "object", "required": ["suppressions"],
            "properties": ["suppressions": ["type": "array", "items": suppression]],
        ]
    ) { call throws(Problem) in
        guard let grant = call.grant else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
        var entries: [Suppression]
        if let identity = call.query["identity"] {
            entries = try await call.directory.suppression(of: identity, in: grant.workspace).map { [$0] } ?? []
        } else {
            entries = call.directory.suppressions(of: grant.workspace)
        }
        return .json(["suppressions": .array(entries.map(\.json))])
    }

    private static let suppress = APIOperation(
        method: .post, path: "/api/v1/suppressions", id: "suppressIdentity", tag: "Rights",
        summary: "Turn calls of an identity away from now on; what is there already stays.", access: .key(.manage),
        body: [
            "type": "object", "required": ["identity"], "additionalProperties": false,
            "properties": ["identity": ["type": "string", "description": "As type:value."], "reason": reason],
        ], status: 204
    ) { call throws(Problem) in
        guard let grant = call.grant else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
        let body = try ObjectReader(try call.json(), known: ["identity", "reason"])
        try await call.directory.suppress(
            try body.requiredText("identity"), in: grant.workspace, reason: try body.text("reason") ?? "", by: .key(grant.key))
        return .none
    }

    private static let unsuppress = APIOperation(
        method: .delete, path: "/api/v1/suppressions", id: "unsuppressIdentity", tag: "Rights",
        summary: "Take calls of an identity again.", access: .key(.manage),
        parameters: [.text("identity", "As type:value.")], status: 204, problems: [404]
    ) { call throws(Problem) in
        guard let grant = call.grant else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
        guard let identity = call.query["identity"] else { throw APICall.badParameter("identity", "is missing") }
        try await call.directory.unsuppress(identity, in: grant.workspace, by: .key(grant.key))
        return .none
    }
}

extension Suppression {
    fileprivate var json: JSONValue {
        [
            "digest": .string(digest), "kind": .string(kind.rawValue), "createdAt": .string(createdAt.rfc3339),
            "reason": .string(reason),
        ]
    }
}

extension ErasureReport {
    fileprivate var json: JSONValue {
        [
            "person": person.map { .string($0.text) } ?? .null, "suppressed": .bool(isSuppressed),
            "removed": [
                "calls": .int(Int64(events.callCount)), "identities": .int(Int64(events.identityCount)),
                "refusals": .int(Int64(records.rejectionCount)), "cards": .int(Int64(records.cardCount)),
                "registrations": .int(Int64(records.registrationCount)), "members": .int(Int64(records.memberCount)),
                "commands": .int(Int64(records.commandCount)),
            ],
            "kept": .array(
                ErasureReport.kept.map { ["what": .string($0.what), "why": .string($0.why)] }),
        ]
    }
}
