import EventStore
import Model

/// How many people of an audience and of a comparison hold each value of one fact.
struct ValueSpread {
    private var interner = ValueInterner()
    /// By interned number; the first is that of people with any value.
    private var counts: [(audience: Int, comparison: Int)] = [(0, 0)]

    /// With what it takes to list the values.
    var byteCount: Int { interner.byteCount + counts.byteCount + counts.count * ValueSpread.listingBytes }

    private static let listingBytes = 2 * MemoryLayout<(JSONValue, ShareComparison)>.stride

    mutating func number(of value: JSONValue?) -> Int32 { interner.number(of: value) }

    mutating func number(at row: Int, in column: inout InternedColumn) -> Int32 { column.number(at: row, &interner) }

    /// Counts a person with these different values, of which there is at least one.
    mutating func add(_ numbers: [Int32], _ isInAudience: Bool, _ isInComparison: Bool) {
        while counts.count < interner.values.count { counts.append((0, 0)) }
        for number in [0] + numbers {
            if isInAudience { counts[Int(number)].audience += 1 }
            if isInComparison { counts[Int(number)].comparison += 1 }
        }
    }

    mutating func merge(_ other: ValueSpread) {
        for (index, count) in other.counts.enumerated() {
            let number = index == 0 ? 0 : Int(interner.number(of: other.interner.values[index]))
            while counts.count <= number { counts.append((0, 0)) }
            counts[number].audience += count.audience
            counts[number].comparison += count.comparison
        }
    }

    /// The values in the audience, most frequent first; null for those without any.
    func comparisons(_ total: Int, _ totalAgainst: Int) -> [(JSONValue, ShareComparison)] {
        counts.indices.map { number in
            let count = counts[number]
            let (own, other) = number == 0 ? (total - count.audience, totalAgainst - count.comparison) : count
            return (
                interner.values[number], ShareComparison(count: own, total: total, countAgainst: other, totalAgainst: totalAgainst)
            )
        }
        .filter { $0.1.count > 0 }
        .sorted { $0.1.count != $1.1.count ? $0.1.count > $1.1.count : Numbers.precedes($0.0, $1.0) }
    }
}
