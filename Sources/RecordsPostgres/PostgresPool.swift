import Dispatch
import Model
import Records
import Synchronization

/// A few lanes to the server, lent to one call each; who finds none waits its turn, for a bounded time.
final class PostgresPool: Sendable {
    private struct Waiting {
        let number: Int
        let continuation: CheckedContinuation<Result<PostgresLane, Problem>, Never>
    }

    private struct State {
        /// The one used last comes first, so that few connections are kept busy.
        var idle: [PostgresLane]
        var waiting: [Waiting] = []
        var waitingNumber = 0
        var isClosed = false
    }

    private let options: PostgresEngine.Options
    private let state: Mutex<State>

    init(url: String, options: PostgresEngine.Options) {
        self.options = options
        let lanes = (0 ..< max(1, options.connectionsMax)).map { PostgresLane(url: url, options: options, number: $0) }
        state = Mutex(State(idle: lanes.reversed()))
    }

    /// Lends a lane to `work` and runs it there.
    func run<Answer: Sendable>(
        _ work: @escaping @Sendable (PostgresLane) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        let lane = try await borrowed().get()
        let result = await lane.run { lane in Result { () throws(Problem) in try work(lane) } }
        giveBack(lane)
        return try result.get()
    }

    /// Ends what waits, and closes each lane once it is not in use.
    func close() {
        let (idle, waiting) = state.withLock { state in
            state.isClosed = true
            defer { (state.idle, state.waiting) = ([], []) }
            return (state.idle, state.waiting)
        }
        idle.forEach { $0.close() }
        waiting.forEach { $0.continuation.resume(returning: .failure(PostgresPool.closing)) }
    }

    private func borrowed() async -> Result<PostgresLane, Problem> {
        await withCheckedContinuation { continuation in
            let (answer, number) = state.withLock { state -> (Result<PostgresLane, Problem>?, Int) in
                if state.isClosed { return (.failure(PostgresPool.closing), 0) }
                if let lane = state.idle.popLast() { return (.success(lane), 0) }
                guard state.waiting.count < options.waitingMax else { return (.failure(PostgresPool.busy), 0) }
                state.waitingNumber += 1
                state.waiting.append(Waiting(number: state.waitingNumber, continuation: continuation))
                return (nil, state.waitingNumber)
            }
            if let answer { return continuation.resume(returning: answer) }
            let limit = Int(options.waiting / .milliseconds(1))
            DispatchQueue.global().asyncAfter(deadline: .now() + .milliseconds(limit)) { [weak self] in self?.giveUp(number) }
        }
    }

    private func giveUp(_ number: Int) {
        let waiting = state.withLock { state in
            state.waiting.firstIndex { $0.number == number }.map { state.waiting.remove(at: $0) }
        }
        waiting?.continuation.resume(returning: .failure(PostgresPool.busy))
    }

    private func giveBack(_ lane: PostgresLane) {
        let (next, isClosed) = state.withLock { state -> (Waiting?, Bool) in
            if !state.waiting.isEmpty { return (state.waiting.removeFirst(), false) }
            if !state.isClosed { state.idle.append(lane) }
            return (nil, state.isClosed)
        }
        if let next { next.continuation.resume(returning: .success(lane)) }
        if isClosed { lane.close() }
    }

    private static let closing = Problem(
        .stopping, "The records are closing. Try again.", status: 503, retryAfterSeconds: 1)
    private static let busy = Problem(.overloaded, "The records are busy. Try again.", status: 503, retryAfterSeconds: 1)
}
