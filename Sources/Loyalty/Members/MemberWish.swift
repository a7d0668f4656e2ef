public import Model
import OrderedCollections

/// A member as a command names one: by number, by an identity of the person or account, or as a person.
public struct MemberWish: Hashable, Sendable {
    public enum Name: Hashable, Sendable {
        case id(ProgramMemberID)
        case identity(Identity)
        /// As it was sent: it may have become another person's since.
        case person(PersonID)
    }

    public let name: Name
    /// What else is known of the same person: it finds the member, and is not a part of the wish, for it changes with what becomes known.
    public let others: [Identity]

    public init(_ name: Name, others: [Identity] = []) {
        self.name = name
        self.others = others
    }

    /// What finds the member, in this order; none for a number.
    public var identities: [Identity] {
        switch name {
        case .id: []
        case .identity(let identity): [identity] + others
        case .person: others
        }
    }

    /// What was sent, whatever is known of the person.
    var content: JSONValue {
        switch name {
        case .id(let id): .string(id.text)
        case .identity(let identity): .string("\(identity.type.text):\(identity.value)")
        case .person(let id): .string(id.text)
        }
    }
}

extension ProgramDraft {
    /// Whose number or identity it is; somebody who was merged stands for whom they were merged into.
    func member(_ wish: MemberWish) throws(ProgramFailure) -> ProgramMember {
        guard let member = try find(wish) else {
            throw .refused(Refusal("MEMBER_UNKNOWN", ["member": wish.content]))
        }
        if let barred = member.barred { throw .refused(Refusal([barred])) }
        return member
    }

    /// The member in whatever state; nil when there is none.
    func find(_ wish: MemberWish) throws(ProgramFailure) -> ProgramMember? {
        try asking { transaction throws(Problem) in try transaction.find(wish) }
    }

    /// Keeps two servers from giving a member something at once, or merging them, each by what there was before the other.
    mutating func claim(_ member: ProgramMember) {
        let id = member.id
        write { tables throws(Problem) in try tables.claim(id) }
    }

    /// The member, who becomes one now when there is none and the program takes in whoever earns.
    mutating func memberByEarning(_ wish: MemberWish) throws(ProgramFailure) -> ProgramMember {
        guard settings?.enrolsByEarning == true, let identity = wish.identities.first, try find(wish) == nil else {
            return try member(wish)
        }
        return try enrol(identity, .person)
    }

    /// Makes a member of whose identity it is.
    ///
    /// - Parameters:
    ///   - seed: What the number is made of; the command's id unless it takes in several.
    ///   - others: Numbers that are taken, and in no table yet.
    mutating func enrol(
        _ identity: Identity, _ kind: ProgramMember.Kind, seed: String? = nil, except others: Set<ProgramMemberID> = []
    ) throws(ProgramFailure) -> ProgramMember {
        let (seed, now) = (seed ?? id, now)
        let member = try asking { transaction throws(Problem) in
            // Of the command's id, so that carrying out the same commands anew gives the same numbers.
            var number = MemberNumber.first(of: seed)
            var isTaken = true
            while isTaken {
                isTaken = others.contains(number)
                if !isTaken { isTaken = try transaction.member(number) != nil }
                if isTaken { number = MemberNumber.next(number) }
            }
            return ProgramMember(id: number, kind: kind, enrolledAt: now)
        }
        enrol(member, identity)
        return member
    }
}
