import Model
import Records

/// Plans that were given.
extension ProgramTables {
    private static let columns =
        "id, plan, version, payer, recipient, fee, until_at, state, accepted_by, answered_at, recorded_at"

    func planGift(_ id: BenefitID) throws(Problem) -> KeptPlanGift? { try planGifts(where: "id = ?", .text(id.text)).first }

    /// Gifts that a member gave, was given or accepted, the last changed first.
    func planGifts(of party: BenefitParty) throws(Problem) -> [KeptPlanGift] {
        let text = SQLValue.text(party.text)
        return try planGifts(
            where: "(payer = ? OR recipient = ? OR accepted_by = ?) ORDER BY recorded_at DESC, id DESC", text, text, text)
    }

    /// Gifts, the last changed first.
    func planGifts(limit: Int) throws(Problem) -> [KeptPlanGift] {
        try planGifts(where: "1 = 1 ORDER BY recorded_at DESC, id DESC LIMIT ?", .count(limit))
    }

    /// Gifts that nobody accepted in time and of which that is not booked, those that wait longest first.
    func duePlanGifts(at now: Instant, countMax: Int) throws(Problem) -> [BenefitID] {
        try list(
            "SELECT id FROM gifted_plans WHERE workspace = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?",
            values(.instant(now), .count(countMax))
        ) { reader throws(Problem) in BenefitID(try reader.text()) }
    }

    private func planGifts(where condition: String, _ more: SQLValue...) throws(Problem) -> [KeptPlanGift] {
        let rows = try connection.rows(
            "SELECT \(Self.columns) FROM gifted_plans WHERE workspace = ? AND \(condition)", values() + more)
        var gifts: [KeptPlanGift] = []
        for row in rows {
            var reader = RowReader(row)
            let (id, key, version) = (BenefitID(try reader.text()), try reader.text(), try reader.integer())
            guard let offer = try planOffer(key, version: version)?.offer else {
                throw Problem(.damaged, "The terms of the gift \"\(id)\" are missing.", status: 500)
            }
            let (payer, recipient) = (BenefitParty(try reader.text()), try reader.optionalText())
            var gift = GiftedPlan(
                kept: id, payer: payer, recipient: recipient.map { BenefitParty($0) }, fee: try reader.integer(),
                until: try reader.instant())
            let word = try reader.text()
            let (accepter, at) = (try reader.optionalText(), try reader.optionalInstant())
            if let accepter, let at {
                gift.state = .accepted(by: BenefitParty(accepter), at: at)
            } else if let at {
                (gift.state, gift.saidNo) = (.refunded(at: at), GiftedPlan.Ending(rawValue: word))
            }
            gifts.append(KeptPlanGift(gift: gift, offer: offer, version: version, recordedAt: try reader.instant()))
        }
        return gifts
    }

    /// Writes what has become of a gift by an instant.
    func set(_ kept: KeptPlanGift, at now: Instant) throws(Problem) {
        let gift = kept.gift
        var (accepter, answeredAt): (BenefitParty?, Instant?)
        switch gift.state(at: now) {
        case .offered: break
        case .accepted(let party, let at): (accepter, answeredAt) = (party, at)
        case .refunded(let at): answeredAt = at
        }
        try connection.execute(
            """
            INSERT INTO gifted_plans (workspace, \(Self.columns), due_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, id) DO UPDATE SET state = excluded.state, accepted_by = excluded.accepted_by,
                answered_at = excluded.answered_at, recorded_at = excluded.recorded_at, due_at = excluded.due_at
            """,
            values(
                .text(gift.id.text), .text(kept.offer.key), .integer(kept.version), .text(gift.payer.text),
                .optional(gift.recipient?.text), .integer(gift.fee), .instant(gift.until), .text(kept.word(at: now)),
                .optional(accepter?.text), .optional(answeredAt), .instant(kept.recordedAt),
                .optional(answeredAt == nil ? gift.until : nil)))
    }
}

extension GiftedPlan {
    /// A gift as it was kept, before its answer.
    fileprivate init(kept id: BenefitID, payer: BenefitParty, recipient: BenefitParty?, fee: Int64, until: Instant) {
        self.id = id
        self.payer = payer
        self.recipient = recipient
        self.fee = fee
        self.until = until
    }
}
