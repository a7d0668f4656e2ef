public import Model

extension PointBook {
    /// Pins points for a while, those that are spent first.
    public mutating func hold(
        _ amount: Int64, at place: String? = nil, until: Instant, now: Instant
    ) throws(PointRefusal) -> PointID {
        try perform(at: now) { book throws(PointRefusal) in
            guard until > now, until.microseconds(since: now) <= book.rules.holdMax else { throw .badTime }
            let parts = try book.pick(amount, place)
            let id = try book.newID()
            for part in parts {
                book.move(part, \.remaining, to: \.held)
                book.book(.held, at: now, lot: book.lots[part.lot], from: .available, to: [(.held, part.amount)])
            }
            book.holds[id] = PointHold(id: id, parts: parts, until: until)
            return id
        }
    }

    /// Spends held points; what is not captured is let go.
    ///
    /// - Parameter campaign: What they are spent for.
    public mutating func capture(
        _ id: PointID, _ amount: Int64? = nil, for campaign: String? = nil, now: Instant
    ) throws(PointRefusal) -> PointSpending {
        try perform(at: now) { book throws(PointRefusal) in
            let hold = try book.open(id)
            let amount = amount ?? hold.amount
            guard amount > 0 else { throw .badAmount(amount) }
            guard amount <= hold.amount else { throw .exceedsOriginal(left: hold.amount) }
            return book.spend(hold, amount, campaign, at: now)
        }
    }

    public mutating func release(_ id: PointID, now: Instant) throws(PointRefusal) {
        try perform(at: now) { book throws(PointRefusal) in
            _ = try book.open(id)
            book.end(id, .released, at: now)
        }
    }

    /// Spends points at once.
    public mutating func burn(
        _ amount: Int64, at place: String? = nil, for campaign: String? = nil, now: Instant
    ) throws(PointRefusal) -> PointSpending {
        try perform(at: now) { book throws(PointRefusal) in
            let id = try book.hold(amount, at: place, until: now.advanced(byMicroseconds: 1), now: now)
            return try book.capture(id, for: campaign, now: now)
        }
    }

    func open(_ id: PointID) throws(PointRefusal) -> PointHold {
        guard let hold = holds[id] else { throw .unknown(.hold, id) }
        switch hold.end {
        case nil: return hold
        case .captured?: throw .alreadyCaptured
        case .released?, .lapsed?: throw .holdEnded(at: hold.until)
        }
    }

    private mutating func spend(
        _ hold: PointHold, _ amount: Int64, _ campaign: String?, at now: Instant
    ) -> PointSpending {
        var left = amount
        var spent: [PointHold.Part] = []
        for part in hold.parts where left > 0 {
            let part = PointHold.Part(lot: part.lot, amount: min(part.amount, left))
            left -= part.amount
            move(part, \.held, to: \.spent)
            book(.captured, at: now, lot: lots[part.lot], from: .held, to: [(.spent(for: campaign), part.amount)])
            spent.append(part)
        }
        let spending = PointSpending(id: hold.id, parts: spent, campaign: campaign)
        spendings[hold.id] = spending
        end(hold.id, .captured(amount), at: now)
        return spending
    }

    /// Ends a hold: what it has not spent goes back to its lots, or with them where they have expired.
    ///
    /// With a grace, what has expired so is given once more until then.
    mutating func end(_ id: PointID, _ end: PointHold.End, at instant: Instant) {
        guard let hold = holds[id] else { return }
        holds[id]?.end = end
        var spent: Int64 = 0
        if case .captured(let amount) = end { spent = amount }
        let kind: PointEntry.Kind = end == .lapsed ? .lapsed : .released
        for part in hold.parts {
            let left = max(0, part.amount - spent)
            spent -= part.amount - left
            guard left > 0 else { continue }
            giveBack(.init(lot: part.lot, amount: left), \.held, .held, kind, at: instant)
            guard rules.releaseGrace > 0, lots[part.lot]?.isOver(at: instant) == true, let id = nextID() else { continue }
            expire(part.lot, at: instant)
            reinstate(left, of: part.lot, as: id, until: instant.advanced(byMicroseconds: rules.releaseGrace), at: instant)
        }
        settle(until: instant)
    }

    /// Which lots an amount comes from.
    func pick(
        _ amount: Int64, _ place: String?, where isEligible: (PointLot) -> Bool = { _ in true }
    ) throws(PointRefusal) -> [PointHold.Part] {
        guard amount > 0 else { throw .badAmount(amount) }
        let eligible = lots.values.filter { $0.isSpendable(at: place) && !$0.isFrozen && isEligible($0) }
        var left = amount
        var parts: [PointHold.Part] = []
        for lot in eligible.sorted(by: PointLot.isSpentBefore) where left > 0 {
            let count = min(left, lot.quantities.remaining)
            parts.append(.init(lot: lot.id, amount: count))
            left -= count
        }
        if left > 0 { throw shortage(amount, place, found: amount - left) }
        return parts
    }

    private func shortage(_ amount: Int64, _ place: String?, found: Int64) -> PointRefusal {
        let frozen = lots.values.filter { $0.isSpendable(at: place) && $0.isFrozen }.reduce(0) { $0 + $1.quantities.remaining }
        if found + frozen >= amount { return .frozen(amount: frozen) }
        let all = lots.values.filter { $0.isActive && !$0.isFrozen }.reduce(0) { $0 + $1.quantities.remaining }
        if all >= amount { return .colourMismatch(elsewhere: all - found) }
        let pending = lots.values.compactMap { lot -> Instant? in
            guard lot.quantities.remaining > 0, case .at(let instant) = lot.activation else { return nil }
            return instant
        }
        return .insufficient(available: found, held: lots.values.reduce(0) { $0 + $1.quantities.held }, pendingUntil: pending.min())
    }
}
