import Model

/// Points that are offered to somebody: pinned until they are taken, declined, or nobody came.
extension PointBook {
    /// Pins points that can be given away, as they would be spent.
    ///
    /// - Parameter until: When the offer is over at the latest; sooner when the first of its points ends before.
    mutating func offer(_ amount: Int64, until: Instant, now: Instant) throws(PointRefusal) -> PointHold {
        try perform(at: now) { book throws(PointRefusal) in
            guard until > now, until.microseconds(since: now) <= book.rules.holdMax else { throw .badTime }
            let parts = try book.pickTransferable(amount, hopMax: book.rules.hopMax)
            let id = try book.newID()
            for part in parts {
                book.move(part, \.remaining, to: \.held)
                book.book(.held, at: now, lot: book.lots[part.lot], from: .available, to: [(.held, part.amount)])
            }
            let ends = parts.compactMap { book.lots[$0.lot]?.expiresAt }
            let hold = PointHold(id: id, parts: parts, until: ends.reduce(until, min))
            book.holds[id] = hold
            return hold
        }
    }

    /// Moves what was offered to who takes it, with its type, worth and expiry.
    ///
    /// - Returns: How many points.
    mutating func give(_ id: PointID, to other: inout PointBook, now: Instant) throws(PointRefusal) -> Int64 {
        var receiver = other
        receiver.settle(until: now)
        let (amount, filled) = try perform(at: now) { book throws(PointRefusal) in
            var receiver = receiver
            let hold = try book.open(id)
            let frozen = hold.parts.filter { book.lots[$0.lot]?.isFrozen == true }
            guard frozen.isEmpty else { throw .frozen(amount: frozen.reduce(0) { $0 + $1.amount }) }
            for part in hold.parts {
                guard let lot = book.lots[part.lot] else { throw .unknown(.lot, part.lot) }
                book.move(part, \.held, to: \.moved)
                book.book(.moved, at: now, lot: lot, from: .held, to: [(.transfer, part.amount)])
                let child = lot.child(
                    try receiver.newID(), of: book.owner, part.amount, hop: lot.hop + 1, until: lot.expiresAt)
                try receiver.add(child, .received, from: .transfer, at: now)
            }
            book.holds[id]?.end = .captured(hold.amount)
            return (hold.amount, receiver)
        }
        other = filled
        return amount
    }
}
