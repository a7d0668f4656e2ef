import EventStore
import Model
import Questions
import Synchronization

/// All that is derived from one state of the store, each thing at its first need; views of the same state share it.
final class PeopleFacts: Sendable {
    let snapshot: StoreSnapshot
    let graph: IdentityGraph
    /// By whose places the graph names its reasons.
    let decisions: DecisionHistory
    let asOf: Instant?
    let settings: PeopleSettings
    /// Increases with each change of the store's settings.
    let settingsVersion: Int
    let memory: PeopleMemory

    private let personOfIdentity = Once<[UInt32]>()
    private let persons = Once<[UInt32]>()
    private let ordered = Once<DecisionOrder>()
    private let rows = Once<[PartRows]>()
    private let book = Once<OrderBook>()
    private let base = Once<BaseActivity>()
    let moments = Recent<Instant, RoleMoment>(limit: 8)
    let overviews = Recent<OverviewKey, Overview>(limit: 16)
    /// By minute since 1970.
    let accountBooks = Recent<Int64, AccountBook>(limit: 2)
    let traits = Recent<String, TraitColumn>(limit: 16)
    let computedTraits = Recent<ComputedTraitMoment, ComputedTraitColumn>(limit: 16)
    let found = Recent<String, PeopleSearch.Candidates>(limit: 4)
    private let joined = Once<AccountTable>()
    private let related = Once<RelationshipTable>()
    private let consented = Once<[PartConsents]>()
    private let purposes = Recent<String, ConsentColumn>(limit: 16)

    init(
        snapshot: StoreSnapshot, graph: IdentityGraph, decisions: DecisionHistory, asOf: Instant?, settings: PeopleSettings,
        settingsVersion: Int, memory: PeopleMemory
    ) {
        self.snapshot = snapshot
        self.graph = graph
        self.decisions = decisions
        self.asOf = asOf
        self.settings = settings
        self.settingsVersion = settingsVersion
        self.memory = memory
    }

    /// The decisions that hold, in the order of arrival.
    var decisionOrder: DecisionOrder { ordered.value { DecisionOrder(decisions) } }

    /// The person of each identity by ordinal, ``IdentityGraph/none`` where unknown.
    var people: [UInt32] { personOfIdentity.value { graph.personOfIdentity() } }

    /// Every person, ascending.
    var everyone: [UInt32] {
        let people = people
        return persons.value { people.indices.lazy.filter { people[$0] == UInt32($0) }.map { UInt32($0) } }
    }

    /// The parts with their rows that are events, leaving out what was received too late.
    var partRows: [PartRows] {
        rows.value {
            asOf == nil ? memory.parts.rows(of: snapshot.parts) : snapshot.parts.compactMap { PartRows($0, asOf: asOf) }
        }
    }

    /// This state, to compare later ones with.
    var mark: PeopleMark {
        PeopleMark(
            nextArrival: snapshot.nextArrival, droppedCount: snapshot.droppedCount, decisionCount: snapshot.decisions.count,
            settingsVersion: settingsVersion, people: people)
    }

    var parties: PartyResolver {
        PartyResolver(identities: snapshot.identities, personOf: people, rules: settings.identities)
    }

    var orders: OrderBook {
        let parties = parties
        return book.value {
            let parts = memory.parts.orders(of: snapshot.parts, settings: settings, version: settingsVersion)
            return memory.books.value(
                of: self, whole: { OrderBook(parts, asOf: asOf, resolver: parties) },
                advanced: { $0.advanced(by: $2, since: $1.nextArrival, over: parts, resolver: parties) })
        }
    }

    var activity: BaseActivity {
        let people = people
        let parts = partRows
        return base.value {
            memory.activities.value(
                of: self, whole: { BaseActivity(parts: parts, personOf: people, settings: settings) },
                advanced: { earlier, _, change in earlier.advanced(by: change, to: self) })
        }
    }

    var accounts: AccountTable {
        let people = people
        let parts = partRows
        return joined.value { AccountTable(parts: parts, personOf: people) }
    }

    /// What each part says of consents, in the order of ``partRows``.
    var partConsents: [PartConsents] {
        let rows = partRows
        return consented.value { asOf == nil ? memory.parts.consents(of: rows) : rows.map { PartConsents($0) } }
    }

    func consents(to purpose: String) -> ConsentColumn {
        let (people, parts) = (people, partConsents)
        return purposes.value(purpose) { ConsentColumn(purpose: purpose, parts: parts, personOf: people) }
    }

    var relationships: RelationshipTable {
        let (parts, parties, orders, accounts) = (partRows, parties, orders, accounts)
        return related.value {
            let seats = SeatFinder(parts: parts, graph: graph, accounts: accounts)
            return RelationshipTable(parts: parts, parties: parties, orders: orders, seats: seats, calendar: settings.calendar)
        }
    }
}

/// Names an overview of one state: its instant and whether people not yet seen then count.
struct OverviewKey: Hashable, Sendable {
    var at: Instant
    var countsEverybody: Bool
}
