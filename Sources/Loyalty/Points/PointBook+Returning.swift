public import Model

/// What comes back to a member, and what is taken back.
extension PointBook {
    /// Gives spent points back to the lots that they came from, those that were taken last first.
    ///
    /// What comes back to a lot whose time is over lives on for the grace as a lot of its own: others may hold parts of the old one.
    public mutating func reverseBurn(_ id: PointID, _ amount: Int64, now: Instant) throws(PointRefusal) {
        try perform(at: now) { book throws(PointRefusal) in
            guard amount > 0 else { throw .badAmount(amount) }
            guard let spending = book.spendings[id] else { throw .unknown(.spending, id) }
            guard amount <= spending.amount - spending.returned else {
                throw .exceedsOriginal(left: spending.amount - spending.returned)
            }
            var (skipped, left) = (spending.returned, amount)
            for part in spending.parts.reversed() where left > 0 {
                let past = min(skipped, part.amount)
                skipped -= past
                let count = min(left, part.amount - past)
                guard count > 0 else { continue }
                left -= count
                try book.comeBack(
                    .init(lot: part.lot, amount: count), \.spent, .spent(for: spending.campaign), at: now)
            }
            book.spendings[id]?.returned += amount
            book.settle(until: now)
        }
    }

    /// Puts points that were given away back into their lot, or into one of their own for the grace where their lot has ended.
    mutating func comeBack(
        _ part: PointHold.Part, _ from: WritableKeyPath<PointLot.Quantities, Int64>, _ account: PointAccount, at now: Instant
    ) throws(PointRefusal) {
        guard rules.restoreGrace > 0, let lot = lots[part.lot], lot.isOver(at: now) else {
            return giveBack(part, from, account, .returned, at: now)
        }
        let end = now.advanced(byMicroseconds: rules.restoreGrace)
        enter(lot.child(try newID(), of: owner, part.amount, hop: lot.hop, until: end), .returned, from: account, at: now)
    }

    /// Puts points of a lot back into what remains of it, but for what goes to a debt.
    mutating func giveBack(
        _ part: PointHold.Part, _ from: WritableKeyPath<PointLot.Quantities, Int64>, _ account: PointAccount,
        _ kind: PointEntry.Kind, at now: Instant
    ) {
        guard var lot = lots[part.lot] else { return }
        lot.quantities[keyPath: from] -= part.amount
        lot.quantities.remaining += part.amount
        let repaid = lot.isOver(at: now) ? 0 : repay(&lot, part.amount)
        lots[part.lot] = lot
        book(kind, at: now, lot: lot, from: account, to: [(.available, part.amount - repaid), (.debt, repaid)])
    }

    /// Takes back what returned units had earned.
    ///
    /// - Parameter isElsewhere: Whether whom the owner was merged into has the points: this is noted here, and they are taken there.
    /// - Returns: How many points this return takes, or makes a debt; what is written off does not count.
    public mutating func reverseEarn(
        _ source: PointSource, units: Int64, isElsewhere: Bool = false, now: Instant
    ) throws(PointRefusal) -> Int64 {
        try claw(source, isElsewhere, now) { earning throws(PointRefusal) in
            guard units > 0 else { throw .badAmount(units) }
            guard units <= earning.units - earning.returnedUnits else {
                throw .exceedsOriginal(left: earning.units - earning.returnedUnits)
            }
            earning.returnedUnits += units
        }
    }

    /// Takes back until so many units, or points for what came back, of what a source had earned are back in all.
    ///
    /// - Parameter isElsewhere: Whether whom the owner was merged into has the points: this is noted here, and they are taken there.
    /// - Returns: How many points it takes, or makes a debt; what is written off does not count.
    mutating func reverseEarn(
        _ source: PointSource, unitsInAll units: Int64, pointsInAll points: Int64, isElsewhere: Bool = false, now: Instant
    ) throws(PointRefusal) -> Int64 {
        try claw(source, isElsewhere, now) { earning throws(PointRefusal) in
            earning.returnedUnits = max(earning.returnedUnits, min(units, earning.units))
            earning.returnedPoints = max(earning.returnedPoints, min(points, earning.amount))
        }
    }

