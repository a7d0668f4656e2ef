import Model
import OrderedCollections
import Questions

/// A calendar bucket: what it is called by and what counts in it.
struct ReferenceBucket {
    var label: Int64
    var start: Int64
    var end: Int64

    func holds(_ time: Int64) -> Bool { time >= start && time < end }
}

extension ReferenceQuestion {
    /// The range, open ends closed by the buckets of the first and last of `counted` in it; nil when there is none.
    func bounds(_ interval: CalendarInterval, _ counted: [Event]) -> Range<Int64>? {
        guard range.lowerBound == Int64.min || range.upperBound == Int64.max else { return range }
        let inside = counted.filter { range.contains($0.timestamp) }
        guard let first = inside.first, let last = inside.last else { return nil }
        let calendar = reference.calendar
        var (from, to) = (range.lowerBound, range.upperBound)
        if from == Int64.min {
            from = calendar.bucketStart(of: interval, at: Instant(microseconds: first.timestamp)).microseconds
        }
        if to == Int64.max {
            let start = calendar.bucketStart(of: interval, at: Instant(microseconds: last.timestamp))
            to = calendar.nextBucketStart(of: interval, after: start).microseconds
        }
        return from ..< max(from, to)
    }

    /// The calendar buckets of a range, the first and the last cut by it.
    func buckets(_ from: Int64, _ to: Int64, _ interval: CalendarInterval) -> [ReferenceBucket] {
        var out: [ReferenceBucket] = []
        var start = reference.calendar.bucketStart(of: interval, at: Instant(microseconds: from))
        while start.microseconds < to, from < to {
            let next = reference.calendar.nextBucketStart(of: interval, after: start)
            out.append(
                ReferenceBucket(label: start.microseconds, start: max(start.microseconds, from), end: min(next.microseconds, to)))
            start = next
        }
        return out
    }

    /// The people who count.
    func people() throws(Problem) -> [UInt32] {
        if let units { return units }
        var people: [UInt32] = []
        for person in reference.population.persons where try counts(person) { people.append(person) }
        return people
    }

    func text(_ time: Int64) -> JSONValue { .string(reference.calendar.rfc3339(Instant(microseconds: time))) }

    /// Begins a row with its breakdown value, where the question has a breakdown; nil is the rest.
    func row(_ key: [JSONValue]?) -> OrderedDictionary<String, JSONValue> {
        if question.breakdown.isEmpty { return [:] }
        return ["value": key.map { .array($0) } ?? ["other": true]]
    }

    /// Each breakdown value with a row of its own, then the rest (nil), with the events of one person that each row takes.
    ///
    /// - Parameter matching: per person the events that the question is about.
    func rowEvents(_ matching: [[Event]], _ bounds: Range<Int64>) -> [(key: [JSONValue]?, events: [[Event]])] {
        if question.breakdown.isEmpty { return [([], matching)] }
        var people: [[JSONValue]: Int] = [:]
        for events in matching {
            for key in Set(events.filter { bounds.contains($0.timestamp) }.map({ key($0, $0.person) })) {
                people[key, default: 0] += 1
            }
        }
        let kept = kept(people.map { (key: $0.key, number: Double($0.value)) })
        var out: [(key: [JSONValue]?, events: [[Event]])] = kept.map { wanted in
            (wanted, matching.map { $0.filter { key($0, $0.person) == wanted } })
        }
        out.append((nil, matching.map { $0.filter { !kept.contains(key($0, $0.person)) } }))
        return out
    }
}
