/// Rows of a part that a merge leaves out, or any other set of small numbers: a bit each.
struct RowMask: Sendable {
    private var words: [UInt64]
    /// Numbers in the set.
    private(set) var count = 0

    /// An empty set of numbers below `limit`.
    init(limit: Int) { words = Array(repeating: 0, count: (limit + 63) / 64) }

    mutating func insert(_ number: Int) {
        let bit: UInt64 = 1 << UInt64(number & 63)
        guard words[number >> 6] & bit == 0 else { return }
        words[number >> 6] |= bit
        count += 1
    }

    @inline(__always) func contains(_ number: Int) -> Bool { words[number >> 6] >> UInt64(number & 63) & 1 != 0 }
}
