import Model
import Questions

extension ReferenceQuestion {
    /// A person's trait at the instant: by the rule that has its key, else as it was sent.
    func trait(_ key: String, of person: UInt32) -> JSONValue? {
        guard let rule = reference.computedTraits.first(where: { $0.key == key }) else {
            return reference.population.trait(key, of: person)
        }
        // The person's own events, whatever is counted in place of people.
        let counted = reference.events(of: question).filter { event in
            let isInTime = rule.window.map { event.timestamp > instant.microseconds - $0.microseconds } ?? true
            return event.person == person && event.timestamp <= instant.microseconds && isInTime && matches(rule.selector, event)
        }
        let values = counted.map { ReferenceQuestion.grouped(value(rule.property ?? "", $0)) }.filter { !$0.isNull }
        let numbers = values.compactMap(\.doubleValue)
        let times = Dictionary(grouping: values) { $0 }.mapValues(\.count)
        let inOrder = kept(times.keys.map { (key: [$0], number: 0) }, Int.max).map { $0[0] }
        switch rule.measure {
        case .count: return .int(Int64(counted.count))
        case .sum: return ReferenceQuestion.number(ReferenceSum.exact(numbers))
        case .avg:
            guard !numbers.isEmpty else { return JSONValue?.none }
            return ReferenceQuestion.number(ReferenceSum.exact(numbers) / Double(numbers.count))
        case .min: return numbers.min().map { ReferenceQuestion.number($0) }
        case .max: return numbers.max().map { ReferenceQuestion.number($0) }
        case .first: return values.first
        case .last: return values.last
        case .mostFrequent: return inOrder.first { times[$0] == times.values.max() }
        case .uniqueList: return inOrder.isEmpty ? JSONValue?.none : .array(inOrder)
        case .uniqueCount: return .int(Int64(inOrder.count))
        }
    }
}
