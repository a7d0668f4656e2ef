import Model
import OrderedCollections
import Questions

extension ReferenceQuestion {
    /// One membership of a person in a cohort.
    private struct Membership {
        var person: UInt32
        var cohort: Int
        var start: Event
    }

    func retention(_ retention: RetentionQuestion) throws(Problem) -> JSONValue {
        let people = try people()
        let starting = events.filter { event in
            event.person.map { people.contains($0) } ?? false && matches(retention.start, event)
        }
        guard let bounds = bounds(retention.interval, starting) else { return ["rows": []] }
        let cohorts = buckets(bounds.lowerBound, bounds.upperBound, retention.interval)
        var memberships: [Membership] = []
        for person in people {
            var starts = starting.filter { $0.person == person }
            if retention.mode == .firstTime { starts = Array(starts.prefix(1)) }
            for (index, cohort) in cohorts.enumerated() {
                guard let start = starts.first(where: { cohort.holds($0.timestamp) }) else { continue }
                memberships.append(Membership(person: person, cohort: index, start: start))
            }
        }
        var keys: [[JSONValue]?] = [[]]
        if !question.breakdown.isEmpty {
            var persons: [[JSONValue]: Set<UInt32>] = [:]
            for one in memberships { persons[key(one.start, one.person), default: []].insert(one.person) }
            let kept = kept(persons.map { (key: $0.key, number: Double($0.value.count)) })
            keys = kept.map { Optional($0) }
            if kept.count < persons.count { keys.append(nil) }
        }
        var rows: [JSONValue] = []
        for key in keys {
            let mine = memberships.filter { one in
                if question.breakdown.isEmpty { return true }
                let own = self.key(one.start, one.person)
                return key.map { $0 == own } ?? !keys.contains(own)
            }
            for (index, cohort) in cohorts.enumerated() {
                let members = mine.filter { $0.cohort == index }
                var row = row(key)
                row["cohort"] = text(cohort.label)
                row["size"] = .int(Int64(members.count))
                row["values"] = .array(
                    (0 ..< retention.periods).map { period in
                        .int(Int64(members.count { isBack($0, cohort, period, retention) }))
                    })
                let current = question.asOf(in: reference.calendar)?.microseconds ?? reference.now.microseconds
                let partial = (0 ..< retention.periods).first { end(cohort, $0, retention) > current }
                row["partialFrom"] = partial.map { .int(Int64($0)) } ?? .null
                rows.append(.object(row))
            }
        }
        return ["rows": .array(rows)]
    }

    private func isBack(
        _ member: Membership, _ cohort: ReferenceBucket, _ period: Int, _ retention: RetentionQuestion
    ) -> Bool {
        let last = retention.criterion == .on ? period : retention.periods - 1
        return events(of: member.person).contains { event in
            guard matches(retention.comeback, event) else { return false }
            return (period ... last).contains { inside(event, member, cohort, $0, retention) }
        }
    }

    /// Whether an event lies in one period of a member.
    private func inside(
        _ event: Event, _ member: Membership, _ cohort: ReferenceBucket, _ period: Int, _ retention: RetentionQuestion
    ) -> Bool {
        if retention.anchor == .rolling24h {
            let length = hours(retention) * 3_600_000_000
            let from = member.start.timestamp + Int64(period) * length
            return event.timestamp >= from && event.timestamp < from + length
        }
        let interval = retention.interval
        let from = start(cohort, period, retention)
        let next = reference.calendar.nextBucketStart(of: interval, after: Instant(microseconds: from)).microseconds
        return event.timestamp >= from && event.timestamp < next
    }

    private func hours(_ retention: RetentionQuestion) -> Int64 {
        retention.interval == .hour ? 1 : retention.interval == .day ? 24 : 168
    }

    /// The first instant of the calendar interval that many after the cohort's.
    private func start(_ cohort: ReferenceBucket, _ period: Int, _ retention: RetentionQuestion) -> Int64 {
        var start = Instant(microseconds: cohort.label)
        for _ in 0 ..< period { start = reference.calendar.nextBucketStart(of: retention.interval, after: start) }
        return start.microseconds
    }

    /// When a period is over for every member.
    private func end(_ cohort: ReferenceBucket, _ period: Int, _ retention: RetentionQuestion) -> Int64 {
        if retention.anchor == .rolling24h {
            return start(cohort, 1, retention) + Int64(period + 1) * hours(retention) * 3_600_000_000
        }
        return start(cohort, period + 1, retention)
    }
}
