/// Who is who: every known identity's person, at one point of the order of arrival.
///
/// A person is named by the smallest ordinal among their identities, that is the one seen first. Union by size over pages that copies
/// share, so a snapshot is cheap and a look-up is one read, two for a person of several identities. Memory: 8 bytes an identity, 4 more
/// each for one that shares its person, or whose person was merged away, and 16 for each person of several.
public struct IdentityGraph: Sendable {
    /// Stands for no ordinal.
    public static let none = UInt32.max
    /// The links of identities that are a person by themselves: one that is no user id, and one that is.
    private static let alone = UInt32.max - 1
    private static let aloneUser = UInt32.max - 2

    /// A person, of several identities where it is kept.
    private struct Group: BitwiseCopyable, Sendable {
        /// The person's first identity; of a free place the next one.
        var first: UInt32
        var size: UInt32 = 1
        /// The person's user id, if any.
        var user = IdentityGraph.none
        /// The merges that the person is made up of.
        var merges: UInt32 = 0
    }

    /// By identity: ``none`` while it is not known, ``alone`` or ``aloneUser``, or the place of its group.
    private var links = PagedArray<UInt32>(fallback: none)
    /// By identity of a group: the next one of it, in a ring.
    private var nexts = PagedArray<UInt32>(fallback: none)
    /// By identity: index of the decision by which it became known.
    private var decisions = PagedArray<UInt32>(fallback: none)
    /// By absorbed person's first identity: index of the decision that merged it away.
    private var mergeDecisions = PagedArray<UInt32>(fallback: none)
    private var groups = PagedArray<Group>(fallback: Group(first: none))
    private var groupCount: UInt32 = 0
    private var freeGroup = none
    /// The decisions that joined nothing, in their order.
    private var refusals = PagedArray<Refusal>(fallback: Refusal(index: none, subject: none, other: none))
    private var refusalCount = 0
    /// Number of people.
    public private(set) var personCount = 0
    /// Number of known identities.
    public private(set) var identityCount = 0
    /// Number of decisions that made this graph, refusals included.
    public private(set) var decisionCount = 0

    private struct Refusal: BitwiseCopyable, Sendable {
        var index: UInt32
        var subject: UInt32
        var other: UInt32
    }

    public init() {}

    /// Whether the identity belongs to a person.
    ///
    /// One in the store's table may not: an alias's previous id that named a user.
    @inline(__always)
    public func isKnown(_ identity: UInt32) -> Bool { links[identity] != IdentityGraph.none }

    /// The person of an identity, as the ordinal of that person's first identity; nil when the identity is not known.
    public func person(of identity: UInt32) -> UInt32? {
        let link = links[identity]
        if link < IdentityGraph.aloneUser { return groups[link].first }
        return link == IdentityGraph.none ? nil : identity
    }

    @inline(__always)
    func isSamePerson(_ left: UInt32, _ right: UInt32) -> Bool {
        let link = links[left]
        return left == right ? link != IdentityGraph.none : link < IdentityGraph.aloneUser && link == links[right]
    }

    /// The identities of the person that holds `identity`, ascending; empty when it is not known.
    public func identities(of identity: UInt32) -> [UInt32] {
        var out: [UInt32] = []
        forEachIdentity(of: identity) { out.append($0) }
        return out.sorted()
    }

    /// Number of identities of the person that holds `identity`.
    public func identityCount(of identity: UInt32) -> Int { group(of: identity).map { Int($0.size) } ?? 0 }

    /// Number of merges that made up the person that holds `identity`.
    func mergeCount(of identity: UInt32) -> Int { group(of: identity).map { Int($0.merges) } ?? 0 }

    /// Visits the identities of the person that holds `identity`, in no order; none when it is not known.
    func forEachIdentity(of identity: UInt32, _ body: (UInt32) -> Void) {
        guard isKnown(identity) else { return }
        var other = identity
        repeat {
            body(other)
            other = next(other)
        } while other != identity
    }

    /// The user id of the person that holds `identity`; nil for an anonymous person.
    public func userID(of identity: UInt32) -> UInt32? {
        group(of: identity).flatMap { $0.user == IdentityGraph.none ? nil : $0.user }
    }

    private func group(of identity: UInt32) -> Group? {
        let link = links[identity]
        switch link {
        case IdentityGraph.none: return nil
        case IdentityGraph.alone: return Group(first: identity)
        case IdentityGraph.aloneUser: return Group(first: identity, user: identity)
        default: return groups[link]
        }
    }

    private func next(_ identity: UInt32) -> UInt32 { links[identity] < IdentityGraph.aloneUser ? nexts[identity] : identity }

    /// Index of the decision by which an identity became known.
    public func decisionIndex(of identity: UInt32) -> Int? { IdentityGraph.index(decisions[identity]) }

    /// Index of the decision that merged the person first seen as `identity` into an older one.
    public func mergeDecisionIndex(of identity: UInt32) -> Int? { IdentityGraph.index(mergeDecisions[identity]) }

