import Model
import Records
import RecordsSQLite
import Synchronization

/// Records that let a test do something before each step that they take.
final class SteppedEngine: SQLEngine {
    let engine: SQLiteEngine
    let step = Mutex<(@Sendable () async throws(Problem) -> Void)?>(nil)

    init(_ engine: SQLiteEngine) { self.engine = engine }

    private func beforeStep() async throws(Problem) {
        if let step = step.withLock({ $0 }) { try await step() }
    }

    func read<Answer: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer { try await engine.read(body) }

    func write<Answer: Sendable>(
        _ body: @escaping @Sendable (any SQLConnection) throws(Problem) -> Answer
    ) async throws(Problem) -> Answer {
        try await beforeStep()
        return try await engine.write(body)
    }

    func forgetDeleted() async throws(Problem) {
        try await beforeStep()
        try await engine.forgetDeleted()
    }

    func close() async { await engine.close() }
}
