import Model
import Records

extension ProgramDraft {
    /// When something that is done to a book counts: now, or at an instant of the past that its sender names.
    ///
    /// - Parameter earnedAt: When what it is about was earned; nil for nothing of its own.
    /// - Throws: All reasons for which it cannot count then.
    func moment(
        _ wished: Instant?, _ key: PointBookKey, earnedAt: Instant? = nil
    ) throws(ProgramFailure) -> Instant {
        guard let wished else { return now }
        let moment = PointMoment(
            now: now, closedUntil: try closedUntil(key.currency, for: wished), bookedUntil: try book(key).book.settledUntil,
            earnedAt: earnedAt)
        let reasons = moment.reasons(against: wished)
        if !reasons.isEmpty { throw .refused(Refusal(reasons)) }
        return wished
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
