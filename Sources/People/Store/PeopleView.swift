public import EventStore
public import Model
public import Questions

/// The people of one workspace at one point of its history, consistent in itself.
///
/// Cheap to copy; make one for each answer.
public struct PeopleView: Sendable {
    let facts: PeopleFacts
    /// The instant at which roles are judged when none is given.
    public let instant: Instant

    init(facts: PeopleFacts, now: Instant) {
        self.facts = facts
        instant = facts.asOf.map { $0.advanced(byMicroseconds: -1) } ?? now
    }

    /// The events and identities that this view was made from.
    public var snapshot: StoreSnapshot { facts.snapshot }
    /// Who is who.
    public var graph: IdentityGraph { facts.graph }
    /// Only what was received before this instant counts; nil for everything.
    public var asOf: Instant? { facts.asOf }
    /// Number of people.
    public var everybody: Int { graph.personCount }

    /// The person that an id names; the id of a person who was merged away names the survivor.
    public func person(_ id: String) -> PersonID? {
        guard let id = PersonID(text: id), let person = graph.person(of: id.ordinal) else { return nil }
        return PersonID(ordinal: person)
    }

    /// The person who holds an identity.
    public func person(of identity: Identity) -> PersonID? {
        snapshot.identities.ordinal(of: identity).flatMap { graph.person(of: $0) }.map { PersonID(ordinal: $0) }
    }

    /// The person whom a text names as user id, e-mail address, phone number, WeChat id or anonymous id, in this order.
    public func person(named text: String) -> PersonID? {
        facts.parties.person(of: NamedParty(type: nil, value: text)).map { PersonID(ordinal: $0) }
    }

    /// Who uses and who pays.
    ///
    /// - Parameter at: The instant of which it is asked: only events up to it count, and people seen by then. nil for now: everybody.
    public func overview(at: Instant? = nil) -> Overview {
        facts.overviews.value(OverviewKey(at: at ?? instant, countsEverybody: at == nil)) {
            OverviewBuilder(facts: facts, moment: moment(at ?? instant), countsEverybody: at == nil).build()
        }
    }

    /// The portrait of a person; nil for nobody known.
    ///
    /// - Parameters:
    ///   - at: The instant at which roles and figures are judged; nil for now.
    ///   - computedTraits: The rules of the workspace's computed traits.
    public func profile(_ person: PersonID, at: Instant? = nil, computedTraits: [ComputedTrait] = []) -> Profile? {
        guard let person = graph.person(of: person.ordinal) else { return nil }
        var profile = ProfileBuilder(facts: facts, person: person, at: at ?? instant).build()
        profile.computedTraits = computed(computedTraits, of: person, at: at ?? instant)
        return profile
    }

    /// A person's current traits as one object, whole, without the rest of the portrait; empty for nobody known.
    ///
    /// - Parameter computedTraits: The rules of the workspace's computed traits.
    public func traits(of person: PersonID, computedTraits: [ComputedTrait] = []) -> JSONValue {
        guard let person = graph.person(of: person.ordinal) else { return [:] }
        return Profile.object(
            facts.traits(in: facts.places(of: person)), computed(computedTraits, of: person, at: instant))
    }

    private func computed(_ traits: [ComputedTrait], of person: UInt32, at instant: Instant) -> [ComputedTraitFact] {
        if traits.isEmpty { return [] }
        var executor = Executor(
            snapshot: snapshot, population: population, calendar: facts.settings.calendar, now: instant, threads: 1)
        executor.computedTraits = traits
        return executor.computedTraits(of: person, at: instant, asOf: asOf).map {
            ComputedTraitFact(trait: $0.trait, value: $0.value)
        }
    }

    /// A page of a person's calls grouped by session; nil for nobody known.
    ///
    /// - Parameters:
    ///   - cursor: `next` of the page before; nil for the first. Stays right when new calls arrive.
    ///   - limit: Calls on the page, 1…1,000.
    /// - Throws: ``Problem`` with code `bad_cursor`.
    public func timeline(
        _ person: PersonID, order: TimelineOrder = .newest, cursor: String? = nil, limit: Int = 50
    )
        throws(Problem) -> TimelinePage?
    {
        guard let person = graph.person(of: person.ordinal) else { return nil }
        var position: (Int64, UInt64)?
        if let cursor { position = try TimelineBuilder.cursor(cursor) }
        let builder = TimelineBuilder(facts: facts, places: facts.places(of: person))
        return builder.page(order: order, after: position, limit: min(max(limit, 1), 1_000))
    }

    func moment(_ at: Instant) -> RoleMoment {
        facts.moments.value(at) {
            RoleMoment(at: at, activity: facts.activity, orders: facts.orders, capacity: facts.people.count)
        }
    }
}
