import Model
import Records

extension ProgramTables {
    func member(_ id: ProgramMemberID) throws(Problem) -> ProgramMember? {
        try first(
            "SELECT kind, state, merged_into, enrolled_at FROM loyalty_members WHERE workspace = ? AND member = ?",
            values(.integer(id.number))
        ) { reader throws(Problem) in
            ProgramMember(
                id: id, kind: try reader.word { ProgramMember.Kind(rawValue: $0) },
                state: try reader.word { ProgramMember.State(rawValue: $0) },
                mergedInto: try reader.optionalCount().map { ProgramMemberID(number: Int64($0)) }, enrolledAt: try reader.instant())
        }
    }

    func member(with identity: Identity) throws(Problem) -> ProgramMemberID? {
        try first(
            "SELECT member FROM loyalty_identities WHERE workspace = ? AND type = ? AND value = ?",
            values(.text(identity.type.text), .text(identity.value))
        ) { reader throws(Problem) in ProgramMemberID(number: try reader.integer()) }
    }

    func identities(of member: ProgramMemberID) throws(Problem) -> [Identity] {
        try list(
            "SELECT type, value FROM loyalty_identities WHERE workspace = ? AND member = ? ORDER BY type, value",
            values(.integer(member.number))
        ) { reader throws(Problem) in try reader.identity() }
    }

    /// Writes a member's row as it is, so that of two servers that do so at once one begins anew.
    func claim(_ member: ProgramMemberID) throws(Problem) {
        try connection.execute(
            "UPDATE loyalty_members SET state = state WHERE workspace = ? AND member = ?", values(.integer(member.number)))
    }

    func set(_ member: ProgramMember) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO loyalty_members (workspace, member, kind, state, merged_into, enrolled_at) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, member) DO UPDATE SET kind = excluded.kind, state = excluded.state,
                merged_into = excluded.merged_into
            """,
            values(
                .integer(member.id.number), .text(member.kind.rawValue), .text(member.state.rawValue),
                member.mergedInto.map { .integer($0.number) } ?? .null, .instant(member.enrolledAt)))
    }

    func set(_ identity: Identity, of member: ProgramMemberID) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO loyalty_identities (workspace, type, value, member) VALUES (?, ?, ?, ?)
            ON CONFLICT (workspace, type, value) DO UPDATE SET member = excluded.member
            """, values(.text(identity.type.text), .text(identity.value), .integer(member.number)))
    }
}
