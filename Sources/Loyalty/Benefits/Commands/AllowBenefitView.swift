public import Model
import OrderedCollections

/// Lets somebody see what a member uses of benefits, such as whoever pays for them, or no more: the member has said so.
public struct AllowBenefitView: ProgramCommand {
    public let member: MemberWish
    public let viewer: MemberWish
    public let isGiven: Bool

    public init(_ isGiven: Bool, to viewer: MemberWish, by member: MemberWish) {
        self.isGiven = isGiven
        self.viewer = viewer
        self.member = member
    }

    public var content: JSONValue {
        [
            "command": "allow_benefit_view", "member": member.content, "viewer": viewer.content, "given": .bool(isGiven),
        ]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        guard draft.settings != nil else { throw .refused(Refusal("PROGRAM_MISSING")) }
        let (member, viewer) = (try party(member, draft), try party(viewer, draft))
        guard member.id != viewer.id else { throw .refused(Refusal("SAME_MEMBER", ["member": .string(member.id.text)])) }
        draft.claim(member)
        draft.claim(viewer)
        let (isGiven, now) = (isGiven, draft.now)
        draft.write { tables throws(Problem) in
            try tables.setViewer(viewer.id, of: member.id, isGiven: isGiven, at: now)
        }
        return ["member": .string(member.id.text), "viewer": .string(viewer.id.text), "given": .bool(isGiven)]
    }
    /// A consent is taken back by and of whoever takes part no more, too.
    private func party(_ wish: MemberWish, _ draft: ProgramDraft) throws(ProgramFailure) -> ProgramMember {
        if !isGiven, let known = try draft.find(wish) { return known }
        return try draft.member(wish)
    }
}
