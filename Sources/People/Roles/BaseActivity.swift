import EventStore
import Model
import Questions

/// What everybody did, in a few numbers each: from one pass over the event times.
struct BaseActivity: Sendable {
    private var times = ActivityTimes()
    private var spells = UserSpells()
    private(set) var rule: UserRule
    /// The latest timestamp that the rule's weeks reach to.
    private var latest: Int64

    /// Time of each person's first call of any kind but what the program told of them, Int64.max without one.
    var firstSeen: ActivityColumn { ActivityColumn(.firstSeen, of: times) }
    /// Time of the first event, Int64.max without one.
    var firstEvent: ActivityColumn { ActivityColumn(.firstEvent, of: times) }
    /// Time of the last event, Int64.min without one.
    var lastEvent: ActivityColumn { ActivityColumn(.lastEvent, of: times) }

    init(parts: [PartRows], personOf: [UInt32], settings: PeopleSettings) {
        latest = parts.reduce(Int64(0)) { max($0, $1.part.maxTimestamp) }
        rule = UserRule(rules: settings.roles, calendar: settings.calendar, through: Instant(microseconds: latest))
        let firstSeen = BaseActivity.firstSeen(parts, personOf)
        var builder = ActivityTimes.Builder()
        var found: [UserSpell] = []
        ActivityPass(parts: parts, personOf: personOf).run { person, events in
            while builder.next < person { builder.append(PersonTimes(firstSeen: firstSeen[builder.next])) }
            builder.append(
                PersonTimes(firstSeen: firstSeen[Int(person)], firstEvent: events[0], lastEvent: events[events.count - 1]))
            found.removeAll(keepingCapacity: true)
            rule.appendSpells(of: events, to: &found)
            spells.append(person, found)
        }
        while builder.next < personOf.count { builder.append(PersonTimes(firstSeen: firstSeen[builder.next])) }
        times = builder.finish()
    }

    /// Rows of one owner are sorted by time, so the first that was received in time is the earliest.
    private static func firstSeen(_ parts: [PartRows], _ personOf: [UInt32]) -> [Int64] {
        var firstSeen = [Int64](repeating: .max, count: personOf.count)
        for rows in parts {
            rows.part.forEachOwner { owner, range in
                guard Int(owner) < personOf.count else { return false }
                let person = personOf[Int(owner)]
                guard person != IdentityGraph.none, let row = range.first(where: { !rows.isLate($0) && !rows.isTold($0) }) else {
                    return true
                }
                firstSeen[Int(person)] = min(firstSeen[Int(person)], rows.part.timestamp(at: row))
                return true
            }
        }
        return firstSeen
    }

    /// Visits everybody who ever was a user, with their spells in order.
    func forEachUser(_ body: (UInt32, [UserSpell]) -> Void) { spells.forEachUser(by: rule, body) }

    // MARK: - Changes

    /// This activity after a change: only the people whom it touches are read anew.
    ///
    /// O(people) for the copy of spells, and O(their calls) and a page of times for those who changed.
    func advanced(by change: PeopleChange, to facts: PeopleFacts) -> BaseActivity {
        var next = self
        next.reach(facts)
        var times = Dictionary(uniqueKeysWithValues: change.before.map { ($0, PersonTimes()) })
        var fresh: [(person: UInt32, spells: [UserSpell])] = []
        for person in change.after {
            let (one, spells) = next.read(person, facts)
            times[person] = one
            if !spells.isEmpty { fresh.append((person, spells)) }
        }
        next.times.change(times)
        next.spells = spells.replacing(those: PersonSet(change.before + change.after), by: fresh, next.rule)
        return next
    }

    /// Makes room for the people of a later state, and weeks up to its latest event.
    private mutating func reach(_ facts: PeopleFacts) {
        times.reach(facts.people.count)
        let now = facts.partRows.reduce(Int64(0)) { max($0, $1.part.maxTimestamp) }
        guard now > latest else { return }
        latest = now
        rule = UserRule(rules: facts.settings.roles, calendar: facts.settings.calendar, through: Instant(microseconds: now))
    }

    /// Reads the calls of one person.
    private func read(_ person: UInt32, _ facts: PeopleFacts) -> (PersonTimes, [UserSpell]) {
        let places = facts.places(of: person)
        let events = places.filter(\.isEvent).map(\.timestamp)
        var spells: [UserSpell] = []
        events.withUnsafeBufferPointer { rule.appendSpells(of: $0, to: &spells) }
        let times = PersonTimes(
            firstSeen: places.first { !$0.isTold }?.timestamp ?? .max, firstEvent: events.first ?? .max,
            lastEvent: events.last ?? .min)
        return (times, spells)
    }
}
