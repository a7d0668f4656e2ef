import Model
import OrderedCollections

/// The coupons that uses of a benefit make, one each: given in the command that uses it, and taken back with the use.
extension ProgramDraft {
    /// Gives whoever used a benefit its coupons; nil while nothing is used, or when the benefit makes none.
    ///
    /// - Returns: The coupons as answers show them.
    mutating func issueCoupons(
        for use: BenefitUse, of benefit: Benefit, to owner: ProgramMemberID
    ) throws(ProgramFailure) -> JSONValue? {
        guard case .issueCoupon(let template) = benefit.kind, use.state == .consumed else { return nil }
        guard use.amount <= BenefitUse.couponsMax else { throw .refused(Refusal([BenefitReason.tooManyCoupons(use.amount)])) }
        let user = use.user.flatMap { ProgramMemberID(text: $0.text) }
        let member = try member(MemberWish(.id(user ?? owner)))
        let terms = try couponTerms(template)
        var coupons: [JSONValue] = []
        for id in use.couponIDs {
            let coupon = try give(Coupon(id: id, of: terms.template), from: nil, terms, to: member)
            coupons.append(coupon.json(at: now))
        }
        return .array(coupons)
    }

    /// Takes back a coupon for each use that was given back now, the last ones first; refused where they were used.
    ///
    /// - Returns: The coupons as answers show them; nil when the benefit makes none.
    mutating func takeBackCoupons(
        of use: BenefitUse, from before: BenefitUse?, of benefit: Benefit
    ) throws(ProgramFailure) -> JSONValue? {
        guard case .issueCoupon = benefit.kind else { return nil }
        let (start, calendar) = (now, calendar)
        var desk = try reading { tables throws(Problem) in try tables.couponDesk(use.couponIDs, for: nil, at: start, calendar) }
        now = max(start, desk.recordedAt.advanced(byMicroseconds: 1))
        let (instant, known) = (now, before?.refunded ?? 0)
        let used = desk.coupons.values.count { $0.isInUse(at: instant) }
        let (left, asked) = (use.amount - known - Int64(used), use.refunded - known)
        guard asked <= left else { throw .refused(Refusal([BenefitReason.couponsUsed(left: max(0, left), asked: asked)])) }
        // One that was taken away before, or was never made, is back already.
        let open = desk.ids.reversed().filter { id in
            desk.coupons[id].map { $0.ending == nil && !$0.isInUse(at: instant) } ?? false
        }
        var taken: [JSONValue] = []
        for id in open.prefix(Int(asked)) {
            let coupon = try desk.change(id) { coupon, _, limits throws(Refusal) in
                try coupon.revoke(reason: "the use of the benefit was given back", now: instant, limits: &limits)
                return coupon
            }
            taken.append(coupon.json(at: instant))
        }
        try save(desk)
        return .array(taken)
    }
}

extension BenefitUse {
    /// The most coupons that one use makes.
    static let couponsMax: Int64 = 100

    /// The ids of the coupons that it makes, one for each use: always the same ones.
    var couponIDs: [String] {
        (0 ..< min(amount, BenefitUse.couponsMax)).map { number in
            "u_" + CouponText.hash(of: JSONValue.array([.string(id.text), .int(number)]).text).prefix(16)
        }
    }
}

extension Coupon {
    /// Whether an order has it, or has used it.
    fileprivate func isInUse(at now: Instant) -> Bool {
        reservation(at: now) != nil || redemptions.contains { !$0.isUndone }
    }
}
