import Questions

/// The spells as user of those who ever were, by person ascending: 8 bytes a person and 10 a spell.
struct UserSpells: Sendable {
    private var users: [UInt32] = []
    private var ends: [UInt32] = []
    private var froms: [Int64] = []
    private var lastWeeks: [UInt16] = []

    /// Adds the spells of the next person; nothing when there are none.
    mutating func append(_ person: UInt32, _ spells: some Collection<UserSpell>) {
        if spells.isEmpty { return }
        for spell in spells {
            froms.append(spell.from)
            lastWeeks.append(UInt16(clamping: spell.lastWeek))
        }
        users.append(person)
        ends.append(UInt32(froms.count))
    }

    /// Visits everybody who ever was a user, with their spells in order.
    ///
    /// - Parameter rule: That by which they were found, for times as late or later.
    func forEachUser(by rule: UserRule, _ body: (UInt32, [UserSpell]) -> Void) {
        var spells: [UserSpell] = []
        var start = 0
        for (index, person) in users.enumerated() {
            spells.removeAll(keepingCapacity: true)
            for place in start ..< Int(ends[index]) {
                spells.append(rule.spell(from: froms[place], lastWeek: Int(lastWeeks[place])))
            }
            body(person, spells)
            start = Int(ends[index])
        }
    }

    /// These with new spells in the place of those of some people.
    ///
    /// - Parameter fresh: By person ascending, all of them among `people`.
    func replacing(
        those people: PersonSet, by fresh: [(person: UInt32, spells: [UserSpell])], _ rule: UserRule
    ) -> UserSpells {
        var next = UserSpells()
        var rest = fresh[...]
        forEachUser(by: rule) { person, spells in
            while let first = rest.first, first.person < person {
                next.append(first.person, first.spells)
                rest.removeFirst()
            }
            if !people.contains(person) { next.append(person, spells) }
        }
        for (person, spells) in rest { next.append(person, spells) }
        return next
    }
}
