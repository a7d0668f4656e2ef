public import Model

/// How a limit that counts for everybody and for ever burns down, day by day.
public struct CouponBudget: Hashable, Sendable {
    /// What was left when a day ended.
    public struct Day: Hashable, Sendable {
        public let date: LocalDate
        /// Of what the limit allows today, in uses or minor units.
        public let left: Int64
    }

    /// What comes of it at the rate of the last seven days.
    public enum Forecast: Hashable, Sendable {
        /// Nothing is left.
        case usedUp
        /// Nothing was used in these days, or as much came back.
        case idle
        case endsOn(LocalDate)
        /// Something is left when the last day of the template is over.
        case outlasts(LocalDate)
        /// It takes more than ten years.
        case farOff

        /// The word for programs.
        public var word: String {
            switch self {
            case .usedUp: "used_up"
            case .idle: "idle"
            case .endsOn: "ends"
            case .outlasts: "outlasts"
            case .farOff: "far_off"
            }
        }

        /// The day that it is about.
        public var date: LocalDate? {
            switch self {
            case .endsOn(let date), .outlasts(let date): date
            case .usedUp, .idle, .farOff: nil
            }
        }
    }

    /// At most so many days are told.
    public static let daysMax: Int32 = 90
    private static let rateDays: Int32 = 7
    private static let forecastDaysMax: Int64 = 3_650

    public let limit: CouponLimit
    public let count: Limit
    /// From the first use on, at most ``daysMax``; empty while nothing was used.
    ///
    /// Today is the last, on which what is kept for orders counts as taken.
    public let days: [Day]
    /// What was used in the last seven days less what came back, in uses or minor units.
    public let usedLately: Int64
    public let forecast: Forecast

    /// - Parameters:
    ///   - count: As it stands today.
    ///   - first: The day of the first use; nil while there is none.
    ///   - used: What was taken on days, in their order, from ``windowStart(_:)`` on at least.
    ///   - lastDay: On which coupons of the template can be used; nil without a fixed end.
    init(
        _ limit: CouponLimit, _ count: Limit, first: LocalDate?, used: [(day: LocalDate, used: Int64)], today: LocalDate,
        lastDay: LocalDate?
    ) {
        (self.limit, self.count) = (limit, count)
        let rateStart = today.advanced(byDays: 1 - Int(Self.rateDays))
        usedLately = used.reduce(0) { $0 + ((rateStart ... today).contains($1.day) ? $1.used : 0) }
        guard let first else {
            (days, forecast) = ([], count.left == 0 ? .usedUp : .idle)
            return
        }
        let start = min(today, max(first, Self.windowStart(today)))
        days = Self.days(count, used, from: start, to: today)
        // A budget that is younger than that burns at the rate of its days.
        let span = Int64(max(1, min(Self.rateDays, today.daysSinceEpoch - first.daysSinceEpoch + 1)))
        forecast = Self.forecast(count.left, used: usedLately, in: span, today, lastDay)
    }

    static func windowStart(_ today: LocalDate) -> LocalDate { today.advanced(byDays: 1 - Int(daysMax)) }

    /// Backwards from what is used now: the days before the first one that is told need not be read.
    private static func days(
        _ count: Limit, _ used: [(day: LocalDate, used: Int64)], from start: LocalDate, to today: LocalDate
    ) -> [Day] {
        var days = [Day(date: today, left: count.left)]
        var (taken, rest) = (count.used, used[...])
        var date = today
        while date > start {
            while let last = rest.last, last.day >= date {
                taken -= last.used
                rest.removeLast()
            }
            date = date.advanced(byDays: -1)
            days.append(Day(date: date, left: max(0, count.max - taken)))
        }
        return days.reversed()
    }

    private static func forecast(
        _ left: Int64, used: Int64, in span: Int64, _ today: LocalDate, _ lastDay: LocalDate?
    ) -> Forecast {
        if left == 0 { return .usedUp }
        guard used > 0 else { return .idle }
        let days = Int64(clamping: (Int128(left) * Int128(span) + Int128(used) - 1) / Int128(used))
        let end = days > forecastDaysMax ? nil : today.advanced(byDays: Int(days))
        if let lastDay, end.map({ $0 > lastDay }) ?? true { return .outlasts(lastDay) }
        return end.map { .endsOn($0) } ?? .farOff
    }
}
