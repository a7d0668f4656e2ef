public import Model

/// The points of one member in one currency, and the rules by which they move.
///
/// Time is carried out first in every command: what has become active, lapsed or expired by then is booked with the instant at which it
/// was due. So no answer depends on when anything ran. A command that is refused leaves no trace.
public struct PointBook: Hashable, Sendable {
    public let owner: ProgramMemberID
    public let rules: PointRules
    /// Those that are not closed, and what else was wanted.
    public internal(set) var lots: [PointID: PointLot] = [:]
    public internal(set) var holds: [PointID: PointHold] = [:]
    public internal(set) var spendings: [PointID: PointSpending] = [:]
    public internal(set) var earnings: [PointSource: PointEarning] = [:]
    /// What the member owes.
    public internal(set) var debt: Int64 = 0
    /// Up to when time has been carried out: what comes later counts from then at the earliest.
    public internal(set) var settledUntil = Instant.distantPast
    /// All points that ever came, at most ``receivedMax``.
    public internal(set) var received: Int64 = 0
    /// The number of the newest lot, hold or spending.
    public internal(set) var lastNumber: Int64 = 0
    /// What has been booked, in order.
    public internal(set) var entries: [PointEntry] = []

    /// The most points that ever come to one book, and so the largest amount: sums over thousands of books can be counted still.
    public static let receivedMax: Int64 = 1_000_000_000_000_000

    public init(owner: ProgramMemberID, rules: PointRules = PointRules()) {
        self.owner = owner
        self.rules = rules
    }

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
        return book.booked
    }

    /// What there is by what is booked.
    var booked: Balance {
        var balance = Balance()
        for lot in lots.values {
            if lot.isActive { balance.available += lot.quantities.remaining } else { balance.pending += lot.quantities.remaining }
            balance.held += lot.quantities.held
        }
        balance.debt = debt
        return balance
    }

    /// The lots of which something is left, in the order in which they are spent; pending ones last.
    public var openLots: [PointLot] {
        lots.values.filter { !$0.isClosed }.sorted { left, right in
            left.isActive != right.isActive ? left.isActive : PointLot.isSpentBefore(left, right)
        }
    }

    /// What is held, the next to end first.
    public var openHolds: [PointHold] {
        holds.values.filter { $0.end == nil }.sorted { ($0.until, $0.id) < ($1.until, $1.id) }
    }

    /// What every account holds by the entries.
    public var accounts: [PointAccount: Int64] {
        entries.reduce(into: [:]) { accounts, entry in
            accounts[entry.from, default: 0] -= entry.amount
            accounts[entry.to, default: 0] += entry.amount
        }
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

    mutating func newID() throws(PointRefusal) -> PointID {
        guard let id = nextID() else { throw .overflow(max: nil) }
        return id
    }

    /// nil when all numbers are taken.
    mutating func nextID() -> PointID? {
        guard lastNumber < .max else { return nil }
        lastNumber += 1
        return PointID(lastNumber)
    }

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
        _ kind: PointEntry.Kind, at instant: Instant, lot: PointLot?, from account: PointAccount, to others: [(PointAccount, Int64)]
    ) {
        for (other, amount) in others where amount > 0 {
            entries.append(
                PointEntry(
                    kind: kind, effectiveAt: instant, lot: lot?.id, vintage: lot?.vintage ?? 0, fundedBy: lot?.fundedBy,
                    from: account, to: other, amount: amount))
        }
    }
}
