import Model
import OrderedCollections

/// When a command counts that names an instant of its own.
///
/// Books are written in the order of time: nothing can come before what is booked already, and nothing into a closed month.
struct PointMoment {
    let now: Instant
    /// The first instant that is not in a closed month.
    let closedUntil: Instant
    /// Up to when the book is written.
    let bookedUntil: Instant
    /// When what it is about was earned; nil for nothing of its own.
    var earnedAt: Instant?

    /// All reasons for which a command cannot count at an instant; none when it can.
    func reasons(against instant: Instant) -> [Refusal.Reason] {
        var reasons: [Refusal.Reason] = []
        if instant > now {
            reasons.append(.init("EFFECTIVE_IN_FUTURE", ["at": .string(instant.rfc3339)], isRetryable: true))
        }
        if instant < closedUntil { reasons.append(.init("PERIOD_CLOSED", ["until": .string(closedUntil.rfc3339)])) }
        if let earnedAt, instant < earnedAt {
            reasons.append(.init("EFFECTIVE_BEFORE_LOT", ["earned_at": .string(earnedAt.rfc3339)]))
        }
        if instant < bookedUntil {
            reasons.append(.init("EFFECTIVE_OUT_OF_ORDER", ["booked_until": .string(bookedUntil.rfc3339)]))
        }
        return reasons
    }
}
