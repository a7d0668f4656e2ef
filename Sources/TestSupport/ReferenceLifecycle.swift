import Model
import OrderedCollections
import Questions

extension ReferenceQuestion {
    /// Per person who counts the events that match.
    private func matching(_ selector: Selector) throws(Problem) -> [[Event]] {
        try people().map { person in events(of: person).filter { matches(selector, $0) } }
    }

    func lifecycle(_ lifecycle: LifecycleQuestion) throws(Problem) -> JSONValue {
        let matching = try matching(lifecycle.selector)
        guard let bounds = bounds(lifecycle.interval, matching.flatMap { $0 }.sorted(by: Event.precedes)) else {
            return ["rows": []]
        }
        let buckets = buckets(bounds.lowerBound, bounds.upperBound, lifecycle.interval)
        var rows: [JSONValue] = []
        for (key, people) in rowEvents(matching, bounds) {
            var mine: [JSONValue] = []
            var isEmpty = true
            for (index, bucket) in buckets.enumerated() {
                var earlier = index > 0 ? buckets[index - 1] : bucket
                if index == 0 {
                    earlier.end = bucket.label
                    let instant = Instant(microseconds: bucket.label - 1)
                    earlier.start = reference.calendar.bucketStart(of: lifecycle.interval, at: instant).microseconds
                }
                var counts = [0, 0, 0, 0]
                for events in people {
                    let isActive = events.contains { bucket.holds($0.timestamp) }
                    let wasActive = events.contains { earlier.holds($0.timestamp) }
                    if isActive, let first = events.first, bucket.holds(first.timestamp) {
                        counts[0] += 1
                    } else if isActive {
                        counts[wasActive ? 1 : 2] += 1
                    } else if wasActive {
                        counts[3] -= 1
                    }
                }
                if counts != [0, 0, 0, 0] { isEmpty = false }
                var row = row(key)
                row["bucket"] = text(bucket.label)
                for (name, count) in zip(["new", "returning", "resurrecting", "dormant"], counts) { row[name] = .int(Int64(count)) }
                mine.append(.object(row))
            }
            if key != nil || !isEmpty { rows += mine }
        }
        return ["rows": .array(rows)]
    }

    func stickiness(_ stickiness: StickinessQuestion) throws(Problem) -> JSONValue {
        let matching = try matching(stickiness.selector)
        guard let bounds = bounds(stickiness.interval, matching.flatMap { $0 }.sorted(by: Event.precedes)) else {
            return ["rows": []]
        }
        let buckets = buckets(bounds.lowerBound, bounds.upperBound, stickiness.interval)
        var rows: [JSONValue] = []
        for (key, people) in rowEvents(matching, bounds) {
            let numbers = people.map { events in buckets.count { bucket in events.contains { bucket.holds($0.timestamp) } } }
            for intervals in 1 ... max(1, numbers.max() ?? 0) where numbers.contains(where: { $0 > 0 }) {
                var row = row(key)
                row["intervals"] = .int(Int64(intervals))
                row["persons"] = .int(Int64(numbers.count { $0 == intervals }))
                rows.append(.object(row))
            }
        }
        return ["rows": .array(rows)]
    }
}
