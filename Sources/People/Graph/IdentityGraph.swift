/// Who is who: every known identity's person, at one point of the order of arrival.
///
/// A person is named by the smallest ordinal among their identities, that is the one seen first. Union by size over pages that copies
/// share, so a snapshot is cheap and a look-up is two reads. Memory: 32 bytes an identity.
public struct IdentityGraph: Sendable {
    /// Stands for no ordinal.
    public static let none = UInt32.max

    struct Node: BitwiseCopyable, Sendable {
        /// The identity that holds the person's attributes; `none` for an identity that is not known yet.
        var root = IdentityGraph.none
        /// The next identity of the same person, in a ring.
        var next = IdentityGraph.none
        /// Of a root: the person's first identity.
        var first = IdentityGraph.none
        /// Of a root: number of identities.
        var size: UInt32 = 0
        /// Of a root: the person's user id, if any.
        var user = IdentityGraph.none
        /// Index of the decision by which the identity became known.
        var decision = IdentityGraph.none
        /// Of an absorbed person's first identity: index of the decision that merged it away.
        var mergeDecision = IdentityGraph.none
        var isUserID: UInt16 = 0
        /// Of a root: the merges that the person is made up of.
        var merges: UInt16 = 0
    }

    private var nodes = PagedArray<Node>(fallback: Node())
    /// Indexes of the decisions that joined nothing, in their order.
    private var refusals = PagedArray<UInt32>(fallback: IdentityGraph.none)
    private(set) var refusalCount = 0
    /// Number of people.
    public private(set) var personCount = 0
    /// Number of known identities.
    public private(set) var identityCount = 0
    /// Number of decisions that made this graph, refusals included.
    public private(set) var decisionCount = 0

    public init() {}

    /// Whether the identity belongs to a person.
    ///
    /// One in the store's table may not: an alias's previous id that named a user.
    @inline(__always)
    public func isKnown(_ identity: UInt32) -> Bool { nodes[identity].root != IdentityGraph.none }

    /// The person of an identity, as the ordinal of that person's first identity; nil when the identity is not known.
    public func person(of identity: UInt32) -> UInt32? {
        let root = nodes[identity].root
        return root == IdentityGraph.none ? nil : nodes[root].first
    }

    @inline(__always)
    func isSamePerson(_ left: UInt32, _ right: UInt32) -> Bool {
        let root = nodes[left].root
        return root != IdentityGraph.none && root == nodes[right].root
    }

    /// The identities of the person that holds `identity`, ascending; empty when it is not known.
    public func identities(of identity: UInt32) -> [UInt32] {
        guard isKnown(identity) else { return [] }
        var out = [identity]
        var other = nodes[identity].next
        while other != identity {
            out.append(other)
            other = nodes[other].next
        }
        return out.sorted()
    }

    /// Number of identities of the person that holds `identity`.
    public func identityCount(of identity: UInt32) -> Int {
        let root = nodes[identity].root
        return root == IdentityGraph.none ? 0 : Int(nodes[root].size)
    }

    /// Number of merges that made up the person that holds `identity`.
    func mergeCount(of identity: UInt32) -> Int {
        let root = nodes[identity].root
        return root == IdentityGraph.none ? 0 : Int(nodes[root].merges)
    }

    /// Visits the identities of the person that holds `identity`, in no order; none when it is not known.
    func forEachIdentity(of identity: UInt32, _ body: (UInt32) -> Void) {
        guard isKnown(identity) else { return }
        var other = identity
        repeat {
            body(other)
            other = nodes[other].next
        } while other != identity
    }

    /// The user id of the person that holds `identity`; nil for an anonymous person.
    public func userID(of identity: UInt32) -> UInt32? {
        let root = nodes[identity].root
        guard root != IdentityGraph.none, nodes[root].user != IdentityGraph.none else { return nil }
        return nodes[root].user
    }

    /// Index of the decision by which an identity became known.
    public func decisionIndex(of identity: UInt32) -> Int? { IdentityGraph.index(nodes[identity].decision) }

    /// Index of the decision that merged the person first seen as `identity` into an older one.
    public func mergeDecisionIndex(of identity: UInt32) -> Int? { IdentityGraph.index(nodes[identity].mergeDecision) }

    /// Index of the n-th decision that joined nothing.
    func refusalIndex(_ place: Int) -> Int { Int(refusals[UInt32(place)]) }

    private static func index(_ value: UInt32) -> Int? { value == none ? nil : Int(value) }

    /// The person of every identity by ordinal, ``none`` where unknown; at least as long as the highest known ordinal.
    ///
    /// O(n).
    public func personOfIdentity() -> [UInt32] {
        [UInt32](unsafeUninitializedCapacity: nodes.capacity) { out, count in
            nodes.forEachPage { start, page in
                for index in page.indices {
                    let root = page[index].root
                    out[start + index] =
                        root == IdentityGraph.none ? root : root == UInt32(start + index) ? page[index].first : nodes[root].first
                }
            }
            count = nodes.capacity
        }
    }

    // MARK: - Changes

    /// Makes identities unknown, all those of whole people, and counts decisions by those of `history`.
    mutating func forget(_ identities: Set<UInt32>, history: DecisionHistory) {
        var roots: Set<UInt32> = []
        for identity in identities where isKnown(identity) {
            roots.insert(nodes[identity].root)
            nodes[identity] = Node()
            identityCount -= 1
        }
        personCount -= roots.count
        var kept = 0
        for place in 0 ..< refusalCount {
            let index = refusalIndex(place)
            if index >= history.count || history.isSuperseded(index) { continue }
            refusals[UInt32(kept)] = refusals[UInt32(place)]
            kept += 1
        }
        refusalCount = kept
        decisionCount = history.count
    }

    /// Carries out one decision; a decision whose identities are unknown makes them known, so a part of the decisions can be replayed.
    ///
    /// - Parameter index: The decision's place in the list of all decisions.
    public mutating func apply(_ decision: Resolution, index: Int) {
        decisionCount = max(decisionCount, index + 1)
        switch decision.outcome {
        case .refused, .ignored, .separated:
            refusals[UInt32(refusalCount)] = UInt32(clamping: index)
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
        nodes[identity] = Node(
            root: identity, next: identity, first: identity, size: 1, user: isUserID ? identity : IdentityGraph.none,
            decision: UInt32(clamping: index), isUserID: isUserID ? 1 : 0)
        personCount += 1
        identityCount += 1
    }

    /// Makes one person of two; the smaller ring is relabelled, so n joins cost O(n log n) in all.
    private mutating func join(_ left: UInt32, _ right: UInt32, merges: Int, index: Int) {
        var winner = nodes[left].root
        var loser = nodes[right].root
        guard winner != loser else { return }
        if nodes[winner].size < nodes[loser].size { swap(&winner, &loser) }
        let absorbed = nodes[loser]
        let younger = max(absorbed.first, nodes[winner].first)
        var member = loser
        repeat {
            nodes[member].root = winner
            member = nodes[member].next
        } while member != loser
        let next = nodes[winner].next
        nodes[winner].next = absorbed.next
        nodes[loser].next = next
        nodes[winner].size += absorbed.size
        nodes[winner].merges = UInt16(clamping: Int(nodes[winner].merges) + Int(absorbed.merges) + merges)
        nodes[winner].first = min(nodes[winner].first, absorbed.first)
        if nodes[winner].user == IdentityGraph.none { nodes[winner].user = absorbed.user }
        // An identity attached in the same decision was no person before it.
        if nodes[younger].decision != UInt32(clamping: index) { nodes[younger].mergeDecision = UInt32(clamping: index) }
        personCount -= 1
    }
}
