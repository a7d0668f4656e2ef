internal import HTTPTypes
internal import Hummingbird
internal import Model
internal import OrderedCollections
internal import Records

/// The OpenAPI 3.1 document, written from the operations that the routes are registered from.
enum OpenAPIDocument {
    /// The document's text, written once.
    static let bytes = Array(document.prettyText.utf8)

    static let problemReference: JSONValue = ["$ref": "#/components/responses/Problem"]

    static var document: JSONValue {
        [
            "openapi": "3.1.0",
            "info": [
                "title": "Teahouse", "version": "1",
                "summary": "Who uses a product and who pays for it.",
                "license": ["name": "Apache 2.0", "identifier": "Apache-2.0"],
            ],
            "servers": [["url": "/"]],
            "tags": .array(tags.map { ["name": .string($0.0), "description": .string($0.1)] }),
            "paths": .object(paths),
            "components": [
                "schemas": .object(APISchema.components),
                "responses": [
                    "Problem": [
                        "description": "What was wrong, where, and what to do (RFC 9457).",
                        "content": ["application/problem+json": ["schema": APISchema.reference("Problem")]],
                    ]
                ],
                "securitySchemes": [
                    "apiKey": [
                        "type": "http", "scheme": "bearer",
                        "description": "An api key, ak_…, with the scope that the operation names.",
                    ],
                    "adminToken": ["type": "http", "scheme": "bearer", "description": "The server's TEAHOUSE_ADMIN_TOKEN."],
                    "writeKey": ["type": "http", "scheme": "basic", "description": "A write key, wk_…, as the user name."],
                    "writeKeyBearer": ["type": "http", "scheme": "bearer", "description": "A write key, wk_…."],
                ],
            ],
        ]
    }

    private static let tags = [
        ("Collect", "Send calls: the Segment HTTP tracking API, and what SDKs of PostHog, Sensors Analytics and Mixpanel send."),
        ("Questions", "Ask what people did."),
        ("People", "Who they are."), ("Traits", "What follows from what they did."),
        ("Registration", "What to ask them next."),
        ("Identity", "Who is who, and what may be changed about it."),
        ("Stages", "Where people stand in the life cycle."), ("Product codes", "Codes on goods, and who has registered them."),
        ("Program", "The loyalty program and its members."), ("Points", "What members earn and spend, and the books about it."),
        ("Coupons", "What is promised to whom, and what it takes off an order."),
        ("Benefits", "What members have beside points: who has it, who pays for it, and its use."),
        ("Plans", "What somebody pays for period by period, for themselves or for another."),
        ("Consents", "What they have agreed to."), ("Rights", "What they may ask for, and how long events are kept."),
        ("Earning", "How members earn points: versions of the rules, previews, events and orders."),
        ("Audit", "Who read or changed what."),
        ("Export", "Everything, to take along."),
        ("Sources", "Who sends."), ("Keys", "What opens what."), ("Workspaces", "One business each."), ("Server", "How it fares."),
    ]

    private static var paths: OrderedDictionary<String, JSONValue> {
        var paths: OrderedDictionary<String, OrderedDictionary<String, JSONValue>> = [:]
        for operation in APIOperation.all {
            paths[operation.path, default: [:]][operation.method.rawValue.lowercased()] = json(operation)
        }
        for (path, item) in CollectDocument.items { paths[path] = item.objectValue ?? [:] }
        return paths.mapValues { .object($0) }
    }

    private static func json(_ operation: APIOperation) -> JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "operationId": .string(operation.id), "tags": [.string(operation.tag)], "summary": .string(operation.summary),
            "security": security(operation.access),
        ]
        let parameters =
            pathParameters(operation) + queryParameters(operation) + (operation.isCommand ? [idempotencyKey(operation)] : [])
        if !parameters.isEmpty { members["parameters"] = .array(parameters) }
        if let body = operation.body {
            members["requestBody"] = [
                "required": .bool(operation.isBodyRequired), "content": .object([operation.bodyType: ["schema": body]]),
            ]
        }
        members["responses"] = responses(operation)
        if case .key(let scope) = operation.access { members["x-scope"] = .string(scope.rawValue) }
        return .object(members)
    }

    private static func security(_ access: APIOperation.Access) -> JSONValue {
        switch access {
        case .anyone: []
        case .admin: [["adminToken": []]]
        case .key: [["apiKey": []]]
        }
    }

    private static func pathParameters(_ operation: APIOperation) -> [JSONValue] {
        operation.path.split(separator: "/").filter { $0.hasPrefix("{") }.map { segment in
            let name = String(segment.dropFirst().dropLast())
            let about = operation.tag == "People" ? "A person's id such as p_1a, or an identity such as user_id:abc." : "An id."
            return [
                "name": .string(name), "in": "path", "required": true, "description": .string(about), "schema": ["type": "string"],
            ]
        }
    }

    private static func queryParameters(_ operation: APIOperation) -> [JSONValue] {
        operation.parameters.map { parameter in
            [
                "name": .string(parameter.name), "in": "query", "required": .bool(parameter.isRequired),
                "description": .string(parameter.about), "schema": parameter.schema,
            ]
        }
    }

    /// What of the program is kept in its books, with its answer.
    private static let booked: Set<String> = ["Program", "Points", "Coupons", "Benefits", "Plans", "Earning"]

    private static func idempotencyKey(_ operation: APIOperation) -> JSONValue {
        let about =
            booked.contains(operation.tag)
            ? "a repeat with the same key gets the first answer again for ever, a refusal too; with other content it is refused."
            : "a repeat with the same key within a day gets the first answer again."
        return [
            "name": "Idempotency-Key", "in": "header", "required": false,
            "description": .string("1 to 200 bytes of the caller's choice: " + about),
            "schema": ["type": "string", "minLength": 1, "maxLength": 200],
        ]
    }

    private static func responses(_ operation: APIOperation) -> JSONValue {
        var success: OrderedDictionary<String, JSONValue> = ["description": "Done."]
        if let answer = operation.answer {
            success["content"] = ["application/json": ["schema": answer]]
        } else if operation.answerType != "application/json" {
            let types = ([operation.answerType] + operation.otherAnswerTypes).map { String($0.prefix { $0 != ";" }) }
            let text: JSONValue = ["schema": ["type": "string"]]
            success["content"] = .object(OrderedDictionary(uniqueKeysWithValues: types.map { ($0, text) }))
        }
        var responses: OrderedDictionary<String, JSONValue> = [String(operation.status): .object(success)]
        // 405 answers the other methods of the path.
        var codes = Set(operation.problems + [400, 405])
        if operation.access != .anyone { codes.formUnion([401, 403, 503]) }
        if operation.body != nil { codes.formUnion([413, 415]) }
        for code in codes.sorted() { responses[String(code)] = problemReference }
        return .object(responses)
    }
}
