public import Model
import OrderedCollections

/// One coupon: a right of one person, from its making to its end.
///
/// What time does to it is not stored but said by ``state(at:)``, so that no answer depends on when anything ran. A command that is
/// refused changes nothing.
public struct Coupon: Hashable, Sendable {
    public let id: String
    public let template: CouponTemplateKey
    /// Who brought in the person for whom it is meant; they cannot use it themselves.
    public let referrer: String?
    public internal(set) var grant: CouponGrant?
    public internal(set) var reservation: CouponReservation?
    /// In the order in which they were made.
    public internal(set) var redemptions: [CouponRedemption] = []
    /// What returned goods have left on it, in minor units.
    public internal(set) var valueLeft: Int64 = 0
    public internal(set) var ending: CouponEnding?
    let useCount: Int

    /// A coupon that nobody has yet.
    public init(id: String, of template: CouponTemplate, referrer: String? = nil) {
        self.id = id
        self.template = template.key
        self.referrer = referrer
        useCount = template.useCount
    }

    /// Where it stands at an instant that is not before its last command.
    public func state(at instant: Instant) -> CouponState {
        switch ending {
        case .revoked(let reason, _)?: return .revoked(reason: reason)
        case .voided?: return .voided
        case nil: break
        }
        guard let grant else { return .minted }
        if reservation(at: instant) != nil { return .reserved }
        if isUsedUp { return .redeemed }
        return grant.interval.hasEnded(at: instant) ? .expired : .granted
    }

    /// The reservation that holds at an instant.
    public func reservation(at instant: Instant) -> CouponReservation? { reservation.flatMap { $0.until > instant ? $0 : nil } }

    /// How many more orders it may be used for, apart from value that came back.
    public var usesLeft: Int { max(0, useCount - redemptions.count { $0.isUse }) }

    var isUsedUp: Bool { usesLeft == 0 && valueLeft == 0 }

    /// What it is worth now when that is less than its template says.
    public var value: Int64? { usesLeft == 0 && valueLeft > 0 ? valueLeft : nil }
}

public enum CouponState: Hashable, Sendable {
    case minted, granted, reserved, redeemed, expired, voided
    case revoked(reason: String)
}

/// Why a coupon has ended before its time.
public enum CouponEnding: Hashable, Sendable {
    case revoked(reason: String, at: Instant)
    case voided(at: Instant)
}

/// Whose it is, by which text, and when they can use it.
public struct CouponGrant: Hashable, Sendable {
    public internal(set) var member: String
    public let at: Instant
    /// The text of its conditions as it was then: as the member had read it, else in the workspace's language; nil in grants of a time
    /// that kept only what was read.
    public let seen: CouponTextSeen?
    public let interval: CouponInterval

    public init(member: String, at instant: Instant, seen: CouponTextSeen?, interval: CouponInterval) {
        self.member = member
        at = instant
        self.seen = seen
        self.interval = interval
    }
}

/// A coupon kept for one order for a while.
public struct CouponReservation: Hashable, Sendable {
    public let order: String
    /// Names the cart for which it was priced: the same key, the same answer.
    public let key: String
    /// It lapses at this instant.
    public internal(set) var until: Instant
    public let discount: CouponDiscount
    public let charges: [LimitBook.Charge]
    /// The limits that left less than the coupon would take off.
    public let trimmedBy: [String]

    public var amount: Int64 { discount.total }
}

/// One use of a coupon.
public struct CouponRedemption: Hashable, Sendable {
    public let order: String
    public let at: Instant
    public let discount: CouponDiscount
    public let charges: [LimitBook.Charge]
    /// Whether it takes one of the uses that the template allows; what was paid with returned value does not.
    public internal(set) var isUse: Bool
    /// Units that came back, by line.
    public internal(set) var returnedUnits: [String: Int64] = [:]
    /// What the coupon had taken off them.
    public internal(set) var returnedAmount: Int64 = 0
    /// Whether nothing of it counts any more.
    public internal(set) var isUndone = false

    public var amount: Int64 { discount.total }

    /// What of it still counts on limits of money.
    public var amountLeft: Int64 { amount - returnedAmount }
}
