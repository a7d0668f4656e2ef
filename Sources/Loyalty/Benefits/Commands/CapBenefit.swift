public import Model

/// Caps what a member uses of a benefit in a period, such as a guardian does for a child.
public struct CapBenefit: ProgramCommand {
    public let member: MemberWish
    public let benefit: String
    /// Who says so.
    public let guardian: MemberWish
    /// nil for no cap.
    public let max: Int64?
    /// Whether they are a guardian of the member now: looked up by the server, no part of the command.
    ///
    /// Without it they can take away what they have set, and set nothing.
    public var isGuardian = false

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
        // A cap that counts no more is taken away in the name of whoever has set it, be they a member still or not.
        let setter: BenefitParty
        if max == nil, let former = try draft.find(guardian) {
            setter = BenefitParty(former.id.text)
        } else {
            setter = try draft.named(guardian)
        }
        let key = BenefitBookKey(member: member.id, benefit: benefit)
        let max = max
        var privacy = BenefitPrivacy(of: key.party)
        if isGuardian { privacy.guardians = [setter] }
        var book = try draft.benefitBook(key)
        try draft.change(key, &book) { [privacy] book, now throws(Refusal) in
            try privacy.cap(&book, at: max, by: setter, now: now)
        }
        return [
            "member": .string(member.id.text), "benefit": .string(benefit), "by": .string(setter.text), "max": .optional(max),
            "left": book.summary(at: draft.now),
        ]
    }
}
