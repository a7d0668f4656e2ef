import EventStore
import Model

/// The breakdown value of a person's event: property values by dictionary code, what people are once per person.
///
/// Not shared between threads.
struct GroupFinder: Sendable {
    private let breakdown: [Question.Breakdown]
    private let population: any Population
    private var columns: [[InternedColumn]]
    private var interner = ValueInterner()
    private var person: UInt32 = .max
    /// What the person is, by part of the breakdown; 0 for properties.
    private var own: [Int32]
    private let asksPeople: Bool
    private let standings: [Standing?]
    /// The computed traits among the parts.
    private let computed: [ComputedTraitColumn?]

    init(_ breakdown: [Question.Breakdown], executor: Executor) {
        self.breakdown = breakdown
        population = executor.population
        columns = breakdown.map { part in
            guard case .property(let path) = part else { return [] }
            return executor.snapshot.parts.map { InternedColumn(path, in: $0) }
        }
        own = [Int32](repeating: 0, count: breakdown.count)
        asksPeople = breakdown.contains { if case .property = $0 { false } else { true } }
        standings = breakdown.map { executor.standings[$0] }
        computed = breakdown.map { part in
            if case .trait(let key) = part { executor.computedColumns[key] } else { nil }
        }
    }

    /// Makes it the values of `person`; nil is nobody.
    mutating func enter(_ person: UInt32?) {
        if !asksPeople { return }
        for (index, part) in breakdown.enumerated() {
            switch part {
            case .property: continue
            case .trait(let key):
                own[index] = interner.number(
                    of: person.flatMap { one in
                        computed[index].map { $0.value(of: one) } ?? population.trait(key, of: one)
                    })
            case .role, .stage: own[index] = interner.number(of: person.flatMap { standings[index]?.value(of: $0) })
            }
        }
    }

    var byteCount: Int { interner.byteCount + InternedColumn.byteCount(columns) }

    /// Number of parts of the breakdown.
    var count: Int { breakdown.count }

    /// The interned value of one part of the breakdown at a row; a property is missing without one.
    mutating func number(_ index: Int, part: Int32, row: Int32) -> Int32 {
        columns[index].isEmpty ? own[index] : columns[index][Int(part)].number(at: Int(row), &interner)
    }

    /// The interned value of each part of the breakdown at a row; properties are missing without one.
    mutating func numbers(part: Int32, row: Int32) -> [Int32] {
        var out = own
        for index in breakdown.indices where !columns[index].isEmpty {
            out[index] = columns[index][Int(part)].number(at: Int(row), &interner)
        }
        return out
    }

    /// The value of one part where there is no event to take properties from.
    func numberWithoutEvent(_ index: Int) -> Int32 { columns[index].isEmpty ? own[index] : 0 }

    /// The value of each part where there is no event to take properties from.
    var numbersWithoutEvent: [Int32] {
        zip(breakdown, own).map { part, number in if case .property = part { 0 } else { number } }
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
