package import Model
import Synchronization

/// Does what many wish at the same moment in one piece of work, one group after the other, in the order of arrival.
///
/// So many requests share one transaction and one sync of the disk. Whoever waits may go: the work is done all the same.
package final class GroupLane<Wish: Sendable, Answer: Sendable>: Sendable {
    package typealias Outcome = Result<Answer, Problem>

    private struct State {
        var waiting: [(wish: Wish, answer: @Sendable (Outcome) -> Void)] = []
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
            if !add([(wish, { @Sendable outcome in continuation.resume(returning: outcome) })]) {
                continuation.resume(returning: .failure(overload))
            }
        }
        return try outcome.get()
    }

    /// Does several, one after the other in their order.
    ///
    /// - Throws: The first failure; others may have been done.
    package func perform(_ wishes: [Wish]) async throws(Problem) -> [Answer] {
        if wishes.isEmpty { return [] }
        let outcomes: [Outcome] = await withCheckedContinuation { continuation in
            let gathering = Gathering<Outcome>(wishes.count)
            let entries = wishes.enumerated().map { place, wish in
                (
                    wish: wish,
                    answer: { @Sendable outcome in
                        if let all = gathering.take(outcome, at: place) { continuation.resume(returning: all) }
                    }
                )
            }
            if !add(entries) { continuation.resume(returning: [.failure(overload)]) }
        }
        var answers: [Answer] = []
        for outcome in outcomes { answers.append(try outcome.get()) }
        return answers
    }

    /// Whether there was room for all of them.
    private func add(_ entries: [(wish: Wish, answer: @Sendable (Outcome) -> Void)]) -> Bool {
        let verdict: (isTaken: Bool, starts: Bool) = state.withLock { state in
            guard state.waiting.count < waitingMax else { return (false, false) }
            state.waiting += entries
            defer { state.isWorking = true }
            return (true, !state.isWorking)
        }
        // A task of its own, for it works for all who wait.
        if verdict.starts { Task { await drain() } }
        return verdict.isTaken
    }

    private var overload: Problem {
        Problem(.overloaded, "Too much is being asked at once. Try again.", status: 503, retryAfterSeconds: 2)
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
            for (one, outcome) in zip(group, outcomes) { one.answer(outcome) }
        }
    }
}

/// Outcomes of several wishes, until there are all of them.
private final class Gathering<Outcome: Sendable>: Sendable {
    private let outcomes: Mutex<(found: [Int: Outcome], count: Int)>

    init(_ count: Int) { outcomes = Mutex(([:], count)) }

    /// All in order, with the last of them.
    func take(_ outcome: Outcome, at place: Int) -> [Outcome]? {
        outcomes.withLock { outcomes in
            outcomes.found[place] = outcome
            guard outcomes.found.count == outcomes.count else { return nil }
            return outcomes.found.sorted { $0.key < $1.key }.map(\.value)
        }
    }
}
