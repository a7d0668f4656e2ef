internal import Loyalty
internal import Model
internal import OrderedCollections

/// What is told of one coupon to whoever looks at it: whether it counts, for what, and what it was used for.
struct CouponLook {
    let coupon: Coupon
    let template: CouponTemplate
    let now: Instant

    private var reservation: JSONValue {
        guard let held = coupon.reservation(at: now) else { return .null }
        return ["order": .string(held.order), "amount": .int(held.amount), "until": .string(held.until.rfc3339)]
    }

    private var redemptions: JSONValue {
        .array(
            coupon.redemptions.map { redemption in
                [
                    "order": .string(redemption.order), "at": .string(redemption.at.rfc3339), "amount": .int(redemption.amount),
                    "returned_amount": .int(redemption.returnedAmount), "undone": .bool(redemption.isUndone),
                ]
            })
    }

    /// The coupon with its text, its reservation, all its uses, and why it cannot be used now.
    var json: JSONValue {
        var members = coupon.json(at: now).objectValue ?? [:]
        let reasons = coupon.reasons(at: now)
        members["usable"] = .bool(reasons.isEmpty)
        members["reasons"] = .array(reasons.map(\.json))
        members["reservation"] = reservation
        members["redemptions"] = redemptions
        members["texts"] = template.described["texts"] ?? .null
        return .object(members)
    }
}

extension CouponBatch {
    /// How a code of the batch stands at the till: by its coupon, or by the batch while nobody has claimed it.
    func standing(of claimed: Coupon?, _ template: CouponTemplate?, at now: Instant) -> OrderedDictionary<String, JSONValue> {
        let reasons = claimed?.reasons(at: now) ?? reasons
        return [
            "state": .string(claimed.map { $0.state(at: now).word } ?? (isOpen ? "unclaimed" : state.rawValue)),
            "usable": .bool(reasons.isEmpty), "reasons": .array(reasons.map(\.json)),
            "texts": template?.described["texts"] ?? .null,
        ]
    }
}
