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
        switch rfm.method {
        case .ntile(let bins):
            tile(&buyers, bins) { ($0.last, $1.last) }
            tile(&buyers, bins) { ($0.frequency, $1.frequency) }
            tile(&buyers, bins) { ($0.monetary, $1.monetary) }
        case .kmeans(let bins):
            group(&buyers, bins) { Double($0.last) }
            group(&buyers, bins) { Double($0.frequency) }
            group(&buyers, bins) { $0.monetary }
        case .thresholds(let borders):
            let end = instant.microseconds + 1
            for index in buyers.indices {
                let buyer = buyers[index]
                buyers[index].scores = [
                    1 + borders.recency.count { end - buyer.last <= $0.microseconds },
                    1 + borders.frequency.count { buyer.frequency >= $0 }, 1 + borders.monetary.count { buyer.monetary >= $0 },
                ]
            }
        }
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
    private func tile<Figure: Comparable>(_ buyers: inout [Buyer], _ bins: Int, _ figures: (Buyer, Buyer) -> (Figure, Figure)) {
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

    /// Adds groups by k-means: begins with the means of the tiles, then each goes to the nearest mean, the lower one of two.
    private func group(_ buyers: inout [Buyer], _ bins: Int, _ figure: (Buyer) -> Double) {
        var tiled = buyers
        for index in tiled.indices { tiled[index].scores = [] }
        tile(&tiled, bins) { (figure($0), figure($1)) }
        var groups = tiled.map { $0.scores[0] }
        var means: [Double] = []
        for round in 0 ... 100 {
            for group in 1 ... min(bins, max(buyers.count, 1)) {
                let members = buyers.indices.filter { groups[$0] == group }.map { figure(buyers[$0]) }
                let mean = members.isEmpty ? nil : ReferenceSum.exact(members) / Double(members.count)
                if means.count < group { means.append(mean ?? 0) } else { means[group - 1] = mean ?? means[group - 1] }
            }
            if round == 100 { break }
            let nearest = buyers.map { buyer in
                1 + zip(means, means.dropFirst()).count { low, high in figure(buyer) > low + (high - low) / 2 }
            }
            if nearest == groups { break }
            groups = nearest
        }
        for index in buyers.indices { buyers[index].scores.append(groups[index]) }
    }
}
