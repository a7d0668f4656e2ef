import EventStore
public import Model

extension PeopleView {
    /// When a device came last to somebody who had a user id before; nil for none, and for somebody without a user id.
    ///
    /// It came with the call, or the command, since which it and the user id are one person's: an old device on which somebody signs in
    /// for the first time is new to them, be it that it stays another person's. That by which the user id itself became known is not.
    ///
    /// - Returns: By receipt. O(n log n) in the identities of the person, and O(n) in what was not joined in the workspace.
    public func newestDeviceAt(of person: PersonID) -> Instant? {
        guard let user = graph.userID(of: person.ordinal),
            let known = graph.decisionIndex(of: user).flatMap({ facts.decision(at: $0) })
        else { return nil }
        let identities = graph.identities(of: person.ordinal)
        let decisions = arrivals(of: identities.filter(isDevice), user, identities) + otherDevices(identities)
        return decisions.filter { $0.arrival > known.arrival }.map(\.receivedAt).max()
    }

    private func isDevice(_ identity: UInt32) -> Bool { snapshot.identities.type(of: identity) == .deviceID }

    /// The decisions since which each of these devices and the user id are one person's.
    private func arrivals(of devices: [UInt32], _ user: UInt32, _ identities: [UInt32]) -> [Resolution] {
        let indexes = identities.flatMap { identity in
            [graph.decisionIndex(of: identity), graph.mergeDecisionIndex(of: identity)].compactMap(\.self)
        }
        let joins = Set(indexes).sorted().compactMap { facts.decision(at: $0) }
            .filter { $0.outcome == .attached || $0.outcome == .merged }
        var joined = JoinedIdentities()
        var left = Set(devices)
        var found: [Resolution] = []
        for decision in joins where !left.isEmpty {
            joined.join(decision.subject, decision.other)
            let come = left.filter { joined.areOne($0, user) }
            left.subtract(come)
            if !come.isEmpty { found.append(decision) }
        }
        return found
    }

    /// The decisions by which devices on which the person signed in stayed somebody else's.
    private func otherDevices(_ identities: [UInt32]) -> [Resolution] {
        let own = Set(identities)
        return facts.refusals(of: identities).filter {
            $0.outcome == .refused && isDevice($0.subject) && own.contains($0.other)
        }
    }
}

/// Identities of one person as they became one, join by join.
private struct JoinedIdentities {
    private var parents: [UInt32: UInt32] = [:]

    private func root(_ identity: UInt32) -> UInt32 {
        var root = identity
        while let parent = parents[root] { root = parent }
        return root
    }

    mutating func join(_ one: UInt32, _ other: UInt32) {
        let (first, second) = (root(one), root(other))
        if first != second { parents[second] = first }
    }

    func areOne(_ one: UInt32, _ other: UInt32) -> Bool { root(one) == root(other) }
}
