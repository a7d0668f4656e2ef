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
    /// - Parameter earlier: Under which sources the line had earned before its order was changed, the last one first: what was disputed of
    ///   them stays disputed.
    mutating func earn(
        _ points: NewPoints, inPlaceOf earlier: [PointSource] = [], _ member: ProgramMember, _ currency: PointCurrency
    ) throws(ProgramFailure) {
        guard try bookEarning(points.source, currency) == nil else { return }
        if let barred = member.barred { throw .refused(Refusal([barred])) }
        let key = try open(member, currency)
        var earned = points
        if try barsExpiry(of: member, currency) != nil { earned.expiresAt = nil }
        let points = earned
        _ = try change(key) { book, now throws(PointRefusal) in try book.earn(points, at: now) }
        guard let disputed = try disputed(of: earlier, currency) else { return }
        _ = try takeBack(key, currency) { book, now throws(PointRefusal) in
            try book.dispute(points.source, inAll: disputed, now: now)
        }
    }

    /// What was disputed of the first of those sources that have earned; nil for nothing.
    private mutating func disputed(of sources: [PointSource], _ currency: PointCurrency) throws(ProgramFailure) -> Int64? {
        for source in sources {
            guard let key = try bookEarning(source, currency), let known = try book(key).book.earnings[source] else { continue }
            return known.disputed > 0 ? known.disputed : nil
        }
        return nil
    }

    /// Takes back until so many units are back in all, of whosever it is by now.
    mutating func takeBack(_ source: PointSource, unitsInAll: Int64, _ currency: PointCurrency) throws(ProgramFailure) {
        guard let key = try bookEarning(source, currency), let known = try book(key).book.earnings[source] else { return }
        let units = min(unitsInAll, known.units) - known.returnedUnits
        guard units > 0 else { return }
        _ = try takeBack(key, currency) { book, now throws(PointRefusal) in try book.reverseEarn(source, units: units, now: now) }
    }

    /// How many points were earned for a source, what was taken back of them included; nil when none were.
    mutating func earned(for source: PointSource, _ currency: PointCurrency) throws(ProgramFailure) -> Int64? {
        guard let key = try bookEarning(source, currency) else { return nil }
        return try book(key).book.earnings[source]?.amount
    }

    /// The key of the book in which something was earned, by this command or before it.
    private mutating func bookEarning(_ source: PointSource, _ currency: PointCurrency) throws(ProgramFailure) -> PointBookKey? {
        if let own = books.first(where: { $0.key.currency == currency.key && $0.value.book.earnings[source] != nil }) {
            return own.key
        }
        return try load(earning: source, currency)
    }
}
