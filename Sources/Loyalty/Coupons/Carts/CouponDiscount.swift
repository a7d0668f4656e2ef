/// What one coupon does for an order, unit by unit, so that any part of it can be undone later.
public struct CouponDiscount: Hashable, Sendable {
    /// The same amount off neighbouring units of one line.
    public struct Part: Hashable, Sendable {
        public let line: String
        /// The first unit, counted from 0 within the line.
        public let first: Int64
        public let count: Int64
        /// Off each of the units, in minor units; 0 where they only belong to the order.
        public let amount: Int64

        var sum: Int64 { count * amount }
    }

    /// All units of the order, by line and unit.
    public internal(set) var parts: [Part] = []
    public internal(set) var shipping: Int64 = 0
    /// Units for nothing by SKU.
    public internal(set) var gifts: [String: Int64] = [:]
    /// Whether it gives something that is no money: goods, a place in the queue, a status.
    public internal(set) var givesRight = false

    /// Off the goods and the shipping together, in minor units.
    public var total: Int64 { parts.reduce(shipping) { $0 + $1.sum } }

    /// Whether the coupon would be used for nothing.
    public var isNothing: Bool { total == 0 && !givesRight }

    /// By line and unit: what is off each unit.
    public func units(of line: String) -> [Int64] {
        parts.filter { $0.line == line }.flatMap { Array(repeating: $0.amount, count: Int($0.count)) }
    }

    /// Neighbours alike are one part.
    static func merged(_ parts: [Part]) -> [Part] {
        var out: [Part] = []
        for part in parts {
            if let last = out.last, last.line == part.line, last.amount == part.amount, last.first + last.count == part.first {
                out[out.count - 1] = Part(line: last.line, first: last.first, count: last.count + part.count, amount: last.amount)
            } else {
                out.append(part)
            }
        }
        return out
    }

    /// The same with less taken off in all, spread over units and shipping by what was off each.
    ///
    /// - Precondition: `total` is from 0 to the present one.
    func trimmed(to total: Int64) -> CouponDiscount {
        guard total < self.total else { return self }
        var runs = parts.map { CouponRun(line: 0, first: $0.first, count: $0.count, price: $0.amount) }
        runs.append(CouponRun(line: 1, first: 0, count: 1, price: shipping))
        let names = parts.map(\.line) + [""]
        for index in runs.indices { runs[index].line = index }
        CouponRun.spread(total, over: Array(runs.indices), of: &runs)
        runs.sort { ($0.line, $0.first) < ($1.line, $1.first) }
        var out = self
        out.parts = []
        for run in runs {
            if run.line == parts.count {
                out.shipping = run.price - run.left
            } else {
                out.parts.append(Part(line: names[run.line], first: run.first, count: run.count, amount: run.price - run.left))
            }
        }
        out.parts = CouponDiscount.merged(out.parts)
        return out
    }
}
