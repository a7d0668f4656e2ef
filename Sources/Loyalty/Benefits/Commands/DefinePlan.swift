public import Model
import OrderedCollections
import Records

/// Offers a plan for sale, or a new version of one: who has bought one keeps what they were shown.
public struct DefinePlan: ProgramCommand {
    public let offer: PlanOffer

    public init(_ offer: PlanOffer) { self.offer = offer }

    public var content: JSONValue { ["command": "define_plan", "plan": offer.json] }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        guard draft.settings != nil else { throw .refused(Refusal("PROGRAM_MISSING")) }
        var offer = offer
        var reasons: [Refusal.Reason] = []
        for index in offer.parts.indices {
            let key = offer.parts[index].benefit
            let known = try draft.reading { tables throws(Problem) in try tables.benefit(key)?.benefit }
            guard let benefit = known else {
                reasons.append(BenefitReason.unknown(.benefit, key))
                continue
            }
            // What the benefit says today is a part of what is shown at the purchase.
            if benefit.kind.isCounted { offer.parts[index].amount = offer.parts[index].amount ?? benefit.quota }
            offer.parts[index].listPrice = offer.parts[index].listPrice ?? benefit.listPrice
            reasons += DefinePlan.reasons(against: offer.parts[index], benefit, draft)
        }
        offer.terms.listPrices = PlanOffer.prices(offer.parts)
        reasons = offer.terms.reasons(country: try draft.country()) + reasons
        guard reasons.isEmpty else { throw .refused(Refusal(reasons)) }
        return try keep(offer, in: &draft)
    }

    private func keep(_ offer: PlanOffer, in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (actor, now) = (draft.actor, draft.now)
        let known = try draft.reading { tables throws(Problem) in try tables.planOffer(offer.key) }
        let version = (known?.version ?? 0) + 1
        draft.write { tables throws(Problem) in
            try tables.insert(offer, version: version, by: actor, at: now)
            try AuditChain.append(
                AuditEntry(
                    workspace: tables.workspace, at: now, actor: actor, action: "plan.define", target: offer.key,
                    detail: "version \(version): \(offer.json.text)"), on: tables.connection)
        }
        return ["plan": offer.json, "version": .int(version)]
    }

    /// Why a benefit cannot be given in such an amount.
    private static func reasons(
        against part: PlanOffer.Part, _ benefit: Benefit, _ draft: ProgramDraft
    ) -> [Refusal.Reason] {
        var book = BenefitBook(of: benefit, for: .program)
        let wish = BenefitGrant(
            id: BenefitID(draft.id), of: part.benefit, to: .program, payer: .program, source: .init(.plan, id: draft.id),
            from: draft.now, amount: part.amount)
        do throws(Refusal) { try book.grant(wish, now: draft.now) } catch { return error.reasons }
        return []
    }
}
