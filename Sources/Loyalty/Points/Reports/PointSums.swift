import Model

/// All that was booked in a currency before an instant: how much went from which account to which, of each vintage, payer and worth.
struct PointSums: Hashable, Sendable {
    struct Key: Hashable, Comparable {
        /// `year × 100 + month` in which the points were earned; 0 for debts.
        let vintage: Int64
        /// nil for the brand.
        let fundedBy: String?
        /// What each lot was given; nothing for debts.
        let value: PointValue

        static func < (left: Key, right: Key) -> Bool {
            let (leftPayer, rightPayer) = (left.fundedBy ?? "", right.fundedBy ?? "")
            return (left.vintage, leftPayer, left.value.minor, left.value.points)
                < (right.vintage, rightPayer, right.value.minor, right.value.points)
        }
    }

    struct Route: Hashable, Comparable {
        let from: PointAccount
        let to: PointAccount

        static func < (left: Route, right: Route) -> Bool {
            (left.from.text, left.to.text) < (right.from.text, right.to.text)
        }
    }

    /// An amount that went a way.
    struct Flow: Hashable {
        let key: Key
        let route: Route
        let amount: Int64
    }

    private(set) var amounts: [Key: [Route: Int64]] = [:]

    /// All flows, in an order that depends on nothing else.
    var flows: [Flow] {
        amounts.sorted { $0.key < $1.key }.flatMap { key, routes in
            routes.sorted { $0.key < $1.key }.map { Flow(key: key, route: $0.key, amount: $0.value) }
        }
    }

    /// - Throws: ``Problem`` for more than can be counted.
    mutating func add(_ flow: Flow) throws(Problem) {
        amounts[flow.key, default: [:]][flow.route] = try PointSums.sum(amounts[flow.key]?[flow.route] ?? 0, flow.amount)
    }

    /// What an account holds of one vintage, payer and worth.
    func balance(_ account: PointAccount, _ key: Key) throws(Problem) -> Int64 {
        var balance: Int64 = 0
        for (route, amount) in amounts[key] ?? [:] {
            if route.to == account { balance = try PointSums.sum(balance, amount) }
            if route.from == account { balance = try PointSums.sum(balance, -amount) }
        }
        return balance
    }

    static func sum(_ left: Int64, _ right: Int64) throws(Problem) -> Int64 {
        let (sum, isOver) = left.addingReportingOverflow(right)
        guard !isOver else { throw PointSums.overflow }
        return sum
    }

    static var overflow: Problem {
        Problem(Problem.Code("too_large"), "There are more points, or they are worth more, than can be counted.", status: 422)
    }
}

extension PointValue {
    /// As ``of(_:)``, for amounts of any size.
    ///
    /// - Throws: ``Problem`` for more than can be counted.
    func worth(of count: Int64) throws(Problem) -> Int64 {
        let product = count.multipliedReportingOverflow(by: minor)
        if !product.overflow { return product.partialValue / points }
        guard let worth = Int64(exactly: wide(count)) else { throw PointSums.overflow }
        return worth
    }
}
