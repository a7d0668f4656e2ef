import Model

/// What a use of a benefit needs beside the right to it.
extension ProgramTables {
    /// What speaks against handing over now what a use brings: a stock that has not enough, a coupon that cannot be given.
    func handOverReasons(of benefit: Benefit, _ amount: Int64, at now: Instant) throws(Problem) -> [Refusal.Reason] {
        guard BenefitBook.amounts.contains(amount) else { return [] }
        switch benefit.kind {
        case .physicalGift(let key):
            return [(try stock(key) ?? GiftStock(key: key)).shortage(of: amount)].compactMap(\.self)
        case .issueCoupon(let name):
            guard let template = try couponTemplate(name) else { return [BenefitReason.unknown(.template, name)] }
            var reasons = amount <= BenefitUse.couponsMax ? [] : [BenefitReason.tooManyCoupons(amount)]
            // Only a last day can be over before anything is granted.
            guard template.validity.lastDay != nil else { return reasons }
            let interval = template.validity.interval(grantedAt: now, try CouponTerms(template).calendar)
            if interval.hasEnded(at: now) { reasons.append(interval.expired) }
            return reasons
        case .onOff, .metered, .once, .status, .priority: return []
        }
    }
}
