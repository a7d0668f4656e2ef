package import Model
import Synchronization

/// Does what many wish at the same moment in one piece of work, in the order of arrival.
///
/// So many requests share one transaction and one sync of the disk. Whoever waits may go: the work is done all the same.
///
/// Where several groups are worked on at a time, none is about what another is about, so that they need not wait for each other; wishes
/// about the same thing are done in the order of arrival.
package final class GroupLane<Wish: Sendable, Answer: Sendable>: Sendable {
    package typealias Outcome = Result<Answer, Problem>

    private struct Entry {
        let wish: Wish
        /// nil for a wish that stands in no group beside another one.
        let subjects: Set<Int>?
        let answer: @Sendable (Outcome) -> Void
    }

    private struct State {
        var waiting: [Entry] = []
        /// How many work, or are about to look for work.
        var workerCount = 0
        var groupCount = 0
        /// What the groups that are worked on are about.
        var subjects: Set<Int> = []
        /// Whether the group that is worked on is the only one.
        var isAlone = false
        /// Whether somebody has the lane without a group, and who waits for that.
        var isHeld = false
        var holders: [CheckedContinuation<Void, Never>] = []
    }

    /// A group, and what it is about; nil when it has to be the only one.
    private typealias Group = (entries: [Entry], subjects: Set<Int>?)

    private let groupMax: Int
    private let waitingMax: Int
    private let width: Int
    private let subjects: @Sendable (Wish) -> Set<Int>?
    private let work: @Sendable ([Wish]) async -> [Outcome]
    private let state = Mutex(State())

    /// - Parameters:
    ///   - groupMax: The most wishes of one group.
    ///   - waitingMax: The most that wait; later ones are turned away as `overloaded`.
    ///   - width: The most groups that are worked on at a time.
    ///   - subjects: The hashes of what a wish is about; nil for a wish that must not be worked on beside others' groups.
    ///   - work: Answers a group, one outcome for each wish in order.
    package init(
        groupMax: Int, waitingMax: Int = 100_000, width: Int = 1, subjects: @escaping @Sendable (Wish) -> Set<Int>? = { _ in nil },
        work: @escaping @Sendable ([Wish]) async -> [Outcome]
    ) {
        (self.groupMax, self.waitingMax, self.width) = (groupMax, waitingMax, width)
        (self.subjects, self.work) = (subjects, work)
    }

    package func perform(_ wish: Wish) async throws(Problem) -> Answer {
        let subjects = width > 1 ? subjects(wish) : nil
        let outcome: Outcome = await withCheckedContinuation { continuation in
            let entry = Entry(wish: wish, subjects: subjects) { continuation.resume(returning: $0) }
            if !add([entry]) { continuation.resume(returning: .failure(overload)) }
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
                // Parts of them in two groups would lose their order.
                Entry(wish: wish, subjects: nil) { outcome in
                    if let all = gathering.take(outcome, at: place) { continuation.resume(returning: all) }
                }
            }
            if !add(entries) { continuation.resume(returning: [.failure(overload)]) }
        }
        var answers: [Answer] = []
        for outcome in outcomes { answers.append(try outcome.get()) }
        return answers
    }

    /// Runs `body` while no group is worked on: wishes that come meanwhile wait.
    package func alone<Result>(_ body: () async throws(Problem) -> Result) async throws(Problem) -> Result {
        await withCheckedContinuation { continuation in
            let isFree = state.withLock { state in
                if state.isHeld || state.groupCount > 0 {
                    state.holders.append(continuation)
                    return false
                }
                state.isHeld = true
                return true
            }
            if isFree { continuation.resume() }
        }
        defer { letGo() }
        return try await body()
    }

    private func letGo() {
        let (next, starts) = state.withLock { state -> (CheckedContinuation<Void, Never>?, Bool) in
            if !state.holders.isEmpty { return (state.holders.removeFirst(), false) }
            state.isHeld = false
            return (nil, start(&state))
        }
        next?.resume()
        if starts { Task { await drain() } }
    }

    /// Whether there was room for all of them.
    private func add(_ entries: [Entry]) -> Bool {
        let verdict: (isTaken: Bool, starts: Bool) = state.withLock { state in
            guard state.waiting.count < waitingMax else { return (false, false) }
            state.waiting += entries
            return (true, start(&state))
        }
        // A task of its own, for it works for all who wait.
        if verdict.starts { Task { await drain() } }
        return verdict.isTaken
    }

    private var overload: Problem {
        Problem(.overloaded, "Too much is being asked at once. Try again.", status: 503, retryAfterSeconds: 2)
    }

    // MARK: - Working

    /// Whether one more shall look for work.
    private func start(_ state: inout State) -> Bool {
        guard !state.waiting.isEmpty, state.workerCount < width else { return false }
        state.workerCount += 1
        return true
    }

    private func drain() async {
        while true {
            let (group, starts) = state.withLock { state -> (Group, Bool) in
                let group = take(&state)
                if group.entries.isEmpty { state.workerCount -= 1 }
                return (group, !group.entries.isEmpty && start(&state))
            }
            if starts { Task { await drain() } }
            if group.entries.isEmpty { return }
            let outcomes = await work(group.entries.map(\.wish))
            let holder = state.withLock { end(group, &$0) }
            for (one, outcome) in zip(group.entries, outcomes) { one.answer(outcome) }
            holder?.resume()
        }
    }

    /// The next group that can be worked on; empty when there is none.
    private func take(_ state: inout State) -> Group {
        guard !state.isHeld, state.holders.isEmpty, !state.isAlone, let first = state.waiting.first else { return ([], nil) }
        if first.subjects == nil {
            guard state.groupCount == 0 else { return ([], nil) }
            let entries = Array(state.waiting.prefix(groupMax))
            state.waiting.removeFirst(entries.count)
            (state.groupCount, state.isAlone) = (1, true)
            return (entries, nil)
        }
        var (entries, rest, subjects, blocked): ([Entry], [Entry], Set<Int>, Set<Int>) = ([], [], [], state.subjects)
        var seen = 0
        for entry in state.waiting {
            guard entries.count < groupMax, seen < 4 * groupMax, let about = entry.subjects else { break }
            seen += 1
            if blocked.isDisjoint(with: about) {
                entries.append(entry)
                subjects.formUnion(about)
            } else {
                rest.append(entry)
                // What comes later about the same waits behind it.
                blocked.formUnion(about)
            }
        }
        guard !entries.isEmpty else { return ([], nil) }
        state.waiting.replaceSubrange(..<seen, with: rest)
        state.groupCount += 1
        state.subjects.formUnion(subjects)
        return (entries, subjects)
    }

    /// Ends a group; whoever has waited for the lane has it now, once there is no other one.
    private func end(_ group: Group, _ state: inout State) -> CheckedContinuation<Void, Never>? {
        state.groupCount -= 1
        if let subjects = group.subjects { state.subjects.subtract(subjects) } else { state.isAlone = false }
        guard state.groupCount == 0, !state.holders.isEmpty else { return nil }
        state.isHeld = true
        return state.holders.removeFirst()
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
