import Testing

@testable import Questions

/// How much more often one group holds a value than another: the index that specifications call TGI.
struct ShareComparisonTests {
    @Test(
        "G12: the index is 100 times the share over the other's, and 100 for whoever is compared with themselves",
        arguments: [
            (count: 30, total: 100, countAgainst: 20, totalAgainst: 100, index: 150.0), (300, 1_000, 1, 5, 150), (1, 4, 1, 2, 50),
            (20, 100, 20, 100, 100), (1, 3, 1, 3, 100), (7, 7, 7, 7, 100), (999_983, 1_000_003, 999_983, 1_000_003, 100),
        ])
    func index(count: Int, total: Int, countAgainst: Int, totalAgainst: Int, index: Double) throws {
        let one = ShareComparison(count: count, total: total, countAgainst: countAgainst, totalAgainst: totalAgainst)
        let found = try #require(one.index)
        #expect(abs(found - index) < 1e-9)
        let (low, high) = (try #require(one.low), try #require(one.high))
        #expect(low <= found && found <= high)
    }

    @Test("Nothing is told of a value that nobody of the others holds")
    func nobody() {
        let one = ShareComparison(count: 3, total: 9, countAgainst: 0, totalAgainst: 9)
        #expect(one.shareAgainst == nil && one.index == nil && one.low == nil && one.high == nil)
    }
}
