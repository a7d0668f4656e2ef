import Model
import OrderedCollections

extension ProgramDraft {
    /// Throws for what is said to happen later than now: which version decides then may change until then.
    func requirePast(_ instant: Instant) throws(ProgramFailure) {
        guard instant > now else { return }
        throw .refused(Refusal("IN_FUTURE", ["at": .string(instant.rfc3339)], isRetryable: true))
    }

    /// Gives a member what an order or an event has earned; nothing for what has been earned before.
    ///
    /// - Parameter disputed: What stays disputed of it, be it more: of what the line had earned before its order was changed.
    mutating func earn(
        _ points: NewPoints, disputed: Int64 = 0, _ member: ProgramMember, _ currency: PointCurrency
    ) throws(ProgramFailure) {
        guard try bookEarning(points.source, currency) == nil else { return }
        if let barred = member.barred { throw .refused(Refusal([barred])) }
        let key = try open(member, currency)
        var earned = points
        if try barsExpiry(of: member, currency) != nil { earned.expiresAt = nil }
        let points = earned
        _ = try change(key) { book, now throws(PointRefusal) in try book.earn(points, at: now) }
        guard disputed > 0 else { return }
        _ = try takeBack(key, currency) { book, now throws(PointRefusal) in
            try book.dispute(points.source, inAll: disputed, now: now)
        }
    }

    /// Takes back until so many units and points are back in all, of whosever it is by now.
    ///
    /// - Returns: How many points are written off by it.
    mutating func takeBack(
        _ source: PointSource, unitsInAll units: Int64, pointsInAll points: Int64, _ currency: PointCurrency
    ) throws(ProgramFailure) -> Int64 {
        guard let key = try bookEarning(source, currency), let known = try book(key).book.earnings[source],
            min(units, known.units) > known.returnedUnits || min(points, known.amount) > known.returnedPoints
        else { return 0 }
        return try takeBack(earnedFor: source, key, currency) { book, now, isElsewhere throws(PointRefusal) in
            try book.reverseEarn(source, unitsInAll: units, pointsInAll: points, isElsewhere: isElsewhere, now: now)
        }.writtenOff
    }

    /// Takes points of what a member has just earned, whatever it waits for, then of what else they have.
    ///
    /// - Returns: How many are taken or owed.
    mutating func takeBack(
        _ points: Int64, ofNew sources: [PointSource], of member: ProgramMember, _ currency: PointCurrency
    ) throws(ProgramFailure) -> Int64 {
        let key = PointBookKey(member: member.id, currency: currency.key)
        return try change(key) { book, now throws(PointRefusal) in
            try book.takeBack(points, of: sources.compactMap { book.earnings[$0]?.lot }, now: now)
        }
    }

    /// What was earned for a source, and what was taken back of it; nil when nothing was.
    mutating func earning(for source: PointSource, _ currency: PointCurrency) throws(ProgramFailure) -> PointEarning? {
        guard let key = try bookEarning(source, currency) else { return nil }
        return try book(key).book.earnings[source]
    }

    /// The key of the book in which something was earned, by this command or before it.
    private mutating func bookEarning(_ source: PointSource, _ currency: PointCurrency) throws(ProgramFailure) -> PointBookKey? {
        if let own = books.first(where: { $0.key.currency == currency.key && $0.value.book.earnings[source] != nil }) {
            return own.key
        }
        return try load(earning: source, currency)
    }
}
