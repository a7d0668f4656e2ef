import EventStore
public import Model
import OrderedCollections
public import Questions

/// One person as a population of their own, number 0: what is asked of one costs what that one has done.
///
/// Not for what asks of other people, or of the person's number, as a sample does.
public struct PersonPopulation: Population {
    private let person: UInt32
    private let facts: PeopleFacts
    private let traits: JSONValue
    private let spells: [UserSpell]
    private let firstSeen: Int64
    /// The person's calls and what they paid for, oldest first.
    public let causes: [StageCause]

    init(facts: PeopleFacts, person: UInt32, through last: Instant) {
        self.person = person
        self.facts = facts
        let places = facts.places(of: person)
        traits = .object(OrderedDictionary(uniqueKeysWithValues: facts.traits(in: places).map { ($0.key, $0.value) }))
        let times = places.filter(\.isEvent).map(\.timestamp)
        let end = Instant(microseconds: max(last.microseconds, times.last ?? 0))
        let rule = UserRule(rules: facts.settings.roles, calendar: facts.settings.calendar, through: end)
        var spells: [UserSpell] = []
        times.withUnsafeBufferPointer { rule.appendSpells(of: $0, to: &spells) }
        self.spells = spells
        firstSeen = places.first { !$0.isTold }?.timestamp ?? .max
        let calls = places.map { StageCause(at: Instant(microseconds: $0.timestamp), arrival: $0.arrival) }
        let paid = facts.orders.purchases(of: person).map { StageCause(at: $0.paidAt, arrival: $0.arrival) }
        causes = Set(calls + paid).sorted()
    }

    public var persons: [UInt32] { [0] }
    public var personOfIdentity: [UInt32] { [0] }
    public func identities(of person: UInt32) -> [UInt32] { facts.graph.identities(of: self.person) }
    public func knownIdentities(of person: UInt32) -> [Identity] { [] }
    public func accounts(of person: UInt32) -> [String] { [] }
    public func members(ofAccount account: String) -> [UInt32] { [] }
    public func ties(ofRole role: RelationshipRole, at instant: Instant) -> [Tie] { [] }

    public func consenting(to purpose: String) -> PersonSet { set(facts.consents(to: purpose).granted.contains(person)) }

    public func trait(_ key: String, of person: UInt32) -> JSONValue? {
        if let value = traits[key] { return value }
        var value = traits
        for part in key.split(separator: ".", omittingEmptySubsequences: false) {
            guard let next = value[String(part)], !next.isNull else { return nil }
            value = next
        }
        return value
    }

    public func members(ofRole role: String, at instant: Instant) throws(Problem) -> PersonSet? {
        let spell = spells.last { $0.from <= instant.microseconds }
        switch role {
        case "user": return set(spell.map { instant.microseconds < $0.until } ?? false)
        case "former_user": return set(spell.map { instant.microseconds >= $0.until } ?? false)
        case "customer": return set(isCustomer(at: instant))
        default:
            return RelationshipRole(rawValue: role).map { role in
                set(facts.relationships.holding(role, at: instant).contains { $0.holder.ordinal == person })
            }
        }
    }

    public func seen(by instant: Instant) -> PersonSet { set(firstSeen <= instant.microseconds || isCustomer(at: instant)) }

    private func isCustomer(at instant: Instant) -> Bool {
        facts.orders.purchases(of: person).contains { $0.isCurrent(at: instant) }
    }

    private func set(_ holds: Bool) -> PersonSet { PersonSet(holds ? [0] : []) }
}

extension PeopleView {
    /// One person by themselves; nil for nobody known.
    public func population(of person: PersonID) -> PersonPopulation? {
        graph.person(of: person.ordinal).map { PersonPopulation(facts: facts, person: $0, through: instant) }
    }
}
