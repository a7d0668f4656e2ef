public import Model

/// An account of the points of one currency. All accounts together hold 0.
public enum PointAccount: Hashable, Sendable {
    /// Whoever promises the points: holds as many below 0 as there are.
    case issuer
    case pending, available, held
    /// What the member owes: holds it below 0.
    case debt
    case redeemed, expired, revoked
    /// Points on their way between two members: 0 after every command.
    case transfer
    case donated(charity: String)
}

/// One thing that was booked: what it did to the accounts, and when it counts.
public struct PointEntry: Hashable, Sendable {
    public enum Kind: String, Sendable {
        case earned, activated, cancelled, held, captured, released, lapsed, expired, returned, revoked, moved, received, donated
        case reinstated, adjusted
    }

    public struct Posting: Hashable, Sendable {
        public let account: PointAccount
        public let amount: Int64
    }

    public let kind: Kind
    /// When it counts: of what time does by itself, the instant at which it was due.
    public let effectiveAt: Instant
    /// The lot that it is about.
    public let lot: PointID?
    /// Sum to 0.
    public let postings: [Posting]

    /// From one account to others.
    init(_ kind: Kind, at instant: Instant, lot: PointID?, from account: PointAccount, to others: [(PointAccount, Int64)]) {
        self.kind = kind
        effectiveAt = instant
        self.lot = lot
        let moved = others.filter { $0.1 != 0 }
        postings =
            [.init(account: account, amount: -moved.reduce(0) { $0 + $1.1 })] + moved.map { .init(account: $0.0, amount: $0.1) }
    }
}
