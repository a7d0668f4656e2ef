internal import Hummingbird
internal import Loyalty
internal import Model
internal import OrderedCollections
internal import Records
internal import Workspaces

extension APIOperation {
    static let listProductGrants = APIOperation(
        method: .get, path: "/api/v1/product-codes/grants", id: "listProductGrants", tag: "Product codes",
        summary: "Which benefits the codes of each product grant when they are registered.", access: .key(.read),
        answer: APISchema.object(["products": ["type": "array", "items": ProductGrantSchemas.product]])
    ) { call throws(Problem) in
        let products = try await call.program().productGrants()
        return .json([
            "products": .array(
                products.map { product, rules in ["product": .string(product), "grants": .array(rules.map(\.json))] })
        ])
    }

    static let setProductGrants = APIOperation(
        method: .post, path: "/api/v1/product-codes/grants", id: "setProductGrants", tag: "Product codes",
        summary: "Say which benefits a code of a product grants from now on; none for no more. What was granted stays.",
        access: .key(.manage), body: ProductGrantSchemas.product, answer: ProductGrantSchemas.product, problems: [409],
        isCommand: true
    ) { call throws(Problem) in
        let body = try ObjectReader(try call.json(), known: ["product", "grants"])
        guard let grants = try body.objects("grants", known: ["benefit", "amount", "months", "payer"]) else {
            throw body.refused("grants", "Say which benefits, or give an empty list.")
        }
        var wishes: [SetProductGrants.Wish] = []
        for grant in grants {
            let payer = try grant.text("payer") ?? "program"
            wishes.append(
                .init(
                    try grant.requiredText("benefit"), amount: try grant.amount("amount"),
                    months: try grant.number("months", in: 1 ... 1_200).map { Int($0) },
                    payer: payer == "program" ? .program : .member(try await call.member(payer, "/grants"))))
        }
        return try await call.perform(SetProductGrants(wishes, of: try body.requiredText("product")))
    }
}

/// The schemas of what product codes grant.
private enum ProductGrantSchemas {
    static let product = PointSchemas.closed(
        [
            "product": ["type": "string", "description": "As its batches name it."],
            "grants": [
                "type": "array", "maxItems": 20,
                "items": PointSchemas.closed(
                    [
                        "benefit": BenefitSchemas.key, "amount": ["type": ["integer", "null"], "minimum": 1],
                        "months": [
                            "type": ["integer", "null"], "minimum": 1, "maximum": 1_200,
                            "description": "From the day of the registration; always without.",
                        ],
                        "payer": [
                            "type": "string", "default": "program", "description": "The word program, or a member who pays.",
                        ],
                    ], required: ["benefit"]),
            ],
        ], required: ["product", "grants"])
}
