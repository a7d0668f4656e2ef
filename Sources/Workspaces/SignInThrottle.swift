import Model
import Records

/// When failed sign-ins make the next one wait: some are free, then the wait doubles.
///
/// An attempt is counted before the password is looked at and taken back when it was right, so that many at once gain nothing.
struct SignInThrottle: Sendable {
    /// Failures that cost nothing.
    var freeFailures: Int
    /// The longest wait.
    var waitSecondsMax: Int64 = 900
    /// After so long without a failure the count starts anew.
    var forgetSeconds: Int64 = 3_600

    /// For one e-mail address.
    static let email = SignInThrottle(freeFailures: 5)
    /// For one network address, behind which a whole office may sit.
    static let address = SignInThrottle(freeFailures: 30)

    enum Outcome: Hashable, Sendable {
        case allowed
        case wait(seconds: Int)
    }

    /// Counts one attempt at `now`, or tells how long to wait for the next.
    func attempt(_ state: inout ThrottleState?, at now: Instant) -> Outcome {
        if let seconds = SignInThrottle.wait(state, at: now) { return .wait(seconds: seconds) }
        var failures = 1
        if let known = state, now.microseconds(since: known.lastFailureAt) < forgetSeconds * .microsecondsPerSecond {
            failures += known.failures
        }
        state = ThrottleState(
            failures: failures, lastFailureAt: now,
            blockedUntil: now.advanced(byMicroseconds: waitSeconds(failures) * .microsecondsPerSecond))
        return .allowed
    }

    /// How many seconds the next attempt has to wait; nil when it may come now.
    static func wait(_ state: ThrottleState?, at now: Instant) -> Int? {
        guard let state, state.blockedUntil > now else { return nil }
        let microseconds = state.blockedUntil.microseconds(since: now)
        return Int((microseconds + .microsecondsPerSecond - 1) / .microsecondsPerSecond)
    }

    /// Takes back the attempt counted last, because it was right.
    func succeed(_ state: inout ThrottleState?) {
        guard let known = state else { return }
        state =
            known.failures <= 1
            ? nil
            : ThrottleState(failures: known.failures - 1, lastFailureAt: known.lastFailureAt, blockedUntil: known.lastFailureAt)
    }

    private func waitSeconds(_ failures: Int) -> Int64 {
        guard failures > freeFailures else { return 0 }
        return min(waitSecondsMax, 1 << Int64(min(failures - freeFailures, 20)))
    }
}
