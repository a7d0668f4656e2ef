/// Pairs of identities that were taken apart by command and never share a person again until a command joins them.
struct Separations: Sendable {
    private var partners: [UInt32: Set<UInt32>] = [:]

    var isEmpty: Bool { partners.isEmpty }

    mutating func insert(_ left: UInt32, _ right: UInt32) {
        partners[left, default: []].insert(right)
        partners[right, default: []].insert(left)
    }

    /// Whether the pair was among them.
    mutating func remove(_ left: UInt32, _ right: UInt32) -> Bool {
        guard partners[left]?.contains(right) == true else { return false }
        for (one, other) in [(left, right), (right, left)] {
            partners[one]?.remove(other)
            if partners[one]?.isEmpty == true { partners[one] = nil }
        }
        return true
    }

    /// Whether the people of two identities, each known or not, must not become one.
    ///
    /// O(identities of the smaller person), and nothing as long as no two identities were taken apart.
    func forbid(_ left: UInt32, _ right: UInt32, in graph: IdentityGraph) -> Bool {
        if isEmpty { return false }
        let (few, many) = graph.identityCount(of: left) <= graph.identityCount(of: right) ? (left, right) : (right, left)
        var isForbidden = false
        func look(_ identity: UInt32) {
            guard !isForbidden, let partners = partners[identity] else { return }
            isForbidden = partners.contains { $0 == many || graph.isSamePerson($0, many) }
        }
        if graph.isKnown(few) { graph.forEachIdentity(of: few, look) } else { look(few) }
        return isForbidden
    }
}
