public import Model

/// Every call of one person, oldest first, each read when it is wanted.
public struct PersonCalls: RandomAccessCollection, Sendable {
    private let facts: PeopleFacts
    private let places: [CallPlace]

    init(_ person: PersonID, facts: PeopleFacts) {
        self.facts = facts
        places = facts.places(of: person.ordinal)
    }

    public var startIndex: Int { 0 }
    public var endIndex: Int { places.count }
    public subscript(place: Int) -> Call { facts.call(at: places[place]) }
}

extension PeopleView {
    /// Every call of a person, what others said of them included.
    public func calls(of person: PersonID) -> PersonCalls { PersonCalls(person, facts: facts) }

    /// Every decision about a person's identities that holds, newest first.
    ///
    /// - Throws: nothing that a list without a cursor from elsewhere can meet.
    public func everyDecision(about person: PersonID) throws(Problem) -> [DecisionEntry] {
        var entries: [DecisionEntry] = []
        var cursor: String?
        repeat {
            let page = try decisions(of: person, cursor: cursor, limit: 500)
            entries += page.decisions
            cursor = page.next
        } while cursor != nil
        return entries
    }
}
