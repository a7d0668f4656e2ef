public import Model

/// What time does by itself.
extension PointBook {
    private enum Due: Hashable {
        case activation(PointID), cancellation(PointID), expiry(PointID), lapse(PointID)

        /// At one instant lots become active before they expire, and expire before holds lapse.
        var order: (Int, PointID) {
            switch self {
            case .activation(let id): (0, id)
            case .cancellation(let id): (1, id)
            case .expiry(let id): (2, id)
            case .lapse(let id): (3, id)
            }
        }
    }

    /// Books all that was due by an instant, one thing after another.
    public mutating func settle(until now: Instant) {
        while let (due, dueAt) = nextDue(until: now) {
            // A lot that came when its time was over already ends when it came: no month that is closed changes.
            let instant = max(dueAt, settledUntil)
            settledUntil = instant
            switch due {
            case .activation(let id): makeActive(id, at: instant)
            case .cancellation(let id): cancel(id, at: instant)
            case .expiry(let id): expire(id, at: instant)
            case .lapse(let id): end(id, .lapsed, at: instant)
            }
        }
        settledUntil = max(settledUntil, now)
    }

    /// When time does the next thing by itself; nil for never.
    public var dueAt: Instant? { nextDue(until: .distantFuture)?.1 }

    private func nextDue(until now: Instant) -> (Due, Instant)? {
        var next: (due: Due, instant: Instant)?
        func consider(_ due: Due, _ instant: Instant) {
            guard instant <= now else { return }
            if let next, (next.instant, next.due.order.0, next.due.order.1) <= (instant, due.order.0, due.order.1) { return }
            next = (due, instant)
        }
        for lot in lots.values where lot.quantities.remaining > 0 {
            switch lot.activation {
            case .active: break
            case .at(let instant): consider(.activation(lot.id), instant)
            case .awaited(let until): consider(.cancellation(lot.id), until)
            }
            if let end = lot.expiresAt { consider(.expiry(lot.id), end) }
        }
        for hold in holds.values where hold.end == nil { consider(.lapse(hold.id), hold.until) }
        return next
    }

    mutating func makeActive(_ id: PointID, at instant: Instant) {
        guard var lot = lots[id] else { return }
        let count = lot.quantities.remaining
        lot.activation = .active
        let repaid = repay(&lot, count)
        lots[id] = lot
        book(.activated, at: instant, lot: lot, from: .pending, to: [(.available, count - repaid), (.debt, repaid)])
    }

    private mutating func cancel(_ id: PointID, at instant: Instant) {
        let count = take(id, \.remaining, to: \.revoked)
        book(.cancelled, at: instant, lot: lots[id], from: .pending, to: [(.revoked, count)])
    }

    mutating func expire(_ id: PointID, at instant: Instant) {
        let account: PointAccount = lots[id]?.isActive == true ? .available : .pending
        let count = take(id, \.remaining, to: \.expired)
        book(.expired, at: instant, lot: lots[id], from: account, to: [(.expired, count)])
    }
}
