import EventStore
import Model

/// Adds up cohorts: their sizes, and how many members are back in each period.
struct RetentionTally: Tally {
    private let retention: RetentionQuestion
    private let startBit: UInt64
    private let returnBit: UInt64
    private let range: Range<Int64>
    private let cohortCount: Int
    /// Without periods only the people of each breakdown value are counted.
    private let isCounting: Bool
    /// The calendar intervals of cohorts and periods, uncut.
    private var cursor: BucketCursor
    private(set) var table: GroupTable
    /// Group-major, then cohort.
    private var sizes: [Int] = []
    /// Group-major, then cohort, then period.
    private var values: [Int] = []
    /// Per group the people with a membership.
    private(set) var persons: [Int] = []
    private var lastUnit: [UInt32] = []
    /// Per interval of the calendar whether the current person returned in it.
    private var returned: IntervalSet
    /// Per period whether the current member returned in it.
    private var rolled: IntervalSet
    private var members: [Member] = []

    /// One membership of the current person.
    private struct Member {
        var cohort: Int
        /// The index of the start event.
        var event: Int
    }

    /// - Parameter edges: first instants of the calendar intervals from the first cohort on, `cohortCount` + `periods` of them.
    init(
        _ retention: RetentionQuestion, selectors: [Selector], range: Range<Int64>, edges: [Int64], cohortCount: Int,
        table: GroupTable, isCounting: Bool = false
    ) {
        self.retention = retention
        startBit = QuestionRun.bit(of: retention.start, in: selectors)
        returnBit = QuestionRun.bit(of: retention.comeback, in: selectors)
        self.range = range
        self.cohortCount = cohortCount
        self.table = table
        self.isCounting = isCounting
        cursor = BucketCursor(starts: Array(edges.dropLast()), ends: Array(edges.dropFirst()))
        returned = IntervalSet(count: edges.count)
        rolled = IntervalSet(count: retention.periods)
        grow()
    }

    func size(group: Int, cohort: Int) -> Int { sizes[group * cohortCount + cohort] }

    func value(group: Int, cohort: Int, period: Int) -> Int { values[(group * cohortCount + cohort) * retention.periods + period] }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        members.removeAll(keepingCapacity: true)
        findMembers(history)
        if members.isEmpty { return }
        table.enter(unit.person)
        if retention.anchor == .calendar, !isCounting { noteReturns(history) }
        for member in members {
            let group = table.group(part: history.parts[member.event], row: history.rows[member.event])
            grow()
            if lastUnit[group] != unit.number {
                lastUnit[group] = unit.number
                persons[group] += 1
            }
            if isCounting { continue }
            sizes[group * cohortCount + member.cohort] += 1
            count(member, group, history)
        }
    }

    private mutating func findMembers(_ history: borrowing History) {
        cursor.reset()
        var last = -1
        for index in 0 ..< history.count where history.marks[index] & startBit != 0 {
            let time = history.timestamps[index]
            if range.contains(time) {
                let cohort = cursor.index(of: time)
                if cohort >= 0, cohort < cohortCount, cohort != last { members.append(Member(cohort: cohort, event: index)) }
                last = cohort
            }
            if retention.mode == .firstTime { return }
        }
    }

    private mutating func noteReturns(_ history: borrowing History) {
        returned.removeAll()
        cursor.reset()
        let (times, marks) = (history.timestamps, history.marks)
        // Most events come after another one of their interval.
        var end = Int64.min
        for index in 0 ..< times.count where times[index] >= end && marks[index] & returnBit != 0 {
            let interval = cursor.index(of: times[index])
            if interval >= 0 {
                returned.insert(interval)
                end = cursor.end
            }
        }
    }

    private mutating func count(_ member: Member, _ group: Int, _ history: borrowing History) {
        let periods = retention.periods
        let base = (group * cohortCount + member.cohort) * periods
        var first = member.cohort
        if let length = retention.rollingMicroseconds, retention.anchor == .rolling24h {
            roll(member, length, history)
            first = 0
        }
        let source = retention.anchor == .rolling24h ? rolled : returned
        if retention.criterion == .onOrAfter {
            guard let last = source.last(in: first ..< first + periods) else { return }
            for period in 0 ... last - first { values[base + period] += 1 }
        } else {
            source.forEach(in: first ..< first + periods) { values[base + $0 - first] += 1 }
        }
    }

    /// Notes the periods, from the member's own start on, that hold a return event.
    private mutating func roll(_ member: Member, _ length: Int64, _ history: borrowing History) {
        rolled.removeAll()
        let start = history.timestamps[member.event]
        for index in history.lowerBound(start) ..< history.count where history.marks[index] & returnBit != 0 {
            let period = (history.timestamps[index] - start) / length
            if period >= Int64(retention.periods) { return }
            rolled.insert(Int(period))
        }
    }

    private mutating func grow() {
        while persons.count < table.count {
            persons.append(0)
            lastUnit.append(UInt32.max)
            if isCounting { continue }
            sizes.append(contentsOf: repeatElement(0, count: cohortCount))
            values.append(contentsOf: repeatElement(0, count: cohortCount * retention.periods))
        }
    }

    var byteCount: Int {
        table.byteCount + sizes.byteCount + values.byteCount + persons.byteCount + lastUnit.byteCount + members.byteCount
    }

    mutating func merge(_ other: RetentionTally) {
        let size = cohortCount * retention.periods
        for (index, key) in other.table.keys.enumerated() {
            let group = table.group(of: key)
            grow()
            guard index < other.persons.count else { continue }
            persons[group] += other.persons[index]
            if isCounting { continue }
            for cohort in 0 ..< cohortCount { sizes[group * cohortCount + cohort] += other.sizes[index * cohortCount + cohort] }
            for place in 0 ..< size { values[group * size + place] += other.values[index * size + place] }
        }
    }
}

/// A set of small numbers as bits, filled and emptied for each person in turn without making anything new.
struct IntervalSet: Sendable {
    private var words: [UInt64]

    /// - Parameter count: members are below it.
    init(count: Int) { words = [UInt64](repeating: 0, count: (count + 63) / 64) }

    mutating func removeAll() {
        for index in words.indices { words[index] = 0 }
    }

    mutating func insert(_ member: Int) { words[member >> 6] |= 1 << UInt64(member & 63) }

    func contains(_ member: Int) -> Bool { words[member >> 6] >> UInt64(member & 63) & 1 == 1 }

    /// Visits the members in the range, ascending.
    func forEach(in range: Range<Int>, _ body: (Int) -> Void) {
        var word = range.lowerBound >> 6
        while word < words.count, word << 6 < range.upperBound {
            var rest = masked(word, range)
            while rest != 0 {
                body(word << 6 + rest.trailingZeroBitCount)
                rest &= rest - 1
            }
            word += 1
        }
    }

    /// The greatest member in the range.
    func last(in range: Range<Int>) -> Int? {
        var word = min(words.count, (range.upperBound + 63) >> 6) - 1
        while word >= 0, (word + 1) << 6 > range.lowerBound {
            let rest = masked(word, range)
            if rest != 0 { return word << 6 + 63 - rest.leadingZeroBitCount }
            word -= 1
        }
        return nil
    }

    /// The bits of a word whose members lie in the range.
    private func masked(_ word: Int, _ range: Range<Int>) -> UInt64 {
        var bits = words[word]
        let first = range.lowerBound - word << 6
        let end = range.upperBound - word << 6
        if first > 0 { bits &= first < 64 ? UInt64.max << UInt64(first) : 0 }
        if end < 64 { bits &= end > 0 ? (1 << UInt64(end)) - 1 : 0 }
        return bits
    }
}
