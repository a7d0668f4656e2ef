internal import HTTPTypes
internal import Intake
internal import Model
internal import OrderedCollections

/// The collect routes' part of the OpenAPI document.
///
/// The routes themselves are ``CollectRoutes``.
enum CollectDocument {
    static let calls = ["identify", "track", "page", "screen", "group", "alias", "batch"]
    /// Each call with its short twin.
    static let paths = calls.map { "/v1/\($0)" } + calls.map { "/v1/\($0.prefix(1))" }

    /// Paths and the methods that they take.
    static var methods: [(path: String, method: HTTPRequest.Method)] {
        paths.map { ($0, .post) } + CollectRoutes.captures.map { ($0.path, .post) }
            + CollectRoutes.captures.filter(\.takesGet).map { ($0.path, .get) }
    }

    /// Path items by path.
    static var items: [(path: String, item: JSONValue)] {
        var items: [(path: String, item: JSONValue)] = []
        for call in calls { items.append((path: "/v1/\(call)", item: item(call, name: title(call)))) }
        for call in calls { items.append((path: "/v1/\(call.prefix(1))", item: item(call, name: title(call) + "Short"))) }
        for (path, capture, takesGet) in CollectRoutes.captures {
            items.append((path: path, item: item(path, capture, takesGet: takesGet)))
        }
        items.append((path: BrowserScript.path, item: browserScript))
        return items
    }

    private static func title(_ call: String) -> String { call.prefix(1).uppercased() + call.dropFirst() }

    private static func item(_ call: String, name: String) -> JSONValue {
        ["post": operation(call, name: name), "options": preflight(name: name)]
    }

    private static func preflight(name: String) -> JSONValue {
        [
            "operationId": .string("preflight" + name), "tags": ["Collect"],
            "summary": "What browsers ask before they send from another site (CORS).", "security": [],
            "responses": [
                "204": ["description": "POST is taken from any site, without credentials."],
                "405": OpenAPIDocument.problemReference,
            ],
        ]
    }

    private static let browserScript: JSONValue = [
        "get": [
            "operationId": "readBrowserScript", "tags": ["Collect"], "security": [],
            "summary": "The browser script, for <script async src=…/teahouse.js data-write-key=…>; compressed and cached by ETag.",
            "responses": [
                "200": ["description": "The script.", "content": ["text/javascript": ["schema": ["type": "string"]]]],
                "304": ["description": "The browser has it already (If-None-Match)."], "405": OpenAPIDocument.problemReference,
            ],
        ]
    ]

    private static func operation(_ call: String, name: String) -> JSONValue {
        let isBatch = call == "batch"
        let codes = [400, 401, 403, 405, 408, 413, 415, 429, 503]
        var responses: OrderedDictionary<String, JSONValue> = [
            "200": [
                "description": "Everything accepted is durable; of a batch, what was refused is named.",
                "content": ["application/json": ["schema": APISchema.reference("CollectAnswer")]],
            ]
        ]
        for code in codes { responses[String(code)] = OpenAPIDocument.problemReference }
        return [
            "operationId": .string("collect" + name), "tags": ["Collect"],
            "summary": .string(isBatch ? "Send up to 2,000 calls." : "Send one \(call) call of the Segment specification."),
            "description": .string(
                "Also as /v1/\(call.prefix(1)), and with a slash at the end. The write key may stand in the body instead. "
                    + "What is refused can be seen for 7 days at /api/v1/sources/{id}/rejections, without keys."),
            "security": [["writeKey": []], ["writeKeyBearer": []], [:]],
            "parameters": .array(parameters(isBatch: isBatch)),
            "requestBody": [
                "required": true, "content": isBatch ? batchContent : ["application/json": ["schema": APISchema.reference("Call")]],
            ],
            "responses": .object(responses),
        ]
    }

    private static let batchContent: JSONValue = [
        "application/json": ["schema": APISchema.reference("Batch")],
        "application/x-ndjson": [
            "schema": ["type": "string", "description": "One call a line; indexes in the answer are line numbers from 0."]
        ],
    ]

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

    // MARK: - Other protocols

    private static func item(_ path: String, _ capture: CaptureProtocol, takesGet: Bool) -> JSONValue {
        let name = path.split { "/.".contains($0) }.map { title(String($0)) }.joined()
        var members: OrderedDictionary<String, JSONValue> = [
            "post": operation("capture" + name, capture, hasBody: true), "options": preflight(name: "Capture" + name),
        ]
        if takesGet { members["get"] = operation("captureAddress" + name, capture, hasBody: false) }
        return .object(members)
    }

    private static func operation(_ id: String, _ capture: CaptureProtocol, hasBody: Bool) -> JSONValue {
        let (owner, answer): (String, String) =
            switch capture {
            case .postHog: ("PostHog", "status 1")
            case .sensors: ("Sensors Analytics", "whether all was taken")
            case .mixpanel: ("Mixpanel", "1, or with verbose=1 an object with status 1 and error")
            }
        var responses: OrderedDictionary<String, JSONValue> = [
            "200": [
                "description": .string("Everything accepted is durable: \(answer), and what was refused."),
                "content": ["application/json": ["schema": [:]]],
            ]
        ]
        for code in [400, 401, 403, 405, 408, 413, 415, 429, 503] { responses[String(code)] = OpenAPIDocument.problemReference }
        var members: OrderedDictionary<String, JSONValue> = [
            "operationId": .string(id), "tags": ["Collect"], "summary": .string("What SDKs of \(owner) send."),
            "description": .string(
                "Messages are read as calls. The write key stands where the SDK puts its API key or token, or in the header. "
                    + "How messages may be wrapped, and what they mean: docs/protocols.md."),
            "security": [[:], ["writeKey": []], ["writeKeyBearer": []]], "parameters": [parameter("token", "The write key.")],
            "responses": .object(responses),
        ]
        if hasBody {
            let form: JSONValue = ["type": "object", "properties": ["data": APISchema.text, "data_list": APISchema.text]]
            members["requestBody"] = [
                "required": true,
                "content": ["application/json": ["schema": [:]], "application/x-www-form-urlencoded": ["schema": form]],
            ]
        } else {
            members["parameters"] = [parameter("token", "The write key."), parameter("data", "The messages.")]
        }
        return .object(members)
    }
}
