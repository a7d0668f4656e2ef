public import Model
import OrderedCollections

/// What was agreed when a plan was bought; a plan keeps the terms that its payer saw.
public struct PaidPlanTerms: Hashable, Sendable {
    /// For one period, in minor units.
    public var fee: Int64
    /// How long a fee lasts.
    public var interval = CalendarInterval.month
    /// Days begin and end here.
    public var zone: TimeZoneTable
    public var trialDays = 0
    /// For how many days everything still works when a payment is due.
    public var graceDays = 7
    /// How many days before the end of a period its payer must have been told that it will renew itself.
    public var noticeDays = 5
    /// What one use of each benefit would cost, by key, in minor units.
    public var listPrices: [String: Int64] = [:]
    /// Whether what the benefits did not save of the fee is credited at the end of a period.
    public var promisesSavings = false

    public init(fee: Int64, zone: TimeZoneTable) {
        self.fee = fee
        self.zone = zone
    }

    /// The fewest days of notice that the law of a country asks for, by its ISO 3166 code.
    ///
    /// Source: specs/loyalty.md §4: in China at least 5 days before an automatic renewal.
    public static func noticeDaysMin(country: String) -> Int { country == "CN" ? 5 : 0 }

    /// Why a plan cannot be sold on these terms in a country; empty when it can.
    public func reasons(country: String) -> [Refusal.Reason] {
        var reasons: [Refusal.Reason] = []
        for amount in [fee] + listPrices.values.sorted() where !(0 ... BenefitReader.countMax).contains(amount) {
            reasons.append(BenefitReason.badAmount(amount))
        }
        let days = [trialDays, graceDays, noticeDays]
        if interval == .hour || !days.allSatisfy((0 ... 366).contains) { reasons.append(BenefitReason.badTime) }
        let noticeDaysMin = PaidPlanTerms.noticeDaysMin(country: country)
        if noticeDays < noticeDaysMin { reasons.append(.init("NOTICE_TOO_SHORT", ["min": .int(Int64(noticeDaysMin))])) }
        return reasons
    }

    var calendar: ZoneCalendar { ZoneCalendar(zone: zone) }

    /// The first instant of the local day so many days after that of `instant`.
    func day(_ days: Int, after instant: Instant) -> Instant {
        calendar.start(of: calendar.date(at: instant).advanced(byDays: days))
    }

    /// The first instant after so many periods from a date on; the days of months do not drift.
    func end(ofPeriod number: Int, from date: LocalDate) -> Instant {
        calendar.start(of: calendar.advance(date, by: number, interval))
    }

    /// What uses would have cost, each at its list price; nothing for what has none.
    func value(of uses: [String: Int64]) throws(Refusal) -> Int64 {
        var value: Int64 = 0
        for (key, count) in uses.sorted(by: { $0.key < $1.key }) {
            guard count >= 0 else { throw Refusal([BenefitReason.badAmount(count)]) }
            let (product, overflow) = count.multipliedReportingOverflow(by: listPrices[key] ?? 0)
            value = value.clampedAdd(overflow ? .max : product)
        }
        return value
    }
}
