public import EventStore
public import Model
import OrderedCollections
public import Questions

/// The people of a test world: whoever shares an identity with somebody is that somebody, without rules or limits.
///
/// Traits are newest by timestamp, then by arrival, and what calls add to them or take from them; accounts are those of `group` calls; a "customer" has an "order" event at or before
/// the instant, a "user" a "view" in the two days up to it, and a "former_user" only earlier ones. Relationships are those declared, and
/// of consents the last said, by timestamp (or receipt, where that is earlier), then by arrival.
public struct ReferencePeople: Population {
    public let persons: [UInt32]
    public let personOfIdentity: [UInt32]
    private let identitiesOf: [UInt32: [UInt32]]
    private let named: [UInt32: [Identity]]
    private let traits: [UInt32: [String: JSONValue]]
    private let accountsOf: [UInt32: [String]]
    private let membersOf: [String: [UInt32]]
    private let did: [(person: UInt32, event: String?, instant: Instant)]
    private let relationships: [Relationship]
    private let consents: [(person: UInt32, purpose: String, isGranted: Bool)]

    private struct Relationship {
        var holder: UInt32
        var role: String
        var person: UInt32?
        var account: String?
        var from: Instant
        var until: Instant?

        func isOf(_ other: Relationship) -> Bool {
            holder == other.holder && role == other.role && person == other.person && account == other.account
        }
    }

