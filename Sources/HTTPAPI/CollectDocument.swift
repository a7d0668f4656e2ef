internal import Model
internal import OrderedCollections

/// The collect routes' part of the OpenAPI document.
///
/// The routes themselves are ``CollectRoutes``.
enum CollectDocument {
    static let calls = ["identify", "track", "page", "screen", "group", "alias"]
    static let paths = (calls + ["batch", "i", "t", "p", "s", "g", "a", "b"]).map { "/v1/\($0)" }

    /// Path items by path.
    static var items: [(path: String, item: JSONValue)] {
        (calls + ["batch"]).map { ("/v1/\($0)", ["post": operation($0)]) }
    }

    private static func operation(_ call: String) -> JSONValue {
        let isBatch = call == "batch"
        let codes = [400, 401, 403, 408, 413, 415, 429, 503]
        var responses: OrderedDictionary<String, JSONValue> = [
            "200": [
                "description": "Everything accepted is durable; of a batch, what was refused is named.",
                "content": ["application/json": ["schema": APISchema.reference("CollectAnswer")]],
            ]
        ]
        for code in codes { responses[String(code)] = OpenAPIDocument.problemReference }
        return [
            "operationId": .string("collect" + call.prefix(1).uppercased() + call.dropFirst()), "tags": ["Collect"],
            "summary": .string(isBatch ? "Send up to 2,000 calls." : "Send one \(call) call of the Segment specification."),
            "description": .string(
                "Also as /v1/\(call.prefix(1)), and with a slash at the end. The write key may stand in the body instead."),
            "security": [["writeKey": []], ["writeKeyBearer": []], [:]],
            "parameters": .array(parameters(isBatch: isBatch)),
            "requestBody": [
                "required": true,
                "content": ["application/json": ["schema": APISchema.reference(isBatch ? "Batch" : "Call")]],
            ],
            "responses": .object(responses),
        ]
    }

    private static func parameters(isBatch: Bool) -> [JSONValue] {
        let report = parameter(
            "report",
            "duplicates: the answer lists in duplicates the indexes of the calls that had been taken before, as importers need to know.",
            schema: ["enum": ["duplicates"]])
        return [
            parameter(
                "strict", "1: take a batch whole, or nothing of it when any call is refused. Equal repeats are no refusal."),
            parameter("historical", "1: keep the past as it is sent, with its receivedAt."),
            parameter("writeKey", "For beacons, which can set no header."),
        ] + (isBatch ? [report] : [])
    }

    private static func parameter(_ name: String, _ about: String, schema: JSONValue = APISchema.text) -> JSONValue {
        ["name": .string(name), "in": "query", "required": false, "description": .string(about), "schema": schema]
    }
}
