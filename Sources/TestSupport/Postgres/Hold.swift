import Synchronization

#if canImport(Glibc)
import Glibc
#else
import Darwin
#endif

/// Keeps a transaction from ending.
package final class Hold: Sendable {
    /// It was not entered within a minute.
    package struct NeverEntered: Error {}

    private let state = Mutex((isEntered: false, isReleased: false))

    package init() {}

    /// Stays until it is released; for a thread that may be blocked.
    package func stay() {
        state.withLock { $0.isEntered = true }
        while !state.withLock({ $0.isReleased }) { usleep(1_000) }
    }

    package func entered() async throws {
        for _ in 0 ..< 60_000 where !state.withLock({ $0.isEntered }) { try await Task.sleep(for: .milliseconds(1)) }
        guard state.withLock({ $0.isEntered }) else { throw NeverEntered() }
    }

    package func release() { state.withLock { $0.isReleased = true } }
}
