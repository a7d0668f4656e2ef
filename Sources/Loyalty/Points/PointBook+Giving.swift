public import Model

/// Points that leave a member, or come anew.
extension PointBook {
    /// Moves points to another member, with their type, worth and expiry; nothing can call them back but moving them again.
    ///
    /// - Parameter other: Of the same currency and rules.
    public mutating func transfer(
        _ amount: Int64, to other: inout PointBook, now: Instant
    ) throws(PointRefusal) {
        var receiver = other
        receiver.settle(until: now)
        receiver = try perform(at: now) { book throws(PointRefusal) in
            let hopMax = book.rules.hopMax
            var receiver = receiver
            for part in try book.pickTransferable(amount, hopMax: hopMax) {
                guard let lot = book.lots[part.lot] else { throw .unknown(.lot, part.lot) }
                book.move(part, \.remaining, to: \.moved)
                book.book(.moved, at: now, lot: lot, from: .available, to: [(.transfer, part.amount)])
                let id = try receiver.newID()
                try receiver.add(
                    lot.child(id, of: book.owner, part.amount, hop: lot.hop + 1, until: lot.expiresAt), .received, from: .transfer,
                    at: now)
            }
            return receiver
        }
        other = receiver
    }

    /// Moves all that there is to another book of the same person: whatever it is for, pending, frozen or given on already, and debts.
    ///
    /// - Returns: How many points.
    mutating func moveAll(to other: inout PointBook, now: Instant) throws(PointRefusal) -> Int64 {
        var receiver = other
        receiver.settle(until: now)
        let (count, filled) = try perform(at: now) { book throws(PointRefusal) in
            var receiver = receiver
            var count: Int64 = 0
            // No number is made twice in the two books from now on: old ones keep their meaning.
            receiver.lastNumber = max(receiver.lastNumber, book.lastNumber)
            guard book.openHolds.isEmpty else { throw .holdsOpen(until: book.openHolds.last?.until ?? now) }
            try book.moveDebt(to: &receiver, at: now)
            for lot in book.openLots where lot.quantities.remaining > 0 {
                let part = PointHold.Part(lot: lot.id, amount: lot.quantities.remaining)
                book.move(part, \.remaining, to: \.moved)
                book.book(
                    .moved, at: now, lot: lot, from: lot.isActive ? .available : .pending, to: [(.transfer, part.amount)])
                var child = lot.child(try receiver.newID(), of: book.owner, part.amount, hop: lot.hop, until: lot.expiresAt)
                child.activation = lot.activation
                try receiver.add(child, .received, from: .transfer, at: now)
                count += part.amount
            }
            return (count, receiver)
        }
        other = filled
        return count
    }

    private mutating func moveDebt(to other: inout PointBook, at now: Instant) throws(PointRefusal) {
        let owed = debt
        debt = 0
        book(.moved, at: now, lot: nil, from: .transfer, to: [(.debt, owed)])
        try other.owe(owed)
        other.book(.received, at: now, lot: nil, from: .debt, to: [(.transfer, owed)])
        for var lot in other.openLots where lot.isActive {
            let repaid = other.repay(&lot, lot.quantities.remaining)
            other.lots[lot.id] = lot
            other.book(.repaid, at: now, lot: lot, from: .available, to: [(.debt, repaid)])
        }
    }

    func pickTransferable(_ amount: Int64, hopMax: Int) throws(PointRefusal) -> [PointHold.Part] {
        let isFree = { (lot: PointLot) in lot.isTransferable && lot.hop < hopMax }
        // Whatever it is for goes along: a lot's colours bind where it is spent, not who has it.
        let eligible = lots.values.filter { $0.isActive && !$0.isFrozen && isFree($0) }
        let total = eligible.reduce(0) { $0 + $1.quantities.remaining }
        guard amount > 0 else { throw .badAmount(amount) }
        guard total >= amount else {
            _ = try pick(amount, nil)
            throw .transferLimit(transferable: total)
        }
        var left = amount
        return eligible.sorted(by: PointLot.expiresBefore).compactMap { lot in
            let count = min(left, lot.quantities.remaining)
            left -= count
            return count > 0 ? .init(lot: lot.id, amount: count) : nil
        }
    }

