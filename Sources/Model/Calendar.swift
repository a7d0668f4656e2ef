/// The calendar intervals that questions count by, in the time zone of a workspace.
public enum CalendarInterval: String, Sendable, CaseIterable, Hashable {
    case hour, day, week, month, quarter, year
}

/// Calendar buckets of one time zone by table: no calendar object per row.
///
/// `bucketStart` and `date` cost a binary search over the zone's transitions, about 20 ns.
public struct ZoneCalendar: Sendable {
    /// The zone's rules.
    public let zone: TimeZoneTable

    public init(zone: TimeZoneTable) { self.zone = zone }

    /// The local date at `instant`.
    public func date(at instant: Instant) -> LocalDate {
        let local = instant.microseconds.addingClamped(zone.offsetSeconds(at: instant) * 1_000_000)
        let day = local.flooredQuotient(by: .microsecondsPerDay)
        return LocalDate(daysSinceEpoch: Int32(clamping: day))
    }

    /// The first instant of a local date; where the clock skips midnight, the first instant that exists.
    public func start(of date: LocalDate) -> Instant {
        let local = Int64(date.daysSinceEpoch) * 86_400
        return Instant(microseconds: zone.firstInstantSeconds(localSeconds: local) * 1_000_000)
    }

    /// The first instant of the bucket that holds `instant`.
    ///
    /// An hour is the set of instants with one local date, hour and offset (specs: questions, N15).
    public func bucketStart(of interval: CalendarInterval, at instant: Instant) -> Instant {
        if interval == .hour {
            let (offset, since) = zone.offsetAndStartSeconds(at: instant)
            let local = instant.microseconds.flooredQuotient(by: 1_000_000) + offset
            let start = local.flooredQuotient(by: 3_600) * 3_600 - offset
            return Instant(microseconds: max(start, since) * 1_000_000)
        }
        return start(of: firstDate(of: interval, holding: date(at: instant)))
    }

    /// The first instant of the bucket after the one that starts at `start`.
    public func nextBucketStart(of interval: CalendarInterval, after start: Instant) -> Instant {
        if interval == .hour {
            let (offset, _) = zone.offsetAndStartSeconds(at: start)
            let seconds = start.microseconds.flooredQuotient(by: 1_000_000)
            let next = (seconds + offset).flooredQuotient(by: 3_600) * 3_600 + 3_600 - offset
            let change = zone.nextTransitionSeconds(after: seconds) ?? Int64.max
            return Instant(microseconds: min(next, change) * 1_000_000)
        }
        return self.start(of: advance(firstDate(of: interval, holding: date(at: start)), by: 1, interval))
    }

    /// The first date of the day, week (Monday), month, quarter or year that holds `date`.
    public func firstDate(of interval: CalendarInterval, holding date: LocalDate) -> LocalDate {
        let (year, month, _) = date.components
        switch interval {
        case .hour, .day: return date
        case .week: return date.monday
        case .month: return LocalDate(year: year, month: month, day: 1) ?? date
        case .quarter: return LocalDate(year: year, month: (month - 1) / 3 * 3 + 1, day: 1) ?? date
        case .year: return LocalDate(year: year, month: 1, day: 1) ?? date
        }
    }

    /// `date` moved by a number of days, weeks, months, quarters or years.
    public func advance(_ date: LocalDate, by count: Int, _ interval: CalendarInterval) -> LocalDate {
        switch interval {
        case .hour, .day: date.advanced(byDays: count)
        case .week: date.advanced(byDays: 7 * count)
        case .month: date.advanced(byMonths: count)
        case .quarter: date.advanced(byMonths: 3 * count)
        case .year: date.advanced(byMonths: 12 * count)
        }
    }

    /// RFC 3339 of an instant with this zone's offset at that instant.
    public func rfc3339(_ instant: Instant) -> String {
        instant.rfc3339(offsetSeconds: zone.offsetSeconds(at: instant))
    }
}

extension Int64 {
    fileprivate func addingClamped(_ other: Int64) -> Int64 {
        let (sum, overflow) = addingReportingOverflow(other)
        return overflow ? (other < 0 ? Int64.min : Int64.max) : sum
    }
}
