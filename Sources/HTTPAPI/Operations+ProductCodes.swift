internal import Hummingbird
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    static let productCodeOperations = [
        createProductBatch, listProductBatches, downloadProductCodes, registerProduct, readProductCode, blockProductCode,
        unblockProductCode, listProductCases, resolveProductCase, listProductGrants, setProductGrants,
    ]

    private static let createProductBatch = APIOperation(
        method: .post, path: "/api/v1/product-codes/batches", id: "createProductBatch", tag: "Product codes",
        summary:
            "Make a batch of codes for one product; they are downloaded, and nothing is kept of a code until it is registered.",
        access: .key(.manage), body: ProductCodeSchemas.newBatch, status: 201, answer: ProductCodeSchemas.batch,
        problems: [409, 422],
        isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(
            try call.json(), known: ["name", "product", "reseller", "order_id", "warranty_months", "count"])
        guard let count = try body.count("count") else {
            throw Problem(Problem.Code("missing_member"), "\"count\" is missing.", place: "/count")
        }
        let wish = NewProductBatch(
            name: try body.requiredText("name"), product: try body.requiredText("product"), reseller: try body.text("reseller"),
            orderID: try body.text("order_id"), warrantyMonths: try body.count("warranty_months"), count: count)
        let workspace = try call.workspace
        return try await call.command(
            status: 201, { planner throws(Problem) in try planner.newProductBatch(wish, in: workspace) }, { $0.json })
    }

    private static let listProductBatches = APIOperation(
        method: .get, path: "/api/v1/product-codes/batches", id: "listProductBatches", tag: "Product codes",
        summary: "The batches, newest first, with how many codes of each are registered.", access: .key(.read),
        answer: APISchema.object(["batches": ["type": "array", "items": ProductCodeSchemas.batch]])
    ) { call throws(Problem) in
        .json(["batches": .array(try await call.directory.productBatches(of: try call.workspace).map(\.json))])
    }

    private static let downloadProductCodes = APIOperation(
        method: .get, path: "/api/v1/product-codes/batches/{id}/codes", id: "downloadProductCodes", tag: "Product codes",
        summary: "The codes of a batch for the printer, as CSV with the columns code and serial.", access: .key(.manage),
        answerType: "text/csv", problems: [404]
    ) { call throws(Problem) in
        let codes = try await call.directory.productCodes(of: try call.id("id", "batch"), in: try call.workspace)
        return APIAnswer(
            body: .pieces(
                APIPieces(type: "text/csv; charset=utf-8", count: codes.count) {
                    var codes = codes
                    return { codes.piece() }
                }))
    }

    private static let registerProduct = APIOperation(
        method: .post, path: "/api/v1/product-codes/register", id: "registerProduct", tag: "Product codes",
        summary:
            "Register a code for a person: 201 when it is theirs from now on, 200 when it was already, 202 when another person has it and a case is open.",
        access: .key(.manage), body: ProductCodeSchemas.registration, status: 201, answer: ProductCodeSchemas.registered,
        problems: [404, 422, 429]
    ) { call throws(Problem) in
        guard let grant = call.grant else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
        let body = try ObjectReader(try call.json(), known: ["who", "code", "address"])
        let wish = ProductWish(
            who: try body.requiredText("who"), code: try body.requiredText("code"),
            address: String((try body.text("address") ?? call.address ?? "unknown").prefix(100)))
        let answer = try await call.directory.registerProduct(wish, in: grant.workspace, by: .key(grant.key))
        return APIAnswer(body: .json(answer.json), status: answer.status)
    }

    private static let readProductCode = APIOperation(
        method: .get, path: "/api/v1/product-codes/codes/{code}", id: "readProductCode", tag: "Product codes",
        summary: "One code: its batch, who has registered it, and its cases.", access: .key(.read),
        answer: ProductCodeSchemas.inquiry, problems: [404]
    ) { call throws(Problem) in
        .json(try await call.directory.product(call.path["code"] ?? "", in: try call.workspace).json)
    }

    private static let blockProductCode = APIOperation(
        method: .post, path: "/api/v1/product-codes/codes/{code}/block", id: "blockProductCode", tag: "Product codes",
        summary: "Block a code, such as one that was copied: nobody can register it, and whoever has it loses it.",
        access: .key(.manage), body: PointSchemas.closed(["why": APISchema.text], required: ["why"]),
        answer: ProductCodeSchemas.inquiry, problems: [404, 409]
    ) { call throws(Problem) in
        guard let grant = call.grant else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
        let body = try ObjectReader(try call.json(), known: ["why"])
        return .json(
            try await call.directory.blockProduct(
                call.path["code"] ?? "", why: try body.requiredText("why"), in: grant.workspace, by: .key(grant.key)
            ).json)
    }

    private static let unblockProductCode = APIOperation(
        method: .delete, path: "/api/v1/product-codes/codes/{code}/block", id: "unblockProductCode", tag: "Product codes",
        summary: "Let a blocked code be registered again, by whoever is first.", access: .key(.manage),
        answer: ProductCodeSchemas.inquiry, problems: [404, 409]
    ) { call throws(Problem) in
        guard let grant = call.grant else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
        return .json(
            try await call.directory.unblockProduct(call.path["code"] ?? "", in: grant.workspace, by: .key(grant.key)).json)
    }

    private static let listProductCases = APIOperation(
        method: .get, path: "/api/v1/product-codes/cases", id: "listProductCases", tag: "Product codes",
        summary: "Codes that several people have registered, the newest cases first.", access: .key(.read),
        parameters: [
            .word("state", "Only cases of this state.", ProductCaseState.allCases.map(\.rawValue)), .limit(default: 50, max: 500),
            .cursor,
        ],
        answer: APISchema.object([
            "cases": ["type": "array", "items": ProductCodeSchemas.dispute], "next": APISchema.optionalText,
        ])
    ) { call throws(Problem) in
        let state = try call.word("state", ProductCaseState.self)
        let limit = try call.limit(default: 50, max: 500)
        let cursor = try call.query["cursor"].map { text throws(Problem) in try ProductCaseCursor(text: text) }
        let cases = try await call.directory.productCases(of: try call.workspace, state, after: cursor, limit: limit)
        let next =
            cases.count < limit ? nil : cases.last.map { ProductCaseCursor(openedAt: $0.dispute.openedAt, id: $0.dispute.id) }
        return .json(["cases": .array(cases.map(\.json)), "next": next.map { .string($0.text) } ?? .null])
    }

    private static let resolveProductCase = APIOperation(
        method: .post, path: "/api/v1/product-codes/cases/{id}/resolve", id: "resolveProductCase", tag: "Product codes",
        summary:
            "Decide a case: the first person keeps the code, it moves to one of the others, or neither has it and it is free again.",
        access: .key(.manage), body: ProductCodeSchemas.decision, answer: ProductCodeSchemas.dispute, problems: [404, 409, 422]
    ) { call throws(Problem) in
        guard let grant = call.grant else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
        let body = try ObjectReader(try call.json(), known: ["resolution", "to", "why"])
        guard let resolution = try body.word("resolution", ProductResolution.self) else {
            throw Problem(Problem.Code("missing_member"), "\"resolution\" is missing.", place: "/resolution")
        }
        return .json(
            try await call.directory.resolveProductCase(
                try call.id("id", "case"), resolution, movedTo: try body.text("to"), why: try body.requiredText("why"),
                in: grant.workspace, by: .key(grant.key)
            ).json)
    }
}

