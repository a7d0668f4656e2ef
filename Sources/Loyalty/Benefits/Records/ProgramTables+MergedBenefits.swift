import Model
import OrderedCollections
import Records

extension ProgramDraft {
    /// Makes all that a member has of benefits another's: a source that gave to both gives as much as the larger.
    mutating func moveBenefits(from old: ProgramMemberID, to heir: ProgramMemberID) throws(ProgramFailure) {
        let inTheWay = try reading { tables throws(Problem) in try tables.poolOfBoth(old, heir) }
        // Who may do what in two pools cannot be told from either.
        if let inTheWay { throw .refused(Refusal("POOL_IN_THE_WAY", ["name": .string(inTheWay)])) }
        write { tables throws(Problem) in try tables.moveBenefits(from: old, to: heir) }
    }
}

extension ProgramTables {
    /// A benefit of which both have a pool; nil when there is none.
    fileprivate func poolOfBoth(_ one: ProgramMemberID, _ other: ProgramMemberID) throws(Problem) -> String? {
        try first(
            """
            SELECT benefit FROM benefit_pools p WHERE workspace = ? AND member = ? AND EXISTS
                (SELECT 1 FROM benefit_pools WHERE workspace = p.workspace AND member = ? AND benefit = p.benefit)
            ORDER BY benefit LIMIT 1
            """, values(.integer(one.number), .integer(other.number))
        ) { reader throws(Problem) in try reader.text() }
    }

    fileprivate func moveBenefits(from old: ProgramMemberID, to heir: ProgramMemberID) throws(Problem) {
        for benefit in try benefitKeys(of: old) {
            let from = BenefitBookKey(member: old, benefit: benefit)
            try connection.execute(
                """
                INSERT INTO benefit_books (workspace, member, benefit, version, latest)
                SELECT workspace, CAST(? AS BIGINT), benefit, version + 1, latest FROM benefit_books
                WHERE workspace = ? AND member = ? AND benefit = ?
                ON CONFLICT (workspace, member, benefit) DO UPDATE SET version = benefit_books.version + excluded.version,
                    latest = CASE WHEN excluded.latest > benefit_books.latest THEN excluded.latest ELSE benefit_books.latest END
                """, [.integer(heir.number)] + values(of: from))
            // A cap that the same party set on both stays as the heir has it.
            try connection.execute(
                """
                INSERT INTO benefit_caps (workspace, member, benefit, used_by, set_by, max_amount)
                SELECT workspace, CAST(? AS BIGINT), benefit, used_by, set_by, max_amount FROM benefit_caps
                WHERE workspace = ? AND member = ? AND benefit = ? ON CONFLICT DO NOTHING
                """, [.integer(heir.number)] + values(of: from))
            for table in ["benefit_caps", "benefit_books"] {
                try connection.execute("DELETE FROM \(table) WHERE workspace = ? AND member = ? AND benefit = ?", values(of: from))
            }
            for table in ["benefit_grants", "benefit_uses", "benefit_pools", "benefit_purchases"] {
                try connection.execute(
                    "UPDATE \(table) SET member = ? WHERE workspace = ? AND member = ? AND benefit = ?",
                    [.integer(heir.number)] + values(of: from))
            }
        }
    }
}
