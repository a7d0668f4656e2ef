import Model

@testable import Loyalty

/// One benefit `b` and its member `m`, in UTC from the start of 2026 on.
enum Sample {
    static let member = BenefitParty("m")
    static let name = Benefit.Name(english: "Tea", chinese: "茶")

    /// So many days after the first of a month, which may be beyond 12.
    static func day(_ day: Int, month: Int = 1) -> Instant {
        let first = LocalDate(daysSinceEpoch: 20_454).advanced(byMonths: month - 1)
        return ZoneCalendar(zone: .utc).start(of: first.advanced(byDays: day))
    }

    static func april(_ day: Int) -> Instant { self.day(day - 1, month: 4) }

    static func benefit(_ combination: Benefit.Combination, _ downgrade: Benefit.Downgrade = .cut) -> Benefit {
        var benefit = Benefit(key: "b", name: name, kind: .metered)
        benefit.period = BenefitPeriod(.month, in: .utc)
        benefit.quota = 5
        benefit.combination = combination
        benefit.onDowngrade = downgrade
        return benefit
    }

    static func book(_ combination: Benefit.Combination, _ downgrade: Benefit.Downgrade = .cut) -> BenefitBook {
        BenefitBook(of: benefit(combination, downgrade), for: member)
    }

    static func grant(
        _ id: String, _ source: BenefitSource, _ amount: Int64?, from: Instant = day(0), until: Instant? = nil, priority: Int = 0
    ) -> BenefitGrant {
        BenefitGrant(
            id: .init(id), of: "b", to: member, payer: .init("brand"), source: source, from: from, until: until, priority: priority,
            amount: amount)
    }
}

extension BenefitBook {
    /// Grants an amount under the id of its source.
    mutating func give(
        _ amount: Int64?, _ kind: BenefitSource.Kind, _ id: String, from: Instant = Sample.day(0), until: Instant? = nil,
        priority: Int = 0
    ) throws(Refusal) {
        try grant(
            Sample.grant(id, .init(kind, id: id), amount, from: from, until: until, priority: priority),
            now: max(Sample.day(0), from))
    }
}

/// The first reason of a refusal; nil when there was none.
func code(_ body: () throws -> some Any) -> String? {
    do { _ = try body() } catch { return (error as? Refusal)?.reasons.first?.code ?? "\(error)" }
    return nil
}
