public import Model

/// Who uses and who pays, at one instant: four disjoint cells that sum to everybody, and how new people came.
public struct Overview: Hashable, Sendable {
    /// The instant of which this is true; events after it do not count.
    public var at: Instant
    /// People seen by then.
    public var everybody = 0
    public var userOnly = 0
    public var customerOnly = 0
    public var both = 0
    public var neither = 0
    /// People who were users and have not been for four weeks.
    public var formerUsers = 0
    /// People first seen in the ISO week that holds the instant.
    public var newThisWeek = 0
    /// People with an event on the local day of the instant.
    public var activeToday = 0
    /// People with an event on that day or the 6 days before it.
    public var activeLast7Days = 0
    /// People with an event on that day or the 29 days before it.
    public var activeLast30Days = 0
    /// Paid orders, returned ones included.
    public var orders = 0
    /// Sum of the orders before returns, by currency, the workspace's first.
    public var revenue: [Money] = []
    /// Money given back, by currency.
    public var refunds: [Money] = []
    /// Paid orders whose payer is not known as a person.
    public var ordersOfUnknownPayers = 0
    public var conversion = Conversion()

    public var users: Int { userOnly + both }
    public var customers: Int { customerOnly + both }
    public func count(in cell: RoleCell) -> Int {
        switch cell {
        case .userOnly: userOnly
        case .customerOnly: customerOnly
        case .both: both
        case .neither: neither
        }
    }
}

/// How people became customers.
public struct Conversion: Hashable, Sendable {
    /// Customers at the instant.
    public var customers = 0
    /// Of these, with an event of their own before their first paid order.
    public var afterVisits = 0
    /// Of these, whose first event is that order, or who never had one: they bought without a visit before.
    public var withoutVisits = 0
    /// Days from the first event to the first paid order of those with visits before, lower median; nil for none.
    public var medianDays: Double?
    /// Of those with visits before: by how long it took.
    public var within1Day = 0
    public var within7Days = 0
    public var within30Days = 0
    public var later = 0
    /// People who have been users by then.
    public var usersEver = 0
    /// Of these, customers at the instant.
    public var usersWhoPay = 0
    /// Of these, users before they paid.
    public var usersFirst = 0

    /// The share of people who have been users that are customers, 0…1; nil without users.
    public var userToCustomer: Double? { usersEver == 0 ? nil : Double(usersWhoPay) / Double(usersEver) }
}
