import Glibc

/// Whether two yes-or-no facts about people go together: a 2 × 2 table and what follows from it.
struct AssociationTest {
    /// Did it and converted, did it and did not, did not do it and converted, neither.
    var didConverted: Int
    var didNotConvert: Int
    var absentConverted: Int
    var absentNotConvert: Int

    var support: Int { didConverted + didNotConvert }
    private var absent: Int { absentConverted + absentNotConvert }
    private var converted: Int { didConverted + absentConverted }
    private var notConverted: Int { didNotConvert + absentNotConvert }
    private var total: Int { support + absent }

    var conversionWith: Double? { support == 0 ? nil : Double(didConverted) / Double(support) }
    var conversionWithout: Double? { absent == 0 ? nil : Double(absentConverted) / Double(absent) }

    /// How many times more often those convert who did it; nil where nobody else converted.
    var lift: Double? {
        guard let with = conversionWith, let without = conversionWithout, without > 0 else { return nil }
        return with / without
    }

    /// The 95 % interval of the lift by the delta method on its logarithm; nil at a lift of 0.
    var interval: (low: Double, high: Double)? {
        guard let lift, didConverted > 0 else { return nil }
        let own = 1 / Double(didConverted) - 1 / Double(support)
        let other = 1 / Double(absentConverted) - 1 / Double(absent)
        let margin = ShareComparison.z * (own + other).squareRoot()
        return (lift * exp(-margin), lift * exp(margin))
    }

    /// Whether any expected cell is below 5, so that Fisher's exact test is called for (specs: questions, N31).
    var isSmall: Bool {
        [support, absent].contains { row in
            [converted, notConverted].contains { column in Double(row) * Double(column) < 5 * Double(total) }
        }
    }

    /// Two-sided probability of a table at least as unlikely were there no association, to ten digits.
    var probability: Double { Numbers.rounded(isSmall ? fisher : chiSquared) }

    /// χ² without continuity correction, one degree of freedom.
    private var chiSquared: Double {
        let difference =
            Double(didConverted) * Double(absentNotConvert) - Double(didNotConvert) * Double(absentConverted)
        let margins = Double(support) * Double(absent) * Double(converted) * Double(notConverted)
        return erfc((Double(total) * difference * difference / margins / 2).squareRoot())
    }

    /// The tables with these margins, from the one at hand outwards, each weighed against it; only ratios are needed.
    private var fisher: Double {
        var (all, extreme) = (1.0, 1.0)
        for direction in [1, -1] {
            var (a, b, c, d) = (didConverted, didNotConvert, absentConverted, absentNotConvert)
            var weight = 1.0
            while weight > 1e-300 {
                let up = direction > 0 ? Double(b) * Double(c) : Double(a) * Double(d)
                let down = direction > 0 ? Double(a + 1) * Double(d + 1) : Double(b + 1) * Double(c + 1)
                if up == 0 { break }
                weight *= up / down
                (a, b, c, d) = (a + direction, b - direction, c - direction, d + direction)
                all += weight
                // Equally likely tables must not be lost to rounding.
                if weight <= 1 + 1e-7 { extreme += weight }
            }
        }
        return min(1, extreme / all)
    }

    /// Benjamini and Hochberg's q-values of probabilities, in the same places.
    static func falseDiscoveryRates(_ probabilities: [Double]) -> [Double] {
        let order = probabilities.indices.sorted { probabilities[$0] < probabilities[$1] }
        var out = probabilities
        var least = 1.0
        for (rank, place) in order.enumerated().reversed() {
            least = min(least, probabilities[place] * Double(order.count) / Double(rank + 1))
            out[place] = Numbers.rounded(least)
        }
        return out
    }
}
