import Model
import Records

extension ProgramTables {
    func member(_ id: ProgramMemberID) throws(Problem) -> ProgramMember? {
        try first(
            "SELECT kind, state, merged_into, enrolled_at FROM loyalty_members WHERE workspace = ? AND member = ?",
            values(.integer(id.number))
        ) { reader throws(Problem) in try Self.member(id, &reader) }
    }

    /// Reads `kind, state, merged_into, enrolled_at`.
    static func member(_ id: ProgramMemberID, _ reader: inout RowReader) throws(Problem) -> ProgramMember {
        ProgramMember(
            id: id, kind: try reader.word { ProgramMember.Kind(rawValue: $0) },
            state: try reader.word { ProgramMember.State(rawValue: $0) },
            mergedInto: try reader.optionalCount().map { ProgramMemberID(number: Int64($0)) }, enrolledAt: try reader.instant())
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
        var rows = RowBatch()
        put(member, into: &rows)
        try rows.write(to: connection)
    }

    func set(_ identity: Identity, of member: ProgramMemberID) throws(Problem) {
        var rows = RowBatch()
        put(identity, of: member, into: &rows)
        try rows.write(to: connection)
    }

    func put(_ member: ProgramMember, into rows: inout some RowSink) {
        rows.put(MemberRows.member) { row in
            row.add(workspace.text)
            row.add(member.id.number)
            row.add(member.enrolledAt)
            row.add(member.kind.rawValue)
            row.add(member.state.rawValue)
            row.add(member.mergedInto?.number)
        }
    }

    func put(_ identity: Identity, of member: ProgramMemberID, into rows: inout some RowSink) {
        rows.put(MemberRows.identity) { row in
            row.add(workspace.text)
            row.add(identity.type.text)
            row.add(identity.value)
            row.add(member.number)
        }
    }
}

/// The statements that write members.
enum MemberRows {
    static let member = RowStatement.setting(
        "loyalty_members", key: ["workspace", "member"], fixed: ["enrolled_at"], changing: ["kind", "state", "merged_into"])
    static let identity = RowStatement.setting(
        "loyalty_identities", key: ["workspace", "type", "value"], changing: ["member"])
}
