public import Model

/// How often a quota starts anew: with each local day, week, month, quarter or year of one time zone.
public struct BenefitPeriod: Hashable, Sendable {
    /// One of those periods, from its first instant up to, not including, its end.
    public struct Span: Hashable, Sendable {
        public let from: Instant
        public let until: Instant

        public func holds(_ instant: Instant) -> Bool { from <= instant && instant < until }
    }

    /// Never an hour.
    public let interval: CalendarInterval
    public let zone: TimeZoneTable

    /// nil for hours, which start anew too often to be counted.
    public init?(_ interval: CalendarInterval, in zone: TimeZoneTable) {
        guard interval != .hour else { return nil }
        self.interval = interval
        self.zone = zone
    }

    /// The period at an instant; as long as the clocks of the zone make it.
    public func span(at instant: Instant) -> Span {
        let calendar = ZoneCalendar(zone: zone)
        let from = calendar.bucketStart(of: interval, at: instant)
        return Span(from: from, until: calendar.nextBucketStart(of: interval, after: from))
    }

    /// How many periods begin after `start` until `end`, which are both first instants of one.
    func count(from start: Instant, to end: Instant) -> Int64 { number(at: end) - number(at: start) }

    /// A number that is one more with each period.
    private func number(at instant: Instant) -> Int64 {
        let date = ZoneCalendar(zone: zone).date(at: instant)
        let (year, month, _) = date.components
        switch interval {
        case .hour, .day: return Int64(date.daysSinceEpoch)
        case .week: return Int64(date.monday.daysSinceEpoch).flooredQuotient(by: 7)
        case .month: return Int64(year) * 12 + Int64(month) - 1
        case .quarter: return Int64(year) * 4 + Int64(month - 1) / 3
        case .year: return Int64(year)
        }
    }
}

extension Instant {
    /// Whether a calendar can count from here in either direction: years 1 to 9998.
    var isCountable: Bool { (-62_135_596_800_000_000 ..< 253_370_764_800_000_000).contains(microseconds) }
}
