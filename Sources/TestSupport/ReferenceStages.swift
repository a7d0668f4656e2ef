import Model
import OrderedCollections
import Questions

extension ReferenceQuestion {
    /// The same question judged at another instant.
    private func at(_ time: Int64) -> ReferenceQuestion {
        ReferenceQuestion(
            reference: reference, question: question, events: events, range: range, instant: Instant(microseconds: time))
    }

    /// The name of the last stage whose rule holds; nil for somebody who had not been seen.
    ///
    /// - Parameter scheme: nil means the life cycle.
    func stage(of person: UInt32, in scheme: StageScheme? = nil) throws(Problem) -> String? {
        guard reference.population.seen(by: instant).contains(person) else { return nil }
        for stage in (scheme ?? reference.stages).stages.reversed() where try holds(stage.rule, person) { return stage.name }
        return nil
    }

    func cell(of person: UInt32) throws(Problem) -> String {
        let isUser = try holds(.role("user"), person)
        let isCustomer = try holds(.role("customer"), person)
        return isUser ? isCustomer ? "both" : "user_only" : isCustomer ? "customer_only" : "neither"
    }

    func stages(_ stages: StagesQuestion) throws(Problem) -> JSONValue {
        let people = try people()
        let counted = people.flatMap { events(of: $0) }
        guard let bounds = bounds(stages.interval, counted.sorted(by: Event.precedes)) else {
            return ["rows": [], "moves": [], "times": []]
        }
        let now = reference.now(of: question).microseconds
        let buckets = buckets(bounds.lowerBound, min(bounds.upperBound, now + 1), stages.interval)
        guard let first = buckets.first, let last = buckets.last else { return ["rows": [], "moves": [], "times": []] }
        let times = [first.start - 1] + buckets.map { $0.end - 1 }
        var stageOf: [[UInt32: String]] = []
        for time in times {
            var mine: [UInt32: String] = [:]
            for person in people { mine[person] = try at(time).stage(of: person, in: stages.scheme) }
            stageOf.append(mine)
        }
        var keyOf: [UInt32: [JSONValue]] = [:]
        for person in people { keyOf[person] = key(nil, person) }
        let seen = reference.population.seen(by: Instant(microseconds: last.end - 1))
        let sizes = Dictionary(grouping: people.filter { seen.contains($0) }) { keyOf[$0] ?? [] }
        let kept = kept(sizes.map { (key: $0.key, number: Double($0.value.count)) })
        var keys = kept.map { Optional($0) }
        if question.breakdown.isEmpty { keys = [[]] } else if sizes.count > kept.count { keys.append(nil) }
        var rows: [JSONValue] = []
        var moves: [JSONValue] = []
        var stays: [JSONValue] = []
        let names = (stages.scheme ?? reference.stages).names
        for key in keys {
            let mine = people.filter { person in
                question.breakdown.isEmpty || key.map { keyOf[person] == $0 } ?? !kept.contains(keyOf[person] ?? [])
            }
            for name in names {
                var out = row(key)
                out["stage"] = .string(name)
                let all = mine.flatMap { person in lengths(of: name, in: stageOf.map { $0[person] }, at: times) }
                for (isOpen, count, median) in [(false, "ended", "medianSeconds"), (true, "open", "openMedianSeconds")] {
                    let lengths = all.filter { $0.isOpen == isOpen }.map(\.microseconds).sorted()
                    out[count] = .int(Int64(lengths.count))
                    out[median] =
                        lengths.isEmpty ? .null : ReferenceQuestion.number(Double(lengths[(lengths.count - 1) / 2]) / 1e6)
                }
                stays.append(.object(out))
            }
            for (index, bucket) in buckets.enumerated() {
                var out = row(key)
                out["bucket"] = text(bucket.label)
                for name in names { out[name] = .int(Int64(mine.count { stageOf[index + 1][$0] == name })) }
                rows.append(.object(out))
                for from in [nil] + names.map({ Optional($0) }) {
                    for to in names.map({ Optional($0) }) + [nil] where from != to {
                        let count = mine.count { stageOf[index][$0] == from && stageOf[index + 1][$0] == to }
                        if count == 0 { continue }
                        var out = row(key)
                        out["bucket"] = text(bucket.label)
                        out["from"] = from.map { .string($0) } ?? .null
                        out["to"] = to.map { .string($0) } ?? .null
                        out["count"] = .int(Int64(count))
                        moves.append(.object(out))
                    }
                }
            }
        }
        return ["rows": .array(rows), "moves": .array(moves), "times": .array(stays)]
    }

    /// The stays of one person in a stage whose beginning lies between the instants.
    private func lengths(of name: String, in stages: [String?], at times: [Int64]) -> [(microseconds: Int64, isOpen: Bool)] {
        var out: [(microseconds: Int64, isOpen: Bool)] = []
        for start in stages.indices.dropFirst() where stages[start] == name && stages[start - 1] != name {
            let end = stages[start...].firstIndex { $0 != name }
            out.append((times[end ?? times.count - 1] - times[start], end == nil))
        }
        return out
    }
}
