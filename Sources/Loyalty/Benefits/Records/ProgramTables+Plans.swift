import Columns
import Model
import OrderedCollections
import Records

/// Plans that are for sale, and those that were bought.
extension ProgramTables {
    /// A version of an offer, or its newest one.
    func planOffer(_ key: String, version: Int64? = nil) throws(Problem) -> (offer: PlanOffer, version: Int64)? {
        try first(
            """
            SELECT version, offer FROM plan_offers WHERE workspace = ? AND plan = ? AND version <= ? ORDER BY version DESC LIMIT 1
            """, values(.text(key), .integer(version ?? .max)), Self.offer)
    }

    /// The newest version of each offer, by key.
    func planOffers() throws(Problem) -> [(offer: PlanOffer, version: Int64)] {
        try list(
            """
            SELECT version, offer FROM plan_offers o WHERE workspace = ? AND version =
                (SELECT MAX(version) FROM plan_offers WHERE workspace = o.workspace AND plan = o.plan)
            ORDER BY plan
            """, values(), Self.offer)
    }

    private static func offer(_ reader: inout RowReader) throws(Problem) -> (offer: PlanOffer, version: Int64) {
        let version = try reader.integer()
        return (try PlanOffer(json: try reader.json(), zone: .utc), version)
    }

    func insert(_ offer: PlanOffer, version: Int64, by actor: Actor, at now: Instant) throws(Problem) {
        try connection.execute(
            "INSERT INTO plan_offers (workspace, plan, version, offer, actor, created_at) VALUES (?, ?, ?, ?, ?, ?)",
            values(.text(offer.key), .integer(version), .text(offer.json.text), .text(actor.text), .instant(now)))
    }

    // MARK: - Bought

    private static let columns = """
        id, plan, version, payer, beneficiary, state, starts_at, until_at, period, paid_ahead, cancelled, noticed, anchor,
        finished_period, settled_periods, facts, recorded_at
        """

    func plan(_ id: BenefitID) throws(Problem) -> KeptPlan? { try plans(where: "id = ?", .text(id.text)).first }

    /// Plans that a member pays for or has, the newest first.
    func plans(of party: BenefitParty) throws(Problem) -> [KeptPlan] {
        try plans(where: "(payer = ? OR beneficiary = ?) ORDER BY recorded_at DESC, id DESC", .text(party.text), .text(party.text))
    }

    /// Plans that were bought, the last changed first.
    func plans(limit: Int) throws(Problem) -> [KeptPlan] {
        try plans(where: "1 = 1 ORDER BY recorded_at DESC, id DESC LIMIT ?", .count(limit))
    }

    /// Plans of which something is due, those that wait longest first.
    func duePlans(at now: Instant, countMax: Int) throws(Problem) -> [BenefitID] {
        try list(
            "SELECT id FROM paid_plans WHERE workspace = ? AND due_at <= ? ORDER BY due_at, id LIMIT ?",
            values(.instant(now), .count(countMax))
        ) { reader throws(Problem) in BenefitID(try reader.text()) }
    }

    private func plans(where condition: String, _ more: SQLValue...) throws(Problem) -> [KeptPlan] {
        let rows = try connection.rows(
            "SELECT \(Self.columns) FROM paid_plans WHERE workspace = ? AND \(condition)", values() + more)
        var plans: [KeptPlan] = []
        for row in rows {
            var reader = RowReader(row)
            let (id, key, version) = (BenefitID(try reader.text()), try reader.text(), try reader.integer())
            guard let offer = try planOffer(key, version: version)?.offer else {
                throw Problem(.damaged, "The terms of the plan \"\(id)\" are missing.", status: 500)
            }
            let (payer, beneficiary) = (BenefitParty(try reader.text()), BenefitParty(try reader.text()))
            let state = try reader.word { PaidPlan.State(word: $0) }
            var plan = PaidPlan(
                kept: id, terms: offer.terms, payer: payer, beneficiary: beneficiary, state, from: try reader.instant(),
                until: try reader.instant())
            plan.period = try reader.count()
            (plan.isPaidAhead, plan.isCancelled, plan.isNoticed) = (try reader.flag(), try reader.flag(), try reader.flag())
            plan.anchor = LocalDate(daysSinceEpoch: Int32(clamping: try reader.integer()))
            plan.finishedPeriod = try reader.count()
            plan.settledPeriods = Set((try reader.json().arrayValue ?? []).compactMap { $0.intValue.map { Int($0) } })
            plans.append(
                KeptPlan(
                    plan: plan, offer: offer, version: version, factCount: try reader.integer(), recordedAt: try reader.instant()))
        }
        return plans
    }

