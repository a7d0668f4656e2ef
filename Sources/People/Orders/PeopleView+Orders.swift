public import Model

extension PeopleView {
    /// Those who pay for an order or a share of it, in the order of people; none for an order that nobody knows.
    ///
    /// O(orders).
    public func customers(ofOrder id: String) -> [PersonID] {
        Set(facts.orders.purchases.filter { $0.orderID == id }.compactMap(\.customer)).sorted().map { PersonID(ordinal: $0) }
    }

    /// What identifies a person, a user id first; empty for nobody known.
    public func identities(of person: PersonID) -> [Identity] {
        let known = population.knownIdentities(of: person.ordinal)
        return known.filter { $0.type == .userID } + known.filter { $0.type != .userID }
    }

    /// An identity by which a call names a person: a user id where there is one; nil for nobody known.
    public func callIdentity(of person: PersonID) -> Identity? {
        identities(of: person).first
    }
}
