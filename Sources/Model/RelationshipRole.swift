/// What one person can be to another person or to an account (specs: people, §4).
public enum RelationshipRole: String, Sendable, Hashable, CaseIterable {
    case payer, decider
    case technicalDecider = "technical_decider"
    case approver, buyer, influencer
    /// Of an account; as a role of a person the word means that the activity rule holds.
    case user
    case beneficiary, guardian, recipient
    case householdMember = "household_member"
    case referrer, reseller, employee
    /// Of whoever has paid twice for what the other received.
    case giftGiver = "gift_giver"

    /// All of them, for refusals.
    public static var words: String { allCases.map(\.rawValue).joined(separator: ", ") }
}
