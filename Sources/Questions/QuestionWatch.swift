public import Model
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Stops a question: because nobody waits for its answer any more, because it takes too long, or because it needs too much memory.
///
/// Every pass looks at it once for each few hundred people of each worker.
public final class QuestionWatch: Sendable {
    private let isCancelled = Atomic<Bool>(false)
    private let limit: Duration?
    private let deadline: ContinuousClock.Instant?
    private let held: Mutex<HeldMemory>
    private let isRefused = Atomic<Bool>(false)

    /// - Parameters:
    ///   - limit: how long the question may take from now on; nil is as long as it needs.
    ///   - memory: what it may hold; by default as much as it needs.
    public init(limit: Duration? = nil, memory: QuestionMemory = .unlimited) {
        self.limit = limit
        deadline = limit.map { ContinuousClock.now + $0 }
        held = Mutex(HeldMemory(memory))
    }

    deinit { giveBack(to: 0) }

    /// Nobody waits for the answer any more.
    public func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Whether to stop; reads the clock where there is a limit.
    var isOver: Bool {
        isCancelled.load(ordering: .relaxed) || isRefused.load(ordering: .relaxed)
            || deadline.map { ContinuousClock.now >= $0 } ?? false
    }

    /// - Throws: ``Problem``: `question_cancelled`, `time_limit`, `memory_limit` or `overloaded` once it is time to stop.
    func check() throws(Problem) {
        if isCancelled.load(ordering: .relaxed) {
            throw Problem(.questionCancelled, "The question was given up before its answer was there.", status: 408)
        }
        if let refusal = held.withLock({ $0.refusal }) { throw refusal }
        guard isOver, let limit else { return }
        throw Problem(
            .timeLimit,
            "The question takes longer than \(limit.components.seconds) s, which is the limit. Ask about a shorter range or fewer people, or leave out a breakdown.",
            status: 422)
    }

    // MARK: - Memory

    /// Bytes that are counted as held now.
    var heldBytes: Int { held.withLock { $0.bytes } }

    /// Whether to go on, with `bytes` held by what held `noted` when it was looked at last.
    ///
    /// Waits while a refused question is about to make room.
    func goesOn(holding bytes: Int, noted: inout Int) -> Bool {
        guard bytes != noted else { return !isOver }
        var change = bytes - noted
        noted = bytes
        while !held.withLock({ $0.change(by: change) }), !isOver {
            change = 0
            usleep(1_000)
        }
        if held.withLock({ $0.refusal != nil }) { isRefused.store(true, ordering: .relaxed) }
        return !isOver
    }

    /// Counts so much more as held until the question ends.
    ///
    /// - Throws: as ``check()``.
    func hold(_ bytes: Int) throws(Problem) {
        var noted = 0
        if !goesOn(holding: bytes, noted: &noted) { try check() }
    }

    /// What is held beyond `bytes` is gone; to be called between passes.
    func giveBack(to bytes: Int) { held.withLock { $0.giveBack(to: bytes) } }
}

extension Problem.Code {
    /// Nobody waited for the answer any more.
    public static let questionCancelled = Problem.Code("question_cancelled")
    /// The question took longer than it may.
    public static let timeLimit = Problem.Code("time_limit")
}
