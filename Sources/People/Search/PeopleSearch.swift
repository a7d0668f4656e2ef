import Columns
import EventStore
public import Model
import OrderedCollections
import Questions

/// Finds the people of a list page by page, newest people first.
///
/// Identities are searched as bytes in one heap and traits in the dictionaries of their columns; people are looked at one by one only
/// for the page.
struct PeopleSearch {
    let view: PeopleView
    let query: PeopleQuery
    /// The instant at which roles are judged; nil for the view's own, at which everybody counts.
    var at: Instant?
    private var facts: PeopleFacts { view.facts }
    private var instant: Instant { at ?? view.instant }

    init(view: PeopleView, query: PeopleQuery, at: Instant? = nil) {
        self.view = view
        self.query = query
        self.at = at
    }

    func page(after cursor: UInt32?, limit: Int) throws(Problem) -> PeoplePage {
        let moment = view.moment(instant)
        let text = query.text.trimmingWhitespace()
        var role: PersonSet?
        if let name = query.role { role = try view.members(ofRole: name, at: instant) }
        let granted = query.purpose.map { facts.consents(to: $0).granted }
        let traitHolders = query.trait.map { view.traitColumn($0) }
        let found = text.isEmpty ? nil : facts.found.value(text) { candidates(text) }
        var rows: [PersonRow] = []
        var next: String?
        let everyone = facts.everyone
        var firstSeen = facts.activity.firstSeen
        var place = cursor.map { PartRows.lowerBound(everyone, $0) } ?? everyone.count
        while place > 0 {
            place -= 1
            let person = everyone[place]
            if let found, !found.sure.contains(person), !found.maybe.contains(person) { continue }
            if let cell = query.cell, moment.cell(of: person) != cell { continue }
            if at != nil, firstSeen[person] > instant.microseconds, moment.cell(of: person) != .customerOnly { continue }
            if let role, !role.contains(person) { continue }
            if let granted, !granted.contains(person) { continue }
            if let traitHolders, traitHolders.value(of: person) == nil { continue }
            if let found, !found.sure.contains(person), !hasCurrentTrait(person, text) { continue }
            if rows.count == limit {
                next = rows.last.map { $0.person.text }
                break
            }
            rows.append(row(person, moment))
        }
        return PeoplePage(rows: rows, next: next, total: total(found, moment))
    }

    private func total(_ found: Candidates?, _ moment: RoleMoment) -> Int? {
        guard query.trait == nil, query.role == nil, query.purpose == nil else { return nil }
        guard let found else {
            if at == nil, query.cell == nil { return facts.everyone.count }
            let overview = view.overview(at: at)
            return query.cell.map { overview.count(in: $0) } ?? overview.everybody
        }
        return found.maybe.count == 0 && query.cell == nil && at == nil ? found.sure.count : nil
    }

    private func row(_ person: UInt32, _ moment: RoleMoment) -> PersonRow {
        let ordinals = facts.graph.identities(of: person)
        let identities = ordinals.prefix(64).map { facts.snapshot.identities.identity($0) }
            .sorted { (IdentityRules.priority(of: $0.type), $0) < (IdentityRules.priority(of: $1.type), $1) }
        var (firstEver, lastEvent) = (facts.activity.firstSeen, facts.activity.lastEvent)
        let places = facts.places(of: person)
        let purchases = facts.orders.purchases(of: person).filter { $0.paidAt <= instant }
        var revenue = MoneySums(first: facts.settings.currency)
        for purchase in purchases { revenue.add(purchase.amount) }
        let (firstSeen, lastSeen) = (firstEver[person], lastEvent[person])
        return PersonRow(
            person: PersonID(ordinal: person),
            name: DisplayName.name(
                traits: facts.traits(in: places), identities: identities, person: PersonID(ordinal: person)),
            identities: Array(identities.prefix(4)), identityCount: ordinals.count, cell: moment.cell(of: person),
            isFormerUser: moment.formerUsers.contains(person),
            firstSeen: firstSeen == .max ? nil : Instant(microseconds: firstSeen),
            lastSeen: lastSeen == .min ? nil : Instant(microseconds: lastSeen), eventCount: places.count(where: \.isEvent),
            orders: purchases.count, revenue: purchases.isEmpty ? [] : revenue.sums)
    }

