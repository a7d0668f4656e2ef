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
        let (total, totalAgainst) = (audience.count, comparison.count)
        var rows: [JSONValue] = []
        for trait in distribution.traits {
            let found = counts(of: trait, audience, comparison, total, totalAgainst)
            for (value, one) in found.prefix(distribution.limit) {
                var out = ObjectWriter()
                out.put("trait", .string(trait))
                out.put("value", value)
                out.put("count", .int(Int64(one.count)))
                out.put("share", Numbers.json(one.share))
                out.put("shareAgainst", Numbers.json(one.shareAgainst))
                out.put("tgi", Numbers.json(one.index))
                out.put("low", Numbers.json(one.low))
                out.put("high", Numbers.json(one.high))
                out.put("small", .bool(total < 100))
                rows.append(out.json)
            }
        }
        return ["rows": .array(rows)]
    }

    /// The values of a trait in the audience, most frequent first; a missing value is null.
    private func counts(
        of trait: String, _ audience: PersonSet, _ comparison: PersonSet, _ total: Int, _ totalAgainst: Int
    ) -> [(JSONValue, ShareComparison)] {
        var interner = ValueInterner()
        // By interned number; 0 is a missing value: at first everybody.
        var counts = [total]
        var countsAgainst = [totalAgainst]
        executor.population.forEachTrait(trait) { person, value in
            let number = Int(interner.number(of: value))
            while counts.count <= number {
                counts.append(0)
                countsAgainst.append(0)
            }
            if audience.contains(person) {
                counts[0] -= 1
                counts[number] += 1
            }
            if comparison.contains(person) {
                countsAgainst[0] -= 1
                countsAgainst[number] += 1
            }
        }
        return counts.indices.filter { counts[$0] > 0 }.map { number in
            (
                interner.values[number],
                ShareComparison(
                    count: counts[number], total: total, countAgainst: countsAgainst[number], totalAgainst: totalAgainst)
            )
        }
        .sorted { $0.1.count != $1.1.count ? $0.1.count > $1.1.count : Numbers.precedes($0.0, $1.0) }
    }
}
