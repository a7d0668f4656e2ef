import EventStore
import Model

/// Counts the people by the values of properties on their events.
struct PropertySpreadTally: Tally {
    private let range: Range<Int64>
    private let audience: PersonSet
    private let comparison: PersonSet
    /// By fact, then part; none for what people are.
    private var columns: [[InternedColumn]]
    private(set) var spreads: [ValueSpread]
    private var numbers: [Int32] = []

    init(
        _ facts: [DistributionQuestion.Fact], range: Range<Int64>, parts: [Part], audience: PersonSet, comparison: PersonSet
    ) {
        self.range = range
        self.audience = audience
        self.comparison = comparison
        columns = facts.map { fact in
            guard case .property(let path) = fact else { return [] }
            return parts.map { InternedColumn(path, in: $0) }
        }
        spreads = facts.map { _ in ValueSpread() }
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        let events =
            history.lowerBound(range.lowerBound)
            ..< max(
                history.lowerBound(range.lowerBound), history.lowerBound(range.upperBound))
        for fact in columns.indices where !columns[fact].isEmpty {
            numbers.removeAll(keepingCapacity: true)
            for index in events {
                let number = spreads[fact].number(at: Int(history.rows[index]), in: &columns[fact][Int(history.parts[index])])
                if number != 0 { numbers.append(number) }
            }
            if numbers.isEmpty { continue }
            numbers.sort()
            var kept = 0
            for number in numbers where kept == 0 || numbers[kept - 1] != number {
                numbers[kept] = number
                kept += 1
            }
            numbers.removeLast(numbers.count - kept)
            spreads[fact].add(numbers, audience.contains(unit.number), comparison.contains(unit.number))
        }
    }

    var byteCount: Int {
        spreads.reduce(InternedColumn.byteCount(columns) + numbers.byteCount) { $0 + $1.byteCount }
    }

    mutating func merge(_ other: PropertySpreadTally) {
        for index in spreads.indices { spreads[index].merge(other.spreads[index]) }
    }
}
