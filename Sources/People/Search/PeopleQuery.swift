public import Model

/// Which people a list is of.
public struct PeopleQuery: Hashable, Sendable {
    /// Occurs in an identity or a current trait, ASCII case ignored; or is a person id.
    ///
    /// Empty for everybody.
    public var text: String
    /// Only people who stand in this cell of users and customers.
    public var cell: RoleCell?
    /// Only people who have this trait; dots reach into objects.
    public var trait: String?
    /// Only people who hold this role: `user`, `customer` or `former_user`.
    public var role: String?
    /// Only people who have granted this purpose and not withdrawn it: of whom nothing is known has not.
    public var purpose: String?

    public init(
        text: String = "", cell: RoleCell? = nil, trait: String? = nil, role: String? = nil, purpose: String? = nil
    ) {
        self.text = text
        self.cell = cell
        self.trait = trait
        self.role = role
        self.purpose = purpose
    }
}

/// One person of a list.
public struct PersonRow: Hashable, Sendable {
    public var person: PersonID
    public var name: String
    /// User id, e-mail, phone first; at most 4.
    public var identities: [Identity]
    public var identityCount: Int
    public var cell: RoleCell
    public var isFormerUser: Bool
    /// Timestamp of the first call; nil when none was received in time.
    public var firstSeen: Instant?
    /// Timestamp of the last event; nil for people without one.
    public var lastSeen: Instant?
    public var eventCount: Int
    /// Paid orders and what they brought before returns, by currency; empty without orders.
    public var orders: Int
    public var revenue: [Money]
}

/// A page of a list of people: those first seen last come first.
public struct PeoplePage: Hashable, Sendable {
    public var rows: [PersonRow]
    /// Where the next page begins; nil on the last one.
    ///
    /// Stays right when new people arrive.
    public var next: String?
    /// How many people the list has in all; nil when only reading it to its end would tell.
    public var total: Int?
}
