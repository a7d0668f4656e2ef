/// The most that somebody may use of a benefit in a period: a company caps its users, a guardian a child.
public struct BenefitCap: Hashable, Sendable {
    /// Whose uses count; nil for everybody's together.
    public let user: BenefitParty?
    /// Who has set it.
    public let by: BenefitParty
    public let max: Int64

    public init(user: BenefitParty?, by party: BenefitParty, max: Int64) {
        self.user = user
        by = party
        self.max = max
    }

    func holds(_ user: BenefitParty?) -> Bool { self.user == nil || self.user == user }
}
