import EventStore

/// The decisions about identities by whose places a graph names its reasons: those of the store, and what was decided anew after a
/// command took identities apart.
struct DecisionHistory: Sendable {
    private(set) var log: DecisionLog
    /// Places of decisions that others have replaced.
    private var superseded: Set<Int> = []

    init(_ log: DecisionLog = DecisionLog()) { self.log = log }

    var count: Int { log.count }

    /// The decision at a place; nil where none is kept.
    subscript(place: Int) -> Resolution? { place < log.count ? Resolution(log[place]) : nil }

    /// Whether some were decided anew.
    var isCorrected: Bool { !superseded.isEmpty }

    /// The arrival number of the call by which the decision at a place was made.
    func arrival(_ place: UInt32) -> UInt64 { log[Int(place)].arrival }

    func isSuperseded(_ place: Int) -> Bool { superseded.contains(place) }

    mutating func append(_ decision: Decision) { log.append(decision) }

    /// Marks decisions as replaced and gives them, in the order of arrival.
    mutating func supersede(_ isReplaced: (Resolution) -> Bool) -> [Resolution] {
        var replaced: [Resolution] = []
        for (place, decision) in log.enumerated() {
            guard let resolution = Resolution(decision), isReplaced(resolution), superseded.insert(place).inserted else { continue }
            replaced.append(resolution)
        }
        // What was decided anew stands behind later calls.
        replaced.sort { $0.arrival < $1.arrival }
        return replaced
    }

    /// All identities that decisions tie to some of `identities`, refusals included; with every identity of a person all of them.
    ///
    /// O(decisions).
    func tied(to identities: Set<UInt32>) -> Set<UInt32> {
        var roots: [UInt32] = []
        func root(of identity: UInt32) -> UInt32 {
            while UInt32(roots.count) <= identity { roots.append(UInt32(roots.count)) }
            var at = identity
            while roots[Int(at)] != at {
                roots[Int(at)] = roots[Int(roots[Int(at)])]
                at = roots[Int(at)]
            }
            return at
        }
        // A value that was ignored with an event of nobody names no identity.
        for decision in log where decision.a != IdentityGraph.none {
            let (left, right) = (root(of: decision.a), root(of: decision.b))
            if left != right { roots[Int(max(left, right))] = min(left, right) }
        }
        let wanted = Set(identities.map(root(of:)))
        var found: Set<UInt32> = []
        for identity in roots.indices where wanted.contains(root(of: UInt32(identity))) { found.insert(UInt32(identity)) }
        return found
    }
}
