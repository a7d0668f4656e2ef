public import Model

/// The days on which a coupon can be used: fixed ones, so many after it was granted, or what ends earlier of both.
public struct CouponValidity: Hashable, Sendable {
    public var firstDay: LocalDate?
    /// Inclusive: the coupon ends with this day.
    public var lastDay: LocalDate?
    /// It ends with this day after that of the grant; 0 for the day of the grant itself.
    public var days: Int?

    public init(firstDay: LocalDate? = nil, lastDay: LocalDate? = nil, days: Int? = nil) {
        self.firstDay = firstDay
        self.lastDay = lastDay
        self.days = days
    }

    /// When a coupon granted at `instant` can be used, by the days of a zone.
    public func interval(grantedAt instant: Instant, _ calendar: ZoneCalendar) -> CouponInterval {
        let from = firstDay.map { Swift.max(instant, calendar.start(of: $0)) } ?? instant
        let relative = days.map { calendar.date(at: instant).advanced(byDays: $0) }
        let last = [lastDay, relative].compactMap(\.self).min()
        let until = last.map { calendar.start(of: $0.advanced(byDays: 1)) }
        return CouponInterval(from: from, until: until, zone: calendar.zone.identifier)
    }
}

/// From an instant up to another, without that one; made once from local days, so that later rules of the zone change nothing.
public struct CouponInterval: Hashable, Sendable {
    public let from: Instant
    /// nil for no end.
    public let until: Instant?
    /// The zone by whose days it was made.
    public let zone: String

    public init(from: Instant, until: Instant?, zone: String) {
        self.from = from
        self.until = until
        self.zone = zone
    }

    /// Whether it is over before it begins: days count from the grant, the first day does not wait for it.
    public var isEmpty: Bool { hasEnded(at: from) }

    public func hasEnded(at instant: Instant) -> Bool { until.map { instant >= $0 } ?? false }
}
