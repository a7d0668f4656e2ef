public import Model

/// The points of one member in one currency, and the rules by which they move.
///
/// Time is carried out first in every command: what has become active, lapsed or expired by then is booked with the instant at which it
/// was due. So no answer depends on when anything ran. A command that is refused leaves no trace.
public struct PointBook: Hashable, Sendable {
    public let rules: PointRules
    public internal(set) var lots: [PointID: PointLot] = [:]
    public internal(set) var holds: [PointID: PointHold] = [:]
    public internal(set) var spendings: [PointID: PointSpending] = [:]
    public internal(set) var earnings: [PointSource: PointEarning] = [:]
    /// What the member owes.
    public internal(set) var debt: Int64 = 0
    /// What has been booked, in order.
    public private(set) var entries: [PointEntry] = []

    public init(rules: PointRules = PointRules()) { self.rules = rules }

    // MARK: - Balances

    public struct Balance: Hashable, Sendable {
        public var available: Int64 = 0
        public var pending: Int64 = 0
        public var held: Int64 = 0
        public var debt: Int64 = 0

        public init() {}
    }

    /// What there is at an instant, by what is booked until now.
    public func balance(at instant: Instant) -> Balance {
        var book = self
        book.settle(until: instant)
        var balance = Balance()
        for lot in book.lots.values {
            if lot.isActive { balance.available += lot.quantities.remaining } else { balance.pending += lot.quantities.remaining }
            balance.held += lot.quantities.held
        }
        balance.debt = book.debt
        return balance
    }

    /// What every account holds by the entries.
    public var accounts: [PointAccount: Int64] {
        entries.flatMap(\.postings).reduce(into: [:]) { $0[$1.account, default: 0] += $1.amount }
    }

    // MARK: - Commands

    /// Carries out a command at an instant, or nothing of it.
    mutating func perform<Answer>(
        at instant: Instant, _ body: (inout PointBook) throws(PointRefusal) -> Answer
    ) throws(PointRefusal) -> Answer {
        var book = self
        book.settle(until: instant)
        let answer = try body(&book)
        self = book
        return answer
    }

    // MARK: - Bookkeeping

    /// Takes what the member owes out of a lot as it comes.
    mutating func repay(_ lot: inout PointLot, _ count: Int64) -> Int64 {
        let repaid = min(debt, count)
        debt -= repaid
        lot.quantities.remaining -= repaid
        lot.quantities.repaid += repaid
        return repaid
    }

    mutating func move(
        _ part: PointHold.Part, _ from: WritableKeyPath<PointLot.Quantities, Int64>,
        to other: WritableKeyPath<PointLot.Quantities, Int64>
    ) {
        lots[part.lot]?.quantities[keyPath: from] -= part.amount
        lots[part.lot]?.quantities[keyPath: other] += part.amount
    }

    /// Moves all of one quantity of a lot to another.
    mutating func take(
        _ id: PointID, _ from: WritableKeyPath<PointLot.Quantities, Int64>, to other: WritableKeyPath<PointLot.Quantities, Int64>
    ) -> Int64 {
        let count = lots[id]?.quantities[keyPath: from] ?? 0
        move(.init(lot: id, amount: count), from, to: other)
        return count
    }

    mutating func book(
        _ kind: PointEntry.Kind, at instant: Instant, lot: PointID?, from account: PointAccount, to others: [(PointAccount, Int64)]
    ) {
        entries.append(PointEntry(kind, at: instant, lot: lot, from: account, to: others))
    }
}
