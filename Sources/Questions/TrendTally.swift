import EventStore
import Model

/// What one series has in one bucket.
struct TrendCell: Sendable {
    var total = 0
    var persons = 0
    var sessions = 0
    /// Persons whose first event of the range falls here.
    var newPersons = 0
    /// Persons active in the days up to the bucket's last one.
    var active = 0
    var sum = ExactSum()
    var values: [Double] = []
    var least: Double?
    var greatest: Double?
    /// Who was counted here last, so that nobody is counted twice.
    var lastPerson = UInt32.max
    var lastSession: Int64 = -1

    mutating func merge(_ other: TrendCell) {
        total += other.total
        persons += other.persons
        sessions += other.sessions
        newPersons += other.newPersons
        active += other.active
        sum.merge(other.sum)
        values += other.values
        if let number = other.least { least = min(least ?? number, number) }
        if let number = other.greatest { greatest = max(greatest ?? number, number) }
    }
}

/// Adds up the series of a trend over buckets, by breakdown value.
struct TrendTally: Tally {
    /// A series bound to its selector bit and, where it measures a property, to columns.
    private struct Bound: Sendable {
        var bit: UInt64
        var measure: TrendQuestion.Measure
        var readers: [PropertyReader]
        var statistic: TrendQuestion.Statistic?
        var days: Int?
    }

    private let series: [Bound]
    private let buckets: TrendBuckets
    private let active: ActiveDays
    private var day: DayCursor
    private let countsSessions: Bool
    private let hasBreakdown: Bool
    /// One for each mark where every series counts active people, all together: then the buckets of events do not matter.
    private var gaps: [ActiveGaps]
    /// The values with rows of their own; nil means all.
    private let kept: Set<[JSONValue]>?
    private var finder: GroupFinder
    /// Groups by their values; nil is the rest.
    private(set) var groups: [[JSONValue]?] = []
    private var groupOfKey: [[JSONValue]?: Int] = [:]
    private var groupOfNumbers: [[Int32]: Int] = [:]
    /// Group-major, then series, then bucket.
    private var cells: [TrendCell] = []
    private var lastPerson: [UInt32] = []
    /// Group-major, then series: who was active last, until which bucket, and on which date.
    private var covered: [(person: UInt32, next: Int, date: Int32)] = []
    /// Of each group and series how many people more, or fewer, are active in a bucket than in the one before it.
    private var changes: [Int] = []
    /// Of the lists of values in ``groups`` and of the numbers that lead to them.
    private var keyBytes = 0
    /// Of all cells: values kept, and sums with room for fractions.
    private var valueCount = 0
    private var fractionCount = 0

    init(
        _ series: [TrendQuestion.Series], selectors: [Selector], buckets: TrendBuckets, breakdown: [Question.Breakdown],
        kept: Set<[JSONValue]>?, executor: Executor
    ) {
        self.series = series.map { item in
            let bit = selectors.firstIndex(of: item.selector.unlabelled).map { UInt64(1) << UInt64($0) } ?? 0
            let property = item.measure.property
            return Bound(
                bit: bit, measure: item.measure,
                readers: property.map { property in executor.snapshot.parts.map { PropertyReader(property.path, in: $0) } } ?? [],
                statistic: property?.statistic, days: item.measure.activeDays)
        }
        self.buckets = buckets
        self.kept = kept
        let lastDates = buckets.lastDates(executor.calendar)
        active = ActiveDays(lastDates: lastDates)
        day = DayCursor(executor.calendar)
        countsSessions = series.contains { $0.measure.countsSessions }
        hasBreakdown = !breakdown.isEmpty
        gaps = breakdown.isEmpty ? TrendTally.gaps(self.series, buckets, lastDates, executor.calendar) : []
        finder = GroupFinder(breakdown, executor: executor)
        if !hasBreakdown { _ = group(of: []) }
    }

    /// Empty unless every series counts active people of not too many days.
    private static func gaps(
        _ series: [Bound], _ buckets: TrendBuckets, _ lastDates: [Int32], _ calendar: ZoneCalendar
    ) -> [ActiveGaps] {
        let days = series.compactMap(\.days)
        guard days.count == series.count, let daysMax = days.max(), let start = buckets.starts.first, let end = buckets.ends.last
        else { return [] }
        var gaps: [ActiveGaps] = []
        for bit in Set(series.map(\.bit)).sorted() {
            guard let made = ActiveGaps(bit, in: start ..< max(start, end), daysMax: daysMax, lastDates: lastDates, calendar)
            else { return [] }
            gaps.append(made)
        }
        return gaps
    }

    func cell(group: Int, series index: Int, bucket: Int) -> TrendCell {
        cells[(group * series.count + index) * buckets.count + bucket]
    }

