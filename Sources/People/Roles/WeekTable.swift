import Model

/// The ISO weeks of one time zone, numbered from that of 1970-01-01: their first instants as a table.
///
/// Instants before 1970 belong to week 0: none are kept by intake. About 3,000 entries, built in under a millisecond.
struct WeekTable: Sendable {
    /// First instants in microseconds, ascending.
    let starts: [Int64]
    private static let weekMicroseconds: Int64 = 7 * .microsecondsPerDay

    /// The weeks up to that of `last` and `extra` more.
    init(calendar: ZoneCalendar, through last: Instant, extra: Int) {
        let latest = Instant(microseconds: min(max(last.microseconds, 0), 4_102_444_800_000_000))  // 2100-01-01
        var monday = LocalDate(daysSinceEpoch: 0).monday
        let end = calendar.date(at: latest).monday.advanced(byDays: 7 * (extra + 1))
        var starts: [Int64] = []
        while monday <= end {
            starts.append(calendar.start(of: monday).microseconds)
            monday = monday.advanced(byDays: 7)
        }
        self.starts = starts
    }

    /// The number of the week that holds an instant; clamped to the table.
    @inline(__always)
    func index(_ microseconds: Int64) -> Int {
        var guess = Int((microseconds &- starts[0]) / WeekTable.weekMicroseconds)
        guess = min(max(guess, 0), starts.count - 1)
        while guess > 0, starts[guess] > microseconds { guess -= 1 }
        while guess + 1 < starts.count, starts[guess + 1] <= microseconds { guess += 1 }
        return guess
    }

    /// The first instant of a week; that of the last week for numbers beyond the table.
    func start(_ week: Int) -> Int64 { starts[min(max(week, 0), starts.count - 1)] }
}
