import Testing

@testable import Questions

/// Figures of other programs: R's fisher.test and chisq.test(correct = FALSE), p.adjust(method = "BH").
@Suite("Tests of association")
struct AssociationTests {
    private static let tables: [([Int], Bool, Double)] = [
        ([3, 1, 1, 3], true, 0.485_714_285_7), ([8, 2, 1, 5], true, 0.034_965_034_97), ([0, 5, 5, 0], true, 0.007_936_507_937),
        ([2, 1, 1, 2], true, 1), ([0, 0, 3, 4], true, 1), ([30, 20, 20, 30], false, 0.045_500_263_9),
        ([10, 10, 10, 10], false, 1),
    ]

    @Test("Small tables get Fisher's exact test, others χ²", arguments: tables)
    func probabilities(cells: [Int], isSmall: Bool, expected: Double) {
        let test = AssociationTest(
            didConverted: cells[0], didNotConvert: cells[1], absentConverted: cells[2], absentNotConvert: cells[3])
        #expect(test.isSmall == isSmall)
        #expect(abs(test.probability - expected) <= 1e-9 * max(expected, 1e-3), "\(test.probability)")
    }

    @Test("The lift and its interval follow the delta method; without converts there is none")
    func lift() throws {
        let test = AssociationTest(didConverted: 30, didNotConvert: 20, absentConverted: 20, absentNotConvert: 30)
        #expect(abs(try #require(test.lift) - 1.5) < 1e-12)
        let interval = try #require(test.interval)
        // ln 1.5 ± 1.959964 √(1/30 − 1/50 + 1/20 − 1/50)
        #expect(abs(interval.low - 0.997_469_273_9) < 1e-6 && abs(interval.high - 2.255_708_580_6) < 1e-6, "\(interval)")
        #expect(AssociationTest(didConverted: 1, didNotConvert: 1, absentConverted: 0, absentNotConvert: 3).lift == nil)
    }

    @Test("q-values are those of Benjamini and Hochberg, in place")
    func rates() {
        let rates = AssociationTest.falseDiscoveryRates([0.04, 0.01, 0.03, 0.5])
        #expect(zip(rates, [0.053_333_333_33, 0.04, 0.053_333_333_33, 0.5]).allSatisfy { abs($0 - $1) < 1e-9 }, "\(rates)")
    }
}