    // MARK: - Text

    /// People who have the text for sure, in an identity, and those who have or had it in a trait.
    struct Candidates: Sendable {
        var sure: PersonSet
        var maybe: PersonSet
    }

    private func candidates(_ text: String) -> Candidates {
        let people = facts.people
        var sure = PersonSet(capacity: people.count)
        func add(_ ordinal: UInt32) {
            if Int(ordinal) < people.count, people[Int(ordinal)] != IdentityGraph.none { sure.insert(people[Int(ordinal)]) }
        }
        for ordinal in facts.snapshot.identities.ordinals(containing: text, limit: Int.max) { add(ordinal) }
        if let phone = facts.settings.identities.compared(text, as: .phone),
            let ordinal = facts.snapshot.identities.ordinal(of: Identity(type: .phone, value: phone))
        {
            add(ordinal)
        }
        if let person = view.person(text) { sure.insert(person.ordinal) }
        var maybe = PersonSet(capacity: people.count)
        let pattern = BytePattern(text)
        for rows in facts.partRows { addTraits(of: rows, pattern, people, to: &maybe) }
        maybe.subtract(sure)
        return Candidates(sure: sure, maybe: maybe)
    }

    private func addTraits(of rows: PartRows, _ pattern: BytePattern, _ people: [UInt32], to maybe: inout PersonSet) {
        let part = rows.part
        for (section, path) in part.columnPaths where section == .traits {
            guard let column = part.column(.traits, path) else { continue }
            let dictionary = column.dictionary
            var matches = PersonSet(capacity: dictionary.count)
            for code in 0 ..< dictionary.count where dictionary.withBytes(code, { pattern.occurs(in: $0) }) {
                matches.insert(UInt32(code))
            }
            guard matches.count > 0 else { continue }
            var cursor = OwnerCursor()
            column.forEach(in: 0 ..< part.rowCount) { row, value in
                guard case .string(let code) = value, matches.contains(UInt32(code)), part.callType(at: row) == .identify,
                    !rows.isLate(row)
                else { return }
                let owner = cursor.owner(of: row, in: part)
                if Int(owner) < people.count, people[Int(owner)] != IdentityGraph.none { maybe.insert(people[Int(owner)]) }
            }
        }
    }

    /// Whether a person's traits as they are now hold the text.
    private func hasCurrentTrait(_ person: UInt32, _ text: String) -> Bool {
        let pattern = BytePattern(text)
        return facts.traits(in: facts.places(of: person)).contains { PeopleSearch.holds($0.value, pattern) }
    }

    private static func holds(_ value: JSONValue, _ pattern: BytePattern) -> Bool {
        switch value {
        case .string(let text): pattern.occurs(in: text)
        case .object(let members): members.values.contains { holds($0, pattern) }
        default: false
        }
    }
}

extension PeopleView {
    /// A page of a list of people, those first seen last at its head.
    ///
    /// - Parameters:
    ///   - cursor: `next` of the page before; nil for the first.
    ///   - limit: People on the page, 1…500.
    ///   - at: The instant at which roles are judged, among the people seen by then; nil for now.
    /// - Throws: ``Problem`` with code `bad_cursor` or `unknown_role`.
    public func people(
        _ query: PeopleQuery = PeopleQuery(), at: Instant? = nil, cursor: String? = nil, limit: Int = 50
    )
        throws(Problem) -> PeoplePage
    {
        var position: UInt32?
        if let cursor {
            guard let person = PersonID(text: cursor) else { throw Problem.badCursor }
            position = person.ordinal
        }
        return try PeopleSearch(view: self, query: query, at: at).page(after: position, limit: min(max(limit, 1), 500))
    }

    /// A page of the people of one cell of the overview.
    public func people(in cell: RoleCell, at: Instant? = nil, cursor: String? = nil, limit: Int = 50) throws(Problem) -> PeoplePage
    {
        try people(PeopleQuery(cell: cell), at: at, cursor: cursor, limit: limit)
    }
}
