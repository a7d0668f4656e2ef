public import Model

extension PointBook {
    /// Adds a lot for a source; what the member owes is repaid from it first.
    public mutating func earn(
        _ earned: NewPoints, as kind: PointEntry.Kind = .earned, at now: Instant
    ) throws(PointRefusal) -> PointID {
        try perform(at: now) { book throws(PointRefusal) in
            guard earned.amount > 0 else { throw .badAmount(earned.amount) }
            guard earned.units > 0 else { throw .badAmount(earned.units) }
            if let known = book.earnings[earned.source] { throw .alreadyEarned(lot: known.lot, earned.source) }
            let id = try book.newID()
            try book.add(earned.lot(id), kind, from: .issuer, at: now)
            book.earnings[earned.source] = PointEarning(
                source: earned.source, lot: id, amount: earned.amount, units: earned.units)
            return id
        }
    }

    /// Makes a pending lot active before its time.
    public mutating func activate(_ id: PointID, at now: Instant) throws(PointRefusal) {
        try perform(at: now) { book throws(PointRefusal) in
            guard let lot = book.lots[id], !lot.isActive, lot.quantities.remaining > 0 else { throw .unknown(.lot, id) }
            book.makeActive(id, at: now)
        }
    }

    /// Puts a lot in that comes to the book; a book never receives more than ``receivedMax`` in all.
    mutating func add(
        _ lot: PointLot, _ kind: PointEntry.Kind, from account: PointAccount, at now: Instant
    ) throws(PointRefusal) {
        guard lot.original <= PointBook.receivedMax - received else { throw .overflow(max: PointBook.receivedMax) }
        received += lot.original
        enter(lot, kind, from: account, at: now)
        settle(until: now)
    }

    /// Puts a lot in, as far as it does not go to a debt.
    mutating func enter(_ lot: PointLot, _ kind: PointEntry.Kind, from account: PointAccount, at now: Instant) {
        var lot = lot
        let repaid = lot.isActive ? repay(&lot, lot.original) : 0
        lots[lot.id] = lot
        book(
            kind, at: now, lot: lot, from: account,
            to: [(lot.isActive ? .available : .pending, lot.original - repaid), (.debt, repaid)])
    }
}

/// Points to be earned.
public struct NewPoints: Hashable, Sendable {
    public var source: PointSource
    public var amount: Int64
    /// How many units of the line they are for, so that returns can take their share.
    public var units: Int64 = 1
    public var earnedAt: Instant
    /// `year × 100 + month` of `earnedAt` where the program is.
    public var vintage: Int64
    public var activation = PointLot.Activation.active
    public var expiresAt: Instant?
    public var fundedBy: String?
    public var value = PointValue(minor: 1, points: 1)
    public var isTransferable = true
    public var colours: Set<String> = []

    public init(_ amount: Int64, for source: PointSource, earnedAt: Instant, vintage: Int64) {
        self.vintage = vintage
        self.amount = amount
        self.source = source
        self.earnedAt = earnedAt
    }

    func lot(_ id: PointID) -> PointLot {
        PointLot(
            id: id, parent: nil, hop: 0, source: source, original: amount, earnedAt: earnedAt, vintage: vintage,
            activation: activation,
            expiresAt: expiresAt, fundedBy: fundedBy, value: value, isTransferable: isTransferable, colours: colours,
            quantities: .init(remaining: amount))
    }
}