    /// Indexes of the decisions that joined nothing where they are about one of the wanted identities, in their order.
    func refusals(about isWanted: (UInt32) -> Bool) -> [Int] {
        (0 ..< UInt32(refusalCount)).compactMap { place in
            let refusal = refusals[place]
            return isWanted(refusal.subject) || isWanted(refusal.other) ? Int(refusal.index) : nil
        }
    }

    private static func index(_ value: UInt32) -> Int? { value == none ? nil : Int(value) }

    /// The person of every identity by ordinal, ``none`` where unknown; at least as long as the highest known ordinal.
    ///
    /// O(n).
    public func personOfIdentity() -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: links.capacity) { out, count in
            links.forEachPage { start, page in
                for index in page.indices {
                    let link = page[index]
                    out[start + index] =
                        link < IdentityGraph.aloneUser
                        ? groups[link].first : link == IdentityGraph.none ? link : UInt32(start + index)
                }
            }
            count = links.capacity
        }
    }

    // MARK: - Changes

    /// Makes identities unknown, all those of whole people, and counts decisions by those of `history`.
    mutating func forget(_ identities: Set<UInt32>, history: DecisionHistory) {
        var freed: Set<UInt32> = []
        for identity in identities where isKnown(identity) {
            let link = links[identity]
            if link >= IdentityGraph.aloneUser { personCount -= 1 } else { freed.insert(link) }
            links[identity] = IdentityGraph.none
            decisions[identity] = IdentityGraph.none
            if mergeDecisions[identity] != IdentityGraph.none { mergeDecisions[identity] = IdentityGraph.none }
            identityCount -= 1
        }
        personCount -= freed.count
        for place in freed { free(place) }
        var kept: UInt32 = 0
        for place in 0 ..< UInt32(refusalCount) {
            let refusal = refusals[place]
            if Int(refusal.index) >= history.count || history.isSuperseded(Int(refusal.index)) { continue }
            refusals[kept] = refusal
            kept += 1
        }
        refusalCount = Int(kept)
        decisionCount = history.count
    }

    /// Carries out one decision; a decision whose identities are unknown makes them known, so a part of the decisions can be replayed.
    ///
    /// - Parameter index: The decision's place in the list of all decisions.
    public mutating func apply(_ decision: Resolution, index: Int) {
        decisionCount = max(decisionCount, index + 1)
        switch decision.outcome {
        case .refused, .ignored, .separated:
            refusals[UInt32(refusalCount)] = Refusal(
                index: UInt32(clamping: index), subject: decision.subject, other: decision.other)
            refusalCount += 1
        case .newPerson: addPerson(decision.subject, isUserID: decision.subjectIsUserID, index: index)
        case .attached, .merged:
            addPerson(decision.other, isUserID: decision.otherIsUserID, index: index)
            addPerson(decision.subject, isUserID: decision.subjectIsUserID, index: index)
            join(decision.subject, decision.other, merges: decision.outcome == .merged ? 1 : 0, index: index)
        }
    }

    private mutating func addPerson(_ identity: UInt32, isUserID: Bool, index: Int) {
        guard !isKnown(identity) else { return }
        links[identity] = isUserID ? IdentityGraph.aloneUser : IdentityGraph.alone
        decisions[identity] = UInt32(clamping: index)
        personCount += 1
        identityCount += 1
    }

    /// Makes one person of two; the smaller ring is relabelled, so n joins cost O(n log n) in all.
    private mutating func join(_ left: UInt32, _ right: UInt32, merges: Int, index: Int) {
        guard !isSamePerson(left, right), var one = group(of: left), var other = group(of: right) else { return }
        var (winner, loser) = (left, right)
        if one.size < other.size {
            swap(&one, &other)
            swap(&winner, &loser)
        }
        let (place, freed) = (placeOfGroup(of: winner), links[loser])
        let (afterWinner, afterLoser) = (next(winner), next(loser))
        var member = loser
        repeat {
            let following = next(member)
            links[member] = place
            member = following
        } while member != loser
        nexts[loser] = afterWinner
        nexts[winner] = afterLoser
        if freed < IdentityGraph.aloneUser { free(freed) }
        groups[place] = Group(
            first: min(one.first, other.first), size: one.size + other.size,
            user: one.user == IdentityGraph.none ? other.user : one.user,
            merges: one.merges + other.merges + UInt32(merges))
        // An identity attached in the same decision was no person before it.
        let younger = max(one.first, other.first)
        if decisions[younger] != UInt32(clamping: index) { mergeDecisions[younger] = UInt32(clamping: index) }
        personCount -= 1
    }

    /// The place of a person's group, which is made when there is none yet.
    private mutating func placeOfGroup(of identity: UInt32) -> UInt32 {
        let link = links[identity]
        if link < IdentityGraph.aloneUser { return link }
        var place = freeGroup
        if place == IdentityGraph.none {
            place = groupCount
            groupCount += 1
        } else {
            freeGroup = groups[place].first
        }
        links[identity] = place
        nexts[identity] = identity
        return place
    }

    private mutating func free(_ place: UInt32) {
        groups[place] = Group(first: freeGroup)
        freeGroup = place
    }
}
