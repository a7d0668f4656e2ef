/// Whole numbers that refuse what they cannot hold.
enum EarningArithmetic {
    static func product(_ left: Int128, _ right: Int128) throws(Refusal) -> Int128 {
        let (product, isOver) = left.multipliedReportingOverflow(by: right)
        guard !isOver else { throw Refusal("OVERFLOW") }
        return product
    }

    static func sum(_ left: Int128, _ right: Int128) throws(Refusal) -> Int128 {
        let (sum, isOver) = left.addingReportingOverflow(right)
        guard !isOver else { throw Refusal("OVERFLOW") }
        return sum
    }

    static func sum(_ left: Int64, _ right: Int64) throws(Refusal) -> Int64 {
        let (sum, isOver) = left.addingReportingOverflow(right)
        guard !isOver else { throw Refusal("OVERFLOW") }
        return sum
    }

    static func sum(_ parts: [Int128]) throws(Refusal) -> Int128 {
        var total: Int128 = 0
        for part in parts { total = try sum(total, part) }
        return total
    }

    /// The least number that both divide, for positive numbers.
    static func commonMultiple(_ left: Int128, _ right: Int128) throws(Refusal) -> Int128 {
        var (divisor, rest) = (left, right)
        while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
        return try product(left / divisor, right)
    }

    /// Spreads a whole number by weights so that the parts add up to it: by largest remainder, the earlier one first.
    ///
    /// - Precondition: no weight is negative.
    /// - Returns: Nothing but zeros when all weights are 0 or `total` is not above 0.
    static func spread(_ total: Int64, by weights: [Int128]) throws(Refusal) -> [Int64] {
        spread(total, by: weights, of: try sum(weights))
    }

    /// - Parameter all: The sum of the weights.
    static func spread(_ total: Int64, by weights: [Int128], of all: Int128) -> [Int64] {
        guard total > 0, all > 0 else { return weights.map { _ in 0 } }
        let shares = weights.map { all.dividingFullWidth($0.multipliedFullWidth(by: Int128(total))) }
        var parts = shares.map { Int64($0.quotient) }
        let left = Int(total - parts.reduce(0, +))
        let order = shares.indices.sorted {
            shares[$0].remainder != shares[$1].remainder ? shares[$0].remainder > shares[$1].remainder : $0 < $1
        }
        for index in order.prefix(left) { parts[index] += 1 }
        return parts
    }
}
