import EventStore
import Model

extension IdentityResolver {
    /// Joins the people of two identities, two known users too: somebody with the right said so.
    mutating func merge(
        _ left: UInt32, _ right: UInt32, arrival: UInt64, receivedAt: Instant, look: Look, decide: (Resolution) -> Void
    ) {
        let wereApart = !isCorrecting && separations.remove(left, right)
        if wereApart { unsettled.formUnion([left, right]) }
        for identity in [left, right] {
            resolve(.merge, identities: [identity], arrival: arrival, receivedAt: receivedAt, look: look, decide: decide)
        }
        var decision = Resolution(
            outcome: .merged, reason: .command, subject: right, other: left, subjectIsUserID: look.isUserID(right),
            otherIsUserID: look.isUserID(left), arrival: arrival, receivedAt: receivedAt)
        let identities = graph.identityCount(of: left) + graph.identityCount(of: right)
        let merges = graph.mergeCount(of: left) + graph.mergeCount(of: right) + 1
        if wereApart || graph.isSamePerson(left, right) {
            // Written all the same, so that it is known later that the two are apart no more; the correction decides what comes of it.
        } else if separations.forbid(left, right, in: graph) {
            (decision.outcome, decision.reason) = (.refused, .keptApart)
        } else if identities > limits.identities ?? .max || merges > limits.merges ?? .max {
            (decision.outcome, decision.reason) = (.refused, .mergeCap)
        }
        carryOut(decision, decide)
    }

    /// Takes two identities apart, as if nothing had ever joined them; ``correct(in:rules:before:history:)`` carries it out.
    mutating func separate(
        _ left: UInt32, _ right: UInt32, arrival: UInt64, receivedAt: Instant, look: Look, decide: (Resolution) -> Void
    ) {
        guard left != right else { return }
        for identity in [left, right] {
            resolve(.unmerge, identities: [identity], arrival: arrival, receivedAt: receivedAt, look: look, decide: decide)
        }
        carryOut(
            Resolution(
                outcome: .separated, reason: .command, subject: right, other: left, subjectIsUserID: look.isUserID(right),
                otherIsUserID: look.isUserID(left), arrival: arrival, receivedAt: receivedAt), decide)
        guard !isCorrecting else { return }
        separations.insert(left, right)
        unsettled.formUnion([left, right])
    }

    /// Decides anew about everybody whom commands since the last correction concern: all of their calls in the order of arrival, under
    /// the separations that hold now, as if these had always held.
    ///
    /// Nobody else's decisions can change: what no decision ties together does not know of each other. O(decisions) to find these
    /// people, and about a microsecond for each of their calls.
    ///
    /// - Parameters:
    ///   - instant: Calls received then or later are left out; nil for none.
    ///   - history: The decisions by which the graph counts; what is decided anew is appended, what it replaces is superseded.
    mutating func correct(
        in snapshot: StoreSnapshot, rules: IdentityRules, before instant: Instant? = nil, history: inout DecisionHistory
    ) {
        guard !unsettled.isEmpty else { return }
        let (members, rows) = concerned(by: unsettled, in: snapshot, before: instant, history)
        unsettled = []
        let replaced = history.supersede { members.contains($0.subject) }
        graph.forget(members, history: history)
        refused = refused.filter { !members.contains(UInt32($0 >> 32)) }
        ignored.subtract(members)
        isCorrecting = true
        defer { isCorrecting = false }
        var identitiesOf: [Int: CallIdentities] = [:]
        var made: [Resolution] = []
        var deleted = replaced.filter { !rows.arrivals.contains($0.arrival) }[...]
        for place in rows.places {
            while let then = deleted.first, then.arrival < place.arrival {
                retake(deleted.removeFirst(), snapshot.identities) { made.append($0) }
            }
            let identities =
                identitiesOf[place.part] ?? CallIdentities(snapshot.parts[place.part], table: snapshot.identities, rules: rules)
            identitiesOf[place.part] = identities
            take(place, in: snapshot, identities, members) { made.append($0) }
        }
        for then in deleted { retake(then, snapshot.identities) { made.append($0) } }
        // The graph counted these by other places: it is told them once more, as they stand in the history.
        graph.forget(members, history: history)
        for decision in made {
            graph.apply(decision, index: history.count)
            history.append(decision.decision)
        }
    }

