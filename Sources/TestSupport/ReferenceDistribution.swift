import Glibc
import Model
import OrderedCollections
import Questions

extension ReferenceQuestion {
    func distribution(_ asked: DistributionQuestion) throws(Problem) -> JSONValue {
        let audience = try people()
        var comparison: [UInt32] = []
        for person in reference.population.persons
        where try asked.against.map({ one throws(Problem) in try holds(one, person) }) ?? true {
            comparison.append(person)
        }
        var rows: [JSONValue] = []
        for fact in asked.facts {
            var valuesOf: [UInt32: Set<JSONValue>] = [:]
            for person in reference.population.persons { valuesOf[person] = try values(fact, person) }
            func holds(_ person: UInt32, _ wanted: JSONValue) -> Bool { valuesOf[person]?.contains(wanted) ?? false }
            var counts: [JSONValue: Int] = [:]
            for person in audience { for value in valuesOf[person] ?? [] { counts[value, default: 0] += 1 } }
            let order = inOrder(counts.map { (key: [$0.key], number: Double($0.value)) }, asked.limit).map { $0[0] }
            for one in order {
                let (a, n) = (Double(counts[one] ?? 0), Double(audience.count))
                let (b, m) = (Double(comparison.count { holds($0, one) }), Double(comparison.count))
                let against = b == 0 ? nil : b / m
                let index = against.map { 100 * (a / n) / $0 }
                let margin = 1.959_963_984_540_054 * ((1 / a - 1 / n) + (1 / b - 1 / m)).squareRoot()
                rows.append([
                    fact.member.key: fact.member.value, "value": one, "count": .int(Int64(a)),
                    "share": ReferenceQuestion.number(a / n),
                    "shareAgainst": ReferenceQuestion.number(against), "tgi": ReferenceQuestion.number(index),
                    "low": ReferenceQuestion.number(index.map { $0 * exp(-margin) }),
                    "high": ReferenceQuestion.number(index.map { $0 * exp(margin) }), "small": .bool(n < 100),
                ])
            }
        }
        return ["rows": .array(rows)]
    }

    /// The values of a fact that a person has; null alone where there are none.
    private func values(_ fact: DistributionQuestion.Fact, _ person: UInt32) throws(Problem) -> Set<JSONValue> {
        switch fact {
        case .role: return [.string(try cell(of: person))]
        case .stage: return [try stage(of: person).map { .string($0) } ?? .null]
        case .trait(let name): return [ReferenceQuestion.grouped(trait(name, of: person))]
        case .property(let name):
            let mine = events(of: person).filter { range.contains($0.timestamp) }
            let values = Set(mine.map { ReferenceQuestion.grouped(value(name, $0)) }).subtracting([.null])
            return values.isEmpty ? [.null] : values
        }
    }

    /// Keys by number, greatest first, then as breakdowns order values.
    func inOrder(_ numbers: [(key: [JSONValue], number: Double?)], _ limit: Int) -> [[JSONValue]] {
        var asked = question
        asked.limit = limit
        let all = ReferenceQuestion(reference: reference, question: asked, events: [], range: range, instant: instant)
        return all.kept(numbers)
    }
}
