import Columns
import EventStore
import Model

/// Which parts of a conjunction are judged first: those that few people meet, so that the others are asked of few.
///
/// An estimate from row sets, times and dictionaries; it decides how long an answer takes and never what it is.
struct ConjunctionOrder {
    /// The parts that few people are expected to meet.
    private(set) var first: [Expression] = []
    private(set) var rest: [Expression] = []

    private let parts: [Part]
    private let present: Present

    /// nil where one pass over everything is as good: no part is met by few, or the others ask nothing of events.
    init?(_ expressions: [Expression], executor: Executor, present: Present) {
        // What other people do is asked of everyone.
        guard !expressions.contains(where: ConjunctionOrder.asksOthers) else { return nil }
        parts = executor.snapshot.parts
        self.present = present
        let peopleCount = Double(executor.population.personOfIdentity.count)
        for expression in expressions {
            if peopleMeeting(expression).map({ $0 * executor.split.peoplePerMember < peopleCount }) ?? false {
                first.append(expression)
            } else {
                rest.append(expression)
            }
        }
        guard !first.isEmpty, rest.contains(where: ConjunctionOrder.asksEvents) else { return nil }
    }

    /// Whether it asks of others than the person: those in their accounts, or whom they are something to.
    static func asksOthers(_ expression: Expression) -> Bool {
        switch expression {
        case .account, .related: true
        case .all(let parts), .any(let parts): parts.contains(where: asksOthers)
        case .not(let inner): asksOthers(inner)
        default: false
        }
    }

    private static func asksEvents(_ expression: Expression) -> Bool {
        switch expression {
        case .everyone, .trait, .role, .stage, .consent, .sample: false
        case .all(let parts), .any(let parts): parts.contains(where: asksEvents)
        case .not(let inner), .account(_, let inner), .related(_, let inner): asksEvents(inner)
        case .did, .measured, .first, .last, .sequence, .absentFor: true
        }
    }

    /// How many people did something often enough, as if events were spread evenly; nil where those who did nothing count too.
    private func peopleMeeting(_ expression: Expression) -> Double? {
        guard case .did(let selector, let times, let within) = expression, let names = selector.names,
            let least = (0 ..< 64).first(where: { times.holds(.int(Int64($0))) }), least > 0
        else { return nil }
        let bounds = within.bounds(at: present.instant, in: present.calendar)
        return parts.reduce(0) { sum, part in
            let rows = names.compactMap(part.nameCode(of:)).reduce(0) { $0 + part.rows(named: $1).count }
            let share = timeShare(of: bounds, in: part) * (selector.condition.map { conditionShare($0, part) } ?? 1)
            return sum + Double(rows) * share
        } / Double(least)
    }

    private func timeShare(of bounds: Range<Int64>, in part: Part) -> Double {
        let whole = Double(part.maxTimestamp) - Double(part.minTimestamp) + 1
        let common = Double(min(bounds.upperBound, part.maxTimestamp)) - Double(max(bounds.lowerBound, part.minTimestamp)) + 1
        return min(max(common / whole, 0), 1)
    }

    /// Of values that are one of a few texts, as many as there are different texts in the column.
    private func conditionShare(_ condition: Condition, _ part: Part) -> Double {
        switch condition {
        case .property(let path, let test):
            guard case .oneOf(let values) = test.form, !test.isNegated else { return 1 }
            let reader = PropertyReader(path, in: part)
            let codeCount = (0 ..< reader.columnCount).reduce(0) { $0 + reader.codeCount(ofColumn: $1) }
            return min(1, Double(values.count) / Double(max(codeCount, 1)))
        case .all(let parts): return parts.reduce(1) { $0 * conditionShare($1, part) }
        case .any, .not: return 1
        }
    }
}
