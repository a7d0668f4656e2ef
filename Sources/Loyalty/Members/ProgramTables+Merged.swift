import Model
import Records

extension ProgramTables {
    /// Makes all identities of a member the heir's, and keeps whom they named first.
    func moveIdentities(from member: ProgramMemberID, to heir: ProgramMemberID) throws(Problem) {
        try connection.execute(
            """
            UPDATE loyalty_identities SET first_member = COALESCE(first_member, member), member = ?
            WHERE workspace = ? AND member = ?
            """, [.integer(heir.number), .text(workspace.text), .integer(member.number)])
    }

    /// Whom an identity named before anybody was merged.
    func firstMember(with identity: Identity) throws(Problem) -> ProgramMemberID? {
        try first(
            "SELECT COALESCE(first_member, member) FROM loyalty_identities WHERE workspace = ? AND type = ? AND value = ?",
            values(.text(identity.type.text), .text(identity.value))
        ) { reader throws(Problem) in ProgramMemberID(number: try reader.integer()) }
    }
}

extension ProgramTransaction {
    /// Whom a wish named before anybody was merged: several for a person who is several of them.
    func firstMembers(_ wish: MemberWish) throws(Problem) -> [ProgramMemberID] {
        switch wish.name {
        case .id(let id): return [id]
        case .identity(let identity): if let own = try firstMember(with: identity) { return [own] }
        case .person: break
        }
        var found: [ProgramMemberID] = []
        for identity in wish.others {
            if let member = try firstMember(with: identity), !found.contains(member) { found.append(member) }
        }
        return found
    }

    /// Whose identity is not in the tables yet has not been merged.
    private func firstMember(with identity: Identity) throws(Problem) -> ProgramMemberID? {
        if let member = try base.firstMember(with: identity) { return member }
        return try member(with: identity)
    }
}