    /// Writes a plan, and those of its facts that are new.
    func set(_ kept: KeptPlan, factsFrom first: Int64) throws(Problem) {
        let plan = kept.plan
        let settled = JSONValue.array(plan.settledPeriods.sorted().map { .int(Int64($0)) })
        try connection.execute(
            """
            INSERT INTO paid_plans (workspace, \(Self.columns), due_at)
            VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
            ON CONFLICT (workspace, id) DO UPDATE SET state = excluded.state, starts_at = excluded.starts_at,
                until_at = excluded.until_at, period = excluded.period, paid_ahead = excluded.paid_ahead,
                cancelled = excluded.cancelled, noticed = excluded.noticed, anchor = excluded.anchor,
                finished_period = excluded.finished_period, settled_periods = excluded.settled_periods, facts = excluded.facts,
                recorded_at = excluded.recorded_at, due_at = excluded.due_at
            """,
            values(
                .text(plan.id.text), .text(kept.offer.key), .integer(kept.version), .text(plan.payer.text),
                .text(plan.beneficiary.text), .text(plan.state.word), .instant(plan.from), .instant(plan.until),
                .count(plan.period), .flag(plan.isPaidAhead), .flag(plan.isCancelled), .flag(plan.isNoticed),
                .integer(Int64(plan.anchor.daysSinceEpoch)), .count(plan.finishedPeriod), .text(settled.text),
                .integer(kept.factCount), .instant(kept.recordedAt), .optional(kept.dueAt)))
        try connection.execute(
            "INSERT INTO paid_plan_facts (workspace, id, position, kind, at, amount) VALUES (?, ?, ?, ?, ?, ?)",
            each: plan.facts.enumerated().map { place, fact in
                values(
                    .text(plan.id.text), .integer(first + Int64(place)), .text(fact.kind.rawValue), .instant(fact.at),
                    .number(fact.amount))
            })
    }

    /// All that has happened to a plan, in order.
    func facts(ofPlan id: BenefitID) throws(Problem) -> [PaidPlan.Fact] {
        try list(
            "SELECT kind, at, amount FROM paid_plan_facts WHERE workspace = ? AND id = ? ORDER BY position", values(.text(id.text))
        ) { reader throws(Problem) in
            let kind = try reader.word { PaidPlan.Fact.Kind(rawValue: $0) }
            return PaidPlan.Fact(kind: kind, at: try reader.instant(), amount: try reader.optionalNumber())
        }
    }

    /// What a member used of a benefit from an instant until another.
    func uses(of key: BenefitBookKey, from: Instant, until: Instant) throws(Problem) -> [BenefitUse] {
        try list(
            """
            SELECT \(BenefitUseRow.columns) FROM benefit_uses
            WHERE workspace = ? AND member = ? AND benefit = ? AND at >= ? AND at < ? AND state = 'consumed'
            """, values(of: key, .instant(from), .instant(until)), BenefitUseRow.read)
    }

    /// Makes what a merged member pays for or has the heir's.
    func renameInPlans(_ old: BenefitParty, to heir: BenefitParty) throws(Problem) {
        for column in ["payer", "beneficiary"] {
            try connection.execute(
                "UPDATE paid_plans SET \(column) = ? WHERE workspace = ? AND \(column) = ?",
                [.text(heir.text)] + values(.text(old.text)))
        }
        for column in ["payer", "recipient", "accepted_by"] {
            try connection.execute(
                "UPDATE gifted_plans SET \(column) = ? WHERE workspace = ? AND \(column) = ?",
                [.text(heir.text)] + values(.text(old.text)))
        }
        try connection.execute(
            "UPDATE product_code_rights SET holder = ? WHERE workspace = ? AND holder = ?",
            [.text(heir.text)] + values(.text(old.text)))
    }
}

extension PaidPlan {
    /// A plan as it was kept, but its counts and flags.
    init(
        kept id: BenefitID, terms: PaidPlanTerms, payer: BenefitParty, beneficiary: BenefitParty, _ state: State, from: Instant,
        until: Instant
    ) {
        self.id = id
        self.terms = terms
        self.payer = payer
        self.beneficiary = beneficiary
        self.state = state
        self.from = from
        self.until = until
    }
}

extension PaidPlan.State {
    fileprivate init?(word: String) {
        let all: [Self] = [.trial, .active, .pastDue, .cancelled, .expired, .refunded]
        guard let state = all.first(where: { $0.word == word }) else { return nil }
        self = state
    }
}
