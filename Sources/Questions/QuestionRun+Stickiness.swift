import EventStore
import Model

extension QuestionRun {
    /// A row for each number of intervals up to the greatest that occurs, by breakdown value.
    mutating func stickiness(_ stickiness: StickinessQuestion) throws(Problem) -> JSONValue {
        let selectors = [stickiness.selector.unlabelled]
        let bounds = settledBounds(selectors, of: selectors, stickiness.interval)
        let buckets = try TrendBuckets(bounds, stickiness.interval, executor.calendar)
        let kept = keptByPersons(stickiness.selector, bounds)
        try checkSize(groups: (kept?.count ?? 0) + 2, numbersPerGroup: buckets.count)
        let empty = StickinessTally(buckets, table: table(kept))
        let tally = scan(selectors) { empty }
        var rows = AnswerRows(executor.watch)
        for key in rowKeys(kept, tally.table) {
            guard let group = tally.table.known(key), !buckets.labels.isEmpty else { continue }
            let numbers = (1 ... buckets.count).map { tally.persons(group: group, intervals: $0) }
            guard let greatest = numbers.lastIndex(where: { $0 > 0 }) else { continue }
            for intervals in 0 ... greatest {
                var out = row(of: key)
                out.put("intervals", .int(Int64(intervals + 1)))
                out.put("persons", .int(Int64(numbers[intervals])))
                try rows.append(out.json)
            }
        }
        return ["rows": rows.json]
    }
}
