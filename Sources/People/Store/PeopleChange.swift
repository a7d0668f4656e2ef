import EventStore
import Model

/// A state of the store as far as later states are compared with it.
struct PeopleMark: Sendable {
    var nextArrival: UInt64
    var droppedCount: Int
    var decisionCount: Int
    /// The version of the settings by which it was seen.
    var settingsVersion: Int
    /// The person of each identity, ``IdentityGraph/none`` where unknown.
    var people: [UInt32]
}

/// The people of two states of one store whose calls or identities are not the same in both.
///
/// People only ever grow together: everybody who is not named here has the same calls and the same identities in both states.
package struct PeopleChange: Sendable {
    /// Those of the earlier state, ascending.
    package let before: [UInt32]
    /// Those of the later state, ascending.
    package let after: [UInt32]
    /// All their identities, ascending.
    let identities: [UInt32]

    /// What has changed since `mark`; nil when that is so much that it is better to begin anew, or when the two cannot be compared.
    ///
    /// O(new calls), and the rows of parts that hold both older and newer calls.
    init?(since mark: PeopleMark, in facts: PeopleFacts) {
        let snapshot = facts.snapshot
        guard facts.asOf == nil, mark.settingsVersion == facts.settingsVersion, mark.nextArrival <= snapshot.nextArrival,
            mark.droppedCount == snapshot.droppedCount, mark.decisionCount <= snapshot.decisions.count
        else { return nil }
        let limit = max(1_024, facts.graph.personCount / 8)
        guard snapshot.decisions.count - mark.decisionCount <= 2 * limit else { return nil }
        var touched: Set<UInt32> = []
        var reader = DecisionReader(snapshot.decisions)
        for place in mark.decisionCount ..< snapshot.decisions.count {
            let decision = reader.decision(at: place)
            touched.formUnion([decision.a, decision.b])
        }
        for part in snapshot.parts where part.endArrival > mark.nextArrival {
            PeopleChange.addOwners(of: part, since: mark.nextArrival, to: &touched)
            if touched.count > limit { return nil }
        }
        after = Set(touched.lazy.compactMap { facts.graph.person(of: $0) }).sorted()
        identities = after.flatMap { facts.graph.identities(of: $0) }.sorted()
        let known = identities.lazy.filter { Int($0) < mark.people.count && mark.people[Int($0)] != IdentityGraph.none }
        before = Set(known.map { mark.people[Int($0)] }).sorted()
    }

    /// The owners of the rows that arrived at `arrival` or later.
    private static func addOwners(of part: Part, since arrival: UInt64, to owners: inout Set<UInt32>) {
        if part.firstArrival >= arrival {
            part.forEachOwner { owner, _ in
                owners.insert(owner)
                return true
            }
        } else {
            part.forEachRow { _, owner, arrived in
                if arrived >= arrival { owners.insert(owner) }
            }
        }
        owners.remove(Part.nobody)
    }
}

extension PeopleView {
    /// The people whose calls or identities are not the same as in an earlier view of the same store; all others count as they did.
    ///
    /// - Returns: nil when much has changed, after a change of settings, and for views as of an instant.
    package func change(since earlier: PeopleView) -> PeopleChange? {
        guard earlier.facts.memory === facts.memory, earlier.asOf == nil else { return nil }
        return PeopleChange(since: earlier.facts.mark, in: facts)
    }
}
