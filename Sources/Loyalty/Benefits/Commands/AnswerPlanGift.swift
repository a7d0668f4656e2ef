public import Model
import OrderedCollections

/// Accepts a plan that was given, declines it, or takes it back before that.
public struct AnswerPlanGift: ProgramCommand {
    public enum Deed: String, Hashable, Sendable, CaseIterable {
        case accept, decline
        /// By the payer.
        case withdraw
    }

    public let gift: BenefitID
    public let deed: Deed
    public let party: MemberWish

    public init(_ deed: Deed, of gift: BenefitID, by party: MemberWish) {
        self.deed = deed
        self.gift = gift
        self.party = party
    }

    public var content: JSONValue {
        ["command": "answer_plan_gift", "deed": .string(deed.rawValue), "gift": .string(gift.text), "by": party.content]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        var kept = try draft.planGift(gift)
        let party = try draft.named(party)
        let books = deed == .accept ? try draft.books(of: kept.offer, for: party) : [:]
        do throws(Refusal) {
            switch deed {
            case .accept: try kept.gift.accept(by: party, now: draft.now)
            case .decline: try kept.gift.decline(by: party, now: draft.now)
            case .withdraw: try kept.gift.withdraw(by: party, now: draft.now)
            }
        } catch { throw .refused(error) }
        try give(kept, to: party, books, in: &draft)
        draft.save(kept)
        return kept.json(at: draft.now)
    }

    /// Gives what the plan gives in one period.
    private func give(
        _ kept: KeptPlanGift, to party: BenefitParty, _ books: PlanBooks, in draft: inout ProgramDraft
    ) throws(ProgramFailure) {
        guard let member = ProgramMemberID(text: party.text) else { return }
        let terms = kept.offer.terms
        let end = terms.end(ofPeriod: 1, from: terms.calendar.date(at: draft.now))
        for part in kept.offer.parts {
            guard var book = books[part.benefit], let wish = kept.gift.grant(of: part.benefit, amount: part.amount, until: end)
            else { continue }
            try draft.change(BenefitBookKey(member: member, benefit: part.benefit), &book) { book, now throws(Refusal) in
                try book.grant(wish, now: now)
            }
        }
    }
}
