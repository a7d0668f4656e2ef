import Model
import OrderedCollections
import Records

/// Gifts on their way, and the store rooms that they come from.
extension ProgramTables {
    func stock(_ key: String) throws(Problem) -> GiftStock? {
        try first("SELECT on_hand, reserved FROM benefit_stocks WHERE workspace = ? AND stock = ?", values(.text(key))) {
            reader throws(Problem) in
            var stock = GiftStock(key: key, onHand: try reader.integer())
            stock.reserved = try reader.integer()
            return stock
        }
    }

    func set(_ stock: GiftStock) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO benefit_stocks (workspace, stock, on_hand, reserved) VALUES (?, ?, ?, ?)
            ON CONFLICT (workspace, stock) DO UPDATE SET on_hand = excluded.on_hand, reserved = excluded.reserved
            """, values(.text(stock.key), .integer(stock.onHand), .integer(stock.reserved)))
    }

    func gift(_ id: BenefitID) throws(Problem) -> GiftFulfilment? {
        try first(
            "SELECT stock, amount, state, history, consent_at FROM benefit_gifts WHERE workspace = ? AND id = ?",
            values(.text(id.text))
        ) { reader throws(Problem) in
            var gift = GiftFulfilment(id: id, stock: try reader.text(), amount: try reader.integer(), now: .epoch)
            gift.state = try reader.word { GiftFulfilment.State(rawValue: $0) }
            gift.history = (try reader.json().arrayValue ?? []).compactMap(GiftFulfilment.Mark.init(kept:))
            gift.addressConsentAt = try reader.optionalInstant()
            return gift
        }
    }

    func set(_ gift: GiftFulfilment) throws(Problem) {
        try connection.execute(
            """
            INSERT INTO benefit_gifts (workspace, id, stock, amount, state, history, consent_at) VALUES (?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, id) DO UPDATE SET state = excluded.state, history = excluded.history,
                consent_at = excluded.consent_at
            """,
            values(
                .text(gift.id.text), .text(gift.stock), .integer(gift.amount), .text(gift.state.rawValue),
                .text(JSONValue.array(gift.history.map(\.kept)).text), .optional(gift.addressConsentAt)))
    }
}

extension GiftFulfilment.Mark {
    fileprivate init?(kept: JSONValue) {
        guard let pair = kept.arrayValue, pair.count == 2,
            let state = pair[0].stringValue.flatMap(GiftFulfilment.State.init(rawValue:)), let at = pair[1].intValue
        else { return nil }
        self.init(state: state, at: Instant(microseconds: at))
    }

    fileprivate var kept: JSONValue { [.string(state.rawValue), .int(at.microseconds)] }
}

/// Pools of companies: who may do what in them, and what was bought. Their books are those of the account.
extension ProgramTables {
    /// The pool over a book; nil when the book is no pool.
    func pool(_ key: BenefitBookKey, over book: BenefitBook) throws(Problem) -> BenefitPool? {
        let row = try first(
            "SELECT approval_from, roles FROM benefit_pools WHERE workspace = ? AND member = ? AND benefit = ?", values(of: key)
        ) { reader throws(Problem) in (approvalFrom: try reader.optionalNumber(), roles: try reader.json()) }
        guard let row else { return nil }
        let roles = BenefitPool.roles(kept: row.roles)
        let purchases = try purchases(of: key)
        return BenefitPool(
            book: book, roles: roles, purchases: Dictionary(uniqueKeysWithValues: purchases.map { ($0.grant.id, $0) }),
            approvalFrom: row.approvalFrom)
    }

    private func purchases(of key: BenefitBookKey) throws(Problem) -> [BenefitPool.Purchase] {
        try list(
            """
            SELECT id, payer, source_kind, source, series, starts_at, ends_at, priority, amount, buyer, approver, asked_at
            FROM benefit_purchases WHERE workspace = ? AND member = ? AND benefit = ?
            """, values(of: key)
        ) { reader throws(Problem) in
            let (id, payer) = (BenefitID(try reader.text()), BenefitParty(try reader.text()))
            let source = try BenefitSource.read(&reader)
            let (from, until) = (try reader.instant(), try reader.optionalInstant())
            let grant = BenefitGrant(
                id: id, of: key.benefit, to: key.party, payer: payer, source: source, from: from, until: until,
                priority: try reader.count(), amount: try reader.optionalNumber())
            let (buyer, approver) = (BenefitParty(try reader.text()), try reader.optionalText())
            return BenefitPool.Purchase(
                grant: grant, buyer: buyer, askedAt: try reader.instant(), approver: approver.map { BenefitParty($0) })
        }
    }

    /// Writes the pool but its book, and those purchases that are new or decided.
    func set(_ pool: BenefitPool, _ key: BenefitBookKey, before: BenefitPool?) throws(Problem) {
        let people = BenefitPool.text(of: pool.roles)
        try connection.execute(
            """
            INSERT INTO benefit_pools (workspace, member, benefit, approval_from, roles) VALUES (?, ?, ?, ?, ?)
            ON CONFLICT (workspace, member, benefit) DO UPDATE SET approval_from = excluded.approval_from, roles = excluded.roles
            """,
            values(of: key, .number(pool.approvalFrom), .text(people)))
        let changed = pool.purchases.values.filter { before?.purchases[$0.grant.id] != $0 }.sorted { $0.grant.id < $1.grant.id }
        try connection.execute(
            """
            INSERT INTO benefit_purchases (workspace, member, benefit, id, payer, source_kind, source, series, starts_at, ends_at,
                priority, amount, buyer, approver, asked_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, id) DO UPDATE SET approver = excluded.approver
            """,
            each: changed.map { purchase in
                let grant = purchase.grant
                return values(
                    of: key, .text(grant.id.text), .text(grant.payer.text), .text(grant.source.kind.rawValue),
                    .text(grant.source.id), .text(grant.source.series), .instant(grant.from), .optional(grant.until),
                    .count(grant.priority), .number(grant.amount), .text(purchase.buyer.text),
                    .optional(purchase.approver?.text), .instant(purchase.askedAt))
            })
    }
}

extension ProgramTables {
    /// Forgets a pool but its book, and those purchases that gave nothing.
    func deletePool(_ key: BenefitBookKey) throws(Problem) {
        try connection.execute(
            "DELETE FROM benefit_pools WHERE workspace = ? AND member = ? AND benefit = ?", values(of: key))
        try connection.execute(
            """
            DELETE FROM benefit_purchases WHERE workspace = ? AND member = ? AND benefit = ? AND NOT EXISTS
                (SELECT 1 FROM benefit_grants g WHERE g.workspace = benefit_purchases.workspace
                    AND g.member = benefit_purchases.member AND g.benefit = benefit_purchases.benefit
                    AND g.id = benefit_purchases.id)
            """, values(of: key))
    }
}

extension BenefitPool {
    /// Who may do what, as a row has it.
    static func roles(kept: JSONValue) -> [BenefitParty: Set<Role>] {
        var roles: [BenefitParty: Set<Role>] = [:]
        for (party, words) in kept.objectValue ?? [:] {
            let words = (words.arrayValue ?? []).compactMap(\.stringValue)
            roles[BenefitParty(party)] = Set(words.compactMap(Role.init(rawValue:)))
        }
        return roles
    }

    /// As ``roles(kept:)`` reads it.
    static func text(of roles: [BenefitParty: Set<Role>]) -> String {
        let people = roles.sorted { $0.key < $1.key }.map { party, roles in
            (party.text, JSONValue.array(roles.map(\.rawValue).sorted().map { .string($0) }))
        }
        return JSONValue.object(OrderedDictionary(uniqueKeysWithValues: people)).text
    }
}
