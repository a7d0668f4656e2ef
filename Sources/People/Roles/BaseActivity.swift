import EventStore
import Model
import Questions

/// What everybody did, in a few numbers each: from one pass over the event times.
struct BaseActivity: Sendable {
    /// Time of the first call of any kind by person, Int64.max without one; index = person ordinal.
    private(set) var firstSeen: [Int64]
    /// Time of the first event, Int64.max without one.
    private(set) var firstEvent: [Int64]
    /// Time of the last event, Int64.min without one.
    private(set) var lastEvent: [Int64]
    private(set) var eventCounts: [UInt32]
    /// The spells as user of those who ever were, by person ascending.
    private(set) var users: [UInt32] = []
    private var spellEnds: [Int] = []
    private var spells: [UserSpell] = []
    private(set) var rule: UserRule
    /// The latest timestamp that the rule's weeks reach to.
    private var latest: Int64

    init(parts: [PartRows], personOf: [UInt32], settings: PeopleSettings) {
        firstSeen = [Int64](repeating: .max, count: personOf.count)
        firstEvent = firstSeen
        lastEvent = [Int64](repeating: .min, count: personOf.count)
        eventCounts = [UInt32](repeating: 0, count: personOf.count)
        latest = parts.reduce(Int64(0)) { max($0, $1.part.maxTimestamp) }
        rule = UserRule(rules: settings.roles, calendar: settings.calendar, through: Instant(microseconds: latest))
        for rows in parts { noteFirstSeen(rows, personOf) }
        ActivityPass(parts: parts, personOf: personOf).run { person, times in
            let index = Int(person)
            firstEvent[index] = times[0]
            lastEvent[index] = times[times.count - 1]
            eventCounts[index] = UInt32(clamping: times.count)
            let before = spells.count
            rule.appendSpells(of: times, to: &spells)
            if spells.count > before {
                users.append(person)
                spellEnds.append(spells.count)
            }
        }
    }

    /// Rows of one owner are sorted by time, so the first that was received in time is the earliest.
    private mutating func noteFirstSeen(_ rows: PartRows, _ personOf: [UInt32]) {
        rows.part.forEachOwner { owner, range in
            guard Int(owner) < personOf.count else { return false }
            let person = personOf[Int(owner)]
            guard person != IdentityGraph.none, let row = range.first(where: { !rows.isLate($0) }) else { return true }
            firstSeen[Int(person)] = min(firstSeen[Int(person)], rows.part.timestamp(at: row))
            return true
        }
    }

    /// Visits everybody who ever was a user, with their spells in order.
    func forEachUser(_ body: (UInt32, ArraySlice<UserSpell>) -> Void) {
        var start = 0
        for (index, person) in users.enumerated() {
            body(person, spells[start ..< spellEnds[index]])
            start = spellEnds[index]
        }
    }

    // MARK: - Changes

    /// Makes room for the people of a later state, and weeks up to its latest event.
    mutating func reach(_ facts: PeopleFacts) {
        let added = max(facts.people.count - firstSeen.count, 0)
        firstSeen.append(contentsOf: repeatElement(.max, count: added))
        firstEvent.append(contentsOf: repeatElement(.max, count: added))
        lastEvent.append(contentsOf: repeatElement(.min, count: added))
        eventCounts.append(contentsOf: repeatElement(0, count: added))
        let now = facts.partRows.reduce(Int64(0)) { max($0, $1.part.maxTimestamp) }
        guard now > latest else { return }
        latest = now
        rule = UserRule(rules: facts.settings.roles, calendar: facts.settings.calendar, through: Instant(microseconds: now))
    }

    /// Takes away what is known of somebody but their spells.
    mutating func forget(_ person: UInt32) {
        firstSeen[Int(person)] = .max
        firstEvent[Int(person)] = .max
        lastEvent[Int(person)] = .min
        eventCounts[Int(person)] = 0
    }

    /// - Parameter events: Times of the person's events, ascending.
    mutating func note(_ person: UInt32, firstSeen time: Int64?, events: [Int64]) {
        firstSeen[Int(person)] = time ?? .max
        firstEvent[Int(person)] = events.first ?? .max
        lastEvent[Int(person)] = events.last ?? .min
        eventCounts[Int(person)] = UInt32(clamping: events.count)
    }

    /// Puts new spells in the place of those of some people.
    ///
    /// - Parameter fresh: By person ascending, all of them among `people`.
    mutating func replaceSpells(of people: PersonSet, by fresh: [(person: UInt32, spells: [UserSpell])]) {
        var next = (users: [UInt32](), ends: [Int](), spells: [UserSpell]())
        func add(_ person: UInt32, _ spells: some Collection<UserSpell>) {
            next.users.append(person)
            next.spells.append(contentsOf: spells)
            next.ends.append(next.spells.count)
        }
        var rest = fresh[...]
        forEachUser { person, spells in
            while let first = rest.first, first.person < person {
                add(first.person, first.spells)
                rest.removeFirst()
            }
            if !people.contains(person) { add(person, spells) }
        }
        for (person, spells) in rest { add(person, spells) }
        (users, spellEnds, spells) = (next.users, next.ends, next.spells)
    }
}
