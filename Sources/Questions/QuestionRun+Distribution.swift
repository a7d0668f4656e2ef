import EventStore
import Glibc
import Model

/// How many of one group and of another hold a value, and what that says.
struct ShareComparison {
    /// People of the audience: with the value, and all.
    var count: Int
    var total: Int
    /// People of the comparison: with the value, and all.
    var countAgainst: Int
    var totalAgainst: Int

    /// The 97.5 % point of the normal distribution; the specification writes seven digits of it.
    static let z = 1.959_963_984_540_054

    var share: Double { Double(count) / Double(total) }
    /// Nil when nobody in the comparison has the value.
    var shareAgainst: Double? { countAgainst == 0 ? nil : Double(countAgainst) / Double(totalAgainst) }
    /// 100 where both shares are equal.
    var index: Double? { shareAgainst.map { 100 * share / $0 } }

    /// How far the logarithm of the index may be off, by the delta method.
    private var margin: Double {
        let own = 1 / Double(count) - 1 / Double(total)
        let other = 1 / Double(countAgainst) - 1 / Double(totalAgainst)
        return ShareComparison.z * (own + other).squareRoot()
    }

    var low: Double? { index.map { $0 * exp(-margin) } }
    var high: Double? { index.map { $0 * exp(margin) } }
}

extension QuestionRun {
    /// A row for each value that somebody in the audience has (specs: questions, N24).
    mutating func distribution(_ distribution: DistributionQuestion) throws(Problem) -> JSONValue {
        let everyone = PersonSet(executor.population.persons)
        let audience = who ?? everyone
        var comparison = everyone
        if let against = distribution.against {
            var judge = ExpressionJudge(executor, at: present, asOf: asOf)
            comparison = try judge.members(of: against)
            scanned += judge.scanned
        }
        let spreads = distribution.hasProperties ? propertySpreads(distribution, audience, comparison) : []
        var rows: [JSONValue] = []
        for (index, fact) in distribution.facts.enumerated() {
            let spread = fact.word == "property" ? spreads[index] : traitSpread(fact.name, audience, comparison)
            for (value, one) in spread.comparisons(audience.count, comparison.count).prefix(distribution.limit) {
                rows.append(row(fact, value, one))
            }
        }
        return ["rows": .array(rows)]
    }

    private func row(_ fact: DistributionQuestion.Fact, _ value: JSONValue, _ one: ShareComparison) -> JSONValue {
        var out = ObjectWriter()
        out.put(fact.word, .string(fact.name))
        out.put("value", value)
        out.put("count", .int(Int64(one.count)))
        out.put("share", Numbers.json(one.share))
        out.put("shareAgainst", Numbers.json(one.shareAgainst))
        out.put("tgi", Numbers.json(one.index))
        out.put("low", Numbers.json(one.low))
        out.put("high", Numbers.json(one.high))
        out.put("small", .bool(one.total < 100))
        return out.json
    }

    private func traitSpread(_ trait: String, _ audience: PersonSet, _ comparison: PersonSet) -> ValueSpread {
        var spread = ValueSpread()
        executor.population.forEachTrait(trait) { person, value in
            let number = spread.number(of: value)
            if number != 0 { spread.add([number], audience.contains(person), comparison.contains(person)) }
        }
        return spread
    }

    /// By fact; those of traits stay empty.
    private mutating func propertySpreads(
        _ distribution: DistributionQuestion, _ audience: PersonSet, _ comparison: PersonSet
    ) -> [ValueSpread] {
        let asked = who
        defer { who = asked }
        // Only those of one of the two count, so that everybody else need not be read.
        var either = audience
        either.formUnion(comparison)
        who = distribution.against == nil ? nil : either
        let empty = PropertySpreadTally(
            distribution.facts, range: bounds, parts: executor.snapshot.parts, audience: audience, comparison: comparison)
        return scanPeople([Selector(names: nil)], includesNobody: false) { empty }.spreads
    }
}

/// How many people of an audience and of a comparison hold each value of one fact.
struct ValueSpread {
    private var interner = ValueInterner()
    /// By interned number; the first is that of people with any value.
    private var counts: [(audience: Int, comparison: Int)] = [(0, 0)]

    mutating func number(of value: JSONValue?) -> Int32 { interner.number(of: value) }

    mutating func number(at row: Int, in column: inout InternedColumn) -> Int32 { column.number(at: row, &interner) }

    /// Counts a person with these different values, of which there is at least one.
    mutating func add(_ numbers: [Int32], _ isInAudience: Bool, _ isInComparison: Bool) {
        while counts.count < interner.values.count { counts.append((0, 0)) }
        for number in [0] + numbers {
            if isInAudience { counts[Int(number)].audience += 1 }
            if isInComparison { counts[Int(number)].comparison += 1 }
        }
    }

    mutating func merge(_ other: ValueSpread) {
        for (index, count) in other.counts.enumerated() {
            let number = index == 0 ? 0 : Int(interner.number(of: other.interner.values[index]))
            while counts.count <= number { counts.append((0, 0)) }
            counts[number].audience += count.audience
            counts[number].comparison += count.comparison
        }
    }

    /// The values in the audience, most frequent first; null for those without any.
    func comparisons(_ total: Int, _ totalAgainst: Int) -> [(JSONValue, ShareComparison)] {
        counts.indices.map { number in
            let count = counts[number]
            let (own, other) = number == 0 ? (total - count.audience, totalAgainst - count.comparison) : count
            return (
                interner.values[number], ShareComparison(count: own, total: total, countAgainst: other, totalAgainst: totalAgainst)
            )
        }
        .filter { $0.1.count > 0 }
        .sorted { $0.1.count != $1.1.count ? $0.1.count > $1.1.count : Numbers.precedes($0.0, $1.0) }
    }
}

/// Counts the people by the values of properties on their events.
private struct PropertySpreadTally: Tally {
    private let range: Range<Int64>
    private let audience: PersonSet
    private let comparison: PersonSet
    /// By fact, then part; none for traits.
    private var columns: [[InternedColumn]]
    private(set) var spreads: [ValueSpread]
    private var numbers: [Int32] = []

    init(
        _ facts: [DistributionQuestion.Fact], range: Range<Int64>, parts: [Part], audience: PersonSet, comparison: PersonSet
    ) {
        self.range = range
        self.audience = audience
        self.comparison = comparison
        columns = facts.map { fact in fact.word == "property" ? parts.map { InternedColumn(fact.name, in: $0) } : [] }
        spreads = facts.map { _ in ValueSpread() }
    }

    mutating func add(_ unit: CountedUnit, _ history: borrowing History) {
        let events =
            history.lowerBound(range.lowerBound)
            ..< max(
                history.lowerBound(range.lowerBound), history.lowerBound(range.upperBound))
        for fact in columns.indices where !columns[fact].isEmpty {
            numbers.removeAll(keepingCapacity: true)
            for index in events {
                let number = spreads[fact].number(at: Int(history.rows[index]), in: &columns[fact][Int(history.parts[index])])
                if number != 0 { numbers.append(number) }
            }
            if numbers.isEmpty { continue }
            numbers.sort()
            var kept = 0
            for number in numbers where kept == 0 || numbers[kept - 1] != number {
                numbers[kept] = number
                kept += 1
            }
            numbers.removeLast(numbers.count - kept)
            spreads[fact].add(numbers, audience.contains(unit.number), comparison.contains(unit.number))
        }
    }

    mutating func merge(_ other: PropertySpreadTally) {
        for index in spreads.indices { spreads[index].merge(other.spreads[index]) }
    }
}
