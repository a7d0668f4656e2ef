package import Model

/// What a template would do for a cart if somebody had a coupon of it: for trying it out before it is made.
public struct CouponPreview: Hashable, Sendable {
    public let check: CouponCheck
    public let price: CouponOrderPrice

    /// - Throws: ``Refusal`` when the cart cannot be counted with.
    public init(_ terms: CouponTerms, for cart: CouponCart) throws(Refusal) {
        try cart.check()
        check = CouponCandidate(id: "preview", terms: terms).check(cart)
        price = try CouponOrderPrice(cart, check.isApplicable ? [check.discount] : [])
    }

    /// The object `{"counts", "total", "discount", "price", "reasons", "near_miss"}`.
    package var json: JSONValue {
        [
            "counts": .bool(check.isApplicable), "total": .int(check.discount.total), "discount": check.discount.json,
            "price": price.json, "reasons": .array(check.reasons.map(\.json)), "near_miss": check.nearMiss?.json ?? .null,
        ]
    }
}

extension CouponCheck.NearMiss {
    fileprivate var json: JSONValue {
        ["spend": spend.map { .int($0) } ?? .null, "units": units.map { .int($0) } ?? .null]
    }
}
