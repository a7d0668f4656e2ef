public import Model
import OrderedCollections

/// Buys one period of a plan as a gift, which somebody may accept within some days; else its fee goes back to the payer.
///
/// The gift has the id of the command.
public struct GivePlan: ProgramCommand {
    public let plan: String
    public let payer: MemberWish
    /// nil for whoever accepts it first.
    public var recipient: MemberWish?
    /// The version whose terms the payer saw; nil for the newest.
    public var version: Int64?
    /// How many whole days there are to accept it.
    public var days = 14

    public init(_ plan: String, paidBy payer: MemberWish, to recipient: MemberWish? = nil) {
        self.plan = plan
        self.payer = payer
        self.recipient = recipient
    }

    public var content: JSONValue {
        [
            "command": "give_plan", "plan": .string(plan), "version": .optional(version), "payer": payer.content,
            "recipient": recipient?.content ?? .null, "days": .int(Int64(days)),
        ]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let (offer, newest) = try draft.planOffer(plan, seen: version)
        let payer = try draft.named(payer)
        let recipient = try recipient.map { wish throws(ProgramFailure) in try draft.named(wish) }
        let gift: GiftedPlan
        do throws(Refusal) {
            gift = try GiftedPlan(
                id: BenefitID(draft.id), payer: payer, recipient: recipient, fee: offer.terms.fee, days: days,
                in: offer.terms.calendar, now: draft.now)
        } catch { throw .refused(error) }
        let kept = KeptPlanGift(gift: gift, offer: offer, version: newest, isTold: false)
        draft.save(kept)
        return kept.json(at: draft.now)
    }
}
