import Model

/// The days on which people did something, by the days until they did so again: how many were active within any number of days.
///
/// Days have numbers. The first day of a range has two of them, one for what came on it before the range.
struct ActiveGaps: Sendable {
    /// A day of UTC.
    private struct Stretch {
        /// The number of the local day at its start, less the one for being in the range; -1 where a clock is set in it.
        var day: Int
        /// When the next number begins.
        var nextDay: Int64
    }

    /// The mark of the events.
    let bit: UInt64
    private let calendar: ZoneCalendar
    private let range: Range<Int64>
    /// The first date that matters; those before it all have number 0.
    private let firstDate: Int32
    private let firstInRange: Int
    private let base: Int64
    private let stretches: [Stretch]
    /// Gaps of less than this many days are told apart.
    private let gapMax: Int
    /// By day, then by gap how many people; a gap of 0 says nothing.
    private var counts: [UInt32]

    private static let countsMax = 1 << 20

    /// nil where it would be large.
    ///
    /// - Parameters:
    ///   - range: times (µs) that count; those before it do for what spans more than one day.
    ///   - daysMax: the greatest number of days that is asked for.
    ///   - lastDates: the dates for which it is asked, ascending.
    init?(_ bit: UInt64, in range: Range<Int64>, daysMax: Int, lastDates: [Int32], _ calendar: ZoneCalendar) {
        guard let first = lastDates.first else { return nil }
        let start = calendar.date(at: Instant(microseconds: range.lowerBound)).daysSinceEpoch
        let end = calendar.date(at: Instant(microseconds: range.upperBound)).daysSinceEpoch
        firstDate = min(first, start) - Int32(daysMax) + 1
        firstInRange = Int(start - firstDate) + 2
        gapMax = daysMax + 1
        // One more, as a clock that is set back over midnight shows a date before its time.
        let days = Int(end) - Int(firstDate) + 4
        guard days * (gapMax + 1) <= ActiveGaps.countsMax else { return nil }
        counts = [UInt32](repeating: 0, count: days * (gapMax + 1))
        (self.bit, self.range, self.calendar) = (bit, range, calendar)
        let firstInstant = calendar.start(of: LocalDate(daysSinceEpoch: firstDate)).microseconds
        base = firstInstant.flooredQuotient(by: .microsecondsPerDay) * .microsecondsPerDay - .microsecondsPerDay
        stretches = ActiveGaps.stretches(base ..< range.upperBound, firstDate, calendar)
    }

    private static func stretches(_ times: Range<Int64>, _ firstDate: Int32, _ calendar: ZoneCalendar) -> [Stretch] {
        stride(from: times.lowerBound, to: times.upperBound, by: Int(Int64.microsecondsPerDay)).map { start in
            let instant = Instant(microseconds: start)
            let change = calendar.zone.nextTransitionSeconds(after: start / 1_000_000) ?? Int64.max
            if change < (start + .microsecondsPerDay) / 1_000_000 { return Stretch(day: -1, nextDay: Int64.max) }
            let date = calendar.date(at: instant)
            let nextDay = calendar.start(of: date.advanced(byDays: 1)).microseconds
            let (day, next) = (number(date, firstDate), number(date.advanced(byDays: 1), firstDate))
            return Stretch(day: day, nextDay: next > day ? nextDay : Int64.max)
        }
    }

    private static func number(_ date: LocalDate, _ firstDate: Int32) -> Int { max(0, Int(date.daysSinceEpoch - firstDate) + 1) }

    var byteCount: Int { counts.byteCount + stretches.byteCount }

    /// Adds the events of one person.
    mutating func add(_ history: borrowing History) {
        let (times, marks) = (history.timestamps, history.marks)
        let (base, bit, range, width) = (base, bit, range, gapMax + 1)
        // Taken out for the time being, so that the rest can be read beside it.
        var counts: [UInt32] = []
        swap(&counts, &self.counts)
        counts.withUnsafeMutableBufferPointer { counts in
            stretches.withUnsafeBufferPointer { stretches in
                var last = 0
                // Each event adds, most of them to a gap of 0: quicker than a branch that nobody can foresee.
                for index in 0 ..< times.count where marks[index] & bit != 0 {
                    let time = times[index]
                    if time >= range.upperBound { break }
                    let sinceBase = UInt64(bitPattern: max(time, base) &- base)
                    let stretch = stretches[Int(sinceBase / UInt64(Int64.microsecondsPerDay))]
                    var day = stretch.day &+ (time >= stretch.nextDay ? 1 : 0)
                    if day < 0 { day = number(of: time) }
                    // Where a clock is set back over midnight, the day before has said all.
                    day = max(last, day &+ (time >= range.lowerBound ? 1 : 0))
                    counts[last &* width &+ min(day &- last, width &- 1)] &+= 1
                    last = day
                }
                counts[last &* width &+ width &- 1] &+= 1
            }
        }
        swap(&counts, &self.counts)
    }

    private func number(of time: Int64) -> Int { ActiveGaps.number(calendar.date(at: Instant(microseconds: time)), firstDate) }

    mutating func merge(_ other: ActiveGaps) {
        for index in counts.indices { counts[index] &+= other.counts[index] }
    }

    /// Calls `body` with ranges of dates and how many people were active within `days` days at each of them: one person once a date.
    func forEach(days: Int, _ body: (Range<Int32>, Int) -> Void) {
        let width = gapMax + 1
        for day in (days > 1 ? 1 : firstInRange) ..< counts.count / width {
            let date = firstDate + Int32(day < firstInRange ? day - 1 : day - 2)
            for gap in 1 ... gapMax where counts[day * width + gap] > 0 {
                let isFromBefore = day < firstInRange && day + gap >= firstInRange
                let length = min(days, isFromBefore ? gap - 1 : gap)
                body(date ..< date + Int32(length), Int(counts[day * width + gap]))
            }
        }
    }
}
