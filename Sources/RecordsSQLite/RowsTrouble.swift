import Model
import Synchronization

/// Why rows do not come into their tables: told once when it begins, and once when it is over.
final class RowsTrouble: Sendable {
    typealias Listener = @Sendable (Problem?) -> Void

    private struct State {
        var problem: Problem?
        var listener: Listener?
    }

    private let state = Mutex(State())

    var problem: Problem? { state.withLock { $0.problem } }

    /// What is so already is told at once.
    func listen(_ listener: @escaping Listener) {
        let problem = state.withLock { state in
            state.listener = listener
            return state.problem
        }
        if let problem { listener(problem) }
    }

    /// Takes what came of the last attempt, nil when it went well; the same reason again is not told again.
    func set(_ problem: Problem?) {
        let listener = state.withLock { state in
            defer { state.problem = problem }
            return state.problem?.code == problem?.code ? nil : state.listener
        }
        listener?(problem)
    }
}
