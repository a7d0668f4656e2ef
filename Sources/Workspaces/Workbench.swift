import Dispatch
public import Model
import Synchronization

/// Threads for work that computes or blocks, so that it never holds the shared pool; a bounded queue before them.
public final class Workbench: Sendable {
    private struct State {
        var running = 0
        var waiting: [@Sendable () -> Void] = []
    }

    private let queue: DispatchQueue
    private let threadCount: Int
    private let waitingMax: Int
    private let state = Mutex(State())

    /// - Parameter threadCount: How many pieces of work run at once.
    public init(label: String, threadCount: Int, waitingMax: Int = 256) {
        queue = DispatchQueue(label: "teahouse.\(label)", attributes: .concurrent)
        self.threadCount = max(1, threadCount)
        self.waitingMax = waitingMax
    }

    /// Runs `body` when a thread is free.
    ///
    /// - Throws: ``Problem`` with code `overloaded` when too much waits already, or what `body` throws.
    public func run<Answer: Sendable>(
        _ body: @escaping @Sendable () throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        let result: Result<Answer, Problem> = await withCheckedContinuation { continuation in
            let isTaken = submit { continuation.resume(returning: Result { () throws(Problem) in try body() }) }
            if !isTaken {
                continuation.resume(
                    returning: .failure(
                        Problem(.overloaded, "Too much is being asked at once. Try again.", status: 503, retryAfterSeconds: 2)))
            }
        }
        return try result.get()
    }

    /// Runs `work` when a thread is free, without anyone waiting for it; false when too much waits already.
    @discardableResult
    func start(_ work: @escaping @Sendable () -> Void) -> Bool { submit(work) }

    private func submit(_ work: @escaping @Sendable () -> Void) -> Bool {
        let verdict: (isTaken: Bool, startsNow: Bool) = state.withLock { state in
            if state.running < threadCount {
                state.running += 1
                return (true, true)
            }
            guard state.waiting.count < waitingMax else { return (false, false) }
            state.waiting.append(work)
            return (true, false)
        }
        if verdict.startsNow { queue.async { self.drain(from: work) } }
        return verdict.isTaken
    }

    /// Does `first`, then whatever waits, and ends when nothing does.
    private func drain(from first: @Sendable () -> Void) {
        first()
        while let next = state.withLock({ state -> (@Sendable () -> Void)? in
            if state.waiting.isEmpty {
                state.running -= 1
                return nil
            }
            return state.waiting.removeFirst()
        }) { next() }
    }
}
