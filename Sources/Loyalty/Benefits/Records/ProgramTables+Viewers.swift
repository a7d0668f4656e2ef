import Model
import Records

/// Whom members let see what they use.
extension ProgramTables {
    /// Who may see what a member uses, beside guardians: nobody knows these here.
    func privacy(of member: ProgramMemberID) throws(Problem) -> BenefitPrivacy {
        let viewers = try consents("member", member).map { BenefitParty($0.viewer.text) }
        return BenefitPrivacy(of: BenefitParty(member.text), consents: Set(viewers))
    }

    /// All consents in which a member stands.
    func viewers(of member: ProgramMemberID) throws(Problem) -> BenefitViewers {
        BenefitViewers(given: try consents("member", member), received: try consents("viewer", member))
    }

    private func consents(_ column: String, _ member: ProgramMemberID) throws(Problem) -> [BenefitViewer] {
        try list(
            """
            SELECT member, viewer, given_at FROM benefit_viewers WHERE workspace = ? AND \(column) = ?
            ORDER BY given_at, member, viewer
            """, values(.integer(member.number))
        ) { reader throws(Problem) in
            BenefitViewer(
                member: ProgramMemberID(number: try reader.integer()), viewer: ProgramMemberID(number: try reader.integer()),
                givenAt: try reader.instant())
        }
    }

    func setViewer(_ viewer: ProgramMemberID, of member: ProgramMemberID, isGiven: Bool, at now: Instant) throws(Problem) {
        let key = values(.integer(member.number), .integer(viewer.number))
        guard isGiven else {
            try connection.execute("DELETE FROM benefit_viewers WHERE workspace = ? AND member = ? AND viewer = ?", key)
            return
        }
        try connection.execute(
            "INSERT INTO benefit_viewers (workspace, member, viewer, given_at) VALUES (?, ?, ?, ?) ON CONFLICT DO NOTHING",
            key + [.instant(now)])
    }

    /// Makes what a merged member allowed, or was allowed, the heir's.
    func moveViewers(from old: ProgramMemberID, to heir: ProgramMemberID) throws(Problem) {
        for (column, other) in [("member", "viewer"), ("viewer", "member")] {
            try connection.execute(
                """
                INSERT INTO benefit_viewers (workspace, \(column), \(other), given_at)
                SELECT workspace, CAST(? AS BIGINT), \(other), given_at FROM benefit_viewers
                WHERE workspace = ? AND \(column) = ? AND \(other) <> ? ON CONFLICT DO NOTHING
                """, [.integer(heir.number)] + values(.integer(old.number), .integer(heir.number)))
            try connection.execute(
                "DELETE FROM benefit_viewers WHERE workspace = ? AND \(column) = ?", values(.integer(old.number)))
        }
    }
}
