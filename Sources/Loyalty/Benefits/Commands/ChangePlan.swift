public import Model
import OrderedCollections

/// Pays a plan, proves a notice of its renewal, cancels it, pays it back, or settles what was promised to be saved.
public struct ChangePlan: ProgramCommand {
    public enum Deed: Hashable, Sendable {
        /// In minor units; for a renewal the plan needs a notice in time.
        case pay(Int64, isRenewal: Bool)
        /// How the payer was told, such as `email`: only what was delivered counts.
        case notice(channel: String)
        /// At the end of what is paid for.
        case cancel
        /// At once: the fee less what was used of it.
        case refund
        /// From 1.
        case settleSavings(period: Int)
    }

    public let plan: BenefitID
    public let deed: Deed

    public init(_ deed: Deed, of plan: BenefitID) {
        self.deed = deed
        self.plan = plan
    }

    public var content: JSONValue {
        var members = JSONMembers()
        members.put("command", "change_plan")
        members.put("plan", plan.text)
        switch deed {
        case .pay(let amount, let isRenewal):
            members.put("pay", .int(amount))
            members.put("by", isRenewal ? "renewal" : "oneself")
        case .notice(let channel): members.put("notice", channel)
        case .cancel: members.put("cancel", true)
        case .refund: members.put("refund", true)
        case .settleSavings(let period): members.put("settle_savings", period)
        }
        return members.json
    }

    public func perform(in draft: inout ProgramDraft) throws(ProgramFailure) -> JSONValue {
        var kept = try draft.plan(plan)
        let books = try draft.books(of: kept.offer, for: kept.plan.beneficiary)
        let uses = try draft.uses(of: kept, in: books, ofPeriod: usedPeriod(of: kept.plan, at: draft.now))
        var amount: Int64?
        do throws(Refusal) {
            let now = draft.now
            switch deed {
            case .pay(let fee, let isRenewal): try kept.plan.pay(fee, by: isRenewal ? .renewal : .oneself, now: now)
            case .notice: try kept.plan.noticeRenewal(now: now)
            case .cancel: try kept.plan.cancel(now: now)
            case .refund: amount = try kept.plan.refund(uses: uses, now: now)
            case .settleSavings(let period): amount = try kept.plan.settleSavings(ofPeriod: period, uses: uses, now: now)
            }
        } catch { throw .refused(error) }
        var detail: OrderedDictionary<String, JSONValue> = [:]
        if case .notice(let channel) = deed { detail["channel"] = .string(channel) }
        try draft.save(kept, books, reason: deed == .refund ? "refunded" : nil, detail)
        var answer = kept.plan.json(of: kept.offer, version: kept.version).objectValue ?? [:]
        if let amount { answer[deed == .refund ? "refund" : "credit"] = .int(amount) }
        return .object(answer)
    }

    /// The period whose uses matter; nil for none.
    private func usedPeriod(of plan: PaidPlan, at now: Instant) -> Int? {
        switch deed {
        case .settleSavings(let period): return period
        case .refund:
            var plan = plan
            plan.settle(until: now)
            return plan.state == .active ? plan.period : nil
        case .pay, .notice, .cancel: return nil
        }
    }
}
