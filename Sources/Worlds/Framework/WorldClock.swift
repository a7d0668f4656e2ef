import Model

/// The days of a world: local dates, their instants in milliseconds UTC, and ISO weeks.
struct WorldClock: Sendable {
    let calendar: ZoneCalendar
    let firstDate: LocalDate
    let dayCount: Int
    /// Start of each local day in milliseconds UTC; one more than there are days.
    let dayStarts: [Int64]
    /// Monday of the week that holds the first day.
    let firstMonday: LocalDate

    init(zone: TimeZoneTable, lastDate: LocalDate, dayCount: Int) {
        let calendar = ZoneCalendar(zone: zone)
        let firstDate = lastDate.advanced(byDays: 1 - dayCount)
        self.calendar = calendar
        self.firstDate = firstDate
        self.dayCount = dayCount
        dayStarts = (0 ... dayCount).map { calendar.start(of: firstDate.advanced(byDays: $0)).microseconds / 1_000 }
        firstMonday = firstDate.monday
    }

    var weekCount: Int { week(ofDay: dayCount - 1) + 1 }

    /// 0 for Monday … 6 for Sunday.
    func weekday(ofDay day: Int) -> Int {
        let date = firstDate.advanced(byDays: day)
        return Int(date.daysSinceEpoch - date.monday.daysSinceEpoch)
    }

    /// The ISO week of a day, counted from that of the first day.
    func week(ofDay day: Int) -> Int {
        Int(firstDate.advanced(byDays: day).monday.daysSinceEpoch - firstMonday.daysSinceEpoch) / 7
    }

    /// The end of a day as RFC 3339 with the zone's offset.
    func rfc3339(atEndOf day: Int) -> String { calendar.rfc3339(Instant(microseconds: dayStarts[day + 1] * 1_000)) }

    func date(ofDay day: Int) -> LocalDate { firstDate.advanced(byDays: day) }
    func monday(ofWeek week: Int) -> LocalDate { firstMonday.advanced(byDays: 7 * week) }
}

/// How likely something is at each hour of the day, by weights.
struct HourCurve: Sendable {
    /// Sum of the weights up to and including each hour.
    private let cumulative: [Int]

    /// - Parameter weights: 24 weights, not all of them 0.
    init(_ weights: [Int]) {
        precondition(weights.count == 24, "an hour curve has 24 weights")
        var sum = 0
        cumulative = weights.map { weight in
            sum += weight
            return sum
        }
    }

    /// Milliseconds since the start of the day.
    func draw(using random: inout SplitMix64) -> Int64 {
        let target = random.below(cumulative[23])
        let hour = cumulative.firstIndex { target < $0 } ?? 23
        return Int64(hour) * 3_600_000 + Int64(random.below(3_600_000))
    }
}

/// How busy each day is, in thousandths of a plain day.
struct DayCurve: Sendable {
    private(set) var perMille: [Int]

    /// - Parameter weekdays: Monday … Sunday, thousandths.
    init(clock: WorldClock, weekdays: [Int]) {
        perMille = (0 ..< clock.dayCount).map { weekdays[clock.weekday(ofDay: $0)] }
    }

    /// Multiplies the days of a range by `factor` thousandths; days outside the world are ignored.
    mutating func scale(_ days: Range<Int>, by factor: Int) {
        for day in days.clamped(to: 0 ..< perMille.count) { perMille[day] = perMille[day] * factor / 1_000 }
    }

    subscript(day: Int) -> Int { perMille[day] }
}

extension TimeZoneTable {
    /// Without the summer times of the past, which no world reaches.
    static let shanghai = TimeZoneTable(identifier: "Asia/Shanghai", transitions: [], offsets: [28_800])
}
