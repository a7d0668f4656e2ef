public import Model
import OrderedCollections
import Records

/// Says which benefits a registered code of a product grants, from now on; none for no more.
///
/// Codes that were registered before keep what they have.
public struct SetProductGrants: ProgramCommand {
    /// One benefit that a code grants.
    public struct Wish: Hashable, Sendable {
        public let benefit: String
        /// nil for the amount of the benefit.
        public let amount: Int64?
        /// From the day of the registration, its last day counts; nil for always.
        public let months: Int?
        /// Whoever made or sold the goods.
        public let payer: BenefitPayer

        public init(_ benefit: String, amount: Int64? = nil, months: Int? = nil, payer: BenefitPayer = .program) {
            self.benefit = benefit
            self.amount = amount
            self.months = months
            self.payer = payer
        }
    }

    private static let grantsMax = 20

    /// As its batches name it.
    public let product: String
    public let grants: [Wish]

    public init(_ grants: [Wish], of product: String) {
        self.product = product
        self.grants = grants
    }

    public var content: JSONValue {
        [
            "command": "set_product_grants", "product": .string(product),
            "grants": .array(
                grants.map {
                    [
                        "benefit": .string($0.benefit), "amount": .optional($0.amount),
                        "months": .optional($0.months.map { Int64($0) }),
                        "payer": $0.payer.content,
                    ]
                }),
        ]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        guard draft.settings != nil else { throw .refused(Refusal("PROGRAM_MISSING")) }
        let (product, actor, now) = (product, draft.actor, draft.now)
        var reasons: [Refusal.Reason] = []
        if try !draft.reading({ tables throws(Problem) in try tables.isProduct(product) }) {
            reasons.append(BenefitReason.unknown(.product, product))
        }
        if grants.count > SetProductGrants.grantsMax {
            reasons.append(.init("TOO_MANY_GRANTS", ["max": .int(Int64(SetProductGrants.grantsMax))]))
        }
        var rules: [ProductCodeRights.Rule] = []
        for wish in grants {
            let rule = ProductCodeRights.Rule(
                benefit: wish.benefit, amount: wish.amount, months: wish.months, payer: try draft.party(wish.payer))
            reasons += try SetProductGrants.reasons(against: rule, beside: rules, in: draft)
            rules.append(rule)
        }
        guard reasons.isEmpty else { throw .refused(Refusal(reasons)) }
        let version = try draft.reading { tables throws(Problem) in try tables.productGrants(of: product)?.version ?? 0 } + 1
        let text = JSONValue.array(rules.map(\.json)).text
        draft.write { tables throws(Problem) in
            try tables.insertProductGrants(text, of: product, version: version, by: actor, at: now)
            try AuditChain.append(
                AuditEntry(
                    workspace: tables.workspace, at: now, actor: actor, action: "product.grants", target: product,
                    detail: "version \(version): \(text)"), on: tables.connection)
        }
        return ["product": .string(product), "version": .int(version), "grants": .array(rules.map(\.json))]
    }

    /// Why a code cannot grant that.
    private static func reasons(
        against rule: ProductCodeRights.Rule, beside others: [ProductCodeRights.Rule], in draft: ProgramDraft
    ) throws(ProgramFailure) -> [Refusal.Reason] {
        let known = try draft.reading { tables throws(Problem) in try tables.benefit(rule.benefit)?.benefit }
        guard let benefit = known else { return [BenefitReason.unknown(.benefit, rule.benefit)] }
        var reasons: [Refusal.Reason] = []
        if others.contains(where: { $0.benefit == rule.benefit }) { reasons.append(BenefitReason.alreadyDone(.init(rule.benefit))) }
        if let months = rule.months, !(1 ... 1_200).contains(months) { reasons.append(BenefitReason.badTime) }
        var book = BenefitBook(of: benefit, for: .program)
        let wish = BenefitGrant(
            id: BenefitID(draft.id), of: rule.benefit, to: .program, payer: .program, source: .init(.productCode, id: draft.id),
            from: draft.now, amount: rule.amount)
        do throws(Refusal) { try book.grant(wish, now: draft.now) } catch { reasons += error.reasons }
        return reasons
    }
}

extension ProductCodeRights.Rule {
    /// As answers show it, and as it is kept.
    package var json: JSONValue {
        [
            "benefit": .string(benefit), "amount": .optional(amount), "months": .optional(months.map { Int64($0) }),
            "payer": .string(payer.text),
        ]
    }

    init?(json: JSONValue) {
        guard let benefit = json["benefit"]?.stringValue, let payer = json["payer"]?.stringValue else { return nil }
        self.init(
            benefit: benefit, amount: json["amount"]?.intValue, months: json["months"]?.intValue.map { Int($0) },
            payer: BenefitParty(payer))
    }
}
