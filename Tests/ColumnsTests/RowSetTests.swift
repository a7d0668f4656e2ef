import Columns
import Model
import Testing

@Suite struct RowSetTests {
    @Test("Row sets of every density answer as a plain set does", arguments: UInt64(0) ..< 60)
    func agreesWithSet(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let rowCount = [1, 2, 63, 64, 65, 511, 513, 3_000].randomElement(using: &random) ?? 1
        let chance: Double = [0.001, 0.05, 0.5, 0.95, 1].randomElement(using: &random) ?? 0.5
        let rows = (0 ..< UInt32(rowCount)).filter { _ in Double.random(in: 0 ..< 1, using: &random) < chance }
        let bytes = ByteOutput.bytes { RowSetEncoder.encode(rows, rowCount: rowCount, appendingTo: &$0) }
        let region = ByteRegion(copying: bytes)
        let set = try #require(RowSet(region.bytes, region: region))
        for set in [set, RowSet(rows: rows, rowCount: rowCount)] {
            #expect(set.count == rows.count)
            #expect(set.array == rows)
            let plain = Set(rows)
            var rank = 0
            for row in 0 ..< rowCount {
                #expect(set.contains(row) == plain.contains(UInt32(row)))
                #expect(set.rank(of: row) == rank)
                #expect(set.index(of: row) == (plain.contains(UInt32(row)) ? rank : nil))
                if plain.contains(UInt32(row)) { rank += 1 }
            }
            for _ in 0 ..< 20 {
                let low = Int.random(in: 0 ... rowCount, using: &random)
                let high = Int.random(in: low ... rowCount, using: &random)
                let expected = rows.filter { $0 >= low && $0 < high }
                #expect(set.rows(in: low ..< high) == expected)
                #expect(set.count(in: low ..< high) == expected.count)
            }
        }
    }
}
