import EventStore
import Model

extension QuestionRun {
    private static let cellsMax = 1_000_000

    /// Numbers per calendar bucket, by breakdown value.
    mutating func trend(_ trend: TrendQuestion) throws(Problem) -> JSONValue {
        let selectors = trendSelectors(trend)
        let bounds = settledBounds(trend, selectors)
        let buckets = try TrendBuckets(bounds, trend.interval, executor.calendar)
        let kept = try keptValues(trend, selectors, bounds)
        guard ((kept?.count ?? 0) + 2) * trend.series.count * buckets.count <= QuestionRun.cellsMax else {
            throw Problem(.badQuestion, "The answer would hold more than a million numbers. Ask for less at once.", place: "/range")
        }
        let current = tally(trend.series, selectors, buckets, kept.map(Set.init))
        var earlier: TrendTally?
        switch trend.compare {
        case .previous:
            earlier = tally(trend.series, selectors, buckets.previous(trend.interval, executor.calendar), kept.map(Set.init))
        case .year: earlier = tally(trend.series, selectors, buckets.yearEarlier(executor.calendar), kept.map(Set.init))
        case nil: break
        }
        var rows: [JSONValue] = []
        for key in groupOrder(kept, current, earlier) {
            rows += self.rows(trend, buckets, current, earlier, key)
        }
        return [
            "series": .array(trend.series.map { ["label": .string($0.selector.title), "measure": $0.measure.json] }),
            "rows": .array(rows),
        ]
    }

    private func trendSelectors(_ trend: TrendQuestion) -> [Selector] {
        var list = SelectorList()
        for series in trend.series { list.add(series.selector) }
        if trend.series.contains(where: { $0.measure.countsSessions }) { list.add(Selector(names: nil)) }
        return list.selectors
    }

    /// The range with open ends closed: by the buckets of the first and the last event that is counted.
    private mutating func settledBounds(_ trend: TrendQuestion, _ selectors: [Selector]) -> Range<Int64> {
        guard bounds.lowerBound == Int64.min || bounds.upperBound == Int64.max else { return bounds }
        var wanted: UInt64 = 0
        for series in trend.series {
            if let bit = selectors.firstIndex(of: series.selector.unlabelled) { wanted |= 1 << UInt64(bit) }
        }
        let range = bounds
        let span = scan(selectors, includesNobody: true) { SpanTally(bits: wanted, range: range) }
        guard let first = span.first, let last = span.last else { return 0 ..< 0 }
        let calendar = executor.calendar
        let start = calendar.bucketStart(of: trend.interval, at: Instant(microseconds: first))
        let lastStart = calendar.bucketStart(of: trend.interval, at: Instant(microseconds: last))
        let end = calendar.nextBucketStart(of: trend.interval, after: lastStart)
        let from = bounds.lowerBound == Int64.min ? start.microseconds : bounds.lowerBound
        let to = bounds.upperBound == Int64.max ? end.microseconds : bounds.upperBound
        return from ..< max(from, to)
    }

    /// The breakdown values with rows of their own, greatest first; nil without a breakdown.
    private mutating func keptValues(
        _ trend: TrendQuestion, _ selectors: [Selector], _ bounds: Range<Int64>
    ) throws(Problem) -> [[JSONValue]]? {
        guard !question.breakdown.isEmpty, let first = trend.series.first else { return nil }
        if bounds.isEmpty { return [] }
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
        return scan(selectors, includesNobody: true) { empty }
    }

    /// The kept values in order, then the rest where there is one; a single group without a breakdown.
    private func groupOrder(_ kept: [[JSONValue]]?, _ current: TrendTally, _ earlier: TrendTally?) -> [[JSONValue]?] {
        guard let kept else { return [[]] }
        let hasRest = current.groups.contains(nil)
        return kept.map { Optional($0) } + (hasRest ? [nil] : [])
    }

    private func rows(
        _ trend: TrendQuestion, _ buckets: TrendBuckets, _ current: TrendTally, _ earlier: TrendTally?, _ key: [JSONValue]?
    ) -> [JSONValue] {
        let values = numbers(trend, buckets.count, current, key)
        let previous = earlier.map { numbers(trend, buckets.count, $0, key) }
        return (0 ..< buckets.count).map { bucket in
            var out = ObjectWriter()
            if !question.breakdown.isEmpty { out.put("value", key.map { .array($0) } ?? ["other": true]) }
            out.put("bucket", .string(executor.calendar.rfc3339(Instant(microseconds: buckets.labels[bucket]))))
            out.put("values", .array(values[bucket]))
            if let formula = trend.formula {
                out.put("formula", Numbers.json(formula.value(of: values[bucket].map(\.doubleValue))))
            }
            if let previous { out.put("previous", .array(previous[bucket])) }
            return out.json
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

/// The times of the first and the last event that match.
private struct SpanTally: Tally {
    let bits: UInt64
    let range: Range<Int64>
    var first: Int64?
    var last: Int64?

    mutating func add(person: UInt32, _ history: borrowing History) { take(history) }
    mutating func addNobody(_ history: borrowing History) { take(history) }

    private mutating func take(_ history: borrowing History) {
        for index in 0 ..< history.count where history.marks[index] & bits != 0 && range.contains(history.timestamps[index]) {
            let time = history.timestamps[index]
            first = min(first ?? time, time)
            last = max(last ?? time, time)
        }
    }

    mutating func merge(_ other: SpanTally) {
        if let time = other.first { first = min(first ?? time, time) }
        if let time = other.last { last = max(last ?? time, time) }
    }
}
