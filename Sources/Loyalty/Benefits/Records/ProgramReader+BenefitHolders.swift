public import Model
import Records

/// Who holds what, by benefit instead of by member.
extension ProgramReader {
    /// The newest version of a benefit; nil when there is none.
    public func benefit(_ key: String) async throws(Problem) -> (version: Int64, benefit: Benefit)? {
        try await read { tables throws(Problem) in try tables.benefit(key) }
    }

    /// How many members hold each benefit at an instant, by its key; who holds none counts nowhere.
    public func benefitHolders(at now: Instant) async throws(Problem) -> [String: Int] {
        let counts = try await read { tables throws(Problem) in
            try tables.list(
                """
                SELECT benefit, COUNT(DISTINCT member) FROM benefit_grants
                WHERE workspace = ? AND starts_at <= ? AND (ends_at IS NULL OR ends_at > ?)
                    AND (usable_until IS NULL OR usable_until > ?)
                GROUP BY benefit
                """, tables.values(.instant(now), .instant(now), .instant(now))
            ) { reader throws(Problem) in (try reader.text(), try reader.count()) }
        }
        return Dictionary(uniqueKeysWithValues: counts)
    }

    /// Members who have or had a benefit, in the order of their numbers, with how it stands; nil for a benefit that there is not.
    ///
    /// - Parameter last: The last member of the page before.
    public func holders(
        of benefit: String, after last: ProgramMemberID?, limit: Int, at now: Instant
    ) async throws(Problem) -> (
        version: Int64, benefit: Benefit, holders: [(member: ProgramMemberID, statement: BenefitStatement)]
    )? {
        try await read { tables throws(Problem) in
            guard let known = try tables.benefit(benefit) else { return nil }
            let members = try tables.list(
                """
                SELECT DISTINCT member FROM benefit_grants WHERE workspace = ? AND benefit = ? AND member > ? ORDER BY member LIMIT ?
                """, tables.values(.text(benefit), .integer(last?.number ?? .min), .count(limit))
            ) { reader throws(Problem) in ProgramMemberID(number: try reader.integer()) }
            var holders: [(member: ProgramMemberID, statement: BenefitStatement)] = []
            for member in members {
                let book = try tables.book(BenefitBookKey(member: member, benefit: benefit), known.benefit, at: now)
                holders.append((member, BenefitStatement(of: book, at: now)))
            }
            return (known.version, known.benefit, holders)
        }
    }

    /// What lies in each store room, by its key.
    public func giftStocks() async throws(Problem) -> [GiftStock] {
        try await read { tables throws(Problem) in
            try tables.list(
                "SELECT stock, on_hand, reserved FROM benefit_stocks WHERE workspace = ? ORDER BY stock", tables.values()
            ) { reader throws(Problem) in
                var stock = GiftStock(key: try reader.text(), onHand: try reader.integer())
                stock.reserved = try reader.integer()
                return stock
            }
        }
    }

    /// The pool that an account has made of a benefit; nil when it has made none.
    public func pool(of benefit: String, ownedBy account: ProgramMemberID, at now: Instant) async throws(Problem) -> BenefitPool? {
        try await read { tables throws(Problem) in
            guard let known = try tables.benefit(benefit)?.benefit else { return nil }
            let key = BenefitBookKey(member: account, benefit: benefit)
            return try tables.pool(key, over: try tables.book(key, known, at: now))
        }
    }
}
