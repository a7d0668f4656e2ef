import EventStore
public import Model
public import Questions

/// A view of people as questions need it.
public struct PeoplePopulation: Population {
    let view: PeopleView
    private var facts: PeopleFacts { view.facts }

    public var persons: [UInt32] { facts.everyone }
    public var personOfIdentity: [UInt32] { facts.people }

    public func identities(of person: UInt32) -> [UInt32] { facts.graph.identities(of: person) }

    public func knownIdentities(of person: UInt32) -> [Identity] {
        facts.graph.identities(of: person).map { facts.snapshot.identities.identity($0) }.sorted()
    }

    public func trait(_ key: String, of person: UInt32) -> JSONValue? { view.traitColumn(key).value(of: person) }

    public func forEachTrait(_ key: String, _ body: (_ person: UInt32, _ value: JSONValue) -> Void) {
        let column = view.traitColumn(key)
        for (index, person) in column.persons.enumerated() { body(person, column.values[index]) }
    }

    public func computedTrait(
        _ moment: ComputedTraitMoment, _ make: () throws(Problem) -> ComputedTraitColumn
    ) throws(Problem) -> ComputedTraitColumn { try facts.computedTraits.value(moment, make: make) }

    public func members(ofRole role: String, at instant: Instant) throws(Problem) -> PersonSet? {
        switch role {
        case "user": view.moment(instant).users
        case "former_user": view.moment(instant).formerUsers
        case "customer": view.moment(instant).customers
        default:
            RelationshipRole(rawValue: role).map { role in
                PersonSet(facts.relationships.holding(role, at: instant).map(\.holder.ordinal))
            }
        }
    }

    public func ties(ofRole role: RelationshipRole, at instant: Instant) -> [Tie] {
        facts.relationships.holding(role, at: instant).flatMap { relationship -> [Tie] in
            let holder = relationship.holder.ordinal
            switch relationship.to {
            case .person(let other): return [Tie(holder: holder, other: other.ordinal)]
            case .account(let account):
                return members(ofAccount: account).filter { $0 != holder }.map { Tie(holder: holder, other: $0) }
            }
        }
    }

    public func consenting(to purpose: String) -> PersonSet { facts.consents(to: purpose).granted }

    public func seen(by instant: Instant) -> PersonSet {
        // Customers may have paid before their own first call.
        var set = view.moment(instant).customers
        var firstSeen = facts.activity.firstSeen
        for person in facts.everyone where firstSeen[person] <= instant.microseconds { set.insert(person) }
        return set
    }

    public func accounts(of person: UInt32) -> [String] { (facts.accounts.memberships[person] ?? []).map(\.account) }

    public func members(ofAccount account: String) -> [UInt32] { facts.accounts.members[account] ?? [] }
}

extension PeopleView {
    /// These people for questions, with the same as-of.
    public var population: PeoplePopulation { PeoplePopulation(view: self) }

    /// One trait of everybody, kept for the next time.
    func traitColumn(_ key: String) -> TraitColumn {
        facts.traits.value(key) { TraitColumn(key: key, parts: facts.partRows, personOf: facts.people) }
    }

    func members(ofRole role: String, at instant: Instant) throws(Problem) -> PersonSet {
        guard let members = try population.members(ofRole: role, at: instant) else {
            throw Problem(
                Problem.Code("unknown_role"), "There is no role \"\(role.prefix(40))\". Use user, former_user or customer.",
                place: "role")
        }
        return members
    }
}
