import EventStore
import Model

extension QuestionRun {
    /// A row for each cohort, by breakdown value.
    mutating func retention(_ retention: RetentionQuestion) throws(Problem) -> JSONValue {
        var list = SelectorList()
        retention.addSelectors(to: &list)
        let selectors = list.selectors
        let bounds = settledBounds(selectors, of: [retention.start], retention.interval)
        let cohorts = try TrendBuckets(bounds, retention.interval, executor.calendar)
        let edges = edges(cohorts, retention)
        narrow(to: retention.start, in: bounds)
        let kept = keptStarts(retention, selectors, bounds, edges, cohorts.count)
        try checkSize(groups: (kept?.count ?? 0) + 2, numbersPerGroup: cohorts.count * retention.periods)
        let empty = RetentionTally(
            retention, selectors: selectors, range: bounds, edges: edges, cohortCount: cohorts.count, table: table(kept))
        let tally = scan(selectors) { empty }
        var rows = AnswerRows(executor.watch)
        for key in rowKeys(kept, tally.table) {
            for cohort in 0 ..< cohorts.count {
                var out = row(of: key)
                out.put("cohort", .string(executor.calendar.rfc3339(Instant(microseconds: cohorts.labels[cohort]))))
                let group = tally.table.known(key)
                out.put("size", .int(Int64(group.map { tally.size(group: $0, cohort: cohort) } ?? 0)))
                let values = (0 ..< retention.periods).map { period in
                    JSONValue.int(Int64(group.map { tally.value(group: $0, cohort: cohort, period: period) } ?? 0))
                }
                out.put("values", .array(values))
                out.put("partialFrom", partialFrom(cohort, edges, retention).map { .int(Int64($0)) } ?? .null)
                try rows.append(out.json)
            }
        }
        return ["rows": rows.json]
    }

    /// The first instants of the cohorts' calendar intervals and of those that follow, one more than periods can reach.
    private func edges(_ cohorts: TrendBuckets, _ retention: RetentionQuestion) -> [Int64] {
        var edges = cohorts.labels
        guard var last = edges.last else { return [] }
        for _ in 0 ..< retention.periods {
            last =
                executor.calendar.nextBucketStart(of: retention.interval, after: Instant(microseconds: last)).microseconds
            edges.append(last)
        }
        return edges
    }

    private mutating func keptStarts(
        _ retention: RetentionQuestion, _ selectors: [Selector], _ bounds: Range<Int64>, _ edges: [Int64], _ count: Int
    ) -> [[JSONValue]]? {
        guard !question.breakdown.isEmpty else { return nil }
        let held = executor.heldBytes
        defer { executor.watch?.giveBack(to: held) }
        let empty = RetentionTally(
            retention, selectors: selectors, range: bounds, edges: edges, cohortCount: count, table: table(nil), isCounting: true)
        let tally = scan(selectors) { empty }
        let numbers = tally.table.keys.enumerated().map { index, key in
            (key: key ?? [], number: Double(tally.persons[index])) as (key: [JSONValue], number: Double?)
        }
        return BreakdownRows.kept(numbers, limit: question.limit)
    }

    /// The first period of a cohort whose interval is not over; a rolling one is when it is for a start at the interval's end.
    private func partialFrom(_ cohort: Int, _ edges: [Int64], _ retention: RetentionQuestion) -> Int? {
        let current = (asOf ?? executor.now).microseconds
        if retention.anchor == .rolling24h, let length = retention.rollingMicroseconds {
            return (0 ..< retention.periods).first { edges[cohort + 1] + Int64($0 + 1) * length > current }
        }
        return (0 ..< retention.periods).first { edges[cohort + $0 + 1] > current }
    }
}
