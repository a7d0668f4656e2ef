internal import Hummingbird
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    static let serverOperations = [readDocument, checkHealth, checkReadiness, readMetrics, checkData, checkErased]

    private static let readDocument = APIOperation(
        method: .get, path: "/api/v1/openapi.json", id: "readDocument", tag: "Server", summary: "This document: OpenAPI 3.1.",
        access: .anyone, answer: ["type": "object"]
    ) { _ throws(Problem) in APIAnswer(body: .bytes(OpenAPIDocument.bytes)) }

    private static let checkHealth = APIOperation(
        method: .get, path: "/healthz", id: "checkHealth", tag: "Server", summary: "The process is up and answers.",
        access: .anyone,
        answer: ["type": "object", "required": ["status"], "properties": ["status": ["const": "ok"]]]
    ) { _ throws(Problem) in .json(["status": "ok"]) }

    private static let checkReadiness = APIOperation(
        method: .get, path: "/readyz", id: "checkReadiness", tag: "Server",
        summary:
            "The data folder is held, and it and the tables of the records can be written to; 503 when not, or when the server is stopping.",
        access: .anyone,
        answer: ["type": "object", "required": ["status"], "properties": ["status": ["const": "ready"]]], problems: [503]
    ) { call throws(Problem) in
        try await call.directory.ready()
        return .json(["status": "ready"])
    }

    private static let readMetrics = APIOperation(
        method: .get, path: "/metrics", id: "readMetrics", tag: "Server",
        summary: "Requests, latencies, events taken, repeated and refused, and the sizes of the stores, as Prometheus text.",
        access: .anyone, answerType: "text/plain; version=0.0.4; charset=utf-8"
    ) { call throws(Problem) in .text(MetricsText.text(of: call.directory, call.meter)) }

    private static let checkData = APIOperation(
        method: .get, path: "/api/v1/check", id: "checkData", tag: "Server",
        summary: "Verify every checksum of every workspace's events, while they are in use, and name what is damaged.",
        access: .admin,
        answer: [
            "type": "object", "required": ["workspaces"],
            "properties": ["workspaces": APISchema.list("WorkspaceCheck")],
        ], problems: [404]
    ) { call throws(Problem) in .json(["workspaces": .array(try await call.directory.check())]) }

    private static let checkErased = APIOperation(
        method: .post, path: "/api/v1/check/erased", id: "checkErased", tag: "Server",
        summary: "Whether somebody who was erased is gone from every file, by unpacking every text; names where something is left.",
        access: .admin,
        body: [
            "type": "object", "required": ["identity"], "additionalProperties": false,
            "properties": ["identity": ["type": "string", "description": "As type:value."]],
        ],
        answer: [
            "type": "object", "required": ["workspaces"],
            "properties": ["workspaces": ["type": "array", "items": ["type": "object"]]],
        ]
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["identity"])
        return .json(["workspaces": .array(try await call.directory.check(erased: try body.requiredText("identity")))])
    }
}
