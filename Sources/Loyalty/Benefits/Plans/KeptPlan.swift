package import Model
import OrderedCollections

/// A paid plan as it is kept: the plan, what was bought, and how much of its history was written.
struct KeptPlan: Hashable {
    var plan: PaidPlan
    let offer: PlanOffer
    let version: Int64
    /// How many facts the records have.
    var factCount: Int64 = 0
    var recordedAt = Instant.distantPast

    /// When something has to be booked by itself; nil for never.
    var dueAt: Instant? {
        if !plan.unsettledPeriods.isEmpty { return recordedAt }
        return plan.isOpen ? plan.until : nil
    }

    /// What all grants of the plan come from.
    var source: BenefitSource { BenefitSource(.plan, id: plan.id.text) }

    /// How much of some uses came from what the plan gives.
    ///
    /// - Parameter book: The beneficiary's, of the benefit that was used.
    func count(of uses: [BenefitUse], in book: BenefitBook, at now: Instant) -> Int64 {
        let parts = uses.flatMap { $0.standing(at: now) }.filter { part in
            book.grants[part.grant]?.source.isInSeries(with: source) == true
        }
        return parts.reduce(0) { $0.clampedAdd($1.amount) }
    }
}

extension PaidPlan {
    /// As answers show it: who has it and who pays for it never stand in one member.
    package func json(of offer: PlanOffer, version: Int64) -> JSONValue {
        var members = JSONMembers()
        members.put("id", id.text)
        members.put("plan", offer.key)
        members.put("version", .int(version))
        members.put("payer", payer.text)
        members.put("beneficiary", beneficiary.text)
        members.put("fee", .int(terms.fee))
        members.put("state", state.word)
        members.put("from", from)
        members.put("until", until)
        members.put("period", period)
        members.put("paid_ahead", isPaidAhead)
        members.put("cancelled", isCancelled)
        members.put("noticed", isNoticed)
        return members.json
    }
}

extension PaidPlan.Fact.Kind {
    /// As the events hear of it.
    var fact: ProgramFact.Name {
        switch self {
        case .trialStarted: .planTrialStarted
        case .paid: .planPaid
        case .periodStarted: .planPeriodStarted
        case .renewalNoticed: .planRenewalNoticed
        case .paymentDue: .planPaymentDue
        case .cancellationAsked: .planCancellationAsked
        case .cancelled: .planCancelled
        case .expired: .planExpired
        case .refunded: .planRefunded
        case .savingsCredited: .planSavingsCredited
        }
    }
}