    /// Takes back an amount of what a source had earned, for a dispute or fraud; less where less of it is left.
    ///
    /// - Parameter isElsewhere: Whether whom the owner was merged into has the points: this is noted here, and they are taken there.
    /// - Returns: How many points it takes, or makes a debt; what is written off does not count.
    public mutating func dispute(
        _ source: PointSource, _ amount: Int64, isElsewhere: Bool = false, now: Instant
    ) throws(PointRefusal) -> Int64 {
        try claw(source, isElsewhere, now) { earning throws(PointRefusal) in
            guard amount > 0 else { throw .badAmount(amount) }
            guard amount <= earning.amount - earning.disputed else {
                throw .exceedsOriginal(left: max(0, earning.amount - earning.disputed))
            }
            earning.disputed += amount
        }
    }

    /// Takes back until so much of what a source had earned is disputed in all, be it more than it has earned.
    mutating func dispute(_ source: PointSource, inAll disputed: Int64, now: Instant) throws(PointRefusal) -> Int64 {
        try claw(source, false, now) { earning throws(PointRefusal) in earning.disputed = max(earning.disputed, disputed) }
    }

    private mutating func claw(
        _ source: PointSource, _ isElsewhere: Bool, _ now: Instant,
        _ change: (inout PointEarning) throws(PointRefusal) -> Void
    ) throws(PointRefusal) -> Int64 {
        try perform(at: now) { book throws(PointRefusal) in
            guard var earning = book.earnings[source] else { throw .unknownSource(source) }
            let before = earning.revoked
            try change(&earning)
            book.earnings[source] = earning
            // What was given up while it waited was taken back then.
            guard !isElsewhere, book.lots[earning.lot]?.isGivenUp(at: now) != true else { return 0 }
            return try book.revoke(earning.revoked - before, of: [earning.lot], at: now)
        }
    }

    /// Takes what was earned in the book of somebody who was merged into the owner: of what came of its lot, then of the others.
    ///
    /// - Returns: How many points, or a debt; what is written off does not count.
    mutating func takeBack(_ amount: Int64, of ids: [PointID], now: Instant) throws(PointRefusal) -> Int64 {
        try perform(at: now) { book throws(PointRefusal) in try book.revoke(amount, of: ids, at: now) }
    }

    /// Takes an amount: of the lots themselves, what is pending first, then of the others as they expire, then as a debt or not at all.
    ///
    /// - Returns: How much is taken or owed.
    private mutating func revoke(_ amount: Int64, of ids: [PointID], at now: Instant) throws(PointRefusal) -> Int64 {
        var left = amount
        let own = ids.compactMap { lots[$0] }.sorted { left, right in
            left.isActive != right.isActive ? right.isActive : PointLot.expiresBefore(left, right)
        }
        let others = lots.values.filter { $0.isActive && !ids.contains($0.id) }.sorted(by: PointLot.expiresBefore)
        for lot in own + others where left > 0 {
            let count = min(left, lot.quantities.remaining)
            guard count > 0 else { continue }
            left -= count
            move(.init(lot: lot.id, amount: count), \.remaining, to: \.revoked)
            book(.revoked, at: now, lot: lot, from: lot.isActive ? .available : .pending, to: [(.revoked, count)])
        }
        guard left > 0, rules.shortfall == .debt else { return amount - left }
        try owe(left)
        book(.revoked, at: now, lot: nil, from: .debt, to: [(.revoked, left)])
        return amount
    }

    /// Adds to what the member owes.
    mutating func owe(_ amount: Int64) throws(PointRefusal) {
        let (sum, isOver) = debt.addingReportingOverflow(amount)
        guard !isOver else { throw .overflow(max: nil) }
        debt = sum
    }
}
