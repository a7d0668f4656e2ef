import Model
import Records

extension ProgramDraft {
    /// When something that is done to a book counts: now, or at an instant of the past that its sender names.
    ///
    /// - Parameter earnedAt: When what it is about was earned; nil for nothing of its own.
    /// - Throws: All reasons for which it cannot count then.
    mutating func moment(
        _ wished: Instant?, _ key: PointBookKey, earnedAt: Instant? = nil
    ) throws(ProgramFailure) -> Instant {
        guard let wished else { return now }
        let bookedUntil = try book(key).book.settledUntil
        let reasons = try reasons(against: wished, of: key.currency, bookedUntil: bookedUntil, earnedAt: earnedAt)
        if !reasons.isEmpty { throw .refused(Refusal(reasons)) }
        return wished
    }

    /// All reasons for which nothing can count at an instant that a sender names; where there are none, its day is open.
    ///
    /// - Parameter bookedUntil: Up to when the book is written.
    mutating func reasons(
        against wished: Instant, of currency: String, bookedUntil: Instant, earnedAt: Instant? = nil
    ) throws(ProgramFailure) -> [Refusal.Reason] {
        let instant = min(wished, now)
        let days = try asking { transaction throws(Problem) in try transaction.days(of: currency, at: instant) }
        let moment = PointMoment(now: now, closedUntil: days.closedUntil, bookedUntil: bookedUntil, earnedAt: earnedAt)
        let reasons = moment.reasons(against: wished)
        if reasons.isEmpty, wished < days.barredUntil {
            let transaction = transaction
            write { tables throws(Problem) in
                try tables.openBooks(of: currency, since: days.closedUntil)
                transaction.forgetClosings()
            }
        }
        return reasons
    }

    /// Does something with a book at an instant, and what time has done since.
    mutating func change<Answer>(
        _ key: PointBookKey, at instant: Instant, _ body: (inout PointBook, Instant) throws(PointRefusal) -> Answer
    ) throws(ProgramFailure) -> Answer {
        try change(key) { book, now throws(PointRefusal) in
            let answer = try body(&book, instant)
            book.settle(until: now)
            return answer
        }
    }
}
