import EventStore
import Model

/// The breakdown value of a person's event: property values by dictionary code, trait values once per person.
///
/// Not shared between threads.
struct GroupFinder: Sendable {
    private let breakdown: [Question.Breakdown]
    private let population: any Population
    private var columns: [[InternedColumn]]
    private var interner = ValueInterner()
    private var person: UInt32 = .max
    private var traits: [Int32]
    private let hasTraits: Bool

    init(_ breakdown: [Question.Breakdown], executor: Executor) {
        self.breakdown = breakdown
        population = executor.population
        columns = breakdown.map { part in
            guard case .property(let path) = part else { return [] }
            return executor.snapshot.parts.map { InternedColumn(path, in: $0) }
        }
        traits = [Int32](repeating: 0, count: breakdown.count)
        hasTraits = breakdown.contains { if case .trait = $0 { true } else { false } }
    }

    /// Makes the traits those of `person`; nil is nobody.
    mutating func enter(_ person: UInt32?) {
        if !hasTraits { return }
        for (index, part) in breakdown.enumerated() {
            guard case .trait(let key) = part else { continue }
            traits[index] = interner.number(of: person.flatMap { population.trait(key, of: $0) })
        }
    }

    var byteCount: Int { interner.byteCount + InternedColumn.byteCount(columns) }

    /// Number of parts of the breakdown.
    var count: Int { breakdown.count }

    /// The interned value of one part of the breakdown at a row; a property is missing without one.
    mutating func number(_ index: Int, part: Int32, row: Int32) -> Int32 {
        columns[index].isEmpty ? traits[index] : columns[index][Int(part)].number(at: Int(row), &interner)
    }

    /// The interned value of each part of the breakdown at a row; properties are missing without one.
    mutating func numbers(part: Int32, row: Int32) -> [Int32] {
        var out = traits
        for index in breakdown.indices where !columns[index].isEmpty {
            out[index] = columns[index][Int(part)].number(at: Int(row), &interner)
        }
        return out
    }

    /// The value of one part where there is no event to take properties from.
    func numberWithoutEvent(_ index: Int) -> Int32 { columns[index].isEmpty ? traits[index] : 0 }

    /// The value of each part where there is no event to take properties from.
    var numbersWithoutEvent: [Int32] {
        zip(breakdown, traits).map { part, number in if case .trait = part { number } else { 0 } }
    }

    func values(_ numbers: [Int32]) -> [JSONValue] { numbers.map { interner.values[Int($0)] } }
}

/// The rows of a breakdown: which values are kept, in order.
enum BreakdownRows {
    /// The keys of the greatest numbers, at most `limit`; ties by value (specs: questions, N13).
    static func kept(_ numbers: [(key: [JSONValue], number: Double?)], limit: Int) -> [[JSONValue]] {
        let sorted = numbers.sorted { left, right in
            if left.number != right.number {
                guard let first = left.number else { return false }
                guard let second = right.number else { return true }
                return first > second
            }
            return Numbers.precedes(left.key, right.key)
        }
        return sorted.prefix(limit).map(\.key)
    }
}
