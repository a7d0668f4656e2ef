public import Model

/// What those who paid from one cell of users and customers brought in.
public struct CellRevenue: Hashable, Sendable {
    /// nil for payers whom nobody knows.
    public var cell: RoleCell?
    /// Paid orders, returned ones included.
    public var orders: Int
    /// Before returns, by currency, the workspace's first.
    public var revenue: [Money]

    public init(cell: RoleCell?, orders: Int, revenue: [Money]) {
        self.cell = cell
        self.orders = orders
        self.revenue = revenue
    }
}

extension PeopleView {
    /// Orders paid from `start` through `end`, by the cell in which those who paid stand at `end`; O(orders).
    public func revenueByCell(from start: Instant, through end: Instant) -> [CellRevenue] {
        let roles = moment(end)
        var sums: [RoleCell?: (orders: Int, revenue: MoneySums)] = [:]
        let none = (orders: 0, revenue: MoneySums(first: facts.settings.currency))
        for purchase in facts.orders.purchases where purchase.paidAt >= start && purchase.paidAt <= end {
            let cell = purchase.customer.map { roles.cell(of: $0) }
            sums[cell, default: none].orders += 1
            sums[cell, default: none].revenue.add(purchase.amount)
        }
        return (RoleCell.allCases + [nil]).compactMap { cell in
            sums[cell].map { CellRevenue(cell: cell, orders: $0.orders, revenue: $0.revenue.sums) }
        }
    }
}
