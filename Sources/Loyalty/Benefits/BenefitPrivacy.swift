public import Model

/// Who may see what a beneficiary uses, and who may cap it.
public struct BenefitPrivacy: Hashable, Sendable {
    public let beneficiary: BenefitParty
    /// They may see and cap it, such as a parent.
    public var guardians: Set<BenefitParty> = []
    /// Whom the beneficiary lets see it, such as whoever pays.
    public let consents: Set<BenefitParty>

    public init(of beneficiary: BenefitParty, consents: Set<BenefitParty> = []) {
        self.beneficiary = beneficiary
        self.consents = consents
    }

    /// Whether somebody may see what is used; paying for it is no reason to.
    public func maySee(_ viewer: BenefitParty) -> Bool {
        viewer == beneficiary || guardians.contains(viewer) || consents.contains(viewer)
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
