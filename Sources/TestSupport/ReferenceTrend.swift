import Model
import OrderedCollections
import Questions

extension ReferenceQuestion {
    func trend(_ trend: TrendQuestion) throws(Problem) -> JSONValue {
        let calendar = reference.calendar
        var counted: [Event] = []
        let people = Set(try people())
        for event in events {
            if let person = event.person, people.contains(person) { counted.append(event) }
            if event.person == nil, question.who == nil { counted.append(event) }
        }
        let sessions = try sessionNumbers()
        guard
            let bounds = bounds(trend.interval, counted.filter { event in trend.series.contains { matches($0.selector, event) } })
        else { return result(trend, []) }
        let (from, to) = (bounds.lowerBound, bounds.upperBound)
        let buckets = buckets(from, to, trend.interval)
        var earlier: [ReferenceBucket]?
        if trend.compare == .previous, let first = buckets.first { earlier = previous(buckets.count, first.label, trend.interval) }
        if trend.compare == .year { earlier = buckets.map(yearEarlier) }
        var keys: [[JSONValue]?] = [[]]
        if !question.breakdown.isEmpty { keys = rowKeys(trend, counted, sessions, from, to) }
        var rows: [JSONValue] = []
        for key in keys {
            let mine = counted.filter { event in
                if question.breakdown.isEmpty { return true }
                let own = self.key(event, event.person)
                return key.map { $0 == own } ?? !keys.contains(own)
            }
            let values = numbers(trend, mine, sessions, buckets)
            let previous = earlier.map { numbers(trend, mine, sessions, $0) }
            for (index, bucket) in buckets.enumerated() {
                var row: OrderedDictionary<String, JSONValue> = [:]
                if !question.breakdown.isEmpty { row["value"] = key.map { .array($0) } ?? ["other": true] }
                row["bucket"] = .string(calendar.rfc3339(Instant(microseconds: bucket.label)))
                row["values"] = .array(values[index])
                if let text = trend.formulaText { row["formula"] = ReferenceFormula.value(text, values[index].map(\.doubleValue)) }
                if let previous { row["previous"] = .array(previous[index]) }
                rows.append(.object(row))
            }
        }
        return result(trend, rows)
    }

    private func result(_ trend: TrendQuestion, _ rows: [JSONValue]) -> JSONValue {
        let series: [JSONValue] = trend.series.map { series in
            let title = series.selector.label ?? series.selector.names?.joined(separator: " / ") ?? "any event"
            return [
                "label": .string(title),
                "measure": question.normalised["series"]?.arrayValue?[trend.series.firstIndex(of: series) ?? 0]["measure"] ?? .null,
            ]
        }
        return ["series": .array(series), "rows": .array(rows)]
    }

    /// An event as one owner's: an event of several accounts is one of each.
    struct Owned: Hashable {
        var person: UInt32?
        var arrival: Int

        init(_ event: Event) {
            person = event.person
            arrival = event.arrival
        }
    }

    /// The session of each event: more than 30 minutes of quiet end one.
    private func sessionNumbers() throws(Problem) -> [Owned: Int] {
        var out: [Owned: Int] = [:]
        var session = 0
        for person in try people() {
            var last: Int64?
            session += 1
            for event in events(of: person) {
                if let last, event.timestamp - last > 30 * 60 * 1_000_000 { session += 1 }
                last = event.timestamp
                out[Owned(event)] = session
            }
        }
        return out
    }

    // MARK: - Buckets

    private func previous(_ count: Int, _ first: Int64, _ interval: CalendarInterval) -> [ReferenceBucket] {
        var out: [ReferenceBucket] = []
        var end = first
        for _ in 0 ..< count {
            let start = reference.calendar.bucketStart(of: interval, at: Instant(microseconds: end - 1)).microseconds
            out.insert(ReferenceBucket(label: start, start: start, end: end), at: 0)
            end = start
        }
        return out
    }

    private func yearEarlier(_ bucket: ReferenceBucket) -> ReferenceBucket {
        let calendar = reference.calendar
        func moved(_ time: Int64) -> Int64 {
            let date = calendar.date(at: Instant(microseconds: time))
            return calendar.start(of: date.advanced(byMonths: -12)).microseconds + time - calendar.start(of: date).microseconds
        }
        let start = moved(bucket.start)
        var end = moved(bucket.end)
        let date = calendar.date(at: Instant(microseconds: bucket.end))
        if calendar.start(of: date).microseconds == bucket.end {
            // The last date of the bucket, moved; its end is the bucket's.
            end = calendar.start(of: date.advanced(byDays: -1).advanced(byMonths: -12).advanced(byDays: 1)).microseconds
        }
        return ReferenceBucket(label: start, start: start, end: max(start, end))
    }

    // MARK: - Numbers

    private func rowKeys(
        _ trend: TrendQuestion, _ counted: [Event], _ sessions: [Owned: Int], _ from: Int64, _ to: Int64
    ) -> [[JSONValue]?] {
        let first = trend.series[0]
        let whole = ReferenceBucket(label: from, start: from, end: to)
        var groups: [[JSONValue]: [Event]] = [:]
        for event in counted where matches(first.selector, event) { groups[key(event, event.person), default: []].append(event) }
        let looksBack: Bool
        if case .active(let days) = first.measure { looksBack = days > 1 } else { looksBack = false }
        groups = groups.filter {
            $0.value.contains { event in
                event.timestamp < to && (whole.holds(event.timestamp) || (looksBack && event.person != nil))
            }
        }
        guard from < to else { return [] }
        let kept = kept(
            groups.map { key, events in
                let number = self.number(first.measure, events, first.selector, whole, isFirst: true, from, to, sessions, nil)
                    .doubleValue
                return (key: key, number: number)
            })
        let all = counted.filter { event in trend.series.contains { counts($0, event, from, to) } }
        let hasRest = all.contains { !kept.contains(key($0, $0.person)) }
        return kept.map { Optional($0) } + (hasRest ? [nil] : [])
    }