extension ProductBatch {
    fileprivate var json: JSONValue {
        [
            "id": .string(id.text), "name": .string(name), "product": .string(product),
            "reseller": reseller.map { .string($0.text) } ?? .null, "order_id": orderID.map { .string($0) } ?? .null,
            "warranty_months": warrantyMonths.map { .int(Int64($0)) } ?? .null, "count": .int(Int64(count)),
            "registered": .int(Int64(registeredCount)), "createdAt": .string(createdAt.rfc3339),
        ]
    }

    /// What a code's owner may read of it.
    fileprivate var productJSON: JSONValue {
        ["id": .string(id.text), "name": .string(name), "product": .string(product)]
    }
}

extension ProductRegistration {
    fileprivate var json: JSONValue {
        [
            "who": who.map { .string($0.text) } ?? .null, "registeredAt": .string(registeredAt.rfc3339),
            "warrantyUntil": warrantyUntil.map { .string($0.text) } ?? .null,
        ]
    }
}

extension ProductAnswer {
    fileprivate var status: Int {
        switch self {
        case .registered: 201
        case .known: 200
        case .contested: 202
        }
    }

    fileprivate var json: JSONValue {
        switch self {
        case .registered(let product): product.json("registered")
        case .known(let product): product.json("known")
        // Who has the code is not told: whoever claims it is a stranger.
        case .contested(let dispute, let code):
            ["outcome": "contested", "code": .string(code.text), "case": .string(dispute.id.text)]
        }
    }
}

extension RegisteredProduct {
    fileprivate func json(_ outcome: String) -> JSONValue {
        [
            "outcome": .string(outcome), "code": .string(code.text), "batch": batch.productJSON, "registration": registration.json,
        ]
    }
}

extension ProductInquiry {
    fileprivate var json: JSONValue {
        [
            "code": .string(code.text), "batch": batch.productJSON, "serial": .int(Int64(serial)),
            "registration": registration?.json ?? .null, "cases": .array(cases.map { $0.json(code, batch) }),
            "block": block.map {
                ["at": .string($0.at.rfc3339), "by": .string($0.by.text), "why": .string($0.reason)]
            } ?? .null,
        ]
    }
}

extension ProductDispute {
    fileprivate var json: JSONValue { dispute.json(code, batch) }
}