    /// Adds up how many people are active; after the last merge.
    mutating func settle() {
        for place in 0 ..< groups.count * series.count {
            guard let days = series[place % series.count].days else { continue }
            let first = place * (buckets.count + 1)
            gaps.first { $0.bit == series[place % series.count].bit }?.forEach(days: days) { dates, people in
                changes[first + active.first(notBefore: dates.lowerBound)] += people
                changes[first + active.first(notBefore: dates.upperBound)] -= people
            }
            var people = 0
            for bucket in 0 ..< buckets.count {
                people += changes[first + bucket]
                cells[place * buckets.count + bucket].active = people
            }
        }
    }

    // MARK: - Adding

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        if gaps.isEmpty { take(unit, history) }
        for index in gaps.indices { gaps[index].add(history) }
    }

    mutating func addNobody(_ history: borrowing History) { take(nil, history) }

    private mutating func take(_ unit: CountedUnit?, _ history: borrowing History) {
        if hasBreakdown { finder.enter(unit?.person) }
        var session: Int64 = 0
        for index in 0 ..< history.count {
            let time = history.timestamps[index]
            if countsSessions, index > 0, time - history.timestamps[index - 1] > 30 * .microsecondsPerMinute { session += 1 }
            let inside = buckets.indexes(of: time)
            var group = hasBreakdown ? -1 : 0
            for number in series.indices where history.marks[index] & series[number].bit != 0 {
                if let days = series[number].days, let unit, isSeen(time, days) {
                    if group < 0 { group = self.group(history.parts[index], history.rows[index]) }
                    cover(unit.number, time, days, group, number)
                }
                if inside.isEmpty { continue }
                if group < 0 { group = self.group(history.parts[index], history.rows[index]) }
                if series[number].days != nil { continue }
                for bucket in inside { count(unit?.number, session, group, number, bucket) }
                if let statistic = series[number].statistic {
                    measure(statistic, history.parts[index], history.rows[index], group, number, inside)
                }
            }
        }
    }

    private mutating func group(_ part: Int32, _ row: Int32) -> Int {
        let numbers = finder.numbers(part: part, row: row)
        if let known = groupOfNumbers[numbers] { return known }
        let values = finder.values(numbers)
        let key = kept.map { $0.contains(values) } ?? true ? values : nil
        let made = groupOfKey[key] ?? add(key)
        groupOfNumbers[numbers] = made
        keyBytes += blockBytes + numbers.byteCount
        return made
    }

    private mutating func group(of key: [JSONValue]?) -> Int {
        if let known = groupOfKey[key] { return known }
        // Values of another tally, which the finder does not hold.
        keyBytes += key?.reduce(0) { $0 + $1.outerBytes } ?? 0
        return add(key)
    }

    private mutating func add(_ key: [JSONValue]?) -> Int {
        keyBytes += blockBytes + (key?.count ?? 0) * MemoryLayout<JSONValue>.stride + GroupTable.sortingBytes
        let made = groups.count
        groups.append(key)
        groupOfKey[key] = made
        cells.append(contentsOf: repeatElement(TrendCell(), count: series.count * buckets.count))
        lastPerson.append(contentsOf: repeatElement(UInt32.max, count: series.count))
        covered.append(contentsOf: repeatElement((person: UInt32.max, next: 0, date: 0), count: series.count))
        changes.append(contentsOf: repeatElement(0, count: series.count * (buckets.count + 1)))
        return made
    }

    private mutating func count(_ person: UInt32?, _ session: Int64, _ group: Int, _ number: Int, _ bucket: Int) {
        let place = group * series.count + number
        let cell = place * buckets.count + bucket
        cells[cell].total += 1
        guard let person else { return }
        if lastPerson[place] != person {
            lastPerson[place] = person
            cells[cell].newPersons += 1
        }
        if cells[cell].lastPerson != person {
            cells[cell].lastPerson = person
            cells[cell].persons += 1
            cells[cell].lastSession = -1
        }
        if countsSessions, cells[cell].lastSession != session {
            cells[cell].lastSession = session
            cells[cell].sessions += 1
        }
    }

    private mutating func measure(
        _ statistic: TrendQuestion.Statistic, _ part: Int32, _ row: Int32, _ group: Int, _ number: Int, _ inside: Range<Int>
    ) {
        guard let value = series[number].readers[Int(part)].value(at: Int(row)), let double = value.doubleValue, double.isFinite
        else {
            return
        }
        for bucket in inside {
            let cell = (group * series.count + number) * buckets.count + bucket
            switch statistic {
            case .sum: add(value, double, to: cell)
            case .avg:
                add(value, double, to: cell)
                cells[cell].values.append(0)
                valueCount += 1
            case .min: cells[cell].least = Swift.min(cells[cell].least ?? double, double)
            case .max: cells[cell].greatest = Swift.max(cells[cell].greatest ?? double, double)
            case .median, .p90, .p95, .p99:
                cells[cell].values.append(double)
                valueCount += 1
            }
        }
    }

    private mutating func add(_ value: JSONValue, _ double: Double, to cell: Int) {
        if case .int(let whole) = value {
            cells[cell].sum.add(whole)
            return
        }
        let had = cells[cell].sum.hasFractions
        cells[cell].sum.add(double)
        if !had, cells[cell].sum.hasFractions { fractionCount += 1 }
    }

    // MARK: - Active people

    /// Whether an event at `time` can make a person active in some bucket; only wau and mau look before the range.
    private func isSeen(_ time: Int64, _ days: Int) -> Bool {
        guard let first = buckets.starts.first, let end = buckets.ends.last else { return false }
        return time < end && (days > 1 || time >= first)
    }

    private mutating func cover(_ person: UInt32, _ time: Int64, _ days: Int, _ group: Int, _ number: Int) {
        let date = day.date(of: time)
        let place = group * series.count + number
        if covered[place].person != person {
            covered[place] = (person, 0, date)
        } else if covered[place].date == date {
            return
        }
        covered[place].date = date
        let bucket = max(covered[place].next, active.first(notBefore: date))
        let end = active.first(notBefore: date + Int32(days))
        guard bucket < end else { return }
        changes[place * (buckets.count + 1) + bucket] += 1
        changes[place * (buckets.count + 1) + end] -= 1
        covered[place].next = end
    }

    var byteCount: Int {
        let lists = valueCount * TrendTally.bytesPerValue + min(valueCount, cells.count) * blockBytes
        return cells.byteCount + lists + fractionCount * ExactSum.fractionBytes + changes.byteCount + covered.byteCount
            + lastPerson.byteCount + groups.byteCount + groupOfKey.byteCount + groupOfNumbers.byteCount + keyBytes
            + finder.byteCount + gaps.reduce(0) { $0 + $1.byteCount }
    }

    /// In a list that has grown, and once more where its middle is looked for.
    private static let bytesPerValue = 20

    mutating func merge(_ other: TrendTally) {
        valueCount += other.valueCount
        for index in gaps.indices { gaps[index].merge(other.gaps[index]) }
        let size = series.count * buckets.count
        for (index, key) in other.groups.enumerated() {
            let group = group(of: key)
            for offset in 0 ..< size {
                let had = cells[group * size + offset].sum.hasFractions
                cells[group * size + offset].merge(other.cells[index * size + offset])
                if !had, cells[group * size + offset].sum.hasFractions { fractionCount += 1 }
            }
            let width = series.count * (buckets.count + 1)
            for offset in 0 ..< width { changes[group * width + offset] += other.changes[index * width + offset] }
        }
    }
}

