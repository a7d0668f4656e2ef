import Model

/// Numbers of people by row of an answer.
///
/// They add up over people: those of a trend of people and those of a funnel do, a median or a share does not.
struct CountTable: Sendable, Equatable {
    /// Buckets of a trend, labels of a funnel's steps.
    private(set) var labels: [String] = []
    /// By row, then by series.
    private(set) var counts: [[Int]] = []

    init(_ answer: JSONValue) {
        for row in answer["rows"]?.arrayValue ?? [] {
            add(row["bucket"], row["values"]?.arrayValue ?? [])
        }
        for step in answer["steps"]?.arrayValue ?? [] { add(step["label"], [step["count"] ?? .null]) }
    }

    private mutating func add(_ label: JSONValue?, _ numbers: [JSONValue]) {
        labels.append(label?.stringValue ?? "")
        counts.append(numbers.map { Int($0.doubleValue ?? 0) })
    }

    /// Takes the numbers of some people out and puts in those that they have now; the tables are of one question.
    mutating func replace(_ before: CountTable, by after: CountTable) {
        for row in counts.indices {
            for series in counts[row].indices { counts[row][series] += after.counts[row][series] - before.counts[row][series] }
        }
    }
}
