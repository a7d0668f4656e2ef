public import Model

/// An account of the points of one currency.
///
/// All accounts together hold 0.
public enum PointAccount: Hashable, Sendable {
    /// Whoever promises the points: holds as many below 0 as there are.
    case issuer
    case pending, available, held
    /// What the member owes: holds it below 0.
    case debt
    case redeemed, expired, revoked
    /// What was spent for a campaign.
    case campaign(String)
    /// What members had in another system when they came from it.
    case opening
    /// Points on their way between two members: 0 after every command.
    case transfer
    case donated(charity: String)

    /// Where spent points go.
    static func spent(for campaign: String?) -> PointAccount { campaign.map { .campaign($0) } ?? .redeemed }
}

/// One thing that was booked: an amount from one account to another, and when it counts.
public struct PointEntry: Hashable, Sendable {
    public enum Kind: String, Sendable {
        case earned, activated, cancelled, held, captured, released, lapsed, expired, returned, revoked, moved, received, donated
        case reinstated, adjusted, repaid, imported
    }

    public let kind: Kind
    /// When it counts: of what time does by itself, the instant at which it was due.
    public let effectiveAt: Instant
    /// The lot that it is about; nil for a debt.
    public let lot: PointID?
    /// The lot's; 0 for a debt.
    public let vintage: Int64
    public let fundedBy: String?
    public let from: PointAccount
    public let to: PointAccount
    /// Above 0.
    public let amount: Int64
}
