import Columns
import EventStore
import Model

/// Somebody who uses what an account has and another person pays for.
struct Seat {
    var user: UInt32
    var payer: UInt32
    var account: String
    /// The first use, or the first payment where that is later.
    var since: Instant
    /// When somebody declared to pay for the account pays no more.
    var until: Instant?
    /// The first use, then the payment or the declaration.
    var evidence: [Relationship.Evidence]
}

/// Finds the seats: people of an account who have used it and do not pay for it, with everybody who does.
struct SeatFinder {
    /// An account for which more people than that have paid is not paid for by another: there everybody pays for themselves.
    static let payersMax = 10

    private struct Payment {
        var since: Instant
        var until: Instant?
        var evidence: Relationship.Evidence
    }

    private let parts: [PartRows]
    private let graph: IdentityGraph
    private let accounts: AccountTable
    /// By part the account of an event's context.
    private let accountColumns: [PropertyColumn?]
    /// By part the codes of the events that are no use.
    private let unusedCodes: [Set<Int>]

    init(parts: [PartRows], graph: IdentityGraph, accounts: AccountTable) {
        (self.parts, self.graph, self.accounts) = (parts, graph, accounts)
        accountColumns = parts.map { $0.part.column(.context, "groupId") }
        unusedCodes = parts.map { rows in
            Set(ToldEvents.names.union([OrderReader.completed, OrderReader.refunded]).compactMap { rows.part.nameCode(of: $0) })
        }
    }

    /// - Parameter declared: What people were declared to be, payers of accounts among them.
    func seats(declared: [Relationship], orders: OrderBook) -> [Seat] {
        if accounts.members.isEmpty { return [] }
        var payments = payments(orders)
        for (account, known) in payments where known.count > SeatFinder.payersMax { payments[account] = nil }
        for relationship in declared where relationship.role == .payer {
            guard case .account(let account) = relationship.to, let evidence = relationship.evidence.first else { continue }
            let payment = Payment(since: relationship.since, until: relationship.until, evidence: evidence)
            payments[account, default: [:]][relationship.holder.ordinal] = payment
        }
        return payments.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }
            .flatMap { account, payments in seats(of: account, payments) }
    }

    /// The first order of each person who paid for an account: in its context, else for every account of whoever ordered (specs:
    /// questions, N12).
    private func payments(_ orders: OrderBook) -> [String: [UInt32: Payment]] {
        let named = accountsOfOrders
        var payments: [String: [UInt32: Payment]] = [:]
        // Those of one customer stand in the order of time.
        for purchase in orders.purchases {
            guard let payer = purchase.customer else { break }
            let joined = purchase.actor.flatMap { accounts.memberships[$0] } ?? []
            for account in named[purchase.arrival].map({ [$0] }) ?? joined.map(\.account) where payments[account]?[payer] == nil {
                let evidence = Relationship.Evidence(
                    arrival: purchase.arrival, person: purchase.actor.map { PersonID(ordinal: $0) })
                payments[account, default: [:]][payer] = Payment(since: purchase.paidAt, evidence: evidence)
            }
        }
        return payments
    }

    /// The account in the context of each order that has one, by arrival.
    private var accountsOfOrders: [UInt64: String] {
        var named: [UInt64: String] = [:]
        for (rows, column) in zip(parts, accountColumns) {
            guard let column, let code = rows.part.nameCode(of: OrderReader.completed) else { continue }
            rows.part.rows(named: code).forEach { row in
                if let account = column.string(at: row) { named[rows.part.arrival(at: row)] = account }
            }
        }
        return named
    }

    private func seats(of account: String, _ payments: [UInt32: Payment]) -> [Seat] {
        (accounts.members[account] ?? []).flatMap { user -> [Seat] in
            guard payments[user] == nil, let use = firstUse(of: account, by: user) else { return [] }
            return payments.sorted { $0.key < $1.key }.compactMap { payer, payment in
                let since = max(payment.since, use.at)
                if let until = payment.until, until <= since { return nil }
                return Seat(
                    user: user, payer: payer, account: account, since: since, until: payment.until,
                    evidence: [.init(arrival: use.arrival, person: PersonID(ordinal: user)), payment.evidence])
            }
        }
    }

    /// The first event of a person in an account since they joined it that is no order and no refund; nil when there is none.
    ///
    /// O(log n) for each identity and part, and the events in other accounts before it.
    private func firstUse(of account: String, by person: UInt32) -> (at: Instant, arrival: UInt64)? {
        guard let joined = accounts.memberships[person]?.first(where: { $0.account == account })?.since else { return nil }
        var first: (timestamp: Int64, arrival: UInt64)?
        for owner in graph.identities(of: person) {
            for index in parts.indices {
                if let found = firstUse(of: account, rows: parts[index].part.rows(ofIdentity: owner), from: joined, part: index),
                    first.map({ found < $0 }) ?? true
                {
                    first = found
                }
            }
        }
        return first.map { (Instant(microseconds: $0.timestamp), $0.arrival) }
    }

    private func firstUse(
        of account: String, rows range: Range<Int>, from joined: Int64, part index: Int
    ) -> (timestamp: Int64, arrival: UInt64)? {
        let (rows, part) = (parts[index], parts[index].part)
        var (row, end) = (range.lowerBound, range.upperBound)
        while row < end {
            let middle = (row + end) / 2
            if part.timestamp(at: middle) < joined { row = middle + 1 } else { end = middle }
        }
        while row < range.upperBound {
            let isElsewhere = accountColumns[index]?.string(at: row).map { $0 != account } ?? false
            if !isElsewhere, !rows.isLate(row), part.callType(at: row).isEvent, !unusedCodes[index].contains(part.nameCode(at: row))
            {
                return (part.timestamp(at: row), part.arrival(at: row))
            }
            row += 1
        }
        return nil
    }
}
