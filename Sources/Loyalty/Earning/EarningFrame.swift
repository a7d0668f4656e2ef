public import Model

/// What holds around an earning program: the currency of its points, and the calendar in which days and months begin.
public struct EarningFrame: Sendable {
    public var points: PointCurrency
    public var calendar: ZoneCalendar

    public init(points: PointCurrency, calendar: ZoneCalendar) {
        self.points = points
        self.calendar = calendar
    }
}
