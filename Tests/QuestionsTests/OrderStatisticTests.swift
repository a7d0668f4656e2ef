import Model
import Testing

@testable import Questions

@Suite struct OrderStatisticTests {
    @Test("The element of a rank is the one that sorting puts there", arguments: UInt64(0) ..< 40)
    func ranks(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let count = Int.random(in: 0 ... 3_000, using: &random)
        // Few different values, many, ascending, descending.
        let span = Int64([1, 2, 10, 1_000_000][Int(seed % 4)])
        var values = (0 ..< count).map { _ in Int64.random(in: -span ... span, using: &random) }
        if seed % 5 == 3 { values.sort() }
        if seed % 5 == 4 { values.sort(by: >) }
        let sorted = values.sorted()
        for rank in Set([-1, 0, 1, count / 2, count - 1, count, Int.random(in: 0 ... max(0, count), using: &random)]) {
            var shuffled = values
            let element = OrderStatistic.element(rank, of: &shuffled)
            #expect(element == (sorted.indices.contains(rank) ? sorted[rank] : nil), "seed \(seed), rank \(rank)")
            #expect(shuffled.sorted() == sorted, "seed \(seed): the values stay the same")
        }
    }
}
