import Model
import Records
import Testing

@testable import Workspaces

@Suite("Throttling of sign-ins")
struct SignInThrottleTests {
    private let start = Instant(microseconds: 1_767_225_600_000_000)

    @Test("Some failures are free, then the wait doubles up to its bound")
    func doubling() {
        let throttle = SignInThrottle(freeFailures: 3, waitSecondsMax: 60)
        var state: ThrottleState?
        var now = start
        var waits: [Int] = []
        var allowedAtFirst = 0
        while waits.count < 7 {
            guard case .wait(let seconds) = throttle.attempt(&state, at: now) else {
                allowedAtFirst += waits.isEmpty ? 1 : 0
                continue
            }
            waits.append(seconds)
            now = now.advanced(byMicroseconds: Int64(seconds) * .microsecondsPerSecond)
        }
        #expect(allowedAtFirst == 4)
        #expect(waits == [2, 4, 8, 16, 32, 60, 60])
    }

    @Test("A right password takes its attempt back")
    func success() {
        let throttle = SignInThrottle(freeFailures: 1)
        var state: ThrottleState?
        for _ in 0 ..< 50 {
            #expect(throttle.attempt(&state, at: start) == .allowed)
            throttle.succeed(&state)
        }
        #expect(state == nil)
    }

    @Test("After an hour without failures the count starts anew")
    func forgotten() {
        let throttle = SignInThrottle(freeFailures: 1, waitSecondsMax: 10)
        var state: ThrottleState?
        for index in 0 ..< 20 { _ = throttle.attempt(&state, at: start.advanced(byMicroseconds: Int64(index) * 11_000_000)) }
        let later = start.advanced(byMicroseconds: 2 * .microsecondsPerHour)
        #expect(throttle.attempt(&state, at: later) == .allowed)
        #expect(throttle.attempt(&state, at: later) == .allowed)
    }
}
