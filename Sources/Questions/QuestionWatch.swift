public import Model
import Synchronization

/// Stops a question: because nobody waits for its answer any more, or because it takes too long.
///
/// Every pass looks at it once for each few hundred people of each worker.
public final class QuestionWatch: Sendable {
    private let isCancelled = Atomic<Bool>(false)
    private let limit: Duration?
    private let deadline: ContinuousClock.Instant?

    /// - Parameter limit: how long the question may take from now on; nil is as long as it needs.
    public init(limit: Duration? = nil) {
        self.limit = limit
        deadline = limit.map { ContinuousClock.now + $0 }
    }

    /// Nobody waits for the answer any more.
    public func cancel() { isCancelled.store(true, ordering: .relaxed) }

    /// Whether to stop; reads the clock where there is a limit.
    var isOver: Bool { isCancelled.load(ordering: .relaxed) || deadline.map { ContinuousClock.now >= $0 } ?? false }

    /// - Throws: ``Problem``: `question_cancelled` or `time_limit` once it is time to stop.
    func check() throws(Problem) {
        if isCancelled.load(ordering: .relaxed) {
            throw Problem(.questionCancelled, "The question was given up before its answer was there.", status: 408)
        }
        guard isOver, let limit else { return }
        throw Problem(
            .timeLimit,
            "The question takes longer than \(limit.components.seconds) s, which is the limit. Ask about a shorter range or fewer people, or leave out a breakdown.",
            status: 422)
    }
}

extension Problem.Code {
    /// Nobody waited for the answer any more.
    public static let questionCancelled = Problem.Code("question_cancelled")
    /// The question took longer than it may.
    public static let timeLimit = Problem.Code("time_limit")
}
