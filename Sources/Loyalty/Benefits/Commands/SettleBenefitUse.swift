public import Model
import OrderedCollections

/// Decides about a use: uses what was pinned, lets it go, or gives it back.
public struct SettleBenefitUse: ProgramCommand {
    public enum Deed: Hashable, Sendable {
        /// nil for all of it.
        case confirm(Int64?)
        case cancel
        /// nil for all that is left of it.
        case refund(Int64?)
    }

    public let use: BenefitID
    public let deed: Deed

    public init(_ deed: Deed, of use: BenefitID) {
        self.deed = deed
        self.use = use
    }

    public var content: JSONValue {
        let (word, amount): (String, Int64?) =
            switch deed {
            case .confirm(let amount): ("confirm_benefit", amount)
            case .cancel: ("cancel_benefit", nil)
            case .refund(let amount): ("refund_benefit", amount)
            }
        return ["command": .string(word), "use": .string(use.text), "amount": .optional(amount)]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let id = use
        if try draft.reading({ tables throws(Problem) in try tables.gift(id) }) != nil {
            throw .refused(Refusal("GIFT_UNDER_WAY", ["gift": .string(id.text)]))
        }
        return try draft.settle(id, deed)
    }
}

extension ProgramDraft {
    /// Carries out what was decided about a use.
    mutating func settle(_ id: BenefitID, _ deed: SettleBenefitUse.Deed) throws(ProgramFailure) -> JSONValue {
        guard let key = try reading({ tables throws(Problem) in try tables.owner(ofUse: id) }) else {
            throw .refused(Refusal([BenefitReason.unknown(.use, id.text)]))
        }
        var book = try benefitBook(key, with: id)
        let before = book.uses[id]
        try change(key, &book) { book, now throws(Refusal) in
            switch deed {
            case .confirm(let amount): try book.confirm(id, amount, now: now)
            case .cancel: try book.cancel(id, now: now)
            case .refund(let amount): try book.refund(id, amount, now: now)
            }
        }
        var coupons: JSONValue?
        if let use = book.uses[id] {
            switch deed {
            case .confirm: coupons = try issueCoupons(for: use, of: book.benefit, to: key.member)
            case .refund: coupons = try takeBackCoupons(of: use, from: before, of: book.benefit)
            case .cancel: break
            }
        }
        var answer = JSONMembers()
        answer.put("member", key.member.text)
        answer.put("benefit", key.benefit)
        for (name, value) in book.uses[id]?.json.objectValue ?? [:] { answer.put(name, value) }
        if let coupons { answer.put("coupons", coupons) }
        answer.put("left", book.summary(at: now))
        return answer.json
    }
}
