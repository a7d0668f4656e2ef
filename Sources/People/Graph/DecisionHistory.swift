import EventStore

/// Where the decisions by whose places a graph names its reasons are kept: those of the store in the store, and here what was decided
/// anew after a command took identities apart.
struct DecisionPlaces: Sendable {
    /// Neighbouring places whose decisions are kept side by side.
    private struct Run {
        let start: Int
        /// Where the first of them is kept: its place among those made anew, or in the store's log.
        let first: Int
        let isMade: Bool
    }
    private var runs: [Run] = []
    private var made: [Decision] = []
    /// Places of decisions that others have replaced.
    private var superseded: Set<Int> = []
    private(set) var count = 0
    /// Number of the store's decisions that have been passed.
    var keptCount = 0

    /// The first decisions of the store.
    init(keptCount: Int = 0) {
        (count, self.keptCount) = (keptCount, keptCount)
        if keptCount > 0 { runs = [Run(start: 0, first: 0, isMade: false)] }
    }

    /// Whether some were decided anew.
    var isCorrected: Bool { !superseded.isEmpty }

    func isSuperseded(_ place: Int) -> Bool { superseded.contains(place) }

    /// Takes over the store's next decision.
    mutating func keep() {
        enter(first: keptCount, isMade: false)
        keptCount += 1
    }

    /// Adds a decision that the store does not keep.
    mutating func append(_ decision: Decision) {
        enter(first: made.count, isMade: true)
        made.append(decision)
    }

    /// Marks a decision as replaced; false when it was before.
    mutating func supersede(_ place: Int) -> Bool { superseded.insert(place).inserted }

    private mutating func enter(first: Int, isMade: Bool) {
        let goesOn = runs.last.map { $0.isMade == isMade && $0.first + count - $0.start == first } ?? false
        if !goesOn { runs.append(Run(start: count, first: first, isMade: isMade)) }
        count += 1
    }

    /// The decision at a place, read by `kept` where the store keeps it.
    func decision(at place: Int, kept: (Int) -> Decision) -> Decision {
        precondition(place >= 0 && place < count, "there is no such decision")
        var (low, high) = (0, runs.count - 1)
        while low < high {
            let middle = (low + high + 1) / 2
            if runs[middle].start <= place { low = middle } else { high = middle - 1 }
        }
        let source = runs[low].first + place - runs[low].start
        return runs[low].isMade ? made[source] : kept(source)
    }
}

/// The decisions about identities by whose places a graph names its reasons.
struct DecisionHistory: Sendable {
    /// Those that the store keeps.
    let log: DecisionLog
    private(set) var places: DecisionPlaces

    init(_ log: DecisionLog, places: DecisionPlaces? = nil) {
        self.log = log
        self.places = places ?? DecisionPlaces(keptCount: log.count)
    }

    var count: Int { places.count }

    /// Whether some were decided anew.
    var isCorrected: Bool { places.isCorrected }

    /// The decision at a place; nil where none is kept.
    subscript(place: Int) -> Resolution? {
        place < count ? Resolution(places.decision(at: place) { log[$0] }) : nil
    }

    /// As the subscript; quick for neighbours.
    func resolution(at place: Int, _ reader: inout DecisionReader) -> Resolution? {
        place < count ? Resolution(places.decision(at: place) { reader.decision(at: $0) }) : nil
    }

    /// The arrival number of the call by which the decision at a place was made.
    func arrival(_ place: UInt32) -> UInt64 { places.decision(at: Int(place)) { log[$0] }.arrival }

    func isSuperseded(_ place: Int) -> Bool { places.isSuperseded(place) }

    mutating func append(_ decision: Decision) { places.append(decision) }

    /// Calls `body` with every decision, in the order of their places.
    func forEach(_ body: (_ place: Int, Decision) -> Void) {
        var reader = DecisionReader(log)
        for place in 0 ..< count { body(place, places.decision(at: place) { reader.decision(at: $0) }) }
    }

    /// Marks decisions as replaced and gives them, in the order of arrival.
    mutating func supersede(_ isReplaced: (Resolution) -> Bool) -> [Resolution] {
        var found: [(place: Int, resolution: Resolution)] = []
        forEach { place, decision in
            if let resolution = Resolution(decision), isReplaced(resolution) { found.append((place, resolution)) }
        }
        // What was decided anew stands behind later calls.
        return found.filter { places.supersede($0.place) }.map(\.resolution).sorted { $0.arrival < $1.arrival }
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
        forEach { _, decision in
            // A value that was ignored with an event of nobody names no identity.
            guard decision.a != IdentityGraph.none else { return }
            let (left, right) = (root(of: decision.a), root(of: decision.b))
            if left != right { roots[Int(max(left, right))] = min(left, right) }
        }
        let wanted = Set(identities.map(root(of:)))
        var found: Set<UInt32> = []
        for identity in roots.indices where wanted.contains(root(of: UInt32(identity))) { found.insert(UInt32(identity)) }
        return found
    }
}
