import Model

/// A stretch of time over which a person was a user, with the weeks that made them one.
struct UserSpell: Hashable, Sendable {
    /// The visit that first fulfilled the rule, in microseconds.
    var from: Int64
    /// The instant from which they are a former user unless the rule holds again before it.
    var until: Int64
    /// The latest week, by number, that fulfilled it.
    var lastWeek: Int
}

/// Finds when a person was a user: enough visits in one ISO week, kept for some weeks after.
///
/// The rule holds in a week from its n-th visit to the week's end; a visit counts in the week in which it starts. What it says about an
/// instant depends only on events up to that instant.
struct UserRule: Sendable {
    let rules: RoleRules
    let weeks: WeekTable

    init(rules: RoleRules, calendar: ZoneCalendar, through last: Instant) {
        self.rules = rules
        weeks = WeekTable(calendar: calendar, through: last, extra: rules.activeWeeks + 2)
    }

    /// Appends the spells of a person to `spells`, in order.
    ///
    /// - Parameter times: Timestamps of the person's events, ascending, in microseconds.
    @inline(__always)
    func appendSpells(of times: UnsafeBufferPointer<Int64>, to spells: inout [UserSpell]) {
        guard times.count >= rules.visitsPerWeek else { return }
        let firstSpell = spells.count
        var week = -1
        var weekEnd = Int64.min
        var visits = 0
        var last = Int64.min
        for time in times {
            let isNewVisit = last == Int64.min || time &- last > rules.visitGapMicroseconds
            last = time
            guard isNewVisit else { continue }
            if time >= weekEnd {
                week = weeks.index(time)
                weekEnd = week + 1 < weeks.starts.count ? weeks.starts[week + 1] : Int64.max
                visits = 0
            }
            visits += 1
            if visits == rules.visitsPerWeek { add(week: week, at: time, from: firstSpell, to: &spells) }
        }
    }

    private func add(week: Int, at time: Int64, from firstSpell: Int, to spells: inout [UserSpell]) {
        let until = weeks.start(week + 1 + rules.activeWeeks)
        if spells.count > firstSpell, time < spells[spells.count - 1].until {
            spells[spells.count - 1].until = until
            spells[spells.count - 1].lastWeek = week
        } else {
            spells.append(UserSpell(from: time, until: until, lastWeek: week))
        }
    }

    /// The spell of which only this is kept.
    func spell(from time: Int64, lastWeek: Int) -> UserSpell {
        UserSpell(from: time, until: weeks.start(lastWeek + 1 + rules.activeWeeks), lastWeek: lastWeek)
    }

    /// The first instants of the visits among ascending timestamps.
    func visitStarts(of times: UnsafeBufferPointer<Int64>) -> [Int64] {
        var starts: [Int64] = []
        var last: Int64?
        for time in times {
            if last.map({ time - $0 > rules.visitGapMicroseconds }) ?? true { starts.append(time) }
            last = time
        }
        return starts
    }
}
