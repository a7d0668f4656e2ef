import Columns
import EventStore
import Model
import Questions

/// All relationships as one view of people sees them: those that were declared, and those that orders show.
struct RelationshipTable: Sendable {
    private struct Key: Hashable {
        var holder: UInt32
        var role: RelationshipRole
        var to: Relationship.Party
    }
    private static let evidenceMax = 3

    /// By role; declared ones first, then by evidence.
    private let ofRole: [RelationshipRole: [Relationship]]

    init(parts: [PartRows], parties: PartyResolver, orders: OrderBook, calendar: ZoneCalendar) {
        let all = RelationshipTable.declared(parts, parties, calendar) + RelationshipTable.derived(orders)
        ofRole = Dictionary(grouping: all, by: \.role)
    }

    /// Those in a role that hold at `instant`.
    func holding(_ role: RelationshipRole, at instant: Instant) -> [Relationship] {
        (ofRole[role] ?? []).filter { $0.holds(at: instant) }
    }

    /// Those of which a person is on either side, whether or not they hold now, in the order of roles.
    func relationships(of person: PersonID) -> [Relationship] {
        RelationshipRole.allCases.flatMap { role in
            (ofRole[role] ?? []).filter { $0.holder == person || $0.to == .person(person) }
        }
    }

    /// The newest declaration of each holder, role and party holds, unless it takes the relationship away.
    private static func declared(_ parts: [PartRows], _ parties: PartyResolver, _ calendar: ZoneCalendar) -> [Relationship] {
        var newest: [Key: (arrival: UInt64, relationship: Relationship?)] = [:]
        for rows in parts {
            let part = rows.part
            var cursor = OwnerCursor()
            part.rows(ofType: .declare).forEach { row in
                guard !rows.isLate(row), let holder = parties.person(ofIdentity: cursor.owner(of: row, in: part)) else { return }
                let (call, arrival) = (part.call(at: row), part.arrival(at: row))
                guard call.event == RelationshipDeclaration.kind,
                    let declaration = try? RelationshipDeclaration(call.properties, in: calendar),
                    let to = party(declaration.to, parties), to != .person(PersonID(ordinal: holder))
                else { return }
                let key = Key(holder: holder, role: declaration.role, to: to)
                if let known = newest[key], known.arrival > arrival { return }
                let relationship = Relationship(
                    holder: PersonID(ordinal: holder), role: declaration.role, to: to, since: declaration.from ?? call.timestamp,
                    until: declaration.until, origin: .declared,
                    evidence: [.init(arrival: arrival, person: PersonID(ordinal: holder))])
                newest[key] = (arrival, declaration.isDeleted ? nil : relationship)
            }
        }
        return newest.values.compactMap(\.relationship).sorted { $0.evidence[0].arrival < $1.evidence[0].arrival }
    }

    /// nil when nobody known is meant.
    private static func party(_ party: RelationshipDeclaration.Party, _ parties: PartyResolver) -> Relationship.Party? {
        switch party {
        case .account(let account): .account(account)
        case .person(let named): parties.person(of: named).map { .person(PersonID(ordinal: $0)) }
        }
    }

    /// Whoever pays for what somebody else receives is their payer, and they are recipient and beneficiary to the one who pays.
    private static func derived(_ orders: OrderBook) -> [Relationship] {
        var found: [Key: Relationship] = [:]
        func note(_ holder: UInt32, _ role: RelationshipRole, _ other: UInt32, _ purchase: Purchase) {
            let key = Key(holder: holder, role: role, to: .person(PersonID(ordinal: other)))
            let evidence = Relationship.Evidence(
                arrival: purchase.arrival, person: purchase.actor.map { PersonID(ordinal: $0) })
            guard let known = found[key] else {
                found[key] = Relationship(
                    holder: PersonID(ordinal: holder), role: role, to: key.to, since: purchase.paidAt, origin: .derived,
                    evidence: [evidence])
                return
            }
            if known.evidence.count < evidenceMax { found[key]?.evidence.append(evidence) }
        }
        // Those of one customer stand in the order of time, so that the first is the earliest.
        for purchase in orders.purchases {
            guard let payer = purchase.customer else { break }
            for recipient in purchase.recipients where recipient != payer {
                note(payer, .payer, recipient, purchase)
                note(recipient, .recipient, payer, purchase)
                note(recipient, .beneficiary, payer, purchase)
            }
        }
        return found.values.sorted { left, right in
            (left.evidence[0].arrival, left.holder.ordinal, left.toOrdinal) < (
                right.evidence[0].arrival, right.holder.ordinal, right.toOrdinal
            )
        }
    }
}

extension Relationship {
    fileprivate var toOrdinal: UInt32 {
        if case .person(let person) = to { person.ordinal } else { .max }
    }
}
