public import Model
import OrderedCollections
package import Records

/// A plan that was bought, as it stands at an instant.
public struct PlanStatement: Hashable, Sendable {
    public let offer: PlanOffer
    /// Of the offer: what its payer was shown.
    public let version: Int64
    public let plan: PaidPlan
    /// All that was booked of it, in order; empty in lists.
    public var facts: [PaidPlan.Fact] = []

    /// As the API gives it.
    package var json: JSONValue {
        var members = plan.json(of: offer, version: version).objectValue ?? [:]
        if !facts.isEmpty {
            members["history"] = .array(
                facts.map { ["what": .string($0.kind.rawValue), "at": .string($0.at.rfc3339), "amount": .optional($0.amount)] })
        }
        return .object(members)
    }
}

/// A plan that was given, as it stands at an instant.
public struct PlanGiftStatement: Hashable, Sendable {
    public let gift: GiftedPlan
    /// As the API gives it.
    package let json: JSONValue

    init(_ kept: KeptPlanGift, at now: Instant) {
        gift = kept.gift
        json = kept.json(at: now)
    }
}

extension ProgramReader {
    /// The newest version of each plan that is for sale, by key.
    public func planOffers() async throws(Problem) -> [(offer: PlanOffer, version: Int64)] {
        try await read { tables throws(Problem) in try tables.planOffers() }
    }

    /// A plan that was bought, as it stands at an instant, with its history; nil when there is none.
    ///
    /// What is due by then is shown as done, whether it is booked or not.
    public func plan(_ id: BenefitID, at now: Instant) async throws(Problem) -> PlanStatement? {
        try await read { tables throws(Problem) in
            guard let kept = try tables.plan(id) else { return nil }
            var statement = PlanStatement(kept, at: now)
            statement.facts = try tables.facts(ofPlan: id) + statement.plan.facts
            return statement
        }
    }

    /// Plans that a member pays for or has, the last changed first.
    public func plans(of member: ProgramMemberID, at now: Instant) async throws(Problem) -> [PlanStatement] {
        try await read { tables throws(Problem) in
            try tables.plans(of: BenefitParty(member.text)).map { PlanStatement($0, at: now) }
        }
    }

    /// Plans that were bought, the last changed first.
    public func plans(limit: Int, at now: Instant) async throws(Problem) -> [PlanStatement] {
        try await read { tables throws(Problem) in try tables.plans(limit: limit).map { PlanStatement($0, at: now) } }
    }

    /// What would go back to the payer of a plan at an instant, in minor units; nil for no such plan, and for one that has ended.
    public func refund(ofPlan id: BenefitID, at now: Instant) async throws(Problem) -> Int64? {
        try await read { tables throws(Problem) in
            guard var kept = try tables.plan(id) else { return nil }
            kept.plan.settle(until: now)
            var uses: [String: Int64] = [:]
            if kept.plan.state == .active, let member = ProgramMemberID(text: kept.plan.beneficiary.text) {
                let span = kept.plan.span(ofPeriod: kept.plan.period)
                for part in kept.offer.parts {
                    guard let benefit = try tables.benefit(part.benefit)?.benefit else { continue }
                    let key = BenefitBookKey(member: member, benefit: part.benefit)
                    let used = try tables.uses(of: key, from: span.from, until: span.until)
                    uses[part.benefit] = kept.count(of: used, in: try tables.book(key, benefit, at: now), at: now)
                }
            }
            // One that has ended refuses, and nothing goes back.
            do throws(Refusal) { return try kept.plan.refund(uses: uses, now: now) } catch { return nil }
        }
    }

    /// Plans that were given, the last changed first.
    public func planGifts(limit: Int, at now: Instant) async throws(Problem) -> [PlanGiftStatement] {
        try await read { tables throws(Problem) in try tables.planGifts(limit: limit).map { PlanGiftStatement($0, at: now) } }
    }

    /// A plan that was given, as it stands at an instant; nil when there is none.
    public func planGift(_ id: BenefitID, at now: Instant) async throws(Problem) -> PlanGiftStatement? {
        try await read { tables throws(Problem) in try tables.planGift(id).map { PlanGiftStatement($0, at: now) } }
    }

    /// Plans that a member gave, was given or accepted, the last changed first.
    public func planGifts(of member: ProgramMemberID, at now: Instant) async throws(Problem) -> [PlanGiftStatement] {
        try await read { tables throws(Problem) in
            try tables.planGifts(of: BenefitParty(member.text)).map { PlanGiftStatement($0, at: now) }
        }
    }

    /// The workspaces in which plans are due at an instant.
    package static func workspacesWithDuePlans(_ records: RecordStore, at now: Instant) async throws(Problem) -> [WorkspaceID] {
        try await records.engine.read { connection throws(Problem) in
            try connection.rows(
                """
                SELECT id FROM workspaces
                WHERE EXISTS (SELECT 1 FROM paid_plans WHERE workspace = workspaces.id AND due_at IS NOT NULL AND due_at <= ?)
                    OR EXISTS (SELECT 1 FROM gifted_plans WHERE workspace = workspaces.id AND due_at IS NOT NULL AND due_at <= ?)
                """, [.instant(now), .instant(now)]
            ).map { row throws(Problem) in
                var reader = RowReader(row)
                return try reader.id()
            }
        }
    }
}

extension PlanStatement {
    fileprivate init(_ kept: KeptPlan, at now: Instant) {
        var plan = kept.plan
        plan.settle(until: now)
        self.init(offer: kept.offer, version: kept.version, plan: plan)
    }
}
