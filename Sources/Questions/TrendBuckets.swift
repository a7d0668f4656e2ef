import Model

/// The calendar buckets of a trend, each cut by the range.
struct TrendBuckets: Sendable {
    /// First instants (µs) of the calendar buckets, uncut: what rows are called by.
    let labels: [Int64]
    /// The part of each bucket that counts, half open; ascending.
    let starts: [Int64]
    let ends: [Int64]

    static let countMax = 50_000

    var count: Int { labels.count }

    init(labels: [Int64], starts: [Int64], ends: [Int64]) {
        self.labels = labels
        self.starts = starts
        self.ends = ends
    }

    /// The buckets of `interval` that meet `range`.
    init(_ range: Range<Int64>, _ interval: CalendarInterval, _ calendar: ZoneCalendar) throws(Problem) {
        var labels: [Int64] = []
        var ends: [Int64] = []
        if !range.isEmpty {
            var start = calendar.bucketStart(of: interval, at: Instant(microseconds: range.lowerBound))
            while start.microseconds < range.upperBound {
                guard labels.count < TrendBuckets.countMax else {
                    throw Problem(
                        .badQuestion,
                        "The range holds more than \(TrendBuckets.countMax) buckets. Ask for a shorter range or a longer interval.",
                        place: "/range")
                }
                let next = calendar.nextBucketStart(of: interval, after: start)
                labels.append(start.microseconds)
                ends.append(min(next.microseconds, range.upperBound))
                start = next
            }
        }
        self.labels = labels
        starts = labels.map { max($0, range.lowerBound) }
        self.ends = ends
    }

    /// The buckets that hold `instant`: one or none, but two where a comparison meets 28 February twice.
    func indexes(of instant: Int64) -> Range<Int> {
        var low = 0
        var high = count
        while low < high {
            let middle = (low + high) / 2
            if ends[middle] <= instant { low = middle + 1 } else { high = middle }
        }
        var stop = low
        while stop < count, starts[stop] <= instant { stop += 1 }
        return low ..< stop
    }

    /// The date whose day, week or month of activity each bucket shows: its last.
    func lastDates(_ calendar: ZoneCalendar) -> [Int32] {
        ends.map { calendar.date(at: Instant(microseconds: $0 - 1)).daysSinceEpoch }
    }

    /// The same number of calendar buckets just before these (specs: questions, N16).
    func previous(_ interval: CalendarInterval, _ calendar: ZoneCalendar) -> TrendBuckets {
        guard let first = labels.first else { return self }
        var starts: [Int64] = []
        var ends: [Int64] = []
        var end = first
        for _ in 0 ..< count {
            let start = calendar.bucketStart(of: interval, at: Instant(microseconds: end - 1)).microseconds
            starts.append(start)
            ends.append(end)
            end = start
        }
        starts.reverse()
        ends.reverse()
        return TrendBuckets(labels: starts, starts: starts, ends: ends)
    }

    /// The same local dates one year earlier; 29 February is the 28th (specs: questions, N16).
    func yearEarlier(_ calendar: ZoneCalendar) -> TrendBuckets {
        func yearEarlier(_ date: LocalDate) -> LocalDate { date.advanced(byMonths: -12) }
        func shifted(_ instant: Int64) -> Int64 {
            let date = calendar.date(at: Instant(microseconds: instant))
            return calendar.start(of: yearEarlier(date)).microseconds + instant - calendar.start(of: date).microseconds
        }
        let starts = starts.map(shifted)
        let ends = zip(starts, ends).map { start, end in
            let date = calendar.date(at: Instant(microseconds: end))
            let isMidnight = calendar.start(of: date).microseconds == end
            let shiftedEnd =
                isMidnight
                ? calendar.start(of: yearEarlier(date.advanced(byDays: -1)).advanced(byDays: 1)).microseconds : shifted(end)
            return max(start, shiftedEnd)
        }
        return TrendBuckets(labels: starts, starts: starts, ends: ends)
    }
}

/// Finds the buckets of ascending times: mostly the same one again or the next, else by search.
struct BucketCursor: Sendable {
    private let starts: [Int64]
    private let ends: [Int64]
    /// The last bucket that begins at or before the time asked last; -1 before all.
    private var current = -1

    /// - Parameter starts: ascending; buckets are half open and do not overlap.
    init(starts: [Int64], ends: [Int64]) {
        self.starts = starts
        self.ends = ends
    }

    /// Starts over, for the times of another person.
    mutating func reset() { current = -1 }

    /// The bucket that holds `time`, which is not before the one asked last; -1 when it lies in none.
    mutating func index(of time: Int64) -> Int {
        if current + 1 < starts.count, starts[current + 1] <= time { advance(time) }
        return current >= 0 && time < ends[current] ? current : -1
    }

    /// The first instant behind the bucket asked for last.
    var end: Int64 { ends[current] }

    private mutating func advance(_ time: Int64) {
        if current + 2 >= starts.count || starts[current + 2] > time {
            current += 1
            return
        }
        var low = current + 2
        var high = starts.count
        while low < high {
            let middle = (low + high) / 2
            if starts[middle] <= time { low = middle + 1 } else { high = middle }
        }
        current = low - 1
    }
}
