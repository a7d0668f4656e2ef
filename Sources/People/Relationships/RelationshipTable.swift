import Columns
import EventStore
import Model
import Questions

/// All relationships as one view of people sees them: those that were declared, and those that orders and seats show.
struct RelationshipTable: Sendable {
    fileprivate struct Key: Hashable {
        var holder: UInt32
        var role: RelationshipRole
        var to: Relationship.Party
    }

    /// By role; declared ones first, then by evidence.
    private let ofRole: [RelationshipRole: [Relationship]]

    init(parts: [PartRows], parties: PartyResolver, orders: OrderBook, seats: SeatFinder, calendar: ZoneCalendar) {
        let declared = RelationshipTable.declared(parts, parties, calendar)
        var derived = DerivedRelationships()
        derived.add(orders)
        for seat in seats.seats(declared: declared, orders: orders) { derived.add(seat) }
        ofRole = Dictionary(grouping: declared + derived.list, by: \.role)
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
}

/// Relationships that follow from what was ordered and used, one for each holder, role and other side.
private struct DerivedRelationships {
    private static let evidenceMax = 3
    private var found: [RelationshipTable.Key: Relationship] = [:]

    /// By evidence.
    var list: [Relationship] {
        found.values.sorted { left, right in
            (left.evidence[0].arrival, left.holder.ordinal, left.toOrdinal) < (
                right.evidence[0].arrival, right.holder.ordinal, right.toOrdinal
            )
        }
    }

    /// Whoever pays for what somebody else receives is their payer, and they are recipient and beneficiary to the one who pays; the
    /// second such order makes a gift giver.
    mutating func add(_ orders: OrderBook) {
        var orderCounts: [RelationshipTable.Key: Int] = [:]
        // Those of one customer stand in the order of time, so that the first is the earliest.
        for purchase in orders.purchases {
            guard let payer = purchase.customer else { break }
            for recipient in purchase.recipients where recipient != payer {
                add(payer, .payer, recipient, purchase)
                add(recipient, .recipient, payer, purchase)
                add(recipient, .beneficiary, payer, purchase)
                let gift = add(payer, .giftGiver, recipient, purchase)
                orderCounts[gift, default: 0] += 1
                if orderCounts[gift] == 2 { found[gift]?.since = purchase.paidAt }
            }
        }
        for (gift, count) in orderCounts where count == 1 { found[gift] = nil }
    }

    @discardableResult
    private mutating func add(
        _ holder: UInt32, _ role: RelationshipRole, _ other: UInt32, _ purchase: Purchase
    ) -> RelationshipTable.Key {
        let evidence = Relationship.Evidence(
            arrival: purchase.arrival, person: purchase.actor.map { PersonID(ordinal: $0) })
        return add(holder, role, other, since: purchase.paidAt, until: nil, account: nil, [evidence])
    }

    /// Whoever uses what another pays for is user to them, and the other their payer.
    mutating func add(_ seat: Seat) {
        for (holder, role, other) in [(seat.payer, RelationshipRole.payer, seat.user), (seat.user, .user, seat.payer)] {
            add(holder, role, other, since: seat.since, until: seat.until, account: seat.account, seat.evidence)
        }
    }

    @discardableResult
    private mutating func add(
        _ holder: UInt32, _ role: RelationshipRole, _ other: UInt32, since: Instant, until: Instant?, account: String?,
        _ evidence: [Relationship.Evidence]
    ) -> RelationshipTable.Key {
        let key = RelationshipTable.Key(holder: holder, role: role, to: .person(PersonID(ordinal: other)))
        guard var known = found[key] else {
            found[key] = Relationship(
                holder: PersonID(ordinal: holder), role: role, to: key.to, since: since, until: until, origin: .derived,
                evidence: evidence, account: account)
            return key
        }
        known.since = min(known.since, since)
        known.until = known.until.flatMap { end in until.map { max(end, $0) } }
        for shown in evidence where known.evidence.count < DerivedRelationships.evidenceMax && !known.evidence.contains(shown) {
            known.evidence.append(shown)
        }
        found[key] = known
        return key
    }
}

extension Relationship {
    fileprivate var toOrdinal: UInt32 {
        if case .person(let person) = to { person.ordinal } else { .max }
    }
}
