import EventStore
import Model

@testable import People

/// A small workspace in memory: calls in, views of people out.
struct PeopleBench {
    static let source = SourceID(text: "src_test")
    var settings: PeopleSettings
    var calls: [(call: Call, identities: [Identity])] = []
    var rowsPerPart = Int.max
    let rules = IdentityRules(region: "CN")

    init(zone: String = "UTC", rowsPerPart: Int = .max) {
        let table = (try? TimeZoneTable(identifier: zone)) ?? .utc
        settings = PeopleSettings(calendar: ZoneCalendar(zone: table), currency: .cny)
        self.rowsPerPart = rowsPerPart
    }

    mutating func add(_ call: Call) { calls.append(taken(call)) }

    /// A call of a trusted source as intake takes it.
    func taken(_ call: Call) -> (call: Call, identities: [Identity]) {
        var call = call
        if call.type == .identify, call.traits["email"] ?? call.traits["phone"] != nil { call.flags.insert(.trustedTraits) }
        if call.context["traitsOnce"] == true { call.flags.insert(.traitsOnce) }
        return (call, rules.identities(of: call, trusted: true).identities)
    }

    mutating func track(
        _ event: String, user: String? = nil, anonymous: String? = nil, at: String, receivedAt: String? = nil,
        _ properties: JSONValue = [:],
        context: JSONValue = [:]
    ) {
        add(
            Call(
                type: .track, messageID: "m\(calls.count)", timestamp: instant(at), receivedAt: instant(receivedAt ?? at),
                userID: user,
                anonymousID: anonymous, event: event, properties: properties, context: context, source: Self.source))
    }

    mutating func identify(
        user: String? = nil, anonymous: String? = nil, at: String, receivedAt: String? = nil, _ traits: JSONValue = [:],
        changes: JSONValue = [:], context: JSONValue = [:]
    ) {
        add(
            Call(
                type: .identify, messageID: "m\(calls.count)", timestamp: instant(at), receivedAt: instant(receivedAt ?? at),
                userID: user,
                anonymousID: anonymous, properties: changes, traits: traits, context: context, source: Self.source))
    }

    mutating func group(user: String, account: String, at: String, _ traits: JSONValue = [:]) {
        add(
            Call(
                type: .group, messageID: "m\(calls.count)", timestamp: instant(at), receivedAt: instant(at), userID: user,
                groupID: account, traits: traits,
                source: Self.source))
    }

    /// The people after all calls, or as of an earlier instant.
    func view(now: String, asOf: Instant? = nil) -> PeopleView {
        let people = PeopleStore(settings: settings)
        let snapshot = StoreSnapshot(calls: calls, rowsPerPart: rowsPerPart, observer: people)
        return people.view(snapshot: snapshot, asOf: asOf, now: instant(now))
    }
}

/// An instant from RFC 3339 text; the epoch when it is none, so that a typing error shows at once.
func instant(_ text: String) -> Instant { Instant(rfc3339: text, zoneless: 0) ?? .epoch }

extension PeopleView {
    func person(user: String) -> PersonID? { person(of: Identity(type: .userID, value: user)) }
    func profile(user: String) -> Profile? { person(user: user).flatMap { profile($0) } }
}
