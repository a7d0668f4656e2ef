import EventStore
import Model

extension QuestionRun {
    /// Numbers per calendar bucket, by breakdown value.
    mutating func trend(_ trend: TrendQuestion) throws(Problem) -> JSONValue {
        let selectors = trendSelectors(trend)
        let wanted = trend.series.map { $0.selector.unlabelled }
        let bounds = settledBounds(selectors, of: wanted, trend.interval, includesNobody: true)
        let buckets = try TrendBuckets(bounds, trend.interval, executor.calendar)
        let kept = try keptValues(trend, selectors, bounds)
        try checkSize(groups: (kept?.count ?? 0) + 2, numbersPerGroup: trend.series.count * buckets.count)
        let current = tally(trend.series, selectors, buckets, kept.map(Set.init))
        var earlier: TrendTally?
        switch trend.compare {
        case .previous:
            earlier = tally(trend.series, selectors, buckets.previous(trend.interval, executor.calendar), kept.map(Set.init))
        case .year: earlier = tally(trend.series, selectors, buckets.yearEarlier(executor.calendar), kept.map(Set.init))
        case nil: break
        }
        var rows = AnswerRows(executor.watch)
        for key in groupOrder(kept, current, earlier) { try add(trend, buckets, current, earlier, key, to: &rows) }
        return [
            "series": .array(trend.series.map { ["label": .string($0.selector.title), "measure": $0.measure.json] }),
            "rows": rows.json,
        ]
    }

    private func trendSelectors(_ trend: TrendQuestion) -> [Selector] {
        var list = SelectorList()
        for series in trend.series { list.add(series.selector) }
        if trend.series.contains(where: { $0.measure.countsSessions }) { list.add(Selector(names: nil)) }
        return list.selectors
    }

    /// The breakdown values with rows of their own, greatest first; nil without a breakdown.
    private mutating func keptValues(
        _ trend: TrendQuestion, _ selectors: [Selector], _ bounds: Range<Int64>
    ) throws(Problem) -> [[JSONValue]]? {
        guard !question.breakdown.isEmpty, let first = trend.series.first else { return nil }
        if bounds.isEmpty { return [] }
        let held = executor.heldBytes
        defer { executor.watch?.giveBack(to: held) }
        let whole = TrendBuckets(labels: [bounds.lowerBound], starts: [bounds.lowerBound], ends: [bounds.upperBound])
        let tally = tally([first], selectors, whole, nil)
        let numbers = tally.groups.enumerated().map { index, key in
            (key: key ?? [], number: first.measure.value(tally.cell(group: index, series: 0, bucket: 0)).doubleValue)
        }
        return BreakdownRows.kept(numbers, limit: question.limit)
    }

    private mutating func tally(
        _ series: [TrendQuestion.Series], _ selectors: [Selector], _ buckets: TrendBuckets, _ kept: Set<[JSONValue]>?
    ) -> TrendTally {
        let empty = TrendTally(
            series, selectors: selectors, buckets: buckets, breakdown: question.breakdown, kept: kept, executor: executor)
        var tally = scan(selectors, includesNobody: true) { empty }
        tally.settle()
        return tally
    }

    /// The kept values in order, then the rest where there is one; a single group without a breakdown.
    private func groupOrder(_ kept: [[JSONValue]]?, _ current: TrendTally, _ earlier: TrendTally?) -> [[JSONValue]?] {
        guard let kept else { return [[]] }
        let hasRest = current.groups.contains(nil)
        return kept.map { Optional($0) } + (hasRest ? [nil] : [])
    }

    private func add(
        _ trend: TrendQuestion, _ buckets: TrendBuckets, _ current: TrendTally, _ earlier: TrendTally?, _ key: [JSONValue]?,
        to rows: inout AnswerRows
    ) throws(Problem) {
        let values = numbers(trend, buckets.count, current, key)
        let previous = earlier.map { numbers(trend, buckets.count, $0, key) }
        for bucket in 0 ..< buckets.count {
            var out = ObjectWriter()
            if !question.breakdown.isEmpty { out.put("value", key.map { .array($0) } ?? ["other": true]) }
            out.put("bucket", .string(executor.calendar.rfc3339(Instant(microseconds: buckets.labels[bucket]))))
            out.put("values", .array(values[bucket]))
            if let formula = trend.formula {
                out.put("formula", Numbers.json(formula.value(of: values[bucket].map(\.doubleValue))))
            }
            if let previous { out.put("previous", .array(previous[bucket])) }
            try rows.append(out.json)
        }
    }

    /// Per bucket the number of each series, added up when the trend is cumulative.
    private func numbers(_ trend: TrendQuestion, _ count: Int, _ tally: TrendTally, _ key: [JSONValue]?) -> [[JSONValue]] {
        let group = tally.groups.firstIndex(of: key)
        var running = [TrendCell](repeating: TrendCell(), count: trend.series.count)
        return (0 ..< count).map { bucket in
            trend.series.indices.map { index in
                var cell = group.map { tally.cell(group: $0, series: index, bucket: bucket) } ?? TrendCell()
                if trend.isCumulative {
                    running[index].merge(cell)
                    running[index].persons = running[index].newPersons
                    cell = running[index]
                }
                return trend.series[index].measure.value(cell)
            }
        }
    }
}
