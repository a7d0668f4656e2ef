import EventStore
public import Model
import OrderedCollections

/// One current trait of a person: its value, when it was said and by which source.
public struct TraitFact: Hashable, Sendable {
    /// The top-level key.
    public var key: String
    /// Whole: objects are not flattened here.
    public var value: JSONValue
    /// The timestamp of the identify call that said so.
    public var at: Instant
    public var source: SourceID
    /// The event, for evidence.
    public var arrival: UInt64
}

extension PeopleFacts {
    /// A person's current traits, sorted by the bytes of their keys.
    ///
    /// - Parameter places: The person's calls, oldest first.
    func traits(in places: [CallPlace]) -> [TraitFact] {
        let parts = partRows
        var held: [String: (fold: TraitFold, fact: TraitFact)] = [:]
        for place in places where !place.isEvent && parts[place.part].part.callType(at: place.row) == .identify {
            let call = parts[place.part].part.call(at: place.row)
            func take(_ key: String, _ change: (inout TraitFold) -> Bool) {
                var fold = held[key]?.fold ?? TraitFold()
                guard change(&fold), let value = fold.value else { return }
                let fact = TraitFact(key: key, value: value, at: call.timestamp, source: call.source, arrival: place.arrival)
                held[key] = (fold, fact)
            }
            let isOnce = call.flags.contains(.traitsOnce)
            for (key, value) in call.traits.objectValue ?? [:] {
                take(key) { $0.set(value, isCreation: TraitRule.isCreation(key), isOnce: isOnce) }
            }
            for operation in TraitOperation.allCases {
                for (key, operand) in call.properties[operation.rawValue]?.objectValue ?? [:] where !TraitRule.isCreation(key) {
                    take(key) { $0.apply(operation, operand) }
                }
            }
        }
        return held.values.map(\.fact).filter { !$0.value.isNull }.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
    }
}

/// Chooses what to call a person in lists and headings.
struct DisplayName {
    /// Keys in the order in which they are tried; the two parts of a name are joined.
    private static let nameKeys = ["name", "full_name", "fullName", "display_name", "displayName"]
    private static let nickKeys = ["nickname", "nick_name", "username", "user_name", "login"]

    /// The name by traits, then e-mail, user id, phone, any other identity, the anonymous id last.
    static func name(traits: [TraitFact], identities: [Identity], person: PersonID) -> String {
        func text(_ keys: [String]) -> String? {
            keys.lazy.compactMap { key in traits.first { $0.key == key }?.value.stringValue?.trimmingWhitespace() }
                .first { !$0.isEmpty }
        }
        if let name = text(nameKeys) { return name }
        let first = text(["first_name", "firstName", "given_name", "givenName"])
        let last = text(["last_name", "lastName", "family_name", "familyName"])
        if let first, let last { return isHan(first) && isHan(last) ? last + first : first + " " + last }
        if let part = first ?? last ?? text(nickKeys) ?? text(["email"]) { return part }
        let byPriority = identities.sorted {
            (IdentityRules.priority(of: $0.type), $0) < (IdentityRules.priority(of: $1.type), $1)
        }
        let email = byPriority.first { $0.type == .email }
        return (email ?? byPriority.first)?.value ?? person.text
    }

    /// Whether a name is written in Han characters, which stand family name first and without a space.
    private static func isHan(_ text: String) -> Bool {
        text.unicodeScalars.allSatisfy { (0x3400 ... 0x9FFF).contains($0.value) || (0x20000 ... 0x323AF).contains($0.value) }
    }
}
