internal import Hummingbird
internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    /// The points that partners buy, and pay for when they are issued.
    static let partnerOperations = [buyBlock, listPartners, readPartner]

    private static let block = APISchema.object([
        "partner": APISchema.text, "currency": APISchema.text, "bought": APISchema.count, "drawn": APISchema.count,
        "left": APISchema.count,
    ])

    private static let buyBlock = APIOperation(
        method: .post, path: "/api/v1/points/partners/{partner}/blocks", id: "buyPartnerBlock", tag: "Points",
        summary: "Add a block of points that a partner has bought: points with its name as funded_by come from it, and no others.",
        access: .key(.manage),
        body: PointSchemas.closed(
            [
                "currency": PointSchemas.currency, "amount": APISchema.count,
                "price_minor": ["type": "integer", "minimum": 0, "description": "What it pays, in minor units of money."],
                "reference": ["type": "string", "description": "Such as the number of an invoice."],
            ], required: ["amount", "price_minor"]), answer: block, problems: [409], isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["currency", "amount", "price_minor", "reference"])
        guard let amount = try body.amount("amount"), let price = try body.number("price_minor", in: 0 ... .max)
        else { throw body.refused("amount", "A block has an amount and a price_minor.") }
        return try await call.perform(
            BuyBlock(
                amount, of: try body.text("currency") ?? "points", for: call.path["partner"] ?? "", price: price,
                reference: try body.text("reference") ?? ""))
    }

    private static let listPartners = APIOperation(
        method: .get, path: "/api/v1/points/partners", id: "listPartners", tag: "Points",
        summary: "The partners that have bought points, with what is left of them.", access: .key(.read),
        parameters: [currencyParameter], answer: APISchema.object(["partners": ["type": "array", "items": block]]),
        problems: [404]
    ) { call throws(Problem) in
        let currency = try await call.currency(call.query["currency"] ?? "points")
        return .json(["partners": .array(try await call.program().blocks(of: currency.key).map(\.json))])
    }

    private static let readPartner = APIOperation(
        method: .get, path: "/api/v1/points/partners/{partner}/statement", id: "readPartner", tag: "Points",
        summary: "A month of a partner's block: opening + bought − issued + taken_back = closing, and what became of its points.",
        access: .key(.read), parameters: [currencyParameter, .text("month", "Such as 2026-03; the month of now if left out.")],
        answer: APISchema.object([
            "partner": APISchema.text, "month": APISchema.text, "opening": ["type": "integer"], "bought": APISchema.count,
            "issued": APISchema.count, "taken_back": APISchema.count, "closing": ["type": "integer"],
            "outstanding": APISchema.count, "fulfilled": APISchema.count, "lapsed": APISchema.count,
            "purchases": ["type": "array", "items": APISchema.anyObject],
        ]), problems: [404]
    ) { call throws(Problem) in
        let currency = try await call.currency(call.query["currency"] ?? "points")
        let reader = try call.program()
        let today = try await reader.program().calendar.date(at: call.directory.clock.now)
        let month = try call.query["month"].map { text throws(Problem) in try APICall.month(text, "month") }
        let statement = try await reader.statement(
            of: call.path["partner"] ?? "", month ?? PointMonth(holding: today), in: currency.key)
        return .json(statement.json)
    }
}

extension PartnerStatement {
    fileprivate var json: JSONValue {
        [
            "partner": .string(partner), "month": .string(month.text), "opening": .int(opening), "bought": .int(bought),
            "issued": .int(issued), "taken_back": .int(takenBack), "closing": .int(closing),
            "outstanding": .int(cohort.outstanding), "fulfilled": .int(cohort.fulfilled), "lapsed": .int(cohort.lapsed),
            "purchases": .array(
                purchases.map {
                    [
                        "id": .string($0.id), "amount": .int($0.amount), "price_minor": .int($0.price),
                        "reference": .string($0.reference), "actor": .string($0.actor), "bought_at": .string($0.boughtAt.rfc3339),
                    ]
                }),
        ]
    }
}
