import Model
import OrderedCollections

/// A code that an order carries, and what has become of the coupon behind it.
public struct OrderCoupon: Hashable, Sendable {
    public enum State: String, Sendable, CaseIterable {
        /// Nobody has looked at it yet.
        case open
        /// Used as it was reserved, or had been used before the order was told.
        case reserved
        /// Used for what it takes off by the lines of the order.
        case priced
        /// Used, and everything of the order has come back since.
        case returned
        /// Given back, as the order was cancelled or does not carry it any more.
        case givenBack = "given_back"
        /// Given back by hand or before the rest of the order: no event takes it anew.
        case released
        /// It does not count for the order.
        case refused
    }

    public internal(set) var state = State.open
    /// nil while no coupon is behind the code.
    public internal(set) var coupon: String?
    /// What the order looked like when it was judged.
    var judged: String?
    /// Why it does not count for the order; none while it does.
    public internal(set) var reasons: [Refusal.Reason] = []

    /// Whether the order has used it and still does.
    var isUsed: Bool { state == .reserved || state == .priced }

    mutating func refuse(_ reasons: [Refusal.Reason], judged: String? = nil) {
        (state, self.reasons, self.judged) = (.refused, reasons, judged)
    }

    mutating func use(_ state: State, judged: String? = nil) { (self.state, reasons, self.judged) = (state, [], judged) }

    /// The object `{"code": …, "coupon": …, "state": …, "reasons": […]}`.
    func json(_ code: String) -> JSONValue {
        [
            "code": .string(code), "coupon": coupon.map { .string($0) } ?? .null, "state": .string(state.rawValue),
            "reasons": .array(reasons.map(\.json)),
        ]
    }
}

/// What an order has done with one coupon.
enum OrderCouponDeed: Hashable, Sendable {
    /// It was used, for so much in minor units.
    case commit(code: String, coupon: String, amount: Int64)
    /// Goods came back: what it had taken off them, and whether it can be used again.
    case refund(code: String, coupon: String, amount: Int64, isBack: Bool)
    /// Its use was undone as if it had never been.
    case rollBack(code: String, coupon: String)
    /// Its use for another order was undone, which turned out not to be the member's first.
    case overtake(order: String, code: String, coupon: String)
    /// It does not count for the order.
    case refuse(code: String, [Refusal.Reason])

    var json: JSONValue {
        switch self {
        case .commit(let code, let coupon, let amount):
            ["do": "commit_coupon", "code": .string(code), "coupon": .string(coupon), "amount": .int(amount)]
        case .refund(let code, let coupon, let amount, let isBack):
            [
                "do": "return_coupon", "code": .string(code), "coupon": .string(coupon), "amount": .int(amount),
                "is_back": .bool(isBack),
            ]
        case .rollBack(let code, let coupon):
            ["do": "roll_back_coupon", "code": .string(code), "coupon": .string(coupon)]
        case .overtake(let order, let code, let coupon):
            ["do": "roll_back_coupon", "order": .string(order), "code": .string(code), "coupon": .string(coupon)]
        case .refuse(let code, let reasons):
            ["do": "refuse_coupon", "code": .string(code), "reasons": .array(reasons.map(\.json))]
        }
    }
}
