import EventStore
import Model

/// Where one call of a person lies; ordered by time, then arrival.
struct CallPlace: Comparable, Sendable {
    var timestamp: Int64
    var arrival: UInt64
    /// The identity that it arrived under.
    var owner: UInt32
    /// Index among the parts of the facts.
    var part: Int
    var row: Int
    /// Whether it is an event that they did: track, page or screen.
    var isEvent: Bool
    /// Whether others said it: a statement, a command or what the program told, which shows nobody's presence.
    var isSaid: Bool
    /// Whether the program told it.
    var isTold: Bool

    static func < (left: CallPlace, right: CallPlace) -> Bool {
        (left.timestamp, left.arrival) < (right.timestamp, right.arrival)
    }

    static func == (left: CallPlace, right: CallPlace) -> Bool { left.arrival == right.arrival }
}

extension PeopleFacts {
    /// All calls of a person, oldest first: contiguous reads, one for each identity and part.
    func places(of person: UInt32) -> [CallPlace] {
        let parts = partRows
        var places: [CallPlace] = []
        for owner in graph.identities(of: person) {
            for (index, rows) in parts.enumerated() {
                let range = rows.part.rows(ofIdentity: owner)
                if !range.isEmpty { append(range, of: rows, part: index, owner: owner, to: &places) }
            }
        }
        for index in places.indices.dropFirst() where places[index] < places[index - 1] {
            places.sort()
            break
        }
        return places
    }

    private func append(_ range: Range<Int>, of rows: PartRows, part: Int, owner: UInt32, to places: inout [CallPlace]) {
        places.reserveCapacity(places.count + range.count)
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: range.count) { times in
            withUnsafeTemporaryAllocation(of: UInt64.self, capacity: range.count) { arrivals in
                rows.part.timestamps(range, into: times)
                rows.part.arrivals(range, into: arrivals)
                let exceptions = rows.notEvents(in: range)
                var exception = 0
                for row in range {
                    let isException = exception < exceptions.count && Int(exceptions[exception]) == row
                    if isException { exception += 1 }
                    if isException, rows.isLate(row) { continue }
                    let type = isException ? rows.part.callType(at: row) : .track
                    let isTold = isException && type.isEvent
                    places.append(
                        CallPlace(
                            timestamp: times[row - range.lowerBound], arrival: arrivals[row - range.lowerBound], owner: owner,
                            part: part, row: row, isEvent: !isException, isSaid: type == .declare || type.isCommand || isTold,
                            isTold: isTold))
                }
            }
        }
    }

    /// The decisions that left identities of a person apart from others, oldest first.
    ///
    /// - Parameter identities: All identities of the person.
    func refusals(of identities: [UInt32]) -> [Resolution] {
        let own = Set(identities)
        return graph.refusals(about: own.contains).compactMap { decision(at: $0) }
    }

    /// The n-th decision of the workspace; nil when it is not kept.
    func decision(at index: Int) -> Resolution? { decisions[index] }

    /// The call at a place, whole.
    func call(at place: CallPlace) -> Call { partRows[place.part].part.call(at: place.row) }
}
