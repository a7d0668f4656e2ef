import Model
import OrderedCollections
import Questions

extension ReferenceQuestion {
    /// One person's figures and scores.
    private struct Buyer {
        var person: UInt32
        var last: Int64
        var frequency: Int
        var monetary: Double
        var scores: [Int] = []
    }

    func rfm(_ rfm: RFMQuestion) throws(Problem) -> JSONValue {
        var buyers: [Buyer] = []
        // People come in the order of their ordinals, which is that of first sight.
        for person in try people() {
            let mine = events(of: person).filter { range.contains($0.timestamp) && matches(rfm.selector, $0) }
            guard let last = mine.last else { continue }
            let numbers = mine.compactMap { value(rfm.value, $0)?.doubleValue }
            buyers.append(Buyer(person: person, last: last.timestamp, frequency: mine.count, monetary: ReferenceSum.exact(numbers)))
        }
        score(&buyers, rfm.bins) { ($0.last, $1.last) }
        score(&buyers, rfm.bins) { ($0.frequency, $1.frequency) }
        score(&buyers, rfm.bins) { ($0.monetary, $1.monetary) }
        let cells = Dictionary(grouping: buyers) { $0.scores }.sorted { $0.key.lexicographicallyPrecedes($1.key) }
        return [
            "rows": .array(
                cells.map { scores, members in
                    var row: OrderedDictionary<String, JSONValue> = [
                        "r": .int(Int64(scores[0])), "f": .int(Int64(scores[1])), "m": .int(Int64(scores[2])),
                        "persons": .int(Int64(members.count)), "frequency": .int(Int64(members.map(\.frequency).reduce(0, +))),
                        "monetary": ReferenceQuestion.number(ReferenceSum.exact(members.map(\.monetary))),
                    ]
                    if rfm.isList { row["people"] = .array(members.map { .string(PersonID(ordinal: $0.person).text) }) }
                    return .object(row)
                })
        ]
    }

    /// Adds SQL's ntile over one figure, ascending; equal ones stay in order.
    private func score<Figure: Comparable>(_ buyers: inout [Buyer], _ bins: Int, _ figures: (Buyer, Buyer) -> (Figure, Figure)) {
        let order = buyers.indices.sorted { one, two in
            let (first, second) = figures(buyers[one], buyers[two])
            return first == second ? one < two : first < second
        }
        var sizes = [Int](repeating: order.count / bins, count: bins)
        for tile in 0 ..< order.count % bins { sizes[tile] += 1 }
        var rest = order[...]
        for (tile, size) in sizes.enumerated() {
            for place in rest.prefix(size) { buyers[place].scores.append(tile + 1) }
            rest = rest.dropFirst(size)
        }
    }
}
