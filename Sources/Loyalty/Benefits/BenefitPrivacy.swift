public import Model

/// Who may see what a beneficiary uses, and who may cap it.
public struct BenefitPrivacy: Hashable, Sendable {
    public let beneficiary: BenefitParty
    /// They may see and cap it, such as a parent.
    public var guardians: Set<BenefitParty> = []
    /// Whom the beneficiary lets see it, such as whoever pays.
    public private(set) var consents: Set<BenefitParty> = []

    public init(of beneficiary: BenefitParty) { self.beneficiary = beneficiary }

    /// Lets somebody see what is used, or no more; only the beneficiary can.
    public mutating func consent(_ isGiven: Bool, to viewer: BenefitParty, by party: BenefitParty) throws(Refusal) {
        guard party == beneficiary else { throw Refusal([BenefitReason.missingRole("beneficiary")]) }
        if isGiven { consents.insert(viewer) } else { consents.remove(viewer) }
    }

    /// What was used, in order; nil for whom it does not concern.
    ///
    /// Paying for it is no reason to see it.
    public func uses(of book: BenefitBook, for viewer: BenefitParty) -> [BenefitUse]? {
        guard book.beneficiary == beneficiary, viewer == beneficiary || guardians.contains(viewer) || consents.contains(viewer)
        else {
            return nil
        }
        return book.uses.values.sorted { ($0.at, $0.id) < ($1.at, $1.id) }
    }

    /// Caps what the beneficiary uses in a period; nil for no cap.
    ///
    /// Whoever has set a cap can take it away, a guardian or not any more.
    public func cap(_ book: inout BenefitBook, at max: Int64?, by guardian: BenefitParty, now: Instant) throws(Refusal) {
        guard let max else { return try book.removeCap(user: nil, by: guardian, now: now) }
        guard book.beneficiary == beneficiary, guardians.contains(guardian) else {
            throw Refusal([BenefitReason.missingRole("guardian")])
        }
        try book.set(.init(user: nil, by: guardian, max: max), now: now)
    }
}
