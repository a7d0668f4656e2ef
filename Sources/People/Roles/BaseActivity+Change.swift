import Model
import Questions

extension BaseActivity {
    /// This activity after a change: only the people whom it touches are read anew.
    ///
    /// O(people) for the copy, in a few bytes each, and O(their calls) for those who changed.
    func advanced(by change: PeopleChange, to facts: PeopleFacts) -> BaseActivity {
        var next = self
        next.reach(facts)
        for person in change.before { next.forget(person) }
        var fresh: [(person: UInt32, spells: [UserSpell])] = []
        for person in change.after {
            let spells = next.read(person, facts)
            if !spells.isEmpty { fresh.append((person, spells)) }
        }
        next.replaceSpells(of: PersonSet(change.before + change.after), by: fresh)
        return next
    }

    /// Reads the calls of one person; gives their spells as user.
    private mutating func read(_ person: UInt32, _ facts: PeopleFacts) -> [UserSpell] {
        let places = facts.places(of: person)
        let times = places.filter(\.isEvent).map(\.timestamp)
        note(person, firstSeen: places.first?.timestamp, events: times)
        var spells: [UserSpell] = []
        times.withUnsafeBufferPointer { rule.appendSpells(of: $0, to: &spells) }
        return spells
    }
}
