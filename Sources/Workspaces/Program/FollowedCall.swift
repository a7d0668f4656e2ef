import Columns
import EventStore
import Model
import People

/// A tracked event as it is followed: what it says, and who did it.
struct FollowedCall: Sendable {
    let arrival: UInt64
    let messageID: String
    let event: String
    /// When it happened, never after it was received.
    let at: Instant
    let properties: JSONValue
    let context: JSONValue
    /// The most important identity, and all others of the same person; none for a call of nobody.
    let identities: [Identity]
}

/// Calls in the order of arrival.
struct FollowedCalls: Sendable {
    var calls: [FollowedCall] = []
    /// The last arrival number that was looked at.
    var end: UInt64
    /// Whether there are more to look at.
    var isPart = false
}

extension OpenWorkspace {
    /// The tracked events of some names that arrived after a call, in the order of arrival.
    ///
    /// - Parameters:
    ///   - start: Only what happened from then on.
    ///   - end: Only what happened before; nil for everything.
    /// - Complexity: O(such events of the parts that hold newer calls).
    func followed(
        _ names: Set<String>, after arrival: UInt64, since start: Instant, until end: Instant? = nil, limit: Int
    ) async throws(Problem) -> FollowedCalls {
        try await look { view in
            let snapshot = view.snapshot
            var found = FollowedCalls(end: max(arrival, snapshot.nextArrival - 1))
            let times = start.microseconds ..< max(start, end ?? .distantFuture).microseconds
            for part in snapshot.parts where part.endArrival > arrival + 1 && part.maxTimestamp >= times.lowerBound {
                var rows: [(arrival: UInt64, row: Int)] = []
                for name in names {
                    guard let code = part.nameCode(of: name) else { continue }
                    for row in part.rows(named: code, type: .track).array.lazy.map(Int.init)
                    where part.arrival(at: row) > arrival && times.contains(part.timestamp(at: row)) {
                        rows.append((part.arrival(at: row), row))
                    }
                }
                for (arrival, row) in rows.sorted(by: { $0.arrival < $1.arrival }) {
                    guard found.calls.count < limit else {
                        found.end = found.calls.last?.arrival ?? found.end
                        found.isPart = true
                        return found
                    }
                    found.calls.append(FollowedCall(part, row, arrival, view))
                }
            }
            return found
        }
    }
}

extension FollowedCall {
    fileprivate init(_ part: Part, _ row: Int, _ arrival: UInt64, _ view: PeopleView) {
        let call = part.call(at: row)
        self.arrival = arrival
        messageID = call.messageID
        event = call.event ?? ""
        at = min(call.timestamp, call.receivedAt)
        (properties, context) = (call.properties, call.context)
        let owner = part.owner(ofRow: row)
        guard owner != Part.nobody else {
            identities = []
            return
        }
        let first = view.snapshot.identities.identity(owner)
        let known = view.person(of: first).map { view.identities(of: $0) } ?? []
        identities = [first] + known.filter { $0 != first }
    }
}
