public import Model

/// A plan that one party pays for and offers to another, who has some days to accept it.
public struct GiftedPlan: Hashable, Sendable {
    public enum State: Hashable, Sendable {
        case offered
        case accepted(by: BenefitParty, at: Instant)
        /// The fee went back to the payer.
        case refunded(at: Instant)
    }

    /// How an offer came to nothing.
    public enum Ending: String, Sendable {
        case declined, withdrawn
        /// Nobody accepted it in time.
        case expired
    }

    public let id: BenefitID
    public let payer: BenefitParty
    /// Whom it is for; nil for whoever accepts it first.
    public let recipient: BenefitParty?
    /// In minor units.
    public let fee: Int64
    /// The first instant at which it can no longer be accepted.
    public let until: Instant
    public internal(set) var state = State.offered
    /// Of one that somebody has said no to; see ``ending(at:)``.
    var saidNo: Ending?

    /// An offer that can be accepted until the end of the local day so many days later.
    public init(
        id: BenefitID, payer: BenefitParty, recipient: BenefitParty?, fee: Int64, days: Int, in calendar: ZoneCalendar, now: Instant
    ) throws(Refusal) {
        guard (1 ... 366).contains(days), now.isCountable else { throw Refusal([BenefitReason.badTime]) }
        guard fee >= 0 else { throw Refusal([BenefitReason.badAmount(fee)]) }
        guard payer != recipient else { throw GiftedPlan.toOneself }
        self.id = id
        self.payer = payer
        self.recipient = recipient
        self.fee = fee
        until = calendar.start(of: calendar.date(at: now).advanced(byDays: days + 1))
    }

    private static let toOneself = Refusal("SELF_GIFT")

    /// What has become of it by an instant: what nobody accepted was paid back the moment it ended.
    public func state(at instant: Instant) -> State {
        state == .offered && instant >= until ? .refunded(at: until) : state
    }

    /// How it came to nothing by an instant; nil while it is offered, and once it is accepted.
    public func ending(at instant: Instant) -> Ending? {
        if case .refunded = state(at: instant) { saidNo ?? .expired } else { nil }
    }

    /// What goes back to the payer.
    public func refund(at instant: Instant) -> Int64 { if case .refunded = state(at: instant) { fee } else { 0 } }

    /// Accepts it: the rights are the accepting party's from now on, the payer pays.
    public mutating func accept(by party: BenefitParty, now: Instant) throws(Refusal) {
        try needOpen("accept", now)
        guard party != payer else { throw GiftedPlan.toOneself }
        guard recipient == nil || recipient == party else { throw Refusal("GIFT_NOT_YOURS") }
        state = .accepted(by: party, at: now)
    }

    /// The payer takes the offer back before it is accepted.
    public mutating func withdraw(by party: BenefitParty, now: Instant) throws(Refusal) {
        try needOpen("withdraw", now)
        guard party == payer else { throw Refusal("GIFT_NOT_YOURS") }
        (state, saidNo) = (.refunded(at: now), .withdrawn)
    }

    /// Whom it is for does not want it: the fee goes back.
    public mutating func decline(by party: BenefitParty, now: Instant) throws(Refusal) {
        try needOpen("decline", now)
        guard party == recipient else { throw Refusal("GIFT_NOT_YOURS") }
        (state, saidNo) = (.refunded(at: now), .declined)
    }

    private func needOpen(_ asked: String, _ now: Instant) throws(Refusal) {
        switch state(at: now) {
        case .offered: return
        case .accepted: throw Refusal([BenefitReason.wrongState("accepted", asked: asked, possible: nil)])
        case .refunded(let instant): throw Refusal([BenefitReason.ended(at: instant)])
        }
    }

    /// What one benefit of the plan gives to who accepted it; nil before that.
    public func grant(of benefit: String, amount: Int64?, until end: Instant?) -> BenefitGrant? {
        guard case .accepted(let party, let from) = state else { return nil }
        return BenefitGrant(
            id: .init("\(id)/\(benefit)"), of: benefit, to: party, payer: payer, source: .init(.gift, id: id.text), from: from,
            until: end,
            amount: amount)
    }
}
