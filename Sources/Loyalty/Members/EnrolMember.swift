public import Model

/// Takes somebody into the program; whoever is a member already stays the one they are.
public struct EnrolMember: ProgramCommand {
    /// By an identity, or as a person: a number finds members alone.
    public let wish: MemberWish
    public let kind: ProgramMember.Kind

    public init(_ wish: MemberWish, kind: ProgramMember.Kind = .person) {
        self.wish = wish
        self.kind = kind
    }

    public init(_ identity: Identity, kind: ProgramMember.Kind = .person) { self.init(MemberWish(.identity(identity)), kind: kind) }

    public var content: JSONValue { ["command": "enrol", "identity": wish.content, "kind": .string(kind.rawValue)] }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        guard let identity = wish.identities.first else { return answer(try draft.member(wish), isNew: false) }
        guard let known = try draft.find(wish) else { return answer(try draft.enrol(identity, kind), isNew: true) }
        draft.write { tables throws(Problem) in try tables.set(identity, of: known.id) }
        return answer(try draft.member(wish), isNew: false)
    }

    private func answer(_ member: ProgramMember, isNew: Bool) -> JSONValue {
        ["member": .string(member.id.text), "kind": .string(member.kind.rawValue), "enrolled": .bool(isNew)]
    }
}
