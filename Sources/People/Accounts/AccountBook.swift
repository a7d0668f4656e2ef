import Columns
import EventStore
import Model
import Questions

/// When each account was used and paid for last, at one instant, and the order of their list.
///
/// Holds two numbers an account; what else a page shows is counted for its rows alone.
struct AccountBook: Sendable {
    struct Entry: Sendable {
        let id: String
        /// In microseconds; Int64.min for never.
        let lastUse: Int64
        let lastPayment: Int64
        let isSilent: Bool
    }

    /// Silent ones first, those longest without use at the head; then those who paid last, then the others.
    let entries: [Entry]
    let silentCount: Int

    init(facts: PeopleFacts, at: Instant) {
        let reader = AccountUse(facts: facts, at: at)
        let payers = AccountBook.payers(facts, at)
        let (accounts, orders) = (facts.accounts, facts.orders)
        let paidSince = at.advanced(byMicroseconds: -Int64(AccountRow.paidDays) * .microsecondsPerDay).microseconds
        let usedSince = at.advanced(byMicroseconds: -Int64(AccountRow.silentDays) * .microsecondsPerDay).microseconds
        entries = accounts.members.map { id, members in
            let lastUse = reader.lastUse(of: members)
            let paying = members + (payers[id] ?? []).filter { !members.contains($0) }
            let lastPayment = paying.reduce(Int64.min) { last, person in
                let paid = orders.purchases(of: person).last { $0.isCurrent(at: at) }
                return max(last, paid?.paidAt.microseconds ?? .min)
            }
            let contract = accounts.contractUntil(of: id, in: facts.settings.calendar)
            let pays = lastPayment >= paidSince || lastPayment != .min && contract.map { $0 > at } == true
            return Entry(id: id, lastUse: lastUse, lastPayment: lastPayment, isSilent: pays && lastUse < usedSince)
        }.sorted(by: AccountBook.precedes)
        silentCount = entries.count { $0.isSilent }
    }

    private static func precedes(_ left: Entry, _ right: Entry) -> Bool {
        if left.isSilent != right.isSilent { return left.isSilent }
        if left.isSilent, left.lastUse != right.lastUse { return left.lastUse < right.lastUse }
        if left.lastPayment != right.lastPayment { return left.lastPayment > right.lastPayment }
        if left.lastUse != right.lastUse { return left.lastUse > right.lastUse }
        return left.id.utf8.lexicographicallyPrecedes(right.id.utf8)
    }

    /// The declared payers of each account.
    static func payers(_ facts: PeopleFacts, _ at: Instant) -> [String: [UInt32]] {
        var payers: [String: [UInt32]] = [:]
        for relationship in facts.relationships.holding(.payer, at: at) {
            if case .account(let account) = relationship.to { payers[account, default: []].append(relationship.holder.ordinal) }
        }
        return payers
    }
}

/// Tells use from payment: events that are no order, up to an instant.
struct AccountUse {
    private let facts: PeopleFacts
    private let at: Int64
    /// By part the rows of orders and refunds.
    private let orders: [[RowSet]]
    /// When each person ordered or returned last, in microseconds.
    private let lastOrder: [UInt32: Int64]
    private let activity: BaseActivity

    init(facts: PeopleFacts, at: Instant) {
        self.facts = facts
        self.at = at.microseconds
        orders = facts.partRows.map { rows in
            rows.part.eventNames.enumerated().filter { [OrderReader.completed, OrderReader.refunded].contains($0.element) }
                .map { rows.part.rows(named: $0.offset) }
        }
        var last: [UInt32: Int64] = [:]
        let people = facts.people
        func note(_ owner: UInt32, _ time: Int64) {
            guard Int(owner) < people.count, people[Int(owner)] != IdentityGraph.none else { return }
            last[people[Int(owner)], default: time] = max(last[people[Int(owner)]] ?? time, time)
        }
        for part in facts.memory.parts.orders(of: facts.snapshot.parts, settings: facts.settings, version: facts.settingsVersion) {
            for order in part.orders { note(order.owner, order.timestamp) }
            for refund in part.refunds { note(refund.owner, refund.timestamp) }
        }
        lastOrder = last
        activity = facts.activity
    }

    func isUse(_ place: CallPlace) -> Bool {
        place.isEvent && place.timestamp <= at && !orders[place.part].contains { $0.contains(place.row) }
    }

    /// In microseconds; Int64.min for never.
    ///
    /// Reads the calls of those only whose last event may be an order.
    func lastUse(of people: [UInt32]) -> Int64 {
        var last = Int64.min
        var lastEvent = activity.lastEvent
        // Those seen last first: mostly the first one settles it.
        for (time, person) in people.map({ (lastEvent[$0], $0) }).sorted(by: >) {
            guard time > last else { break }
            let isUse = time <= at && time > lastOrder[person] ?? .min
            last = max(last, isUse ? time : facts.places(of: person).last(where: self.isUse)?.timestamp ?? .min)
        }
        return last
    }
}
