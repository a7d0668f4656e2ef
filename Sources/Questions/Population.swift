public import Model

/// What questions need to know of people at one instant of receipt; People fills it.
///
/// A person is the ordinal of their first-seen identity, so person ordinals are identity ordinals and order by first sight.
/// A population made "as of" an instant knows only the identities, traits, accounts and roles received before it.
public protocol Population: Sendable {
    /// Every person, ascending. Those without an event are among them.
    var persons: [UInt32] { get }

    /// The person of each identity, by identity ordinal; `UInt32.max` where the identity is not known (yet).
    ///
    /// May be shorter than the store's identity table: ordinals beyond its end belong to nobody.
    var personOfIdentity: [UInt32] { get }

    /// All identity ordinals of a person, ascending, the first being the person's own ordinal.
    func identities(of person: UInt32) -> [UInt32]

    /// The identities of a person for lists, sorted by type, then value.
    func knownIdentities(of person: UInt32) -> [Identity]

    /// The current value of one trait of one person; nil when missing or null. Dots reach into objects: `address.city`.
    func trait(_ key: String, of person: UInt32) -> JSONValue?

    /// Visits every person who has the trait, with its current value, in any order; each person once.
    func forEachTrait(_ key: String, _ body: (_ person: UInt32, _ value: JSONValue) -> Void)

    /// A computed trait at an instant, kept for the next time where the population keeps such things; `make` computes it.
    func computedTrait(
        _ moment: ComputedTraitMoment, _ make: () throws(Problem) -> ComputedTraitColumn
    ) throws(Problem) -> ComputedTraitColumn

    /// The people who hold a role ("user", "customer", "former_user"…) at `instant`, judged by the events up to and including it.
    ///
    /// - Returns: nil when this installation knows no such role.
    func members(ofRole role: String, at instant: Instant) throws(Problem) -> PersonSet?

    /// Who holds a relationship role at `instant`, and to whom.
    ///
    /// What is held to an account is held to each of the people who joined it. Nobody is tied to themselves; a tie may stand there twice.
    func ties(ofRole role: RelationshipRole, at instant: Instant) -> [Tie]

    /// The people who have granted a purpose and not withdrawn it since, whatever the instant of the question is.
    func consenting(to purpose: String) -> PersonSet

    /// The people who had been seen by `instant`: with a call at or before it, or as the payer of an order.
    func seen(by instant: Instant) -> PersonSet

    /// The accounts that a person has joined by `group`, as their group ids, ascending by bytes.
    func accounts(of person: UInt32) -> [String]

    /// The people who have joined an account by `group`, ascending.
    func members(ofAccount account: String) -> [UInt32]
}

/// A person who is something to another.
public struct Tie: Hashable, Sendable {
    public var holder: UInt32
    public var other: UInt32

    public init(holder: UInt32, other: UInt32) {
        self.holder = holder
        self.other = other
    }
}

extension Population {
    /// Computes it anew each time.
    public func computedTrait(
        _ moment: ComputedTraitMoment, _ make: () throws(Problem) -> ComputedTraitColumn
    ) throws(Problem) -> ComputedTraitColumn { try make() }

    /// Asks for each person in turn; a population with trait columns does better.
    public func forEachTrait(_ key: String, _ body: (_ person: UInt32, _ value: JSONValue) -> Void) {
        for person in persons {
            if let value = trait(key, of: person) { body(person, value) }
        }
    }
}