    /// Gives points to a charity.
    ///
    /// - Returns: What they are worth, in minor units of money, rounded down lot by lot; more than can be counted is refused.
    public mutating func donate(
        _ amount: Int64, to charity: String, now: Instant
    ) throws(PointRefusal) -> Int64 {
        try perform(at: now) { book throws(PointRefusal) in
            var total: Int128 = 0
            for part in try book.pick(amount, nil) {
                total += book.lots[part.lot]?.value.wide(part.amount) ?? 0
                book.move(part, \.remaining, to: \.donated)
                book.book(
                    .donated, at: now, lot: book.lots[part.lot], from: .available, to: [(.donated(charity: charity), part.amount)])
            }
            guard let worth = Int64(exactly: total) else { throw .overflow(max: nil) }
            return worth
        }
    }

    /// Gives what has expired since an instant once more, each lot's at most once.
    ///
    /// - Returns: How many points.
    public mutating func reinstate(
        expiredSince start: Instant, until end: Instant, now: Instant
    ) throws(PointRefusal) -> Int64 {
        try perform(at: now) { book throws(PointRefusal) in
            guard end > now else { throw .badTime }
            var total: Int64 = 0
            let expired = book.lots.values.filter {
                $0.quantities.expired > $0.reinstated && ($0.expiresAt ?? .distantPast) >= start
            }
            for lot in expired.sorted(by: PointLot.isSpentBefore) {
                let count = lot.quantities.expired - lot.reinstated
                guard count <= PointBook.receivedMax - book.received else { throw .overflow(max: PointBook.receivedMax) }
                book.received += count
                book.reinstate(count, of: lot.id, as: try book.newID(), until: end, at: now)
                total += count
            }
            book.settle(until: now)
            return total
        }
    }

    /// Gives expired points of a lot once more, as a lot of their own.
    mutating func reinstate(_ count: Int64, of id: PointID, as new: PointID, until end: Instant, at now: Instant) {
        guard let lot = lots[id] else { return }
        lots[id]?.reinstated += count
        enter(lot.child(new, of: owner, count, hop: lot.hop, until: end), .reinstated, from: .expired, at: now)
    }

    /// Takes points away by decision of the house, those that are spent first; never more than there are.
    public mutating func deduct(_ amount: Int64, now: Instant) throws(PointRefusal) {
        try perform(at: now) { book throws(PointRefusal) in
            for part in try book.pick(amount, nil) {
                book.move(part, \.remaining, to: \.revoked)
                book.book(.adjusted, at: now, lot: book.lots[part.lot], from: .available, to: [(.revoked, part.amount)])
            }
        }
    }

    /// Blocks a lot's spending, or lets it go again; its time goes on.
    public mutating func freeze(_ id: PointID, _ isFrozen: Bool, now: Instant) throws(PointRefusal) {
        try perform(at: now) { book throws(PointRefusal) in
            guard book.lots[id] != nil else { throw .unknown(.lot, id) }
            book.lots[id]?.isFrozen = isFrozen
        }
    }
}

extension PointLot {
    /// A lot of the same points, elsewhere or anew; what is frozen stays so.
    func child(_ id: PointID, of owner: ProgramMemberID, _ count: Int64, hop: Int, until end: Instant?) -> PointLot {
        var child = PointLot(
            id: id, parent: Parent(owner: owner, lot: self.id), hop: hop, source: source, original: count, earnedAt: earnedAt,
            vintage: vintage, activation: .active,
            expiresAt: end, fundedBy: fundedBy, value: value, isTransferable: isTransferable, colours: colours,
            quantities: .init(remaining: count))
        child.isFrozen = isFrozen
        return child
    }
}
