public import Model

/// Caps what a member uses of a benefit in a period, such as a guardian does for a child.
public struct CapBenefit: ProgramCommand {
    public let member: MemberWish
    public let benefit: String
    /// Who says so.
    ///
    /// Whether they may is for whoever sends the command to know.
    public let guardian: MemberWish
    /// nil for no cap.
    public let max: Int64?

    public init(_ benefit: String, of member: MemberWish, at max: Int64?, by guardian: MemberWish) {
        self.benefit = benefit
        self.member = member
        self.max = max
        self.guardian = guardian
    }

    public var content: JSONValue {
        [
            "command": "cap_benefit", "member": member.content, "benefit": .string(benefit), "by": guardian.content,
            "max": .optional(max),
        ]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let member = try draft.member(member)
        let guardian = try draft.named(guardian)
        let key = BenefitBookKey(member: member.id, benefit: benefit)
        let max = max
        var book = try draft.benefitBook(key)
        try draft.change(key, &book) { book, now throws(Refusal) in
            if let max {
                try book.set(BenefitCap(user: nil, by: guardian, max: max), now: now)
            } else {
                try book.removeCap(user: nil, by: guardian, now: now)
            }
        }
        return [
            "member": .string(member.id.text), "benefit": .string(benefit), "by": .string(guardian.text), "max": .optional(max),
            "left": book.summary(at: draft.now),
        ]
    }
}
