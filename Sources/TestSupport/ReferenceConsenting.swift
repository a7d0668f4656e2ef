import Model
import Questions

/// A world in which only those live who have granted a purpose.
struct ReferenceConsenting: Population {
    let whole: any Population
    let purpose: String

    private func lives(_ person: UInt32) -> Bool { whole.consenting(to: purpose).contains(person) }
    private func living(_ people: PersonSet) -> PersonSet { PersonSet(people.ordinals.filter(lives)) }

    var persons: [UInt32] { whole.persons.filter(lives) }
    var personOfIdentity: [UInt32] { whole.personOfIdentity.map { lives($0) ? $0 : .max } }
    func identities(of person: UInt32) -> [UInt32] { whole.identities(of: person) }
    func knownIdentities(of person: UInt32) -> [Identity] { whole.knownIdentities(of: person) }
    func trait(_ key: String, of person: UInt32) -> JSONValue? { whole.trait(key, of: person) }
    func members(ofRole role: String, at instant: Instant) throws(Problem) -> PersonSet? {
        try whole.members(ofRole: role, at: instant).map(living)
    }
    func ties(ofRole role: RelationshipRole, at instant: Instant) -> [Tie] {
        whole.ties(ofRole: role, at: instant).filter { lives($0.holder) && lives($0.other) }
    }
    func consenting(to purpose: String) -> PersonSet { living(whole.consenting(to: purpose)) }
    func seen(by instant: Instant) -> PersonSet { living(whole.seen(by: instant)) }
    func accounts(of person: UInt32) -> [String] { whole.accounts(of: person) }
    func members(ofAccount account: String) -> [UInt32] { whole.members(ofAccount: account).filter(lives) }
}
