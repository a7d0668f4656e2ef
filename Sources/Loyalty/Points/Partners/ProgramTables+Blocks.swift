public import Model
import Records

extension ProgramTables {
    /// A partner's block; an empty one for who has bought none.
    func block(_ partner: String, of currency: String) throws(Problem) -> PartnerBlock {
        try first(
            "SELECT bought, drawn FROM partner_blocks WHERE workspace = ? AND currency = ? AND partner = ?",
            values(.text(currency), .text(partner))
        ) { reader throws(Problem) in
            let bought = try reader.integer()
            return PartnerBlock(partner: partner, currency: currency, bought: bought, drawn: try reader.integer())
        } ?? PartnerBlock(partner: partner, currency: currency)
    }

    func blocks(of currency: String) throws(Problem) -> [PartnerBlock] {
        try list(
            "SELECT partner, bought, drawn FROM partner_blocks WHERE workspace = ? AND currency = ? ORDER BY partner",
            values(.text(currency))
        ) { reader throws(Problem) in
            let (partner, bought) = (try reader.text(), try reader.integer())
            return PartnerBlock(partner: partner, currency: currency, bought: bought, drawn: try reader.integer())
        }
    }

    func write(_ block: PartnerBlock) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO partner_blocks (workspace, currency, partner, bought, drawn) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (workspace, currency, partner) DO UPDATE SET bought = excluded.bought, drawn = excluded.drawn
            """, values(.text(block.currency), .text(block.partner), .integer(block.bought), .integer(block.drawn)))
    }

    func insert(_ purchase: PartnerPurchase, _ block: PartnerBlock) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO partner_purchases (workspace, currency, partner, id, amount, price_minor, reference, actor, bought_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
            """,
            values(
                .text(block.currency), .text(block.partner), .text(purchase.id), .integer(purchase.amount),
                .integer(purchase.price), .text(purchase.reference), .text(purchase.actor), .instant(purchase.boughtAt)))
    }

    /// What a partner has bought before an instant, the first at the head.
    func purchases(_ partner: String, of currency: String, before end: Instant) throws(Problem) -> [PartnerPurchase] {
        try list(
            """
            SELECT id, amount, price_minor, reference, actor, bought_at FROM partner_purchases
            WHERE workspace = ? AND currency = ? AND partner = ? AND bought_at < ? ORDER BY bought_at, id
            """, values(.text(currency), .text(partner), .instant(end))
        ) { reader throws(Problem) in
            let (id, amount, price) = (try reader.text(), try reader.integer(), try reader.integer())
            return PartnerPurchase(
                id: id, amount: amount, price: price, reference: try reader.text(), actor: try reader.text(),
                boughtAt: try reader.instant())
        }
    }

    /// What was taken back of a partner's points that came from another system: no block has paid for them, and none has them back.
    private func openingsTakenBack(_ partner: String, of currency: String, before end: Instant) throws(Problem) -> Int64 {
        guard try openingSums(of: currency).rows > 0 else { return 0 }
        return try first(
            """
            SELECT CAST(COALESCE(SUM(e.amount), 0) AS BIGINT) FROM point_lots l JOIN point_entries e
                ON e.workspace = l.workspace AND e.member = l.member AND e.currency = l.currency AND e.lot = l.number
            WHERE l.workspace = ? AND l.currency = ? AND l.rule = ? AND l.funded_by = ? AND l.revoked > 0
                AND e.target_account = ? AND e.effective_at < ?
            """,
            values(
                .text(currency), .text(OpeningLot.rule), .text(partner), .text(PointAccount.revoked.text), .instant(end))
        ) { reader throws(Problem) in try reader.integer() } ?? 0
    }

    /// A month of a partner's block, from the entries of the points that it pays for.
    func statement(
        _ partner: String, _ month: PointMonth, of currency: String, in calendar: ZoneCalendar
    ) throws(Problem) -> PartnerStatement {
        let bounds = try bounds(of: month, currency, in: calendar)
        let (before, end) = try sums(around: month, of: currency, in: calendar)
        var (old, new) = (try before.movements(of: partner), try end.movements(of: partner))
        old.back -= try openingsTakenBack(partner, of: currency, before: bounds.lowerBound)
        new.back -= try openingsTakenBack(partner, of: currency, before: bounds.upperBound)
        let all = try purchases(partner, of: currency, before: bounds.upperBound)
        var opening = try PointSums.sum(old.back, -old.issued)
        for purchase in all where purchase.boughtAt < bounds.lowerBound { opening = try PointSums.sum(opening, purchase.amount) }
        return PartnerStatement(
            partner: partner, currency: currency, month: month, opening: opening, issued: new.issued - old.issued,
            takenBack: new.back - old.back, purchases: all.filter { $0.boughtAt >= bounds.lowerBound },
            cohort: try end.cohort(of: partner))
    }
}

extension PointSums {
    /// All that was issued for a partner, and taken back.
    fileprivate func movements(of partner: String) throws(Problem) -> (issued: Int64, back: Int64) {
        var (issued, back) = (Int64(0), Int64(0))
        for flow in flows where flow.key.fundedBy == partner {
            if flow.route.from == .issuer { issued = try PointSums.sum(issued, flow.amount) }
            if flow.route.to == .revoked { back = try PointSums.sum(back, flow.amount) }
        }
        return (issued, back)
    }

    fileprivate func cohort(of partner: String) throws(Problem) -> PointCohort {
        var all = PointCohort()
        for (key, cohort) in try cohorts() where key.fundedBy == partner { all = try all.adding(cohort) }
        return all
    }
}

extension ProgramReader {
    /// The partners that have bought points of a currency, with what is left of them.
    public func blocks(of currency: String) async throws(Problem) -> [PartnerBlock] {
        try await read { tables throws(Problem) in try tables.blocks(of: currency) }
    }

    /// A month of a partner's block.
    public func statement(
        of partner: String, _ month: PointMonth, in currency: String
    ) async throws(Problem) -> PartnerStatement {
        let program = try await program()
        return try await read { tables throws(Problem) in
            try tables.statement(partner, month, of: currency, in: program.calendar)
        }
    }
}
