public import Model
import OrderedCollections

/// A plan that somebody pays for period by period, from its trial to its end.
///
/// Time is carried out first in every command, with the instant at which it was due: no state depends on when anything ran.
public struct PaidPlan: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        case trial
        case active
        /// A payment is due, and everything still works.
        case pastDue
        case cancelled
        case expired
        case refunded
    }

    /// What has happened, for whoever has to be told.
    public struct Fact: Hashable, Sendable {
        public enum Kind: String, Sendable {
            case trialStarted = "trial_started"
            case paid
            case periodStarted = "period_started"
            case renewalNoticed = "renewal_noticed"
            case paymentDue = "payment_due"
            case cancellationAsked = "cancellation_asked"
            case cancelled, expired, refunded
            case savingsCredited = "savings_credited"
        }

        public let kind: Kind
        public let at: Instant
        /// In minor units, of a fact about money.
        public let amount: Int64?
    }

    /// Who sets off a payment.
    public enum Payer: Sendable {
        case oneself
        /// The program, because the plan renews itself.
        case renewal
    }

    public let id: BenefitID
    public let terms: PaidPlanTerms
    public let payer: BenefitParty
    public let beneficiary: BenefitParty
    public internal(set) var state: State
    /// When the present state began.
    public internal(set) var from: Instant
    /// When it ends by itself; for an ended plan, when it ended.
    public internal(set) var until: Instant
    /// Which paid period it is in or was in last, from 1; 0 before the first.
    public internal(set) var period = 0
    public internal(set) var isPaidAhead = false
    /// Ends when what is paid for ends.
    public internal(set) var isCancelled = false
    /// Whether its payer was told in time of the renewal at ``until``.
    public internal(set) var isNoticed = false
    /// What has happened since it was read.
    public internal(set) var facts: [Fact] = []
    /// The local day on which the first period began.
    var anchor = LocalDate(daysSinceEpoch: 0)
    /// The last period that came to its end.
    var finishedPeriod = 0
    /// The periods of which the savings were settled.
    var settledPeriods: Set<Int> = []

    /// Starts a plan with its trial, or without one with a first payment.
    public init(
        id: BenefitID, terms: PaidPlanTerms, payer: BenefitParty, beneficiary: BenefitParty, country: String, now: Instant
    ) throws(Refusal) {
        var reasons = terms.reasons(country: country)
        if !now.isCountable { reasons.append(BenefitReason.badTime) }
        guard reasons.isEmpty else { throw Refusal(reasons) }
        self.id = id
        self.terms = terms
        self.payer = payer
        self.beneficiary = beneficiary
        state = .trial
        from = now
        until = now
        if terms.trialDays > 0 {
            until = terms.day(terms.trialDays, after: now)
            tell(.trialStarted, now)
        } else {
            tell(.paid, now, terms.fee)
            startPeriod(at: now)
        }
    }

    // MARK: - Rights

    /// Whether its benefits work at an instant, by what is known until now.
    public func isEntitled(at instant: Instant) -> Bool {
        var plan = self
        plan.settle(until: instant)
        return plan.isOpen
    }

    /// Whether it has not ended.
    var isOpen: Bool { state == .trial || state == .active || state == .pastDue }

    /// What one benefit gives while the present state lasts; nil when the plan has ended.
    public func grant(of benefit: String, amount: Int64?) -> BenefitGrant? {
        guard isOpen else { return nil }
        let stage = state == .pastDue ? "\(period)-due" : String(period)
        return BenefitGrant(
            id: .init("\(id)/\(stage)/\(benefit)"), of: benefit, to: beneficiary, payer: payer,
            source: .init(.plan, id: "\(id)/\(stage)", series: id.text), from: from, until: until, amount: amount)
    }

    /// What one benefit gives from now on when nobody does anything more: in the present state, and in those that follow.
    func grants(of benefit: String, amount: Int64?) -> [BenefitGrant] {
        var (plan, grants) = (self, [BenefitGrant]())
        while let grant = plan.grant(of: benefit, amount: amount) {
            // A state that ends as it begins, such as no days of grace, gives nothing.
            if plan.from < plan.until { grants.append(grant) }
            plan.pass()
        }
        return grants
    }

    /// From when until when a paid period lasts.
    func span(ofPeriod number: Int) -> (from: Instant, until: Instant) {
        (
            number > 1 ? terms.end(ofPeriod: number - 1, from: anchor) : terms.calendar.start(of: anchor),
            terms.end(ofPeriod: number, from: anchor)
        )
    }

    // MARK: - Time

    /// Finished periods whose savings are promised and not settled.
    var unsettledPeriods: [Int] {
        guard terms.promisesSavings, finishedPeriod > 0 else { return [] }
        return (1 ... finishedPeriod).filter { !settledPeriods.contains($0) }
    }

    /// Carries out what is due until an instant.
    public mutating func settle(until now: Instant) {
        while isOpen, until <= now { pass() }
    }

    /// Ends the present state at its time.
    private mutating func pass() {
        let due = until
        if state == .active { finishedPeriod = period }
        if state == .pastDue {
            end(.expired, .expired, at: due)
        } else if isPaidAhead {
            isPaidAhead = false
            startPeriod(at: due)
        } else if isCancelled {
            end(.cancelled, .cancelled, at: due)
        } else {
            state = .pastDue
            from = due
            until = terms.day(terms.graceDays, after: due)
            tell(.paymentDue, due, terms.fee)
        }
    }

    private mutating func startPeriod(at instant: Instant) {
        if period == 0 { anchor = terms.calendar.date(at: instant) }
        period += 1
        state = .active
        from = instant
        until = terms.end(ofPeriod: period, from: anchor)
        isNoticed = false
        tell(.periodStarted, instant)
    }

    private mutating func end(_ state: State, _ kind: Fact.Kind, at instant: Instant, amount: Int64? = nil) {
        self.state = state
        from = instant
        until = instant
        tell(kind, instant, amount)
    }

    private mutating func tell(_ kind: Fact.Kind, _ instant: Instant, _ amount: Int64? = nil) {
        facts.append(Fact(kind: kind, at: instant, amount: amount))
    }

    private mutating func perform<Answer>(
        _ asked: String, at now: Instant, _ body: (inout PaidPlan) throws(Refusal) -> Answer
    ) throws(Refusal) -> Answer {
        guard now.isCountable else { throw Refusal([BenefitReason.badTime]) }
        var plan = self
        plan.settle(until: now)
        guard plan.isOpen else { throw Refusal([BenefitReason.wrongState(plan.state.word, asked: asked, possible: [])]) }
        let answer = try body(&plan)
        self = plan
        return answer
    }
}

