import Model

extension IdentityResolver {
    /// The identities of a call that one person may hold, and those set aside for it, the lowest of priority first.
    ///
    /// O(identities of the people that would become one), at most a few thousand.
    func withinLimits(
        _ given: [UInt32], _ receivedAt: Instant, _ look: Look
    ) -> (kept: [UInt32], aside: [(identity: UInt32, reason: Resolution.Reason)]) {
        var kept = given
        var aside: [(identity: UInt32, reason: Resolution.Reason)] = []
        while kept.count > 1, let reason = Union(of: kept, graph, limits, receivedAt, look).excess {
            aside.append((kept.removeLast(), reason))
        }
        return (kept, aside)
    }
}

/// The person that the identities of a call would make together, counted before it is made.
private struct Union {
    private struct Count {
        /// Of the whole.
        var sum = 0
        /// The most that one of the people has already.
        var most = 0
    }

    private(set) var excess: Resolution.Reason?

    init(
        of identities: [UInt32], _ graph: IdentityGraph, _ limits: IdentityLimits, _ receivedAt: Instant,
        _ look: IdentityResolver.Look
    ) {
        var counts: [IdentityType: Count] = [:]
        var all = Count()
        var merges = 0
        var roots: [UInt32] = []
        var hasUser = false
        for identity in identities {
            let person = graph.person(of: identity)
            if let person, roots.contains(person) { continue }
            // Two known people never become one; nor does an identity of a unique type join two.
            let isUser = person == nil ? look.isUserID(identity) : graph.userID(of: identity) != nil
            if isUser, hasUser { continue }
            if person != nil, !roots.isEmpty, limits.hasUnique(look.type(identities[0]), look.type(identity)) { continue }
            hasUser = hasUser || isUser
            if let person {
                if !roots.isEmpty { merges += 1 }
                merges += graph.mergeCount(of: person)
                roots.append(person)
            }
            var own: [IdentityType: Int] = [:]
            var size = 0
            func add(_ member: UInt32) {
                size += 1
                let type = look.type(member)
                guard let limit = limits.limit(of: type) else { return }
                if case .days(let days) = limit.period {
                    let start = receivedAt.advanced(byMicroseconds: -Int64(days) * .microsecondsPerDay)
                    if look.firstSeen(member) <= start { return }
                }
                own[type, default: 0] += 1
            }
            if person == nil { add(identity) } else { graph.forEachIdentity(of: identity, add) }
            for (type, count) in own {
                counts[type, default: Count()].sum += count
                counts[type, default: Count()].most = max(counts[type]?.most ?? 0, count)
            }
            all.sum += size
            all.most = max(all.most, size)
        }
        // What is too much already was allowed once: only what this call adds can be too much.
        for (type, count) in counts {
            if let limit = limits.limit(of: type), count.sum > limit.count, count.sum > count.most { excess = .limitExceeded }
        }
        if excess != nil { return }
        if let limit = limits.identities, all.sum > limit, all.sum > all.most { excess = .mergeCap }
        if let limit = limits.merges, merges > limit, roots.count > 1 { excess = .mergeCap }
    }
}
