internal import Hummingbird
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    static let keyOperations = [rotateKey, revokeWriteKeys, revokeWriteKey, listAPIKeys, createAPIKey, revokeAPIKey]

    private static let rotateKey = APIOperation(
        method: .post, path: "/api/v1/sources/{id}/keys", id: "rotateWriteKey", tag: "Keys",
        summary: "Make a new write key, shown this once; the one that it replaces, if any, stops working in the same moment.",
        access: .key(.manage), body: APISchema.newWriteKey, isBodyRequired: false, status: 201,
        answer: APISchema.reference("CreatedKey"), problems: [404, 409, 422], isCommand: true
    ) { call throws(Problem) in
        let (workspace, id) = (try call.workspace, try call.id("id", "source") as SourceID)
        let body = try ObjectReader(try call.json(), known: ["name", "replaces"])
        let name = try body.text("name")
        var replaces: KeyID?
        if let text = try body.text("replaces") {
            guard let key = KeyID(validating: text) else {
                throw Problem(.notFound, "There is no key \"\(text.prefix(60))\" to replace.", place: "/replaces", status: 404)
            }
            replaces = key
        }
        let replaced = replaces
        return try await call.command(
            status: 201,
            { planner throws(Problem) in try planner.rotatedKey(of: id, in: workspace, name: name, replaces: replaced) },
            { $0.json })
    }

    private static let revokeWriteKeys = APIOperation(
        method: .delete, path: "/api/v1/sources/{id}/keys", id: "revokeWriteKeys", tag: "Keys",
        summary: "Revoke every write key of a source; what comes with them is refused with 401 from then on.",
        access: .key(.manage),
        answer: ["type": "object", "required": ["revoked"], "properties": ["revoked": APISchema.list("Key")]],
        problems: [404, 422],
        isCommand: true
    ) { call throws(Problem) in
        let (workspace, id) = (try call.workspace, try call.id("id", "source") as SourceID)
        _ = try call.directory.source(id, of: workspace)
        let open = call.directory.keys(of: id, in: workspace).filter { $0.revokedAt == nil }.map(\.id)
        return try await call.command(
            status: 200, { planner throws(Problem) in try planner.revokedKeys(open, in: workspace) },
            { ["revoked": .array($0.map(\.json))] })
    }

    private static let revokeWriteKey = APIOperation(
        method: .delete, path: "/api/v1/sources/{id}/keys/{key}", id: "revokeWriteKey", tag: "Keys",
        summary: "Revoke one write key of a source.", access: .key(.manage), answer: APISchema.reference("Key"),
        problems: [404, 422],
        isCommand: true
    ) { call throws(Problem) in
        let source: SourceID = try call.id("id", "source")
        return try await revoke(try call.id("key", "key"), of: source, call)
    }

    private static let listAPIKeys = APIOperation(
        method: .get, path: "/api/v1/keys", id: "listAPIKeys", tag: "Keys", summary: "The api keys of the workspace.",
        access: .key(.manage), answer: ["type": "object", "required": ["keys"], "properties": ["keys": APISchema.list("Key")]]
    ) { call throws(Problem) in
        .json(["keys": .array(call.directory.keys(of: nil, in: try call.workspace).map(\.json))])
    }

    private static let createAPIKey = APIOperation(
        method: .post, path: "/api/v1/keys", id: "createAPIKey", tag: "Keys",
        summary: "Make an api key with the scopes read, manage or both; it is shown this once.", access: .key(.manage),
        body: APISchema.newAPIKey, status: 201, answer: APISchema.reference("CreatedKey"), problems: [409, 422], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["name", "scopes"])
        let (name, words) = (try body.text("name"), try body.texts("scopes") ?? ["read"])
        let scopes = words.compactMap { KeyScope(rawValue: $0) }
        guard scopes.count == words.count else {
            throw Problem(.badRequest, "An api key's scopes are read, manage, or both.", place: "/scopes")
        }
        let workspace = try call.workspace
        return try await call.command(
            status: 201, { planner throws(Problem) in try planner.newAPIKey(in: workspace, name: name, scopes: Set(scopes)) },
            { $0.json })
    }

    private static let revokeAPIKey = APIOperation(
        method: .delete, path: "/api/v1/keys/{key}", id: "revokeAPIKey", tag: "Keys",
        summary: "Revoke one api key; it may be the one that asks.", access: .key(.manage), answer: APISchema.reference("Key"),
        problems: [404, 422], isCommand: true
    ) { call throws(Problem) in try await revoke(try call.id("key", "key"), of: nil, call) }

    private static func revoke(_ id: KeyID, of source: SourceID?, _ call: APICall) async throws(Problem) -> APIAnswer {
        let workspace = try call.workspace
        guard call.directory.keys(of: source, in: workspace).contains(where: { $0.id == id }) else {
            throw Problem(.notFound, "There is no key \(id).", status: 404)
        }
        return try await call.command(
            status: 200, { planner throws(Problem) in try planner.revokedKey(id, in: workspace) }, { $0.json })
    }
}
