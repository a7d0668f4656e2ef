public import Model

extension PeopleView {
    /// The relationships of a person, to others and of others to them, whether or not they hold now; in the order of roles.
    public func relationships(of person: PersonID) -> [Relationship] {
        guard let person = graph.person(of: person.ordinal) else { return [] }
        return facts.relationships.relationships(of: PersonID(ordinal: person))
    }
}
