public import Model
public import Questions

/// The portrait of one person: who they are and how that is known, what they are, and what they brought.
public struct Profile: Hashable, Sendable {
    public var person: PersonID
    /// What to call them: a name, else an e-mail address, else an id.
    public var name: String
    /// Oldest first.
    public var identities: [KnownIdentity]
    /// What ties could have been made and were not, and why.
    public var refusals: [KnownIdentity.How]
    public var roles: [RoleEvidence]
    public var cell: RoleCell
    /// Sorted by key.
    public var traits: [TraitFact]
    /// The traits that follow from what they did, in the order of the workspace's rules.
    public var computedTraits: [ComputedTraitFact] = []
    public var value: PersonValue
    /// Timestamps of the first and last call of any kind; nil for a person without a call received in time.
    public var firstSeen: Instant?
    public var lastSeen: Instant?
    /// Track, page and screen calls.
    public var eventCount: Int
    public var visitCount: Int
    /// The last 26 ISO weeks, oldest first, ending with that of the instant.
    public var weeks: [WeekActivity]
    public var accounts: [AccountMembership]
    /// Language, device, system and such from the latest events.
    public var context: [ContextFact]

    /// The current traits as one object, whole; of one key the computed trait counts.
    public var traitsObject: JSONValue { Profile.object(traits, computedTraits) }

    static func object(_ traits: [TraitFact], _ computedTraits: [ComputedTraitFact]) -> JSONValue {
        var object: JSONValue = [:]
        for trait in traits { object = object.setting([trait.key], to: trait.value) }
        for computed in computedTraits { object = object.setting([computed.trait.key], to: computed.value) }
        return object
    }
}

/// The value of a computed trait and the rule that makes it.
public struct ComputedTraitFact: Hashable, Sendable {
    public var trait: ComputedTrait
    public var value: JSONValue
}

/// An identity of a person and how it came to be theirs.
public struct KnownIdentity: Hashable, Sendable {
    /// How one identity came to a person, or why it did not.
    public struct How: Hashable, Sendable {
        public var outcome: Resolution.Outcome
        public var reason: Resolution.Reason
        public var identity: Identity
        /// The identity that it was, or was not, joined to; nil for a new person.
        public var other: Identity?
        /// When the deciding call was received, and its arrival number.
        public var receivedAt: Instant
        public var arrival: UInt64
    }

    public var identity: Identity
    public var ordinal: UInt32
    /// When a call first carried it, by receipt.
    public var firstReceivedAt: Instant
    /// nil only when the decision is not kept.
    public var how: How?
    /// Calls that arrived under it.
    public var callCount: Int
}

/// One role of a person, dated, with its evidence.
public struct RoleEvidence: Hashable, Sendable {
    public enum Role: String, Sendable, Hashable {
        case user
        case formerUser = "former_user"
        case customer
    }
    public var role: Role
    public var since: Instant
    /// Of a current user: when the role ends unless the rule holds again.
    ///
    /// Of a former user: when it ended.
    public var until: Instant?
    /// Of users: the Monday of the week that fulfilled the rule last, and its visits.
    public var week: LocalDate?
    public var visits: [Instant] = []
    /// Of customers: their paid, unreturned orders, oldest first; at most 20.
    public var orders: [Purchase] = []
}

/// What a person brought so far.
public struct PersonValue: Hashable, Sendable {
    /// Paid orders, returned ones included.
    public var orders: Int
    /// Orders of which every unit came back.
    public var returnedOrders: Int
    /// By currency, the workspace's first; before returns.
    public var revenue: [Money]
    public var refunds: [Money]
    /// Revenue of the first currency divided by its orders, to the nearest minor unit; nil without orders.
    public var average: Money?
    public var firstOrderAt: Instant?
    public var lastOrderAt: Instant?
    /// Of the orders: ordered by someone else and paid by this person.
    public var paidForOthers: Int
    /// Orders that others paid for and this person received.
    public var received: Int
    public var receivedAmount: [Money]
}

/// What a person did in one ISO week.
public struct WeekActivity: Hashable, Sendable {
    public var monday: LocalDate
    public var events: Int
    public var visits: Int
}

/// An account that a person joined by `group`.
public struct AccountMembership: Hashable, Sendable {
    public var account: String
    public var since: Instant
}

/// One thing known from the context of events, such as the locale or the device.
public struct ContextFact: Hashable, Sendable {
    /// Dotted path in the context, such as `device.model`.
    public var key: String
    public var value: String
    /// The latest event that said so.
    public var lastSeen: Instant
}
