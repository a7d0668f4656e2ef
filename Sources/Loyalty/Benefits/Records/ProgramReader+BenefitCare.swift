public import Model
import Records

/// What whoever runs the program looks after, by benefit: caps, pools, and gifts on their way.
extension ProgramReader {
    /// Caps on members' use of a benefit that stand beside pools, by the member's number.
    public func caps(of benefit: String, limit: Int) async throws(Problem) -> [(member: ProgramMemberID, cap: BenefitCap)] {
        try await read { tables throws(Problem) in
            try tables.list(
                """
                SELECT member, set_by, max_amount FROM benefit_caps WHERE workspace = ? AND benefit = ? AND used_by = ''
                ORDER BY member, set_by LIMIT ?
                """, tables.values(.text(benefit), .count(limit))
            ) { reader throws(Problem) in
                let member = ProgramMemberID(number: try reader.integer())
                return (member, BenefitCap(user: nil, by: BenefitParty(try reader.text()), max: try reader.integer()))
            }
        }
    }

    /// Caps on what some members use that another member has set for them: as long as they are their guardian.
    package func guardianCaps(
        on members: [MemberWish]
    ) async throws(Problem) -> [(member: ProgramMemberID, benefit: String, guardian: ProgramMemberID)] {
        try await read { tables throws(Problem) in
            var caps: [(member: ProgramMemberID, benefit: String, guardian: ProgramMemberID)] = []
            var seen: Set<ProgramMemberID> = []
            for wish in members {
                guard let member = try tables.find(wish), member.state == .open, seen.insert(member.id).inserted else { continue }
                let own = try tables.list(
                    "SELECT benefit, set_by FROM benefit_caps WHERE workspace = ? AND member = ? AND used_by = '' ORDER BY benefit, set_by",
                    tables.values(.integer(member.id.number))
                ) { reader throws(Problem) in (benefit: try reader.text(), by: try reader.text()) }
                for cap in own {
                    if let guardian = ProgramMemberID(text: cap.by) { caps.append((member.id, cap.benefit, guardian)) }
                }
            }
            return caps
        }
    }

    /// The pools that accounts have made of a benefit, by the account's number, as they stand at an instant.
    public func pools(of benefit: String, limit: Int, at now: Instant) async throws(Problem) -> [BenefitPool] {
        try await read { tables throws(Problem) in
            guard let known = try tables.benefit(benefit)?.benefit else { return [] }
            let accounts = try tables.list(
                "SELECT member FROM benefit_pools WHERE workspace = ? AND benefit = ? ORDER BY member LIMIT ?",
                tables.values(.text(benefit), .count(limit))
            ) { reader throws(Problem) in ProgramMemberID(number: try reader.integer()) }
            var pools: [BenefitPool] = []
            for account in accounts {
                let key = BenefitBookKey(member: account, benefit: benefit)
                if let pool = try tables.pool(key, over: try tables.book(key, known, at: now)) { pools.append(pool) }
            }
            return pools
        }
    }

    /// Gifts out of a stock that can still take a step, those that wait longest first.
    public func openGifts(outOf stock: String, limit: Int) async throws(Problem) -> [GiftFulfilment] {
        try await read { tables throws(Problem) in
            let ids = try tables.list(
                """
                SELECT g.id FROM benefit_gifts g JOIN benefit_uses u ON u.workspace = g.workspace AND u.id = g.id
                WHERE g.workspace = ? AND g.stock = ? AND g.state IN ('requested', 'reserved', 'packed', 'shipped', 'failed')
                ORDER BY u.at, g.id LIMIT ?
                """, tables.values(.text(stock), .count(limit))
            ) { reader throws(Problem) in BenefitID(try reader.text()) }
            var gifts: [GiftFulfilment] = []
            for id in ids {
                if let gift = try tables.gift(id) { gifts.append(gift) }
            }
            return gifts
        }
    }
}
