import Model
import OrderedCollections
import Questions

extension ReferenceQuestion {
    /// The sessions of a person over the events of the range: more than 30 minutes of quiet end one.
    private func sessions(_ person: UInt32) -> [[Event]] {
        var out: [[Event]] = []
        for event in events(of: person) where range.contains(event.timestamp) {
            if let last = out.last?.last, event.timestamp - last.timestamp <= 1_800_000_000 {
                out[out.count - 1].append(event)
            } else {
                out.append([event])
            }
        }
        return out
    }

    func paths(_ paths: PathsQuestion) throws(Problem) -> JSONValue {
        struct Edge: Hashable {
            var depth: Int
            var from: String
            var to: String
        }
        var counts: [Edge: Int] = [:]
        for person in try people() {
            for var session in sessions(person) {
                if let from = paths.from {
                    guard let first = session.firstIndex(where: { matches(from, $0) }) else { continue }
                    session = Array(session[first...])
                }
                if let to = paths.to {
                    let start = paths.from == nil ? 0 : 1
                    guard let last = session.indices.first(where: { $0 >= start && matches(to, session[$0]) }) else { continue }
                    session = Array(session[...last])
                }
                if let depth = paths.depth {
                    session = paths.to == nil ? Array(session.prefix(depth)) : Array(session.suffix(depth))
                }
                let nodes = session.map { event in paths.renames.first { matches($0.selector, event) }?.name ?? event.name }
                for (index, pair) in zip(nodes, nodes.dropFirst()).enumerated() {
                    counts[Edge(depth: paths.depth == nil ? 0 : index + 1, from: pair.0, to: pair.1), default: 0] += 1
                }
            }
        }
        let sorted = counts.sorted { left, right in
            if left.value != right.value { return left.value > right.value }
            if left.key.depth != right.key.depth { return left.key.depth < right.key.depth }
            return left.key.from == right.key.from
                ? left.key.to.utf8.lexicographicallyPrecedes(right.key.to.utf8)
                : left.key.from.utf8.lexicographicallyPrecedes(right.key.from.utf8)
        }
        let rows: [JSONValue] = sorted.prefix(paths.limit).map { edge, count in
            var row: OrderedDictionary<String, JSONValue> = [:]
            if paths.depth != nil { row["depth"] = .int(Int64(edge.depth)) }
            row["from"] = .string(edge.from)
            row["to"] = .string(edge.to)
            row["count"] = .int(Int64(count))
            return .object(row)
        }
        return ["rows": .array(rows)]
    }
}
