import EventStore

/// One part in a pass: the matching rows of the people of a range, side by side.
struct PartLane {
    private(set) var plan: PartPlan
    /// The rows of the person in focus.
    private(set) var matched: History
    private let partIndex: Int
    /// By place in the range: where the person's matching rows begin; one more than there are people.
    private var firsts: [UInt32] = []
    /// The owners of the range and the first row of each and of what follows them.
    private var ordinals: [Int64] = []
    private var starts: [Int64] = []
    /// The owner that followed the last range.
    private var nextOwner = 0

    init(_ plan: PartPlan, partIndex: Int) {
        self.plan = plan
        self.partIndex = partIndex
        matched = History(ofPart: Int32(truncatingIfNeeded: partIndex))
    }

    var byteCount: Int { plan.byteCount + matched.byteCount }

    /// Finds the matching rows of the identities in the range that are the first ones of their person, a wanted one.
    ///
    /// - Parameter readsFew: whether so few are wanted that the rows of each are decoded alone.
    mutating func match(_ people: Range<UInt32>, personOfIdentity: [UInt32], among: PersonSet?, readsFew: Bool, readsArrivals: Bool)
    {
        let count = people.count
        if firsts.count < count + 1 { firsts = [UInt32](repeating: 0, count: count + 1) }
        matched.removeAll()
        let owners = owners(of: people)
        plan.part.owners(owners, into: &ordinals, starts: &starts)
        if !readsFew { plan.begin(Int(starts[0]) ..< Int(starts[owners.count])) }
        if !readsArrivals, !readsFew, plan.isEveryRowSeen {
            matchPlain(people, owners.count, personOfIdentity, among)
            return
        }
        var place = 0
        for index in 0 ..< owners.count {
            let identity = UInt32(truncatingIfNeeded: ordinals[index])
            let own = Int(identity &- people.lowerBound)
            while place <= own { put(&place) }
            let rows = Int(starts[index]) ..< Int(starts[index + 1])
            if personOfIdentity[Int(identity)] == identity, among?.contains(identity) ?? true {
                if readsFew { plan.begin(rows) }
                plan.match(rows, partIndex: partIndex, readsArrivals: readsArrivals, into: &matched)
            } else if !readsFew {
                plan.skip(rows)
            }
        }
        while place < count { put(&place) }
        firsts[count] = UInt32(matched.count)
    }

    /// As ``match(_:personOfIdentity:among:readsFew:readsArrivals:)`` where marks follow from names alone: one loop over all rows.
    private mutating func matchPlain(
        _ people: Range<UInt32>, _ ownerCount: Int, _ personOfIdentity: [UInt32], _ among: PersonSet?
    ) {
        let first = people.lowerBound
        var place = 0
        firsts.withUnsafeMutableBufferPointer { firsts in
            ordinals.withUnsafeBufferPointer { ordinals in
                plan.fill(
                    &matched, runStarts: starts, count: ownerCount,
                    isTaken: {
                        let identity = UInt32(truncatingIfNeeded: ordinals[$0])
                        return personOfIdentity[Int(identity)] == identity && among?.contains(identity) ?? true
                    },
                    begins: { run, matchedCount in
                        let own = Int(UInt32(truncatingIfNeeded: ordinals[run]) &- first)
                        while place <= own {
                            firsts[place] = matchedCount
                            place += 1
                        }
                    })
            }
            let count = UInt32(truncatingIfNeeded: matched.count)
            while place <= people.count {
                firsts[place] = count
                place += 1
            }
        }
    }

    @inline(__always) private mutating func put(_ place: inout Int) {
        firsts[place] = UInt32(truncatingIfNeeded: matched.count)
        place += 1
    }

    /// Which of the matching rows are those of the person at `place` in the range.
    @inline(__always) func rows(_ place: Int) -> Range<Int> { Int(firsts[place]) ..< Int(firsts[place + 1]) }

    /// Whether the person at `place` in the range has matching rows here.
    @inline(__always) func hasRows(_ place: Int) -> Bool { !rows(place).isEmpty }

    /// Narrows ``matched`` to the person at `place`.
    @inline(__always) mutating func focus(_ place: Int) { matched.focus(rows(place)) }

    /// Appends the matching rows among `rows`.
    mutating func load(_ rows: Range<Int>, readsArrivals: Bool, into history: inout History) {
        if !rows.isEmpty { plan.load(rows, partIndex: partIndex, readsArrivals: readsArrivals, into: &history) }
    }

    /// The places of the owners in the range; looks forward from where the last range ended.
    private mutating func owners(of people: Range<UInt32>) -> Range<Int> {
        let part = plan.part
        if nextOwner > 0, part.owner(at: nextOwner - 1) >= people.lowerBound { nextOwner = 0 }
        let first = part.firstOwner(from: nextOwner, notBefore: people.lowerBound)
        nextOwner = part.firstOwner(from: first, notBefore: people.upperBound)
        return first ..< nextOwner
    }
}
