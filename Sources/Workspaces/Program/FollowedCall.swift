import Columns
import EventStore
import Loyalty
import Model
import People
import Records

/// A tracked event as it is followed: what it says, and who did it.
struct FollowedCall: Sendable {
    let arrival: UInt64
    let messageID: String
    let name: String
    /// When it happened, never after it was received.
    let at: Instant
    let properties: JSONValue
    let context: JSONValue
    /// The most important identity, and all others of the same person; none for a call of nobody.
    let identities: [Identity]
    let person: PersonID?
}

/// Calls in the order of arrival.
struct FollowedCalls: Sendable {
    var calls: [FollowedCall] = []
    /// The last arrival number that was looked at.
    var end: UInt64
    /// Whether there are more to look at.
    var isPart = false

    /// Leaves what is not yet, and all that came after it, to a later look: the clock has been set back since it was received.
    mutating func wait(until now: Instant) {
        guard let place = calls.firstIndex(where: { $0.at > now }) else { return }
        end = calls[place].arrival - 1
        isPart = false
        calls.removeSubrange(place...)
    }
}

extension PeopleView {
    /// The tracked events of some names that arrived after a call, in the order of arrival.
    ///
    /// - Parameter times: When they happened.
    /// - Complexity: O(such events of the parts that hold newer calls).
    func followed(
        _ names: Set<String>, after arrival: UInt64 = 0, in times: Range<Instant>, limit: Int
    ) -> FollowedCalls {
        var found = FollowedCalls(end: max(arrival, snapshot.nextArrival - 1))
        let span = times.lowerBound.microseconds ..< times.upperBound.microseconds
        for part in snapshot.parts where part.endArrival > arrival + 1 && part.maxTimestamp >= span.lowerBound {
            var rows: [(arrival: UInt64, row: Int)] = []
            for code in names.compactMap({ part.nameCode(of: $0) }) {
                for row in part.rows(named: code, type: .track).array.lazy.map(Int.init)
                where part.arrival(at: row) > arrival && span.contains(part.timestamp(at: row)) {
                    rows.append((part.arrival(at: row), row))
                }
            }
            for (arrival, row) in rows.sorted(by: { $0.arrival < $1.arrival }) {
                guard found.calls.count < limit else {
                    found.end = found.calls.last?.arrival ?? found.end
                    found.isPart = true
                    return found
                }
                found.calls.append(FollowedCall(part, row, arrival, self))
            }
        }
        return found
    }
}

extension FollowedCall {
    fileprivate init(_ part: Part, _ row: Int, _ arrival: UInt64, _ view: PeopleView) {
        let call = part.call(at: row)
        self.arrival = arrival
        messageID = call.messageID
        name = call.event ?? ""
        at = min(call.timestamp, call.receivedAt)
        (properties, context) = (call.properties, call.context)
        let owner = part.owner(ofRow: row)
        guard owner != Part.nobody else {
            (identities, person) = ([], nil)
            return
        }
        let first = view.snapshot.identities.identity(owner)
        person = view.person(of: first)
        let known = person.map { view.identities(of: $0) } ?? []
        identities = [first] + known.filter { $0 != first }
    }

    /// The event as rules for single events see it.
    var event: EarningEvent {
        var event = EarningEvent(.event(name), source: source, at: at, properties: properties)
        event.context = context
        event.channel = properties["channel"]?.stringValue ?? context["channel"]?.stringValue
        return event
    }

    /// What an event's points are for; a message id that can be no such id by its digest.
    private var source: String {
        let source = "event:" + messageID
        return EventWish.canBeSource(source) ? source : "event:" + KeyDigest(of: source).hex
    }

    /// What it says of an order; nil for another event, and one that names no order.
    ///
    /// - Throws: `OVERFLOW` for an order beyond what can be counted.
    func fact(_ standard: Currency) throws(Refusal) -> OrderFact? {
        try OrderFact(
            event: name, messageID: messageID, at: at, properties: properties, context: context, standard: standard)
    }

    /// Whether it is about an order that names coupons.
    var carriesCoupons: Bool {
        guard isOfOrder else { return false }
        let lines = properties["products"]?.arrayValue ?? []
        return properties["coupon"] != nil || properties["coupons"] != nil || lines.contains { $0["coupon"] != nil }
    }

    var isOfOrder: Bool { OrderFact.Kind(rawValue: name) != nil }
}

extension EarningVersions {
    /// The events that any version asks for, and those of orders, but for what the ledger itself tells.
    var followedNames: Set<String> { EarningProgram.followedNames(versions.map(\.program)) }
}

extension EarningProgram {
    static func followedNames(_ programs: [EarningProgram]) -> Set<String> {
        var names = Set(OrderFact.Kind.allCases.map(\.rawValue))
        for rule in programs.flatMap(\.rules) {
            if case .event(let name) = rule.trigger { names.insert(name) }
        }
        return names.subtracting(ProgramFact.names)
    }
}
