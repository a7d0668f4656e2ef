public import Model

/// Takes somebody into the program; whoever is a member already stays the one they are.
public struct EnrolMember: ProgramCommand {
    public let identity: Identity
    public let kind: ProgramMember.Kind
    /// What else is known of the same person.
    public let others: [Identity]

    public init(_ identity: Identity, kind: ProgramMember.Kind = .person, others: [Identity] = []) {
        self.identity = identity
        self.kind = kind
        self.others = others
    }

    public var content: JSONValue {
        [
            "command": "enrol", "identity": .string("\(identity.type.text):\(identity.value)"), "kind": .string(kind.rawValue),
        ]
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        let wish = MemberWish(.identity(identity), others: others)
        guard let known = try draft.find(wish) else {
            let member = try draft.enrol(identity, kind)
            return answer(member, isNew: true)
        }
        let identity = identity
        draft.write { tables throws(Problem) in try tables.set(identity, of: known.id) }
        return answer(try draft.member(wish), isNew: false)
    }

    private func answer(_ member: ProgramMember, isNew: Bool) -> JSONValue {
        ["member": .string(member.id.text), "kind": .string(member.kind.rawValue), "enrolled": .bool(isNew)]
    }
}
