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
        var rows = AnswerRows(executor.watch)
        for (index, fact) in distribution.facts.enumerated() {
            let spread: ValueSpread
            switch fact {
            case .property: spread = spreads[index]
            case .trait(let name): spread = try traitSpread(name, audience, comparison)
            case .role:
                spread = QuestionRun.spread(try Standing(cellsOf: executor, at: present, asOf: asOf), audience, comparison)
            case .stage:
                let standing = try Standing(stagesOf: executor, at: present, asOf: asOf, scanned: &scanned)
                spread = QuestionRun.spread(standing, audience, comparison)
            }
            for (value, one) in spread.comparisons(audience.count, comparison.count).prefix(distribution.limit) {
                try rows.append(row(fact, value, one))
            }
        }
        return ["rows": rows.json]
    }

    private func row(_ fact: DistributionQuestion.Fact, _ value: JSONValue, _ one: ShareComparison) -> JSONValue {
        var out = ObjectWriter()
        out.put(fact.member.key, fact.member.value)
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

    private static func spread(_ standing: Standing, _ audience: PersonSet, _ comparison: PersonSet) -> ValueSpread {
        var spread = ValueSpread()
        for (value, people) in standing.values {
            let number = spread.number(of: value)
            people.forEach { spread.add([number], audience.contains($0), comparison.contains($0)) }
        }
        return spread
    }

    private mutating func traitSpread(
        _ trait: String, _ audience: PersonSet, _ comparison: PersonSet
    ) throws(Problem) -> ValueSpread {
        let held = executor.heldBytes
        defer { executor.watch?.giveBack(to: held) }
        let computed = try executor.computedTrait(trait, at: present, asOf: asOf, scanned: &scanned)
        var spread = ValueSpread()
        var noted = 0
        executor.forEachTrait(trait, computed) { person, value in
            guard executor.watch?.goesOn(holding: spread.byteCount, noted: &noted) ?? true else { return }
            let number = spread.number(of: value)
            if number != 0 { spread.add([number], audience.contains(person), comparison.contains(person)) }
        }
        try executor.watch?.check()
        return spread
    }

    /// By fact; only those of properties are filled.
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
