/// Neighbouring units of one line that have been treated alike so far.
struct CouponRun: Hashable, Sendable {
    /// The position of the line among those sorted by id.
    var line: Int
    var first: Int64
    var count: Int64
    /// Of each unit, before any coupon.
    let price: Int64
    /// What each unit still costs.
    var left: Int64
    /// What the coupon whose turn it is takes off each unit.
    var cut: Int64 = 0
    /// What each coupon took off each unit, by its turn; empty where only sums are asked for.
    var cuts: [Int: Int64] = [:]

    init(line: Int, first: Int64, count: Int64, price: Int64) {
        self.line = line
        self.first = first
        self.count = count
        self.price = price
        left = price
    }

    /// The units of a line, those that cost more apart from the others.
    static func runs(of line: CouponCart.Line, at position: Int) -> [CouponRun] {
        let dearer = line.dearerUnits
        let rest = CouponRun(line: position, first: dearer, count: line.units - dearer, price: line.unitPrice)
        return dearer == 0 ? [rest] : [CouponRun(line: position, first: 0, count: dearer, price: line.unitPrice + 1), rest]
    }

    mutating func take(_ amount: Int64) {
        guard amount > 0 else { return }
        left -= amount
        cut += amount
    }

    /// Lets the coupon whose turn it is take less off than it did.
    mutating func giveBack(to amount: Int64) {
        left += cut - amount
        cut = amount
    }

    /// Takes an amount off runs in proportion to what their units still cost: no unit below zero, no minor unit lost.
    ///
    /// Largest remainder: each unit gives its whole share, and the minor units left over come one each from those whose share was cut
    /// most; ties go by line and unit, so that the order of lines in the cart does not matter.
    /// Runs that are split are no longer in order.
    /// - Precondition: the amount is at most what the runs cost together.
    static func spread(_ amount: Int64, over chosen: [Int], of runs: inout [CouponRun]) {
        let sum = chosen.reduce(Int128(0)) { $0 + Int128(runs[$1].count) * Int128(runs[$1].left) }
        guard amount > 0, sum > 0 else { return }
        var rest = Int128(amount)
        var remainders: [(run: Int, remainder: Int128)] = []
        for index in chosen {
            let (share, remainder) = (Int128(amount) * Int128(runs[index].left)).quotientAndRemainder(dividingBy: sum)
            rest -= share * Int128(runs[index].count)
            runs[index].take(Int64(share))
            if remainder > 0 { remainders.append((index, remainder)) }
        }
        remainders.sort { left, right in
            if left.remainder != right.remainder { return left.remainder > right.remainder }
            return (runs[left.run].line, runs[left.run].first) < (runs[right.run].line, runs[right.run].first)
        }
        for (index, _) in remainders where rest > 0 {
            let count = min(rest, Int128(runs[index].count))
            rest -= count
            split(index, at: Int64(count), of: &runs)
            runs[index].take(1)
        }
    }

    /// Makes the units of a run from `count` on a run of their own, at the end.
    static func split(_ index: Int, at count: Int64, of runs: inout [CouponRun]) {
        guard count < runs[index].count else { return }
        var rest = runs[index]
        rest.first += count
        rest.count -= count
        runs[index].count = count
        runs.append(rest)
    }
}