    private mutating func take(
        _ place: MemberRows.Place, in snapshot: StoreSnapshot, _ identities: CallIdentities, _ members: Set<UInt32>,
        _ decide: (Resolution) -> Void
    ) {
        let part = snapshot.parts[place.part]
        let (type, flags) = (part.callType(at: place.row), part.flags(at: place.row))
        // Under other rules than those of its time a call may name somebody else.
        let named = identities.ordinals(at: place.row, owner: place.owner, type: type, flags: flags).filter {
            members.contains($0) && !erased.contains($0)
        }
        take(
            type, identities: named, flags: flags, arrival: place.arrival,
            receivedAt: Instant(microseconds: part.receivedAt(at: place.row)), table: snapshot.identities,
            decide: decide)
    }

    /// Decides anew what a call that is there no more decided then: its decision names two identities that it carried.
    mutating func retake(_ then: Resolution, _ table: IdentityTable, decide: (Resolution) -> Void) {
        let named = (then.outcome == .newPerson ? [then.subject] : [then.other, then.subject]).filter { !erased.contains($0) }
        if named.isEmpty { return }
        // What was refused or taken apart with somebody erased is nothing any more; what was joined to them stands alone.
        if named.count == 1, then.outcome == .refused || then.outcome == .separated { return }
        switch then.outcome {
        case .ignored, .separated:
            restore(then)
            decide(then)
        case .newPerson, .attached, .merged, .refused:
            let look = Look(type: { table.type(of: $0) }, firstSeen: { table.firstReceivedAt(of: $0) })
            if then.reason == .command, named.count == 2 {
                merge(then.other, then.subject, arrival: then.arrival, receivedAt: then.receivedAt, look: look, decide: decide)
            } else {
                resolve(
                    .track, identities: named, arrival: then.arrival, receivedAt: then.receivedAt, look: look,
                    decide: { made in
                        var made = made
                        if made.reason == .sameCall || made.reason == .userSwitch { made.reason = then.reason }
                        decide(made)
                    })
            }
        }
    }
}

extension IdentityResolver {
    /// The identities that have to be looked at anew with `identities`, and their calls: all that decisions tie to them, and whatever the
    /// previous id of an alias among their calls may mean.
    private func concerned(
        by identities: Set<UInt32>, in snapshot: StoreSnapshot, before instant: Instant?, _ history: DecisionHistory
    ) -> (members: Set<UInt32>, rows: MemberRows) {
        var members = history.tied(to: identities)
        while true {
            let rows = MemberRows(of: members, in: snapshot, before: instant)
            let missing = rows.aliased.subtracting(members)
            if missing.isEmpty { return (members, rows) }
            members = history.tied(to: members.union(missing))
        }
    }
}

/// The calls of some identities in the order of arrival.
private struct MemberRows {
    struct Place {
        var arrival: UInt64
        var part: Int
        var row: Int
        var owner: UInt32
    }
    private(set) var places: [Place] = []
    private(set) var arrivals: Set<UInt64> = []
    /// What the previous ids of aliases among them may mean: an anonymous id or a user id.
    private(set) var aliased: Set<UInt32> = []

    init(of members: Set<UInt32>, in snapshot: StoreSnapshot, before instant: Instant?) {
        for (number, part) in snapshot.parts.enumerated() {
            for owner in members {
                for row in part.rows(ofIdentity: owner) {
                    if let instant, part.receivedAt(at: row) >= instant.microseconds { continue }
                    places.append(Place(arrival: part.arrival(at: row), part: number, row: row, owner: owner))
                    guard part.callType(at: row) == .alias, let previous = part.field(.previousID)?.string(at: row) else {
                        continue
                    }
                    for type in [IdentityType.anonymousID, .userID] {
                        let identity = Identity(type: type, value: previous)
                        if let ordinal = snapshot.identities.ordinal(of: identity) { aliased.insert(ordinal) }
                    }
                }
            }
        }
        places.sort { $0.arrival < $1.arrival }
        arrivals = Set(places.lazy.map(\.arrival))
    }
}