extension ProductCase {
    fileprivate func json(_ code: ProductCode, _ batch: ProductBatch) -> JSONValue {
        [
            "id": .string(id.text), "code": .string(code.text), "batch": batch.productJSON,
            "state": .string((decision == nil ? ProductCaseState.open : .closed).rawValue), "holder": .string(holder.text),
            "openedAt": .string(openedAt.rfc3339),
            "claims": .array(
                claims.map {
                    [
                        "who": .string($0.who.text), "claimedAt": .string($0.claimedAt.rfc3339), "count": .int(Int64($0.count)),
                    ]
                }), "decision": decision?.json ?? .null,
        ]
    }
}

extension ProductDecision {
    fileprivate var json: JSONValue {
        [
            "resolution": .string(resolution.rawValue), "to": movedTo.map { .string($0.text) } ?? .null, "by": .string(by.text),
            "at": .string(at.rfc3339), "why": .string(reason),
        ]
    }
}

extension ProductCaseCursor {
    fileprivate var text: String { "\(openedAt.microseconds)-\(id.text)" }

    fileprivate init(text: String) throws(Problem) {
        let halves = text.split(separator: "-", maxSplits: 1)
        guard halves.count == 2, let microseconds = Int64(halves[0]), let id = ProductCaseID(validating: String(halves[1])) else {
            throw APICall.badParameter("cursor", "is the `next` of the page before")
        }
        self.init(openedAt: Instant(microseconds: microseconds), id: id)
    }
}

/// The schemas of bodies and answers about product codes.
private enum ProductCodeSchemas {
    private static let who: JSONValue = [
        "type": "string", "description": "An identity such as user_id:abc, known or not, or a person's id.",
    ]
    private static let months: JSONValue = ["type": ["integer", "null"], "minimum": 1, "maximum": 1_200]
    private static let product = APISchema.object(["id": APISchema.text, "name": APISchema.text, "product": APISchema.text])

    static let newBatch: JSONValue = [
        "type": "object", "required": ["name", "product", "count"], "additionalProperties": false,
        "properties": [
            "name": APISchema.text, "product": ["type": "string", "description": "Its name or SKU."],
            "reseller": ["type": "string", "description": "The identity of who sells the goods, such as user_id:shop-7."],
            "order_id": ["type": "string", "description": "The order with which the goods were bought."],
            "warranty_months": months, "count": ["type": "integer", "minimum": 1, "maximum": 1_000_000],
        ],
    ]
    static let batch = APISchema.object([
        "id": APISchema.text, "name": APISchema.text, "product": APISchema.text, "reseller": APISchema.optionalText,
        "order_id": APISchema.optionalText, "warranty_months": months, "count": APISchema.count, "registered": APISchema.count,
        "createdAt": APISchema.instant,
    ])
    static let registration: JSONValue = [
        "type": "object", "required": ["who", "code"], "additionalProperties": false,
        "properties": [
            "who": who, "code": ["type": "string", "description": "As it was typed."],
            "address": [
                "type": "string",
                "description": "The network address of the person, for throttling; without it that of the connection counts.",
            ],
        ],
    ]
    private static let registrationAnswer = APISchema.object([
        "who": APISchema.text, "registeredAt": APISchema.instant,
        "warrantyUntil": ["type": ["string", "null"], "format": "date", "description": "The last day of the warranty."],
    ])
    static let registered = APISchema.object(
        [
            "outcome": ["enum": ["registered", "known", "contested"]], "code": APISchema.text, "batch": product,
            "registration": registrationAnswer, "case": ["type": "string", "description": "The case's id, when it is contested."],
        ], required: ["outcome", "code"])
    static let dispute = APISchema.object([
        "id": APISchema.text, "code": APISchema.text, "batch": product, "state": ["enum": ["open", "closed"]],
        "holder": ["type": "string", "description": "Who had the code when the case was opened."], "openedAt": APISchema.instant,
        "claims": [
            "type": "array",
            "items": APISchema.object(["who": APISchema.text, "claimedAt": APISchema.instant, "count": APISchema.count]),
        ],
        "decision": [
            "oneOf": [
                ["type": "null"],
                APISchema.object([
                    "resolution": resolution, "to": APISchema.optionalText, "by": APISchema.text, "at": APISchema.instant,
                    "why": APISchema.text,
                ]),
            ]
        ],
    ])
    static let inquiry = APISchema.object([
        "code": APISchema.text, "batch": product, "serial": ["type": "integer", "minimum": 1],
        "registration": ["oneOf": [["type": "null"], registrationAnswer]], "cases": ["type": "array", "items": dispute],
        "block": [
            "oneOf": [
                ["type": "null"], APISchema.object(["at": APISchema.instant, "by": APISchema.text, "why": APISchema.text]),
            ]
        ],
    ])
    private static let resolution: JSONValue = ["enum": .array(ProductResolution.allCases.map { .string($0.rawValue) })]
    static let decision: JSONValue = [
        "type": "object", "required": ["resolution", "why"], "additionalProperties": false,
        "properties": [
            "resolution": resolution, "why": APISchema.text,
            "to": ["type": "string", "description": "Who gets the code when it moves; needed when several people claim it."],
        ],
    ]
}
