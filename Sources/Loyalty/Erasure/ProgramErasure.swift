package import Model
package import Records

/// Takes a person out of the program, within the transaction that takes them out of the records.
///
/// Members of whom no identity is left become tombstones: their books, lots and coupons stand under their number, which says nothing of
/// who it was, and points expire and are owed as before. What quotes the person goes, in whatever row: of commands the id alone is left, by
/// which a repetition is refused; ids that quote them become digests, the same in all tables.
package struct ProgramErasure {
    let tables: ProgramTables
    let names: NameSearch
    let erasure: PendingErasure

    /// - Parameter ids: What else is found, wherever it stands.
    private init(_ erasure: PendingErasure, finding ids: Set<String> = [], on connection: any SQLConnection) {
        self.erasure = erasure
        tables = ProgramTables(erasure.workspace, connection)
        names = NameSearch(erasure.identities, texts: erasure.texts.union(ids), in: erasure.workspace)
    }

    /// Carries it out; what is gone already is no longer found, so that it may be done again.
    package static func carryOut(
        _ erasure: PendingErasure, on connection: any SQLConnection
    ) throws(Problem) -> RecordStore.Scrubbed {
        let first = ProgramErasure(erasure, on: connection)
        var scrubbed = RecordStore.Scrubbed()
        let tombstones = try first.forgetIdentities()
        scrubbed.memberCount = tombstones.count
        let ids = try first.quotingIDs(of: tombstones)
        let program = ProgramErasure(erasure, finding: ids, on: connection)
        for member in tombstones {
            try program.forget(member)
            scrubbed.commandCount += try program.forgetCommands(of: member)
        }
        scrubbed.commandCount += try program.forgetNamingCommands()
        try program.sealEntries()
        try program.forgetOrders(of: tombstones)
        try program.forgetTexts()
        return scrubbed
    }

    /// Has the audit keep what was done to the books.
    func note(_ action: String, _ detail: String) throws(Problem) {
        try AuditChain.append(
            AuditEntry(
                workspace: erasure.workspace, at: erasure.startedAt, actor: erasure.actor, action: action, target: "",
                detail: detail,
                people: [erasure.person].compactMap(\.self)), on: tables.connection)
    }

    // MARK: - Members

    /// Deletes the identities, and tells who is known by none any more, with those who were merged into them.
    private func forgetIdentities() throws(Problem) -> [ProgramMemberID] {
        var members: Set<ProgramMemberID> = []
        for found in try names.rows(of: .programIdentities, on: tables.connection) {
            guard case .text(let type) = found.key[1], case .text(let value) = found.key[2] else { continue }
            if let member = try tables.member(with: Identity(type: IdentityType(type), value: value)) { members.insert(member) }
            _ = try found.delete(on: tables.connection)
        }
        var tombstones: [ProgramMemberID] = []
        for member in members.sorted() where try tables.identities(of: member).isEmpty {
            guard var left = try tables.member(member) else { continue }
            left.state = .erased
            try tables.set(left)
            tombstones += [member] + (try tables.merged(into: member))
        }
        return tombstones
    }

    /// Takes out what was noted of a member, names or not.
    private func forget(_ member: ProgramMemberID) throws(Problem) {
        let (workspace, number) = (SQLValue.text(tables.workspace.text), SQLValue.integer(member.number))
        let mark = SQLValue.text(IdentityFinder.mark)
        // Nobody hears of somebody who was erased.
        for (statement, values) in [
            ("DELETE FROM program_facts WHERE workspace = ? AND member = ?", [workspace, number]),
            ("UPDATE point_adjustments SET note = ? WHERE workspace = ? AND member = ? AND note <> ''", [mark, workspace, number]),
            (
                "UPDATE coupons SET ending_reason = ? WHERE workspace = ? AND holder = ? AND ending_reason IS NOT NULL",
                [mark, workspace, number]
            ),
            (
                "UPDATE benefit_grants SET reason = ? WHERE workspace = ? AND member = ? AND reason IS NOT NULL",
                [mark, workspace, number]
            ),
            // Nobody sees any more what somebody used who can take no consent back, and nobody sees in their name.
            ("DELETE FROM benefit_viewers WHERE workspace = ? AND member = ?", [workspace, number]),
            ("DELETE FROM benefit_viewers WHERE workspace = ? AND viewer = ?", [workspace, number]),
            // Nothing goes to an address that may not be used.
            (
                """
                UPDATE benefit_gifts SET consent_at = NULL WHERE workspace = ?
                    AND id IN (SELECT id FROM benefit_uses WHERE workspace = ? AND member = ?)
                """, [workspace, workspace, number]
            ),
            ("DELETE FROM secrets WHERE name = ?", [.text(MemberCard.secretName(of: member, in: tables.workspace))]),
        ] as [(String, [SQLValue])] { try tables.connection.execute(statement, values) }
    }
}

extension ProgramTables {
    /// Those who were merged into a member, also by others who were.
    fileprivate func merged(into member: ProgramMemberID) throws(Problem) -> [ProgramMemberID] {
        var found: [ProgramMemberID] = []
        var next = [member]
        while let heir = next.popLast() {
            let merged = try list(
                "SELECT member FROM loyalty_members WHERE workspace = ? AND merged_into = ? ORDER BY member",
                values(.integer(heir.number))
            ) { reader throws(Problem) in ProgramMemberID(number: try reader.integer()) }
            found += merged
            next += merged
        }
        return found
    }
}

/// The page that shows a member their points.
package enum MemberCard {
    /// Under which name the records keep the secret of a card whose address was renewed.
    package static func secretName(of member: ProgramMemberID, in workspace: WorkspaceID) -> String {
        "member-card:\(workspace.text):\(member.text)"
    }
}
