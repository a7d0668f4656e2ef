package import EventStore
public import Model

/// By what a person can be found wherever they are named: to erase them, or to look whether anything is left.
public struct PersonTraces: Hashable, Sendable {
    /// nil when nobody is known by the identity that was asked for.
    public var person: PersonID?
    /// The ordinals of their identities in the event store.
    public var ordinals: Set<UInt32> = []
    /// As they are compared.
    public var identities: Set<Identity>
    /// Identities as they are compared and as they came.
    public var texts: Set<String>

    /// Of an identity that nobody has, or has any more.
    public init(of identity: Identity) {
        identities = [identity]
        texts = [identity.value]
    }

    /// As they were found at an earlier moment.
    public init(person: PersonID?, ordinals: Set<UInt32>, identities: Set<Identity>, texts: Set<String>) {
        self.person = person
        self.ordinals = ordinals
        self.identities = identities
        self.texts = texts
    }

    /// What the store of events takes out of itself.
    package var erased: ErasedPeople {
        let madeUp = identities.madeUpValues
        return ErasedPeople(identities: ordinals, texts: texts.subtracting(madeUp), madeUp: madeUp)
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

    /// Somebody who was looked for before, with all by which they have become known since.
    ///
    /// Costs a look at each of their calls.
    package func traces(grownFrom known: PersonTraces) -> PersonTraces {
        let table = snapshot.identities
        let named = known.identities.compactMap { table.ordinal(of: $0) }
        let ordinals = known.ordinals.union(named).reduce(into: Set<UInt32>()) { $0.formUnion(graph.identities(of: $1)) }
        var traces = traces(of: Array(ordinals))
        traces.ordinals.formUnion(known.ordinals)
        traces.identities.formUnion(known.identities)
        traces.texts.formUnion(known.texts)
        traces.person = known.person
        return traces
    }

    private func traces(of person: PersonID) -> PersonTraces {
        var traces = traces(of: graph.identities(of: person.ordinal))
        traces.person = person
        return traces
    }

    /// Costs a look at each of the calls under these identities.
    private func traces(of ordinals: [UInt32]) -> PersonTraces {
        let known = Set(ordinals.map { snapshot.identities.identity($0) })
        let rules = facts.settings.identities
        var texts = Set(known.map(\.value))
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
        return PersonTraces(person: nil, ordinals: Set(ordinals), identities: known, texts: texts)
    }
}
