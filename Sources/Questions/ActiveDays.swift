import Model

/// The buckets of a trend by the date that their active people are counted for.
struct ActiveDays: Sendable {
    private let lastDates: [Int32]
    /// For each date from the first bucket's on the first bucket that is not before it; empty where dates are far apart.
    private var table: [Int32] = []

    private static let tableMax = 40_000

    /// - Parameter lastDates: each bucket's date, ascending.
    init(lastDates: [Int32]) {
        self.lastDates = lastDates
        guard let first = lastDates.first, let last = lastDates.last, Int(last) - Int(first) < ActiveDays.tableMax else { return }
        var bucket = 0
        for date in first ... last {
            while lastDates[bucket] < date { bucket += 1 }
            table.append(Int32(bucket))
        }
    }

    /// The first bucket whose date is `date` or later; their number when there is none.
    @inline(__always) func first(notBefore date: Int32) -> Int {
        guard let first = lastDates.first, date > first else { return 0 }
        let offset = Int(date) - Int(first)
        if offset < table.count { return Int(table[offset]) }
        if !table.isEmpty { return lastDates.count }
        var (low, high) = (0, lastDates.count)
        while low < high {
            let middle = (low + high) / 2
            if lastDates[middle] < date { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// The local dates of instants, most of which lie on the day of the one before, and nearly all on one that was asked for already.
struct DayCursor: Sendable {
    private let calendar: ZoneCalendar
    private var start: Int64 = 0
    /// The first instant after the day asked for last; in a day whose clock is set, its beginning.
    private var end: Int64 = 0
    private var date: Int32 = 0
    /// Days asked for, by the time of day-long stretches since 1970; empty ones have no end.
    private var known = [(start: Int64, end: Int64, date: Int32)](repeating: (0, 0, 0), count: 512)

    init(_ calendar: ZoneCalendar) { self.calendar = calendar }

    /// Days since 1970-01-01 of the local date at `time`, in microseconds.
    @inline(__always) mutating func date(of time: Int64) -> Int32 {
        if time < start || time >= end { find(time) }
        return date
    }

    private mutating func find(_ time: Int64) {
        let place = Int(truncatingIfNeeded: time / DayCursor.length) & (known.count - 1)
        let kept = known[place]
        if time >= kept.start, time < kept.end {
            (start, end, date) = kept
            return
        }
        let day = calendar.date(at: Instant(microseconds: time))
        date = day.daysSinceEpoch
        start = calendar.start(of: day).microseconds
        end = calendar.start(of: day.advanced(byDays: 1)).microseconds
        // Where a clock is set on a day, and perhaps back over midnight, each instant is asked for.
        if end - start != DayCursor.length { end = start }
        known[place] = (start, end, date)
    }

    private static let length: Int64 = 24 * .microsecondsPerHour
}
