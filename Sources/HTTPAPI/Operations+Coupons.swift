internal import Hummingbird
internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    static let couponOperations =
        [
            setTemplate, listTemplates, readTemplate, previewTemplate, readLimits, readBudgets, makeBatch, listBatches, readBatch,
            changeBatch,
            downloadCodes,
        ] + couponUseOperations

    // MARK: - Templates

    private static let setTemplate = APIOperation(
        method: .post, path: "/api/v1/coupons/templates", id: "setCouponTemplate", tag: "Coupons",
        summary: "Make a template, or its next version; coupons of earlier versions keep what they promise.",
        access: .key(.manage), body: CouponSchemas.template, answer: CouponSchemas.described, problems: [409], isCommand: true
    ) { call throws(Problem) in
        try await call.perform(SetCouponTemplate(try CouponTemplate(json: try call.json())))
    }

    private static let listTemplates = APIOperation(
        method: .get, path: "/api/v1/coupons/templates", id: "listCouponTemplates", tag: "Coupons",
        summary: "The newest version of every template, by name, with how far its limits are used.", access: .key(.read),
        answer: APISchema.object([
            "templates": [
                "type": "array", "items": APISchema.object(["template": CouponSchemas.template, "limits": CouponSchemas.limits]),
            ]
        ])
    ) { call throws(Problem) in
        let (reader, now) = (try call.program(), call.directory.clock.now)
        var templates: [JSONValue] = []
        for kept in try await reader.couponTemplates() {
            let limits = try await reader.couponLimits(of: kept.template, at: now)
            templates.append(["template": kept.template.json, "limits": .array(limits.map(\.json))])
        }
        return .json(["templates": .array(templates)])
    }

    private static let readTemplate = APIOperation(
        method: .get, path: "/api/v1/coupons/templates/{name}", id: "readCouponTemplate", tag: "Coupons",
        summary: "A template with the text that people read before they claim, and that text's hash.", access: .key(.read),
        parameters: [.text("version", "Which version; the newest without it.")], answer: CouponSchemas.kept, problems: [404]
    ) { call throws(Problem) in
        let name = call.path["name"] ?? ""
        let version = try call.query["version"].map { text throws(Problem) in
            guard let version = Int(text), version > 0 else { throw APICall.badParameter("version", "is a number from 1") }
            return version
        }
        let versions = try await call.program().couponVersions(name)
        guard let kept = versions.first(where: { version == nil || $0.template.key.version == version }) else {
            throw Problem(.notFound, "There is no template \"\(name.prefix(60))\", or not this version of it.", status: 404)
        }
        var answer = kept.template.described
        answer["versions"] = .int(Int64(versions.count))
        answer["made_by"] = .string(kept.actor)
        answer["made_at"] = .string(kept.createdAt.rfc3339)
        return .json(.object(answer))
    }

    private static let previewTemplate = APIOperation(
        method: .post, path: "/api/v1/coupons/preview", id: "previewCouponTemplate", tag: "Coupons",
        summary: "What a template would say and what it would do for a cart; nothing is made.", access: .key(.read),
        body: PointSchemas.closed(["template": CouponSchemas.template, "cart": CouponSchemas.cart], required: ["template"]),
        answer: CouponSchemas.described, problems: [409]
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["template", "cart"])
        let terms = try CouponTerms(try CouponTemplate(json: body.present("template") ?? .null))
        var answer = terms.template.described
        if let cart = try body.cart(at: call.directory.clock.now) {
            do throws(Refusal) { answer["cart"] = try CouponPreview(terms, for: cart).json } catch {
                return APIAnswer.refused(error)
            }
        }
        return .json(.object(answer))
    }

    private static let readLimits = APIOperation(
        method: .get, path: "/api/v1/coupons/limits", id: "readCouponLimits", tag: "Coupons",
        summary: "How far the limits of a template are used now; those of each member or card have a count for each.",
        access: .key(.read), parameters: [.text("template", "The template's name.", isRequired: true)],
        answer: APISchema.object(["limits": CouponSchemas.limits]), problems: [404]
    ) { call throws(Problem) in
        let limits = try await call.program().couponLimits(of: try await call.namedTemplate, at: call.directory.clock.now)
        return .json(["limits": .array(limits.map(\.json))])
    }

    private static let readBudgets = APIOperation(
        method: .get, path: "/api/v1/coupons/budgets", id: "readCouponBudgets", tag: "Coupons",
        summary: "How the limits of a template burn down that count for everybody and for ever: what was left when each day ended.",
        access: .key(.read), parameters: [.text("template", "The template's name.", isRequired: true)],
        answer: APISchema.object(["budgets": CouponSchemas.budgets]), problems: [404]
    ) { call throws(Problem) in
        let budgets = try await call.program().couponBudgets(of: try await call.namedTemplate, at: call.directory.clock.now)
        return .json(["budgets": .array(budgets.map(\.json))])
    }

    // MARK: - Batches

    private static let makeBatch = APIOperation(
        method: .post, path: "/api/v1/coupons/batches", id: "makeCouponBatch", tag: "Coupons",
        summary: "Make so many codes of a template's newest version, each for one coupon.", access: .key(.manage),
        body: PointSchemas.closed(
            [
                "template": APISchema.text, "count": PointSchemas.number,
                "code_length": [
                    "type": "integer", "minimum": .int(Int64(CouponCodeCipher.lengths.lowerBound)),
                    "maximum": .int(Int64(CouponCodeCipher.lengths.upperBound)),
                    "default": .int(Int64(CouponCodeCipher.lengthDefault)), "description": "Symbols without the check.",
                ],
            ], required: ["template", "count"]), answer: CouponSchemas.batch, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["template", "count", "code_length"])
        guard let count = try body.amount("count") else { throw body.missing("count") }
        let length = try body.number("code_length", in: 1 ... 100).map { Int($0) }
        return try await call.perform(MakeCouponBatch(count, of: try body.requiredText("template"), codeLength: length))
    }

    private static let listBatches = APIOperation(
        method: .get, path: "/api/v1/coupons/batches", id: "listCouponBatches", tag: "Coupons",
        summary: "The batches of codes, newest first.", access: .key(.read),
        parameters: [.text("template", "Only those of this template.")],
        answer: APISchema.object(["batches": ["type": "array", "items": CouponSchemas.batch]])
    ) { call throws(Problem) in
        let batches = try await call.program().couponBatches(of: call.query["template"])
        return .json(["batches": .array(batches.map(\.json))])
    }

    private static let readBatch = APIOperation(
        method: .get, path: "/api/v1/coupons/batches/{batch}", id: "readCouponBatch", tag: "Coupons",
        summary: "A batch: its template, its state, and how often its codes were taken out and by whom.", access: .key(.read),
        answer: CouponSchemas.batch, problems: [404]
    ) { call throws(Problem) in
        let number = try call.batch
        guard let batch = try await call.program().couponBatch(number) else { throw APICall.noBatch(String(number)) }
        return .json(batch.json)
    }

    private static let changeBatch = APIOperation(
        method: .post, path: "/api/v1/coupons/batches/{batch}/state", id: "setCouponBatchState", tag: "Coupons",
        summary: "End a batch: no more of its codes can be claimed, and coupons that were stay.", access: .key(.manage),
        body: PointSchemas.closed(["state": ["enum": ["closed", "voided"]]], required: ["state"]), answer: CouponSchemas.batch,
        problems: [404, 409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["state"])
        guard let state = try body.word("state", CouponBatch.State.self), state == .closed || state == .voided else {
            throw body.refused("state", "\"state\" is closed or voided.")
        }
        return try await call.perform(ChangeCouponBatch(try call.batch, to: state))
    }

    private static let downloadCodes = APIOperation(
        method: .get, path: "/api/v1/coupons/batches/{batch}/codes", id: "downloadCouponCodes", tag: "Coupons",
        summary: "The codes of a batch as CSV with the columns code and number; that they were taken out is noted in the audit.",
        access: .key(.manage), answerType: "text/csv", problems: [404, 409]
    ) { call throws(Problem) in
        guard let grant = call.grant else { throw Problem(.unauthorized, "This needs an api key.", status: 401) }
        let codes = try await call.directory.couponCodes(of: try call.batch, in: grant.workspace, by: .key(grant.key))
        return APIAnswer(
            body: .pieces(
                APIPieces(type: "text/csv; charset=utf-8", count: Int(codes.batch.count)) {
                    var codes = codes
                    return { codes.piece() }
                }))
    }
}

extension APICall {
    static func noTemplate(_ name: String) -> Problem {
        Problem(.notFound, "There is no template \"\(name.prefix(60))\".", status: 404)
    }

    fileprivate static func noBatch(_ text: String) -> Problem {
        Problem(.notFound, "There is no batch \"\(text.prefix(20))\".", status: 404)
    }

    /// The newest version of the template that `template` names.
    fileprivate var namedTemplate: CouponTemplate {
        get async throws(Problem) {
            guard let name = query["template"], !name.isEmpty else {
                throw APICall.badParameter(
                    "template",
                    "is missing: name one, such as template=spring. GET /api/v1/coupons/templates tells the limits of all")
            }
            guard let template = try await program().couponTemplate(name) else { throw APICall.noTemplate(name) }
            return template
        }
    }

    /// The number of the path's batch.
    fileprivate var batch: Int64 {
        get throws(Problem) {
            let text = path["batch"] ?? ""
            guard let number = Int64(text), number > 0 else { throw APICall.noBatch(text) }
            return number
        }
    }
}
