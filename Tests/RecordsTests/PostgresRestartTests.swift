import Model
import Records
import RecordsPostgres
import TestSupport
import Testing

@Suite("PostgreSQL that stops and starts again", .enabled(if: TestPostgres.isHere, "\(TestPostgres.absence)"))
struct PostgresRestartTests {
    private static func pour(_ number: Int, into engine: PostgresEngine) async throws(Problem) {
        _ = try await engine.write { connection throws(Problem) in
            try connection.execute("INSERT INTO cups (id) VALUES (?)", [.integer(Int64(number))])
        }
    }

    /// Writes every fourth number until the task is cancelled.
    private static func pourOn(
        from first: Int, into engine: PostgresEngine
    ) async throws(Problem) -> (done: Set<Int>, unknown: Set<Int>) {
        var (done, unknown): (Set<Int>, Set<Int>) = ([], [])
        var number = first
        while !Task.isCancelled {
            do throws(Problem) {
                try await pour(number, into: engine)
                done.insert(number)
            } catch  where error.code == .connectionLost { unknown.insert(number) }
            number += 4
        }
        return (done, unknown)
    }

    private static func numbers(_ engine: PostgresEngine) async throws -> Set<Int> {
        let rows = try await engine.read { connection throws(Problem) in try connection.rows("SELECT id FROM cups", []) }
        return Set(rows.compactMap { row in if case .integer(let number)? = row.values.first { Int(number) } else { nil } })
    }

    @Test("Between writes nobody notices; during writes each that was answered is there, once", arguments: [false, true])
    func restarted(immediately: Bool) async throws {
        let server = try TestPostgres()
        var options = PostgresEngine.Options()
        options.reconnecting = .seconds(20)
        let engine = try await PostgresEngine.open(url: server.database(), options: options)
        _ = try await engine.write { connection throws(Problem) in
            try connection.execute("CREATE TABLE cups (id BIGINT NOT NULL PRIMARY KEY)", [])
        }
        try await Self.pour(-1, into: engine)
        try server.stop(immediately: immediately)
        try server.start()
        try await Self.pour(-2, into: engine)

        let writers = (0 ..< 4).map { writer in Task { try await Self.pourOn(from: writer, into: engine) } }
        for _ in 0 ..< 2 {
            try await Task.sleep(for: .milliseconds(300))
            try server.stop(immediately: immediately)
            try server.start()
        }
        try await Task.sleep(for: .milliseconds(300))
        writers.forEach { $0.cancel() }
        var (done, unknown): (Set<Int>, Set<Int>) = ([], [])
        for writer in writers {
            let answer = try await writer.value
            done.formUnion(answer.done)
            unknown.formUnion(answer.unknown)
        }
        let kept = try await Self.numbers(engine)
        #expect(kept.isSuperset(of: done.union([-1, -2])))
        #expect(kept.subtracting(done).subtracting([-1, -2]).isSubset(of: unknown))
        #expect(!done.isEmpty)
    }

    @Test("A server that stays away is told as unavailable, and is found when it is back")
    func away() async throws {
        let server = try TestPostgres()
        var options = PostgresEngine.Options()
        options.reconnecting = .milliseconds(200)
        let engine = try await PostgresEngine.open(url: server.database(), options: options)
        try server.stop()
        let problem = await #expect(throws: Problem.self) {
            _ = try await engine.read { connection throws(Problem) in try connection.rows("SELECT 1", []) }
        }
        #expect(problem?.code == .unavailable && problem?.status == 503 && problem?.retryAfterSeconds != nil)
        try server.start()
        #expect(try await engine.read { connection throws(Problem) in try connection.rows("SELECT 1", []).count } == 1)
    }
}