    /// Whether an event matters to a series somewhere in the range or, for wau and mau, before it.
    private func counts(_ series: TrendQuestion.Series, _ event: Event, _ from: Int64, _ to: Int64) -> Bool {
        guard matches(series.selector, event), event.timestamp < to else { return false }
        if event.timestamp >= from { return true }
        if case .active(let days) = series.measure { return days > 1 && event.person != nil }
        return false
    }

    private func numbers(
        _ trend: TrendQuestion, _ events: [Event], _ sessions: [Owned: Int], _ buckets: [ReferenceBucket]
    ) -> [[JSONValue]] {
        let from = buckets.first?.start ?? 0
        let to = buckets.last?.end ?? 0
        return buckets.map { bucket in
            trend.series.map { series in
                let since = trend.isCumulative ? from : nil
                return number(series.measure, events, series.selector, bucket, isFirst: false, from, to, sessions, since)
            }
        }
    }

    private func number(
        _ measure: TrendQuestion.Measure, _ events: [Event], _ selector: Selector, _ bucket: ReferenceBucket, isFirst: Bool,
        _ from: Int64,
        _ to: Int64, _ sessions: [Owned: Int], _ since: Int64?
    ) -> JSONValue {
        let matching = events.filter { matches(selector, $0) }
        let inside = matching.filter { event in
            since.map { event.timestamp >= $0 && event.timestamp < bucket.end } ?? bucket.holds(event.timestamp)
        }
        let persons = Set(inside.compactMap(\.person))
        switch measure {
        case .total: return .int(Int64(inside.count))
        case .persons: return .int(Int64(persons.count))
        case .sessions: return .int(Int64(Set(inside.filter { $0.person != nil }.compactMap { sessions[Owned($0)] }).count))
        case .active(let days):
            let last = reference.calendar.date(at: Instant(microseconds: bucket.end - 1)).daysSinceEpoch
            let active = matching.filter { event in
                let date = reference.calendar.date(at: Instant(microseconds: event.timestamp)).daysSinceEpoch
                return event.timestamp < to && (days > 1 || event.timestamp >= from) && date <= last && date > last - Int32(days)
            }
            return .int(Int64(Set(active.compactMap(\.person)).count))
        case .perPerson(let inner):
            let whole = number(inner, events, selector, bucket, isFirst: isFirst, from, to, sessions, since).doubleValue
            return persons.isEmpty ? .null : ReferenceQuestion.number(whole.map { $0 / Double(persons.count) })
        case .property(let statistic, let path):
            let numbers = inside.compactMap { value(path, $0)?.doubleValue }.sorted()
            func ranked(_ percent: Int) -> Double? { numbers.isEmpty ? nil : numbers[(numbers.count * percent + 99) / 100 - 1] }
            switch statistic {
            case .sum: return ReferenceQuestion.number(ReferenceSum.exact(numbers))
            case .avg:
                return numbers.isEmpty ? .null : ReferenceQuestion.number(ReferenceSum.exact(numbers) / Double(numbers.count))
            case .min: return ReferenceQuestion.number(numbers.first)
            case .max: return ReferenceQuestion.number(numbers.last)
            case .median: return ReferenceQuestion.number(numbers.isEmpty ? nil : numbers[(numbers.count - 1) / 2])
            case .p90: return ReferenceQuestion.number(ranked(90))
            case .p95: return ReferenceQuestion.number(ranked(95))
            case .p99: return ReferenceQuestion.number(ranked(99))
            }
        }
    }
}

/// A formula by the shunting-yard algorithm.
enum ReferenceFormula {
    static func value(_ text: String, _ series: [Double?]) -> JSONValue {
        var values: [Double?] = []
        var operators: [Character] = []
        func apply() {
            let op = operators.removeLast()
            let right = values.removeLast()
            if op == "~" {
                values.append(right.map { -$0 })
                return
            }
            let left = values.removeLast()
            guard let left, let right else {
                values.append(nil)
                return
            }
            switch op {
            case "+": values.append(left + right)
            case "-": values.append(left - right)
            case "*": values.append(left * right)
            default: values.append(right == 0 ? nil : left / right)
            }
        }
        let ranks: [Character: Int] = ["+": 1, "-": 1, "*": 2, "/": 2, "~": 3, "(": 0]
        var rest = Substring(text)
        var expectsOperand = true
        while let first = rest.first {
            if first.isNumber {
                let digits = rest.prefix { $0.isNumber || $0 == "." }
                values.append(Double(digits))
                rest = rest.dropFirst(digits.count)
                expectsOperand = false
                continue
            }
            rest = rest.dropFirst()
            switch first {
            case " ": break
            case "(": operators.append(first)
            case ")":
                while operators.last != "(" { apply() }
                operators.removeLast()
                expectsOperand = false
            case "-" where expectsOperand: operators.append("~")
            case "+", "-", "*", "/":
                while let top = operators.last, let one = ranks[top], let two = ranks[first], one >= two { apply() }
                operators.append(first)
                expectsOperand = true
            default:
                values.append(series[Int((first.asciiValue ?? 65) - 65)])
                expectsOperand = false
            }
        }
        while !operators.isEmpty { apply() }
        return ReferenceQuestion.number(values.last ?? nil)
    }
}
