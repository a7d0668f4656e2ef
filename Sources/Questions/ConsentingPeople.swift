import Model

/// A population without anybody who has not granted a purpose: whoever is left out is nowhere, not even as somebody's payer or colleague.
struct ConsentingPeople: Population {
    private let whole: any Population
    private let granted: PersonSet
    let persons: [UInt32]
    let personOfIdentity: [UInt32]

    init(_ whole: any Population, to purpose: String) {
        self.whole = whole
        let granted = whole.consenting(to: purpose)
        self.granted = granted
        persons = whole.persons.filter { granted.contains($0) }
        personOfIdentity = whole.personOfIdentity.map { granted.contains($0) ? $0 : UInt32.max }
    }

    func identities(of person: UInt32) -> [UInt32] { granted.contains(person) ? whole.identities(of: person) : [] }
    func knownIdentities(of person: UInt32) -> [Identity] { granted.contains(person) ? whole.knownIdentities(of: person) : [] }
    func trait(_ key: String, of person: UInt32) -> JSONValue? { granted.contains(person) ? whole.trait(key, of: person) : nil }

    func forEachTrait(_ key: String, _ body: (_ person: UInt32, _ value: JSONValue) -> Void) {
        whole.forEachTrait(key) { person, value in if granted.contains(person) { body(person, value) } }
    }

    func members(ofRole role: String, at instant: Instant) throws(Problem) -> PersonSet? {
        try whole.members(ofRole: role, at: instant).map(consenting)
    }

    func ties(ofRole role: RelationshipRole, at instant: Instant) -> [Tie] {
        whole.ties(ofRole: role, at: instant).filter { granted.contains($0.holder) && granted.contains($0.other) }
    }

    func consenting(to purpose: String) -> PersonSet { consenting(whole.consenting(to: purpose)) }
    func seen(by instant: Instant) -> PersonSet { consenting(whole.seen(by: instant)) }
    func accounts(of person: UInt32) -> [String] { granted.contains(person) ? whole.accounts(of: person) : [] }
    func members(ofAccount account: String) -> [UInt32] { whole.members(ofAccount: account).filter { granted.contains($0) } }

    private func consenting(_ people: PersonSet) -> PersonSet {
        var set = people
        set.formIntersection(granted)
        return set
    }
}
