import EventStore
import Model

/// Finds the people whom orders name as payer or recipient.
struct PartyResolver {
    let identities: IdentityTable
    let personOf: [UInt32]
    let rules: IdentityRules

    /// Types tried in turn for a value without one.
    private static let guesses: [IdentityType] = [.userID, .email, .phone, .wechatUnionID, .wechatOpenID, .anonymousID]

    /// The person of an identity ordinal; nil for nobody and for identities not known.
    func person(ofIdentity ordinal: UInt32) -> UInt32? {
        guard Int(ordinal) < personOf.count, personOf[Int(ordinal)] != IdentityGraph.none else { return nil }
        return personOf[Int(ordinal)]
    }

    /// The person of a named party; nil when nobody known is meant.
    func person(of party: NamedParty?) -> UInt32? {
        guard let party else { return nil }
        let types = party.type.map { [IdentityType($0)] } ?? PartyResolver.guesses
        for type in types {
            if let value = rules.compared(party.value, as: type),
                let ordinal = identities.ordinal(of: Identity(type: type, value: value)), let person = person(ofIdentity: ordinal)
            {
                return person
            }
        }
        return nil
    }

    /// The identities that a named party can mean, whether or not anybody has them.
    static func identities(of party: NamedParty, _ rules: IdentityRules) -> [Identity] {
        (party.type.map { [IdentityType($0)] } ?? guesses).compactMap { type in
            rules.compared(party.value, as: type).map { Identity(type: type, value: $0) }
        }
    }
}
