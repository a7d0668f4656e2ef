package import Model
import Synchronization

/// Does what many wish at the same moment in one piece of work, one group after the other, in the order of arrival.
///
/// So many requests share one transaction and one sync of the disk. Whoever waits may go: the work is done all the same.
package final class GroupLane<Wish: Sendable, Answer: Sendable>: Sendable {
    package typealias Outcome = Result<Answer, Problem>

    private struct State {
        var waiting: [(wish: Wish, continuation: CheckedContinuation<Outcome, Never>)] = []
        var isWorking = false
    }

    private let groupMax: Int
    private let waitingMax: Int
    private let work: @Sendable ([Wish]) async -> [Outcome]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - groupMax: The most wishes of one group.
    ///   - waitingMax: The most that wait; later ones are turned away as `overloaded`.
    ///   - work: Answers a group, one outcome for each wish in order.
    package init(groupMax: Int, waitingMax: Int = 100_000, work: @escaping @Sendable ([Wish]) async -> [Outcome]) {
        self.groupMax = groupMax
        self.waitingMax = waitingMax
        self.work = work
    }

    package func perform(_ wish: Wish) async throws(Problem) -> Answer {
        let outcome: Outcome = await withCheckedContinuation { continuation in
            let verdict: (isTaken: Bool, starts: Bool) = state.withLock { state in
                guard state.waiting.count < waitingMax else { return (false, false) }
                state.waiting.append((wish, continuation))
                defer { state.isWorking = true }
                return (true, !state.isWorking)
            }
            if !verdict.isTaken {
                continuation.resume(
                    returning: .failure(
                        Problem(.overloaded, "Too much is being asked at once. Try again.", status: 503, retryAfterSeconds: 2)))
            }
            // A task of its own, for it works for all who wait.
            if verdict.starts { Task { await drain() } }
        }
        return try outcome.get()
    }

    private func drain() async {
        while true {
            let group = state.withLock { state in
                let group = state.waiting.prefix(groupMax)
                state.waiting.removeFirst(group.count)
                state.isWorking = !group.isEmpty
                return Array(group)
            }
            if group.isEmpty { return }
            let outcomes = await work(group.map(\.wish))
            for (one, outcome) in zip(group, outcomes) { one.continuation.resume(returning: outcome) }
        }
    }
}
