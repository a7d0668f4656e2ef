import EventStore
public import Model

/// By what a person can be found wherever they are named: to erase them, or to look whether anything is left.
public struct PersonTraces: Hashable, Sendable {
    /// nil when nobody is known by the identity that was asked for.
    public var person: PersonID?
    /// As they are compared.
    public var identities: [Identity]
    /// Identities as they are compared and as they came.
    public var texts: Set<String>

    /// Of an identity that nobody has, or has any more.
    public init(of identity: Identity) {
        identities = [identity]
        texts = [identity.value]
    }

    /// Identities of browsers and devices, which anybody can make up.
    package var madeUp: Set<String> {
        Set(identities.filter { $0.type == .anonymousID || $0.type == .deviceID }.map(\.value))
    }

    /// The other texts.
    package var freeTexts: Set<String> { texts.subtracting(madeUp) }

    init(person: PersonID, identities: [Identity], texts: Set<String>) {
        self.person = person
        self.identities = identities
        self.texts = texts
    }
}

extension PeopleView {
    /// Everything by which a person is named, their own words for it included.
    ///
    /// - Parameter text: a person's id, `type:value`, or a bare value; of `type:value` also one that nobody is known by.
    /// - Throws: ``Problem`` with code `not_found`.
    public func traces(named text: String) throws(Problem) -> PersonTraces {
        let identity = try identity(said: text)
        guard let person = person(of: identity) else { return PersonTraces(of: identity) }
        return traces(of: person)
    }

    /// As ``identity(named:)``, but `type:value` also names an identity that nobody is known by.
    public func identity(said text: String) throws(Problem) -> Identity {
        do throws(Problem) { return try identity(named: text) } catch {
            guard let colon = text.firstIndex(of: ":") else { throw error }
            let type = IdentityType(String(text[..<colon]))
            let value = String(text[text.index(after: colon)...])
            guard let compared = facts.settings.identities.compared(value, as: type) else { throw error }
            return Identity(type: type, value: compared)
        }
    }

    /// Costs a look at each of the person's calls.
    private func traces(of person: PersonID) -> PersonTraces {
        let ordinals = graph.identities(of: person.ordinal)
        let identities = ordinals.map { snapshot.identities.identity($0) }
        let known = Set(identities)
        let rules = facts.settings.identities
        var texts = Set(identities.map(\.value))
        for part in snapshot.parts {
            let columns: [(IdentityType, PropertyColumn?)] = [
                (.email, part.column(.traits, "email")), (.phone, part.column(.traits, "phone")),
            ]
            for case (let type, let column?) in columns {
                for ordinal in ordinals {
                    for row in part.rows(ofIdentity: ordinal) {
                        guard let text = column.string(at: row), !texts.contains(text),
                            let compared = rules.compared(text, as: type), known.contains(Identity(type: type, value: compared))
                        else { continue }
                        texts.insert(text)
                    }
                }
            }
        }
        return PersonTraces(person: person, identities: identities, texts: texts)
    }
}

extension PeopleStore {
    /// The identities of a person now, by the first of which they are named; none when there is no such person any more.
    public func identities(of person: PersonID) -> Set<UInt32> { Set(graph.identities(of: person.ordinal)) }
}
