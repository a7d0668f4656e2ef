import EventStore
import Model

extension QuestionRun {
    /// A row for each interval, by breakdown value.
    mutating func lifecycle(_ lifecycle: LifecycleQuestion) throws(Problem) -> JSONValue {
        let selectors = [lifecycle.selector.unlabelled]
        let bounds = settledBounds(selectors, of: selectors, lifecycle.interval)
        let buckets = try TrendBuckets(bounds, lifecycle.interval, executor.calendar)
        let kept = keptByPersons(lifecycle.selector, bounds)
        try checkSize(groups: (kept?.count ?? 0) + 2, numbersPerGroup: buckets.count * LifecycleTally.Column.allCases.count)
        let before = (buckets.labels.first ?? 0) - 1
        let empty = LifecycleTally(
            buckets,
            before: executor.calendar.bucketStart(of: lifecycle.interval, at: Instant(microseconds: before)).microseconds,
            table: table(kept))
        let tally = scan(selectors) { empty }
        var rows = AnswerRows(executor.watch)
        for key in rowKeys(kept, tally.table) {
            let group = tally.table.known(key)
            if key == nil, let group, tally.isEmpty(group: group) { continue }
            for bucket in 0 ..< buckets.count {
                func count(_ column: LifecycleTally.Column) -> Int64 {
                    Int64(group.map { tally.count(group: $0, bucket: bucket, column) } ?? 0)
                }
                var out = row(of: key)
                out.put("bucket", .string(executor.calendar.rfc3339(Instant(microseconds: buckets.labels[bucket]))))
                out.put("new", .int(count(.new)))
                out.put("returning", .int(count(.returning)))
                out.put("resurrecting", .int(count(.resurrecting)))
                out.put("dormant", .int(-count(.dormant)))
                try rows.append(out.json)
            }
        }
        return ["rows": rows.json]
    }
}
