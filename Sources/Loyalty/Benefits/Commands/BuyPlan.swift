public import Model
import OrderedCollections

/// Buys a plan for somebody: with its trial, or with a first payment; the plan has the id of the command.
///
/// Who pays and who has the benefits are always two fields, be they the same member.
public struct BuyPlan: ProgramCommand {
    public let plan: String
    /// The version whose terms the payer saw; nil for the newest.
    public var version: Int64?
    public let payer: MemberWish
    public let beneficiary: MemberWish

    public init(_ plan: String, for beneficiary: MemberWish, paidBy payer: MemberWish) {
        self.plan = plan
        self.beneficiary = beneficiary
        self.payer = payer
    }

    public var content: JSONValue {
        [
            "command": "buy_plan", "plan": .string(plan), "version": .optional(version), "payer": payer.content,
            "beneficiary": beneficiary.content,
        ]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (offer, newest) = try draft.planOffer(plan, seen: version)
        let (payer, country) = (try draft.named(payer), try draft.country())
        let beneficiary = try draft.named(beneficiary)
        let books = try draft.books(of: offer, for: beneficiary)
        let plan: PaidPlan
        do throws(Refusal) {
            plan = try PaidPlan(
                id: BenefitID(draft.id), terms: offer.terms, payer: payer, beneficiary: beneficiary, country: country,
                now: draft.now)
        } catch { throw .refused(error) }
        let kept = KeptPlan(plan: plan, offer: offer, version: newest)
        try draft.save(kept, books, reason: nil)
        return kept.plan.json(of: offer, version: newest)
    }
}
