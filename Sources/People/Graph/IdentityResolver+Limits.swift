import Model

extension IdentityResolver {
    /// The identities of a call that one person may hold, and those set aside for it, the lowest of priority first.
    ///
    /// O(identities of the people that would become one), at most as many as a person may have; O(1) where that is too much already.
    func withinLimits(
        _ given: [UInt32], _ receivedAt: Instant, _ look: Look
    ) -> (kept: [UInt32], aside: [(identity: UInt32, reason: Resolution.Reason)]) {
        var kept = given
        var aside: [(identity: UInt32, reason: Resolution.Reason)] = []
        while kept.count > 1, let reason = Union(of: kept, self, receivedAt, look).excess {
            aside.append((kept.removeLast(), reason))
        }
        return (kept, aside)
    }
}

/// The person that the identities of a call would make together, counted before it is made.
private struct Union {
    private(set) var excess: Resolution.Reason?
    /// One identity of each person, and those that are new.
    private var parts: [UInt32] = []

    init(
        of identities: [UInt32], _ resolver: IdentityResolver, _ receivedAt: Instant, _ look: IdentityResolver.Look
    ) {
        let (graph, limits) = (resolver.graph, resolver.limits)
        excess = cap(identities, graph, limits, resolver.separations, look)
        if excess == nil, exceedsType(graph, limits, receivedAt, look) { excess = .limitExceeded }
    }

    /// Gathers the parts; whether they are too many identities or merges, which takes no look at each of them.
    private mutating func cap(
        _ identities: [UInt32], _ graph: IdentityGraph, _ limits: IdentityLimits, _ separations: Separations,
        _ look: IdentityResolver.Look
    ) -> Resolution.Reason? {
        var people: [UInt32] = []
        var (size, most, merges) = (0, 0, 0)
        var hasUser = false
        for identity in identities {
            let person = graph.person(of: identity)
            if let person, people.contains(person) { continue }
            // Two known people never become one, nor do two that were taken apart; nor does an identity of a unique type join two.
            if parts.contains(where: { separations.forbid($0, identity, in: graph) }) { continue }
            let isUser = person == nil ? look.isUserID(identity) : graph.userID(of: identity) != nil
            if isUser, hasUser { continue }
            if person != nil, !people.isEmpty, limits.hasUnique(look.type(identities[0]), look.type(identity)) { continue }
            hasUser = hasUser || isUser
            if let person {
                merges += graph.mergeCount(of: person) + (people.isEmpty ? 0 : 1)
                people.append(person)
            }
            let own = person == nil ? 1 : graph.identityCount(of: identity)
            size += own
            most = max(most, own)
            parts.append(identity)
        }
        // What is too much already was allowed once: only what this call adds can be too much.
        if let limit = limits.identities, size > limit, size > most { return .mergeCap }
        if let limit = limits.merges, merges > limit, people.count > 1 { return .mergeCap }
        return nil
    }

    /// Whether together the parts hold more of a type than one person may have.
    private func exceedsType(
        _ graph: IdentityGraph, _ limits: IdentityLimits, _ receivedAt: Instant, _ look: IdentityResolver.Look
    ) -> Bool {
        var counts: [IdentityType: (sum: Int, most: Int)] = [:]
        for part in parts {
            var own: [IdentityType: Int] = [:]
            func add(_ member: UInt32) {
                let type = look.type(member)
                guard let limit = limits.limit(of: type) else { return }
                if case .days(let days) = limit.period {
                    let start = receivedAt.advanced(byMicroseconds: -Int64(days) * .microsecondsPerDay)
                    if look.firstSeen(member) <= start { return }
                }
                own[type, default: 0] += 1
            }
            if graph.isKnown(part) { graph.forEachIdentity(of: part, add) } else { add(part) }
            for (type, count) in own {
                let known = counts[type] ?? (0, 0)
                counts[type] = (known.sum + count, max(known.most, count))
            }
        }
        return counts.contains { type, count in
            limits.limit(of: type).map { count.sum > $0.count && count.sum > count.most } ?? false
        }
    }
}
