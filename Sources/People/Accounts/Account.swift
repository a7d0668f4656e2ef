public import Model

/// An account in a list: who belongs to it, who pays, and when it was last used.
public struct AccountRow: Hashable, Sendable {
    /// The group id.
    public var id: String
    /// Its trait `name`; nil when nobody said one.
    public var name: String?
    /// People who joined it.
    public var people: Int
    /// Of these, users and customers now.
    public var users: Int
    public var customers: Int
    /// People who are declared its payers and hold that now, members or not.
    public var payers: Int
    /// Orders paid by its people and its payers, before returns, by currency; empty without orders.
    public var orders: Int
    public var revenue: [Money]
    /// The last event of its people that is no order; nil for none.
    public var lastUse: Instant?
    /// The last paid order that was not wholly returned.
    public var lastPayment: Instant?
    /// Until when the contract runs, by its trait `contract_until`.
    public var contractUntil: Instant?
    /// It pays, and nobody uses.
    public var isSilent: Bool

    /// Days after a payment in which an account counts as paying.
    public static let paidDays = 90
    /// Days without use after which an account that pays is silent.
    public static let silentDays = 28
}

/// A page of accounts: silent ones first.
public struct AccountPage: Hashable, Sendable {
    public var rows: [AccountRow]
    /// Where the next page begins; nil on the last one.
    public var next: String?
    /// How many accounts the list has, and how many of them are silent.
    public var total: Int
    public var silent: Int
}

/// One account: its people and what they are to it, and use against payment.
public struct AccountPortrait: Hashable, Sendable {
    /// Somebody of the account.
    public struct Member: Hashable, Sendable {
        public var person: PersonID
        public var name: String
        public var cell: RoleCell
        public var isFormerUser: Bool
        /// When they joined; nil for those who did not, but hold a relationship to it.
        public var since: Instant?
        /// The last event of any kind.
        public var lastSeen: Instant?
        /// What they are to the account now, declared.
        public var roles: [RelationshipRole]
    }

    /// One ISO week.
    public struct Week: Hashable, Sendable {
        public var monday: LocalDate
        /// People with an event that is no order, and these events.
        public var active: Int
        public var events: Int
        /// Paid orders of the workspace's currency, before returns.
        public var paid: Money
    }

    public var row: AccountRow
    /// Those who hold a relationship first, then those seen last; at most 200.
    public var members: [Member]
    public var memberCount: Int
    /// Current traits, by the bytes of their keys.
    public var traits: [Trait]
    /// The last 26 ISO weeks, oldest first.
    public var weeks: [Week]

    public struct Trait: Hashable, Sendable {
        public var key: String
        public var value: JSONValue
    }
}
