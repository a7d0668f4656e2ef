import EventStore
import Model

extension QuestionRun {
    /// Number, median, mean, p90 and histogram of the times (specs: questions, N17).
    mutating func timeToConvert(_ asked: TimeToConvertQuestion) throws(Problem) -> JSONValue {
        var list = SelectorList()
        list.add(asked.funnel)
        let selectors = list.selectors
        let empty = TimeToConvertTally(asked.funnel, selectors: selectors, starts: bounds, executor: executor)
        let found = scan(selectors) { empty }.times
        try executor.watch?.hold(found.count * 2 * MemoryLayout<Int64>.stride)
        let times = found.sorted()
        var out = ObjectWriter()
        out.put("count", .int(Int64(times.count)))
        guard let least = times.first, let greatest = times.last else {
            for key in ["medianSeconds", "averageSeconds", "p90Seconds"] { out.put(key, .null) }
            out.put("bins", [])
            return out.json
        }
        let total = times.reduce(Int128(0)) { $0 + Int128($1) }
        out.put("medianSeconds", Numbers.json(Double(times[(times.count - 1) / 2]) / 1e6))
        out.put("averageSeconds", Numbers.json(Double(total) / (Double(times.count) * 1e6)))
        out.put("p90Seconds", Numbers.json(Double(times[(times.count * 90 + 99) / 100 - 1]) / 1e6))
        out.put("bins", .array(bins(times, least, greatest, asked.bins)))
        return out.json
    }

    /// Equal widths from the least to the greatest time, ends in seconds; one bin when all are equal.
    private func bins(_ times: [Int64], _ least: Int64, _ greatest: Int64, _ wanted: Int) -> [JSONValue] {
        let count = least == greatest ? 1 : wanted
        let span = greatest - least
        var counts = [Int](repeating: 0, count: count)
        for time in times {
            let place = span == 0 ? 0 : Int(Int128(time - least) * Int128(count) / Int128(span))
            counts[min(place, count - 1)] += 1
        }
        func edge(_ index: Int) -> JSONValue {
            if index == count { return Numbers.json(Double(greatest) / 1e6) }
            return Numbers.json((Double(least) + Double(span) * Double(index) / Double(count)) / 1e6)
        }
        return counts.enumerated().map { index, number in
            ["from": edge(index), "to": edge(index + 1), "count": .int(Int64(number))]
        }
    }
}