    /// - Parameter asOf: only calls received before it are known.
    public init(_ calls: [(call: Call, identities: [Identity])], table: IdentityTable, asOf: Instant?) {
        let seen = calls.filter { entry in asOf.map { entry.call.receivedAt < $0 } ?? true }
        var person = [UInt32](repeating: UInt32.max, count: table.count)
        for entry in seen {
            let ordinals = entry.identities.compactMap { table.ordinal(of: $0) }
            for ordinal in ordinals where person[Int(ordinal)] == UInt32.max { person[Int(ordinal)] = ordinal }
            guard let least = ordinals.map({ person[Int($0)] }).min() else { continue }
            let joined = Set(ordinals.map { person[Int($0)] })
            for index in person.indices where joined.contains(person[index]) { person[index] = least }
        }
        // Ordinals order identities by first arrival, which need not be the order of receipt.
        for root in Set(person) where root != UInt32.max {
            let members = person.indices.filter { person[$0] == root }
            for member in members { person[member] = UInt32(members[0]) }
        }
        personOfIdentity = person
        persons = Set(person).subtracting([UInt32.max]).sorted()
        identitiesOf = Dictionary(grouping: person.indices.filter { person[$0] != .max }.map { UInt32($0) }) { person[Int($0)] }
        named = identitiesOf.mapValues { $0.map { table.identity($0) }.sorted() }
        func owner(_ entry: (call: Call, identities: [Identity])) -> UInt32? {
            entry.identities.first.flatMap { table.ordinal(of: $0) }.map { person[Int($0)] }
        }
        traits = ReferencePeople.traits(seen, owner)
        var accounts: [UInt32: Set<String>] = [:]
        for entry in seen where entry.call.type == .group {
            if let group = entry.call.groupID, let who = owner(entry) { accounts[who, default: []].insert(group) }
        }
        accountsOf = accounts.mapValues { $0.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) } }
        var members: [String: [UInt32]] = [:]
        for (who, groups) in accounts { for group in groups { members[group, default: []].append(who) } }
        membersOf = members.mapValues { $0.sorted() }
        func relationship(_ entry: (call: Call, identities: [Identity])) -> Relationship? {
            let (call, to) = (entry.call, entry.call.properties["to"] ?? .null)
            guard let holder = owner(entry), let role = call.properties["as"]?.stringValue else { return nil }
            var other: UInt32?
            if let type = to["type"]?.stringValue, let id = to["id"]?.stringValue {
                other = table.ordinal(of: Identity(type: IdentityType(type), value: id)).map { person[Int($0)] }
                if other == nil || other == .max || other == holder { return nil }
            }
            func instant(_ key: String) -> Instant? { call.properties[key]?.stringValue.flatMap { Instant(rfc3339: $0) } }
            return Relationship(
                holder: holder, role: role, person: other, account: to["account"]?.stringValue,
                from: instant("from") ?? call.timestamp, until: instant("until"))
        }
        var relationships: [Relationship] = []
        for entry in seen where entry.call.type == .declare && entry.call.event == "relationship" {
            guard let declared = relationship(entry) else { continue }
            relationships.removeAll { $0.isOf(declared) }
            if entry.call.properties["deleted"] != true { relationships.append(declared) }
        }
        self.relationships = relationships
        consents = ReferencePeople.consents(seen, owner)
        did = seen.compactMap { entry in owner(entry).map { ($0, entry.call.event, entry.call.timestamp) } }
    }

    /// Everything that was said of purposes, in the order in which it holds.
    private static func consents(
        _ calls: [(call: Call, identities: [Identity])], _ owner: ((call: Call, identities: [Identity])) -> UInt32?
    ) -> [(person: UInt32, purpose: String, isGranted: Bool)] {
        func time(_ call: Call) -> Instant { min(call.timestamp, call.receivedAt) }
        let ordered = calls.enumerated().sorted { (time($0.element.call), $0.offset) < (time($1.element.call), $1.offset) }
        var out: [(person: UInt32, purpose: String, isGranted: Bool)] = []
        for (_, entry) in ordered {
            guard let who = owner(entry) else { continue }
            if entry.call.type == .declare, entry.call.event == "consent",
                let purpose = entry.call.properties["purpose"]?.stringValue
            {
                out.append((who, purpose, entry.call.properties["status"] == "granted"))
            }
            if case .object(let members) = entry.call.context["consent"]?["categoryPreferences"] {
                for (purpose, value) in members {
                    if let isGranted = value.boolValue { out.append((who, purpose, isGranted)) }
                }
            }
        }
        return out
    }

    public func consenting(to purpose: String) -> PersonSet {
        var granted: [UInt32: Bool] = [:]
        for consent in consents where consent.purpose == purpose { granted[consent.person] = consent.isGranted }
        return PersonSet(granted.filter(\.value).map(\.key))
    }

    private static func traits(
        _ calls: [(call: Call, identities: [Identity])], _ owner: ((call: Call, identities: [Identity])) -> UInt32?
    ) -> [UInt32: [String: JSONValue]] {
        var out: [UInt32: [String: JSONValue]] = [:]
        let ordered = calls.enumerated().sorted { ($0.element.call.timestamp, $0.offset) < ($1.element.call.timestamp, $1.offset) }
        for (_, entry) in ordered where entry.call.type == .identify {
            guard let who = owner(entry) else { continue }
            for (key, value) in entry.call.traits.objectValue ?? [:] {
                if value.isNull { out[who]?.removeValue(forKey: key) } else { out[who, default: [:]][key] = value }
            }
            for name in ["$add", "$append", "$union", "$remove"] {
                for (key, operand) in entry.call.properties[name]?.objectValue ?? [:] {
                    if let value = changed(out[who]?[key], by: name, operand) { out[who, default: [:]][key] = value }
                }
            }
        }
        return out
    }

    /// The value after an operation; nil when the operation does not fit.
    private static func changed(_ held: JSONValue?, by name: String, _ operand: JSONValue) -> JSONValue? {
        func isSame(_ left: JSONValue, _ right: JSONValue) -> Bool {
            left == right || left.doubleValue.map { $0 == right.doubleValue } ?? false
        }
        if name == "$add" {
            let old = held ?? 0
            if let left = old.intValue, let right = operand.intValue { return .int(left + right) }
            guard let left = old.doubleValue, let right = operand.doubleValue else { return nil }
            return .double(left + right)
        }
        guard held == nil && name != "$remove" || held?.arrayValue != nil, !operand.isNull else { return nil }
        var list = held?.arrayValue ?? []
        let given = operand.arrayValue ?? [operand]
        if name == "$remove" { return .array(list.filter { old in !given.contains { isSame($0, old) } }) }
        for value in given where name == "$append" || !list.contains(where: { isSame($0, value) }) { list.append(value) }
        return held == nil && list.isEmpty ? nil : .array(list)
    }

    public func identities(of person: UInt32) -> [UInt32] { identitiesOf[person] ?? [] }
    public func knownIdentities(of person: UInt32) -> [Identity] { named[person] ?? [] }

    public func trait(_ key: String, of person: UInt32) -> JSONValue? {
        let mine = traits[person] ?? [:]
        if let value = mine[key] { return value }
        var current = JSONValue.object(OrderedDictionary(uniqueKeysWithValues: mine.map { ($0.key, $0.value) }))
        for part in key.split(separator: ".") {
            guard let next = current[String(part)], !next.isNull else { return nil }
            current = next
        }
        return current
    }

    public func accounts(of person: UInt32) -> [String] { accountsOf[person] ?? [] }
    public func members(ofAccount account: String) -> [UInt32] { membersOf[account] ?? [] }

    public func members(ofRole role: String, at instant: Instant) throws(Problem) -> PersonSet? {
        let past = did.filter { $0.instant <= instant }
        let views = past.filter { $0.event == "view" }
        let recent = views.filter { $0.instant > instant.advanced(byMicroseconds: -2 * .microsecondsPerDay) }
        switch role {
        case "customer": return PersonSet(past.filter { $0.event == "order" }.map(\.person))
        case "user": return PersonSet(recent.map(\.person))
        case "former_user":
            var former = PersonSet(views.map(\.person))
            former.subtract(PersonSet(recent.map(\.person)))
            return former
        default:
            guard RelationshipRole(rawValue: role) != nil else { return nil }
            return PersonSet(holding(role, at: instant).map(\.holder))
        }
    }

    private func holding(_ role: String, at instant: Instant) -> [Relationship] {
        relationships.filter { one in
            one.role == role && one.from <= instant && one.until.map { instant < $0 } ?? true
        }
    }

    public func ties(ofRole role: RelationshipRole, at instant: Instant) -> [Tie] {
        var ties: [Tie] = []
        for one in holding(role.rawValue, at: instant) {
            if let person = one.person { ties.append(Tie(holder: one.holder, other: person)) }
            for member in one.account.map(members(ofAccount:)) ?? [] where member != one.holder {
                ties.append(Tie(holder: one.holder, other: member))
            }
        }
        return ties
    }

    public func seen(by instant: Instant) -> PersonSet { PersonSet(did.filter { $0.instant <= instant }.map(\.person)) }
}
