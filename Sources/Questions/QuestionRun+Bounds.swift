import EventStore
import Model

extension QuestionRun {
    /// The range with open ends closed: by the buckets of the first and the last event that is counted.
    ///
    /// - Parameter counted: those of `selectors` whose events are counted.
    mutating func settledBounds(
        _ selectors: [Selector], of counted: [Selector], _ interval: CalendarInterval, includesNobody: Bool = false
    ) -> Range<Int64> {
        guard bounds.lowerBound == Int64.min || bounds.upperBound == Int64.max else { return bounds }
        let wanted = counted.reduce(UInt64(0)) { $0 | QuestionRun.bit(of: $1, in: selectors) }
        let range = bounds
        let span = scan(selectors, includesNobody: includesNobody) { SpanTally(bits: wanted, range: range) }
        guard let first = span.first, let last = span.last else { return 0 ..< 0 }
        let calendar = executor.calendar
        let start = calendar.bucketStart(of: interval, at: Instant(microseconds: first))
        let lastStart = calendar.bucketStart(of: interval, at: Instant(microseconds: last))
        let end = calendar.nextBucketStart(of: interval, after: lastStart)
        let from = bounds.lowerBound == Int64.min ? start.microseconds : bounds.lowerBound
        let to = bounds.upperBound == Int64.max ? end.microseconds : bounds.upperBound
        return from ..< max(from, to)
    }

    /// The mark of a selector among those that are scanned for.
    static func bit(of selector: Selector, in selectors: [Selector]) -> UInt64 {
        selectors.firstIndex(of: selector.unlabelled).map { 1 << UInt64($0) } ?? 0
    }

    /// The breakdown values with rows of their own, by the people who have such an event in `bounds`; nil without a breakdown.
    mutating func keptByPersons(_ selector: Selector, _ bounds: Range<Int64>) -> [[JSONValue]]? {
        guard !question.breakdown.isEmpty else { return nil }
        let held = executor.heldBytes
        defer { executor.watch?.giveBack(to: held) }
        let empty = GroupCountTally(bit: 1, range: bounds, table: table(nil))
        return BreakdownRows.kept(scan([selector.unlabelled]) { empty }.numbers, limit: question.limit)
    }

    /// Narrows the people who count to those with such an event in `range`, where the others cannot change the answer.
    ///
    /// A pass over the rows of one event spares the next one most people's histories.
    mutating func narrow(to selector: Selector, in range: Range<Int64>) {
        guard selector.names != nil, question.unit == nil else { return }
        let empty = DoerTally(range: range, capacity: executor.population.personOfIdentity.count)
        who = scan([selector.unlabelled]) { empty }.persons
    }

    /// An empty table of the question's breakdown.
    func table(_ kept: [[JSONValue]]?) -> GroupTable {
        GroupTable(question.breakdown, kept: kept.map(Set.init), executor: executor)
    }

    /// The kept values in order, then the rest where it was met; a single key without a breakdown.
    func rowKeys(_ kept: [[JSONValue]]?, _ table: GroupTable) -> [[JSONValue]?] {
        guard let kept else { return [[]] }
        return kept.map { Optional($0) } + (table.known(nil) == nil ? [] : [nil])
    }

    /// Begins a row with its breakdown value, where there is a breakdown.
    func row(of key: [JSONValue]?) -> ObjectWriter {
        var out = ObjectWriter()
        if !question.breakdown.isEmpty { out.put("value", key.map { .array($0) } ?? ["other": true]) }
        return out
    }

    /// Refuses an answer of more than a million numbers.
    func checkSize(groups: Int, numbersPerGroup: Int) throws(Problem) {
        let (cells, overflow) = groups.multipliedReportingOverflow(by: numbersPerGroup)
        guard !overflow, cells <= QuestionRun.cellsMax else {
            throw Problem(.badQuestion, "The answer would hold more than a million numbers. Ask for less at once.", place: "/range")
        }
    }

    private static let cellsMax = 1_000_000
}

/// The people who have a matching event in a stretch of time.
private struct DoerTally: Tally {
    private let range: Range<Int64>
    private(set) var persons: PersonSet

    init(range: Range<Int64>, capacity: Int) {
        self.range = range
        persons = PersonSet(capacity: capacity)
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        let first = history.lowerBound(range.lowerBound)
        if first < history.count, history.timestamps[first] < range.upperBound { persons.insert(unit.number) }
    }

    var byteCount: Int { persons.byteCount }

    mutating func merge(_ other: DoerTally) { persons.formUnion(other.persons) }
}

/// The times of the first and the last event that match.
private struct SpanTally: Tally {
    let bits: UInt64
    let range: Range<Int64>
    var first: Int64?
    var last: Int64?

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) { take(history) }
    mutating func addNobody(_ history: borrowing History) { take(history) }

    private mutating func take(_ history: borrowing History) {
        for index in 0 ..< history.count where history.marks[index] & bits != 0 && range.contains(history.timestamps[index]) {
            let time = history.timestamps[index]
            first = min(first ?? time, time)
            last = max(last ?? time, time)
        }
    }

    var byteCount: Int { 0 }

    mutating func merge(_ other: SpanTally) {
        if let time = other.first { first = min(first ?? time, time) }
        if let time = other.last { last = max(last ?? time, time) }
    }
}
