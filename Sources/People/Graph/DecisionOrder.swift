import EventStore

/// The decisions that hold, in the order of arrival: what was decided anew stands where its call arrived.
struct DecisionOrder: Sendable {
    private let history: DecisionHistory
    /// Places in the history; nil where they are all of them, in their order.
    private let places: [UInt32]?

    /// O(n log n) where something was decided anew, else O(1).
    init(_ history: DecisionHistory) {
        self.history = history
        guard history.isCorrected else {
            places = nil
            return
        }
        var held: [(arrival: UInt64, place: UInt32)] = []
        history.forEach { place, decision in
            if !history.isSuperseded(place) { held.append((decision.arrival, UInt32(place))) }
        }
        places = held.sorted(by: <).map(\.place)
    }

    var count: Int { places?.count ?? history.count }

    /// The place in the history of the decision at a rank.
    subscript(rank: Int) -> Int { places.map { Int($0[rank]) } ?? rank }

    /// Names the decisions before a rank: those of the same call are counted.
    func cursor(before rank: Int) -> DecisionCursor {
        if rank == 0 { return DecisionCursor(arrival: 0, count: 0) }
        let arrival = history.arrival(UInt32(self[rank - 1]))
        return DecisionCursor(arrival: arrival, count: rank - lowerBound(arrival))
    }

    /// The rank before which the decisions that a cursor names stand.
    func rank(of cursor: DecisionCursor) -> Int {
        min(lowerBound(cursor.arrival) + cursor.count, lowerBound(cursor.arrival &+ 1))
    }

    /// The first rank whose decision was not made before the call of `arrival`.
    private func lowerBound(_ arrival: UInt64) -> Int {
        var (low, high) = (0, count)
        while low < high {
            let middle = (low + high) / 2
            if history.arrival(UInt32(self[middle])) < arrival { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

/// Where a page of decisions ends: the call, and how many of its decisions are still to come.
///
/// Holds after a restart, too, though decisions may then stand elsewhere.
struct DecisionCursor {
    var arrival: UInt64
    var count: Int

    var text: String { "\(arrival).\(count)" }

    init(arrival: UInt64, count: Int) { (self.arrival, self.count) = (arrival, count) }

    init?(_ text: String) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let arrival = UInt64(parts[0]), let count = Int(parts[1]), (0 ... 1_000_000).contains(count) else {
            return nil
        }
        self.init(arrival: arrival, count: count)
    }
}
