import Model
import Testing

@testable import Loyalty

/// What a desk knows by heart.
@Suite struct RememberedTests {
    @Test("A value that is not in the tables yet is never forgotten, and the last one counts", arguments: Seeds.upTo(200))
    func waiting(seed: UInt64) {
        var random = SplitMix64(seed: seed)
        let known = Remembered<Int, Int>(limit: 16)
        var written: [Int: (value: Int, turn: Int)] = [:]
        var settled = 0
        for turn in 1 ... 200 {
            for _ in 0 ..< Int.random(in: 0 ... 8, using: &random) {
                let (key, value) = (Int.random(in: 0 ..< 60, using: &random), Int.random(in: 0 ..< 1_000, using: &random))
                known.write(key, value, turn: turn)
                written[key] = (value, turn)
            }
            settled = Int.random(in: settled ... turn, using: &random)
            known.settle(until: settled)
            for (key, last) in written {
                let found = known.find(key)
                if last.turn > settled { #expect(found != nil, "\(key) is forgotten, seed \(seed)") }
                guard let found else { continue }
                #expect(found.value == last.value && found.isInTables == (last.turn <= settled), "\(key), seed \(seed)")
            }
        }
    }

    @Test("As many are kept as there is room for, those first that are used")
    func used() {
        let known = Remembered<Int, Int>(limit: 100)
        for key in 0 ..< 100 { known.note(key, key) }
        for key in 100 ..< 10_000 {
            for used in 0 ..< 10 { #expect(known[used] == used) }
            known.note(key, key)
        }
        #expect(known.count == 100)
        #expect((0 ..< 10).allSatisfy { known[$0] == $0 })
        #expect(known[50] == nil)
    }

    @Test("Those that had no room go as soon as they are in the tables")
    func crowd() {
        let known = Remembered<Int, Int>(limit: 10)
        for key in 0 ..< 50 { known.write(key, key, turn: 1) }
        #expect(known.count == 50)
        known.settle(until: 1)
        for key in 100 ..< 150 { known.note(key, key) }
        #expect(known.count == 50)
        #expect((0 ..< 50).allSatisfy { known[$0] == nil } && (100 ..< 150).allSatisfy { known[$0] == $0 })
    }
}
