/// Rounds parts to whole units so that they add up to a given total: by largest remainder, the earlier one first.
enum LargestRemainder {
    /// - Parameter fine: the parts, a million of which make a unit.
    static func units(_ fine: [Int128], total: Int128) -> [Int128] {
        var out = fine.map { floor($0, 1_000_000) }
        let left = total - out.reduce(0, +)
        let remainders = fine.indices.map { fine[$0] - out[$0] * 1_000_000 }
        let order = fine.indices.sorted { remainders[$0] != remainders[$1] ? remainders[$0] > remainders[$1] : $0 < $1 }
        for index in order.prefix(Int(max(0, min(left, Int128(fine.count))))) { out[index] += 1 }
        return out
    }

    /// The quotient rounded down, for a positive divisor.
    static func floor(_ dividend: Int128, _ divisor: Int128) -> Int128 {
        let (quotient, remainder) = dividend.quotientAndRemainder(dividingBy: divisor)
        return remainder < 0 ? quotient - 1 : quotient
    }
}