extension PaidPlan {
    // MARK: - Commands

    /// Proves that the payer was told of the renewal to come; too late is refused, and then it does not renew itself.
    public mutating func noticeRenewal(now: Instant) throws(Refusal) {
        try perform("notice", at: now) { plan throws(Refusal) in
            let latest = plan.terms.day(-plan.terms.noticeDays, after: plan.until)
            guard plan.state != .pastDue, now <= latest else {
                throw Refusal("NOTICE_LATE", ["days": .int(Int64(plan.terms.noticeDays))])
            }
            plan.isNoticed = true
            plan.tell(.renewalNoticed, now)
        }
    }

    /// Pays the next period; one that renews itself needs a notice in time, and none that is cancelled renews.
    public mutating func pay(_ amount: Int64, by payer: Payer, now: Instant) throws(Refusal) {
        try perform("pay", at: now) { plan throws(Refusal) in
            var reasons: [Refusal.Reason] = []
            if amount != plan.terms.fee {
                reasons.append(.init("WRONG_AMOUNT", ["fee": .int(plan.terms.fee), "paid": .int(amount)]))
            }
            if plan.isPaidAhead { reasons.append(.init("ALREADY_PAID")) }
            if payer == .renewal, !plan.isNoticed { reasons.append(.init("NOTICE_MISSING")) }
            if payer == .renewal, plan.isCancelled {
                reasons.append(BenefitReason.wrongState("cancelled", asked: "renew", possible: ["pay"]))
            }
            guard reasons.isEmpty else { throw Refusal(reasons) }
            plan.tell(.paid, now, amount)
            plan.isCancelled = false
            if plan.state == .pastDue { plan.startPeriod(at: plan.from) } else { plan.isPaidAhead = true }
            plan.settle(until: now)
        }
    }

    /// Ends the plan when what is paid for ends.
    public mutating func cancel(now: Instant) throws(Refusal) {
        try perform("cancel", at: now) { plan throws(Refusal) in
            guard !plan.isCancelled else {
                throw Refusal([BenefitReason.wrongState("cancelled", asked: "cancel", possible: ["pay", "refund"])])
            }
            plan.isCancelled = true
            plan.tell(.cancellationAsked, now)
            // Nothing is paid for any more.
            if plan.state == .pastDue { plan.end(.cancelled, .cancelled, at: now) }
        }
    }

    /// Ends the plan at once and pays back its fee less what the benefits that were used in this period would have cost.
    ///
    /// - Parameter uses: How often each benefit was used in this period, by key.
    /// - Returns: What goes back, in minor units.
    public mutating func refund(uses: [String: Int64], now: Instant) throws(Refusal) -> Int64 {
        try perform("refund", at: now) { plan throws(Refusal) in
            let fee = plan.terms.fee
            var amount = plan.state == .active ? max(0, fee - (try plan.terms.value(of: uses))) : 0
            if plan.isPaidAhead { amount += fee }
            plan.isPaidAhead = false
            plan.end(.refunded, .refunded, at: now, amount: amount)
            return amount
        }
    }

    /// Credits what the benefits of a finished period did not save of its fee, once.
    ///
    /// - Parameter uses: How often each benefit was used in that period, by key.
    /// - Returns: The credit, in minor units; 0 when the terms promise nothing.
    public mutating func settleSavings(ofPeriod number: Int, uses: [String: Int64], now: Instant) throws(Refusal) -> Int64 {
        guard now.isCountable else { throw Refusal([BenefitReason.badTime]) }
        var plan = self
        plan.settle(until: now)
        guard number >= 1, number <= plan.finishedPeriod else {
            throw Refusal("PERIOD_NOT_OVER", ["period": .int(Int64(number)), "last": .int(Int64(plan.finishedPeriod))])
        }
        guard plan.settledPeriods.insert(number).inserted else {
            throw Refusal([BenefitReason.alreadyDone(.init("\(id)/\(number)"))])
        }
        let amount = terms.promisesSavings ? max(0, terms.fee - (try terms.value(of: uses))) : 0
        if amount > 0 { plan.tell(.savingsCredited, now, amount) }
        self = plan
        return amount
    }
}

extension PaidPlan.State {
    /// The word for programs.
    public var word: String {
        switch self {
        case .trial: "trial"
        case .active: "active"
        case .pastDue: "past_due"
        case .cancelled: "cancelled"
        case .expired: "expired"
        case .refunded: "refunded"
        }
    }
}
