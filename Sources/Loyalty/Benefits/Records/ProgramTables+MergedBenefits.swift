import Model
import OrderedCollections
import Records

extension ProgramDraft {
    /// Makes all that a member has of benefits another's: a source that gave to both gives as much as the larger.
    mutating func moveBenefits(from old: ProgramMemberID, to heir: ProgramMemberID) throws(ProgramFailure) {
        let inTheWay = try reading { tables throws(Problem) in try tables.poolOfBoth(old, heir) }
        // Who may do what in two pools cannot be told from either.
        if let inTheWay { throw .refused(Refusal("POOL_IN_THE_WAY", ["name": .string(inTheWay)])) }
        write { tables throws(Problem) in
            try tables.moveBenefits(from: old, to: heir)
            try tables.moveViewers(from: old, to: heir)
            try tables.renameInBenefits(BenefitParty(old.text), to: BenefitParty(heir.text))
            try tables.renameInPlans(BenefitParty(old.text), to: BenefitParty(heir.text))
        }
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

/// Where somebody stands in the benefits of others: as a user, a guardian, a payer, in a pool.
extension ProgramTables {
    fileprivate func renameInBenefits(_ old: BenefitParty, to heir: BenefitParty) throws(Problem) {
        try touchBooks(naming: old)
        try renameInCaps(old, to: heir)
        for (table, column) in [
            ("benefit_uses", "used_by"), ("benefit_purchases", "payer"), ("benefit_purchases", "buyer"),
            ("benefit_purchases", "approver"),
        ] {
            try connection.execute(
                "UPDATE \(table) SET \(column) = ? WHERE workspace = ? AND \(column) = ?",
                [.text(heir.text)] + values(.text(old.text)))
        }
        try connection.execute(
            "UPDATE benefit_grants SET payer = ? WHERE workspace = ? AND payer = ? AND payer <> 'program'",
            [.text(heir.text)] + values(.text(old.text)))
        try renameInPools(old, to: heir)
    }

    /// Makes kept answers of books old in which somebody stands.
    private func touchBooks(naming party: BenefitParty) throws(Problem) {
        for (table, condition) in [
            ("benefit_caps", "t.used_by = ? AND t.used_by <> ''"), ("benefit_caps", "t.set_by = ?"),
            ("benefit_grants", "t.payer = ? AND t.payer <> 'program'"),
        ] {
            try connection.execute(
                """
                UPDATE benefit_books SET version = version + 1 WHERE workspace = ? AND EXISTS
                    (SELECT 1 FROM \(table) t WHERE t.workspace = benefit_books.workspace AND t.member = benefit_books.member
                        AND t.benefit = benefit_books.benefit AND \(condition))
                """, values(.text(party.text)))
        }
    }

    /// A cap that the heir has already, set by the same party, stays as it is.
    private func renameInCaps(_ old: BenefitParty, to heir: BenefitParty) throws(Problem) {
        let caps = try list(
            """
            SELECT member, benefit, used_by, set_by, max_amount FROM benefit_caps
            WHERE workspace = ? AND ((used_by = ? AND used_by <> '') OR set_by = ?)
            """, values(.text(old.text), .text(old.text))
        ) { reader throws(Problem) in
            let key = BenefitBookKey(member: ProgramMemberID(number: try reader.integer()), benefit: try reader.text())
            return (key: key, user: try reader.text(), by: try reader.text(), max: try reader.integer())
        }
        func renamed(_ text: String) -> SQLValue { .text(text == old.text ? heir.text : text) }
        try connection.execute(
            "DELETE FROM benefit_caps WHERE workspace = ? AND member = ? AND benefit = ? AND used_by = ? AND set_by = ?",
            each: caps.map { values(of: $0.key, .text($0.user), .text($0.by)) })
        try connection.execute(
            """
            INSERT INTO benefit_caps (workspace, member, benefit, used_by, set_by, max_amount) VALUES (?, ?, ?, ?, ?, ?)
            ON CONFLICT DO NOTHING
            """, each: caps.map { values(of: $0.key, renamed($0.user), renamed($0.by), .integer($0.max)) })
    }

    /// Whoever had roles under both names has all of them.
    private func renameInPools(_ old: BenefitParty, to heir: BenefitParty) throws(Problem) {
        let pools = try list(
            "SELECT member, benefit, roles FROM benefit_pools WHERE workspace = ? AND roles LIKE ?",
            values(.text("%\"\(old.text)\"%"))
        ) { reader throws(Problem) in
            let key = BenefitBookKey(member: ProgramMemberID(number: try reader.integer()), benefit: try reader.text())
            return (key: key, roles: BenefitPool.roles(kept: try reader.json()))
        }
        for (key, known) in pools {
            var roles = known
            guard let moved = roles.removeValue(forKey: old) else { continue }
            roles[heir, default: []].formUnion(moved)
            try connection.execute(
                "UPDATE benefit_pools SET roles = ? WHERE workspace = ? AND member = ? AND benefit = ?",
                [.text(BenefitPool.text(of: roles))] + values(of: key))
            try connection.execute(
                "UPDATE benefit_books SET version = version + 1 WHERE workspace = ? AND member = ? AND benefit = ?",
                values(of: key))
        }
    }
}
