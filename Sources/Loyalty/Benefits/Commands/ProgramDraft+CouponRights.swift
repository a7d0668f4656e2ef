import Model
import Records

/// What a coupon gives that takes nothing off: a benefit of kind status or priority, for some days.
struct CouponRight: Hashable {
    /// The key of the benefit.
    let benefit: String
    /// As benefits call it.
    let kind: String
    /// Of a priority.
    let weight: Int64?
    /// After the day on which the coupon is used.
    let days: Int64
}

extension CouponEffect {
    /// nil when it takes something off, gives goods, or does not say which right.
    var right: CouponRight? {
        switch self {
        case .status(let benefit, let days): CouponRight(benefit: benefit, kind: "status", weight: nil, days: days)
        case .priority(let weight, let benefit?, let days?):
            CouponRight(benefit: benefit, kind: "priority", weight: weight, days: days)
        case .amount, .percent, .fixedPrice, .gift, .freeShipping, .priority: nil
        }
    }
}

extension ProgramTables {
    /// Why the right that a coupon promises cannot be given; none when it promises none.
    func rightReasons(of effect: CouponEffect) throws(Problem) -> [Refusal.Reason] {
        guard effect.kind == .right else { return [] }
        guard let right = effect.right else { return [Refusal.Reason("RIGHT_MISSING")] }
        guard let benefit = try benefit(right.benefit)?.benefit else { return [BenefitReason.unknown(.benefit, right.benefit)] }
        return benefit.kind.word == right.kind ? [] : [BenefitReason.otherKind(benefit, need: right.kind)]
    }
}

extension ProgramDraft {
    /// Gives the right of each new use of a coupon, and takes back those of uses that count no more.
    mutating func followRights(of coupon: Coupon, from before: Coupon?, _ terms: CouponTerms?) throws(ProgramFailure) {
        guard let terms, let right = terms.template.effect.right, terms.rightReasons.isEmpty else { return }
        for (place, redemption) in coupon.redemptions.enumerated() {
            let old = before.flatMap { place < $0.redemptions.count ? $0.redemptions[place] : nil }
            let source = BenefitSource(.campaign, id: "coupon/\(coupon.id)/\(place)")
            switch (old?.isUndone, redemption.isUndone) {
            case (nil, false): try give(right, to: coupon.grant?.member, for: source, at: redemption.at, terms.calendar)
            case (false?, true): try takeBack(right, source)
            default: break
            }
        }
    }

    private mutating func give(
        _ right: CouponRight, to holder: String?, for source: BenefitSource, at instant: Instant, _ calendar: ZoneCalendar
    ) throws(ProgramFailure) {
        guard let member = holder.flatMap({ ProgramMemberID(text: $0) }) else { return }
        let key = BenefitBookKey(member: member, benefit: right.benefit)
        let end = calendar.start(of: calendar.date(at: instant).advanced(byDays: Int(right.days) + 1))
        let wish = BenefitGrant(
            id: BenefitID(source.id), of: right.benefit, to: key.party, payer: .program, source: source, from: instant, until: end,
            amount: right.weight)
        var book = try benefitBook(key)
        try change(key, &book) { book, now throws(Refusal) in try book.grant(wish, now: now) }
    }

    private mutating func takeBack(_ right: CouponRight, _ source: BenefitSource) throws(ProgramFailure) {
        let owners = try reading { tables throws(Problem) in
            try tables.owners(
                ofGrantsWhere: "source_kind = ? AND source = ?", [.text(source.kind.rawValue), .text(source.id)], limit: 1)
        }
        for key in owners {
            var book = try benefitBook(key)
            // What has ended by itself is not taken back.
            guard book.grants.values.contains(where: { $0.source == source && $0.end > now }) else { continue }
            _ = try change(key, &book) { book, now throws(Refusal) in
                try book.revoke(source, reason: "the coupon's use was undone", now: now)
            }
        }
    }
}
