public import Model

extension PeopleView {
    /// What the trait `tags` of a person held at an instant: a text, or a list of texts; empty for nobody known.
    ///
    /// - Complexity: O(calls of the person); nobody else's are looked at.
    public func tags(of person: PersonID, at instant: Instant) -> Set<String> {
        guard let person = graph.person(of: person.ordinal) else { return [] }
        let places = facts.places(of: person).filter { $0.timestamp <= instant.microseconds }
        let value = facts.traits(in: places).first { $0.key == "tags" }?.value
        if let text = value?.stringValue { return [text] }
        return Set((value?.arrayValue ?? []).compactMap(\.stringValue))
    }
}
