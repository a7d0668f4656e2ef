package import Model

/// What a `declare` call says of a relationship, whether or not anybody known is meant.
package struct RelationshipDeclaration {
    /// The word in `event` of such calls.
    package static let kind = "relationship"

    /// What is wrong with one.
    package enum Flaw: Error, Hashable {
        case unknownRole(String)
        case noParty, twoParties
        case noInstant(String)
        case endsBeforeStart
        case noFlag
    }

    /// Whom it is to, as it was sent.
    enum Party: Hashable {
        case person(NamedParty)
        case account(String)
    }

    package var role: RelationshipRole
    var to: Party
    /// nil: since the time of the call.
    package var from: Instant?
    package var until: Instant?
    package var isDeleted: Bool

    /// Reads the properties of the call.
    ///
    /// - Parameter calendar: In which a date is the start of its day.
    package init(_ properties: JSONValue, in calendar: ZoneCalendar) throws(Flaw) {
        let word = properties["as"]?.stringValue ?? ""
        guard let role = RelationshipRole(rawValue: word) else { throw .unknownRole(word) }
        self.role = role
        to = try RelationshipDeclaration.party(properties["to"])
        from = try RelationshipDeclaration.instant("from", of: properties, calendar)
        until = try RelationshipDeclaration.instant("until", of: properties, calendar)
        if let from, let until, until < from { throw .endsBeforeStart }
        let deleted = properties["deleted"] ?? .null
        guard deleted.isNull || deleted.boolValue != nil else { throw .noFlag }
        isDeleted = deleted.boolValue ?? false
    }

    /// Whether it is to that very identity.
    package func names(_ identity: Identity) -> Bool {
        guard case .person(let party) = to else { return false }
        return party == NamedParty(type: identity.type.text, value: identity.value)
    }

    private static func party(_ value: JSONValue?) throws(Flaw) -> Party {
        let account = id(value?["account"])
        let person = id(value?["id"])
        switch (account, person, value?["type"]?.stringValue) {
        case (let account?, nil, nil): return .account(account)
        case (nil, let id?, let type?): return .person(NamedParty(type: type, value: id))
        case (nil, _, _): throw .noParty
        default: throw .twoParties
        }
    }

    private static func id(_ value: JSONValue?) -> String? {
        switch value {
        case .string(let text) where !text.isEmpty: text
        case .int(let number): String(number)
        default: nil
        }
    }

    private static func instant(_ key: String, of properties: JSONValue, _ calendar: ZoneCalendar) throws(Flaw) -> Instant? {
        guard let value = properties[key], !value.isNull else { return nil }
        guard let text = value.stringValue else { throw .noInstant(key) }
        if let date = LocalDate(text: text) { return calendar.start(of: date) }
        guard let instant = Instant(rfc3339: text) else { throw .noInstant(key) }
        return instant
    }
}