extension TrendQuestion.Measure {
    /// The property it measures and how, also inside `perPerson`.
    var property: (statistic: TrendQuestion.Statistic, path: String)? {
        switch self {
        case .property(let statistic, let path): (statistic, path)
        case .perPerson(let inner): inner.property
        default: nil
        }
    }

    var activeDays: Int? { if case .active(let days) = self { days } else { nil } }

    var countsSessions: Bool {
        switch self {
        case .sessions: true
        case .perPerson(let inner): inner.countsSessions
        default: false
        }
    }

    /// The measure's number in a cell.
    func value(_ cell: TrendCell) -> JSONValue {
        switch self {
        case .total: return .int(Int64(cell.total))
        case .persons: return .int(Int64(cell.persons))
        case .sessions: return .int(Int64(cell.sessions))
        case .active: return .int(Int64(cell.active))
        case .perPerson(let inner):
            guard cell.persons > 0, let value = inner.value(cell).doubleValue else { return .null }
            return Numbers.json(value / Double(cell.persons))
        case .property(let statistic, _):
            switch statistic {
            case .sum: return cell.sum.json
            case .avg: return cell.values.isEmpty ? .null : Numbers.json(cell.sum.value / Double(cell.values.count))
            case .min: return Numbers.json(cell.least)
            case .max: return Numbers.json(cell.greatest)
            case .median:
                var values = cell.values
                return Numbers.json(OrderStatistic.element((values.count - 1) / 2, of: &values))
            case .p90, .p95, .p99:
                guard let percentile = statistic.percentile else { return .null }
                var values = cell.values
                return Numbers.json(OrderStatistic.element(max(1, (values.count * percentile + 99) / 100) - 1, of: &values))
            }
        }
    }
}
