import Model
import OrderedCollections

/// A coupon that somebody wants to use for a cart.
public struct CouponCandidate: Sendable {
    public let id: String
    public let terms: CouponTerms
    /// What is left of it, when that is less than the template says.
    public let value: Int64?
    /// Why the coupon itself cannot be used now, whatever is in the cart: see ``Coupon/reasons(for:_:_:)``.
    public internal(set) var reasons: [Refusal.Reason]
    /// What is left of the limits that it draws on; none where limits do not matter.
    public let allowances: [Allowance]
    /// What keeps it for this very cart: it is used, and for that.
    public let held: CouponReservation?

    /// How much of one limit is left for a coupon.
    public struct Allowance: Hashable, Sendable {
        public let limit: CouponLimit
        /// Coupons of one key share what is left.
        public let key: Limit.Key
        public let left: Int64
    }

    public init(
        id: String, terms: CouponTerms, value: Int64? = nil, reasons: [Refusal.Reason] = [], allowances: [Allowance] = [],
        held: CouponReservation? = nil
    ) {
        self.id = id
        self.terms = terms
        self.value = value
        self.reasons = reasons
        self.allowances = allowances
        self.held = held
    }

    var template: CouponTemplate { terms.template }

    /// The order of the arithmetic.
    func isApplied(before other: CouponCandidate) -> Bool {
        (template.effect.kind, template.effect.rank, id) < (other.template.effect.kind, other.template.effect.rank, other.id)
    }

    /// What the coupon does alone, and why it does not.
    ///
    /// - Precondition: the cart has passed ``CouponCart/check()``.
    public func check(_ cart: CouponCart) -> CouponCheck {
        if let held { return CouponCheck(discount: held.discount, reasons: reasons) }
        var reasons = reasons + terms.reasons(against: cart)
        let conditionsHold = reasons.isEmpty
        let discount = conditionsHold ? CouponPricing(cart, [self]).results[0] : CouponDiscount()
        if conditionsHold, discount.isNothing { reasons.append(Refusal.Reason("NO_EFFECT")) }
        return CouponCheck(discount: discount, reasons: reasons)
    }
}

extension CouponEffect {
    /// Shares before prices before amounts: the customer's best of the usual orders.
    fileprivate var rank: Int {
        switch self {
        case .percent(_, _, nil): 0
        case .percent: 1
        case .fixedPrice: 2
        default: 3
        }
    }
}

/// Whether a coupon counts for a cart: nothing has been changed by asking.
public struct CouponCheck: Hashable, Sendable {
    public let discount: CouponDiscount
    /// All of them; none when it counts.
    public let reasons: [Refusal.Reason]

    public var isApplicable: Bool { reasons.isEmpty }

    /// How much more would be enough; nil when something else stands in the way, too.
    public struct NearMiss: Hashable, Sendable {
        /// In minor units.
        public let spend: Int64?
        public let units: Int64?
    }

    public var nearMiss: NearMiss? {
        func missing(_ code: String) -> Int64? {
            guard let reason = reasons.first(where: { $0.code == code }), let need = reason.params["need"]?.intValue,
                let have = reason.params["have"]?.intValue
            else { return nil }
            return need - have
        }
        let near = NearMiss(spend: missing("CONDITION_SPEND_MIN"), units: missing("CONDITION_UNITS_MIN"))
        let known = (near.spend == nil ? 0 : 1) + (near.units == nil ? 0 : 1)
        return known > 0 && known == reasons.count ? near : nil
    }
}
