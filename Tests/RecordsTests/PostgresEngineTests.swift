import Model
import RecordsPostgres
import Synchronization
import TestSupport
import Testing

@testable import Records

#if canImport(Glibc)
import Glibc
#endif

@Suite("PostgreSQL engine", .enabled(if: TestPostgres.isHere, "\(TestPostgres.absence)"))
struct PostgresEngineTests {
    /// A database with the table `cups (id, amount)` and the cup 1 in it.
    private static func cups() async throws -> String {
        let url = try TestPostgres.shared().database()
        let engine = try await PostgresEngine.open(url: url)
        try await engine.write { connection throws(Problem) in
            try connection.execute("CREATE TABLE cups (id BIGINT NOT NULL PRIMARY KEY, amount BIGINT NOT NULL)", [])
            try connection.execute("INSERT INTO cups (id, amount) VALUES (1, 0)", [])
        }
        await engine.close()
        return url
    }

    private static func amount(_ engine: PostgresEngine) async throws -> SQLValue? {
        try await engine.read { connection throws(Problem) in
            try connection.row("SELECT amount FROM cups WHERE id = 1")?.values.first
        }
    }

    /// What would lose a change if two of them could read the same amount.
    @Sendable private static func pour(_ connection: any SQLConnection) throws(Problem) {
        guard case .integer(let amount) = try connection.row("SELECT amount FROM cups WHERE id = 1")?.values.first else { return }
        usleep(1_000)
        try connection.execute("UPDATE cups SET amount = ? WHERE id = 1", [.integer(amount + 1)])
    }

    @Test("Transactions of two servers that collide are run again until each has been applied")
    func collisions() async throws {
        let url = try await Self.cups()
        let engines = [try await PostgresEngine.open(url: url), try await PostgresEngine.open(url: url)]
        try await withThrowingTaskGroup(of: Void.self) { group in
            for engine in engines {
                group.addTask { for _ in 0 ..< 30 { try await engine.write(Self.pour) } }
            }
            try await group.waitForAll()
        }
        #expect(try await Self.amount(engines[0]) == .integer(60))
    }

    @Test("Deadlocks are run again")
    func deadlocks() async throws {
        let url = try await Self.cups()
        let engine = try await PostgresEngine.open(url: url)
        _ = try await engine.write { connection throws(Problem) in
            try connection.execute("INSERT INTO cups (id, amount) VALUES (2, 0)", [])
        }
        try await withThrowingTaskGroup(of: Void.self) { group in
            for ids in [[1, 2], [2, 1]] as [[Int64]] {
                group.addTask {
                    try await engine.write { connection throws(Problem) in
                        for id in ids {
                            try connection.execute("UPDATE cups SET amount = amount + 1 WHERE id = ?", [.integer(id)])
                            usleep(50_000)
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        #expect(try await Self.amount(engine) == .integer(2))
    }

    @Test("Collisions without end are given up as overloaded")
    func endlessCollisions() async throws {
        let engine = try await PostgresEngine.open(url: try await Self.cups())
        let attempts = Mutex(0)
        let problem = await #expect(throws: Problem.self) {
            try await engine.write { connection throws(Problem) in
                attempts.withLock { $0 += 1 }
                try connection.execute("DO $$ BEGIN RAISE EXCEPTION 'x' USING ERRCODE = '40001'; END $$", [])
            }
        }
        #expect(problem?.code == .overloaded && problem?.status == 503 && problem?.retryAfterSeconds != nil)
        #expect(attempts.withLock { $0 } == 12)
    }

    @Test("One of many who make the same key at once does, and the others find it")
    func sameKey() async throws {
        let engine = try await PostgresEngine.open(url: try await Self.cups())
        let made = try await withThrowingTaskGroup(of: Bool.self) { group in
            for _ in 0 ..< 8 {
                group.addTask {
                    try await engine.write { connection throws(Problem) in
                        guard try connection.row("SELECT 1 FROM cups WHERE id = 7") == nil else { return false }
                        try connection.execute("INSERT INTO cups (id, amount) VALUES (7, 1)", [])
                        return true
                    }
                }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(made.filter { $0 }.count == 1)
    }

    @Test("A connection that is lost before the commit is made anew, and the transaction run again")
    func lostBeforeCommit() async throws {
        let engine = try await PostgresEngine.open(url: try await Self.cups())
        let attempts = Mutex(0)
        try await engine.write { connection throws(Problem) in
            try Self.pour(connection)
            if attempts.withLock({
                $0 += 1
                return $0
            }) < 3 {
                _ = try connection.rows("SELECT pg_terminate_backend(pg_backend_pid())", [])
            }
        }
        #expect(attempts.withLock { $0 } == 3)
        #expect(try await Self.amount(engine) == .integer(1))
    }

    @Test("A connection that is lost during the commit says that nobody knows what became of it")
    func lostDuringCommit() async throws {
        let engine = try await PostgresEngine.open(url: try await Self.cups())
        try await engine.write { connection throws(Problem) in
            try connection.execute(
                """
                CREATE FUNCTION leave() RETURNS trigger LANGUAGE plpgsql
                AS $$ BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$
                """, [])
            try connection.execute(
                """
                CREATE CONSTRAINT TRIGGER leaves AFTER UPDATE ON cups DEFERRABLE INITIALLY DEFERRED
                FOR EACH ROW EXECUTE FUNCTION leave()
                """, [])
        }
        let attempts = Mutex(0)
        let problem = await #expect(throws: Problem.self) {
            try await engine.write { connection throws(Problem) in
                attempts.withLock { $0 += 1 }
                try Self.pour(connection)
            }
        }
        #expect(problem?.code == .connectionLost && problem?.status == 503 && problem?.retryAfterSeconds == 1)
        #expect(attempts.withLock { $0 } == 1, "it may have been committed, so it is not run again")
        #expect(try await Self.amount(engine) == .integer(0))
    }

    @Test("Servers that start at once on one database take each step of its form once")
    func migrations() async throws {
        let url = try TestPostgres.shared().database()
        let stores = try await withThrowingTaskGroup(of: RecordStore.self) { group in
            for _ in 0 ..< 4 {
                group.addTask { try await RecordStore.open(try await PostgresEngine.open(url: url), now: .epoch) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        for store in stores { #expect(try await store.workspaces().isEmpty) }
        let engine = try await PostgresEngine.open(url: url)
        let count = try await engine.read { connection throws(Problem) in
            try connection.row("SELECT COUNT(*), MAX(version) FROM schema_steps")?.values
        }
        #expect(count?.first == count?.last)
    }

    @Test("Who finds every connection in use waits, for so long and no longer", arguments: [false, true])
    func exhausted(patiently: Bool) async throws {
        var options = PostgresEngine.Options()
        options.connectionsMax = 1
        options.waiting = patiently ? .seconds(60) : .milliseconds(50)
        let engine = try await PostgresEngine.open(url: try await Self.cups(), options: options)
        let hold = Hold()
        let holder = Task { try await engine.read { _ in hold.stay() } }
        try await hold.entered()
        let waiter = Task { try await engine.read { _ in 7 } }
        if patiently {
            try await Task.sleep(for: .milliseconds(50))
            hold.release()
            #expect(try await waiter.value == 7)
        } else {
            let problem = await #expect(throws: Problem.self) { try await waiter.value }
            #expect(problem?.code == .overloaded && problem?.retryAfterSeconds != nil)
            hold.release()
        }
        try await holder.value
        #expect(try await engine.read { _ in 7 } == 7)
    }

    @Test("A closed engine refuses what comes and what waits, and finishes what runs")
    func closed() async throws {
        var options = PostgresEngine.Options()
        options.connectionsMax = 1
        let engine = try await PostgresEngine.open(url: try await Self.cups(), options: options)
        let hold = Hold()
        let running = Task { try await engine.write { _ in hold.stay() } }
        try await hold.entered()
        let waiting = Task { try await engine.read { _ in } }
        try await Task.sleep(for: .milliseconds(50))
        await engine.close()
        let problems = [
            await #expect(throws: Problem.self) { try await waiting.value },
            await #expect(throws: Problem.self) { try await engine.read { _ in } },
        ]
        #expect(problems.allSatisfy { $0?.code == .stopping })
        hold.release()
        try await running.value
    }

    @Test("A statement that failed is not committed over, whatever the body makes of it")
    func swallowed() async throws {
        let engine = try await PostgresEngine.open(url: try await Self.cups())
        let problem = await #expect(throws: Problem.self) {
            try await engine.write { connection throws(Problem) in
                try Self.pour(connection)
                _ = try? connection.execute("INSERT INTO cups (id, amount) VALUES (1, 2)", [])
            }
        }
        #expect(problem?.code == .exists)
        #expect(try await Self.amount(engine) == .integer(0))
    }

    @Test("More statements than a connection keeps are prepared again")
    func manyStatements() async throws {
        let engine = try await PostgresEngine.open(url: try await Self.cups())
        for round in 0 ..< 2 {
            let sum = try await engine.read { connection throws(Problem) in
                var sum: Int64 = 0
                for number in 0 ..< 1_200 {
                    if case .integer(let found)? = try connection.row("SELECT \(number) + \(round)")?.values.first { sum += found }
                }
                return sum
            }
            #expect(sum == Int64(1_200 * 1_199 / 2 + 1_200 * round))
        }
    }

    @Test("Failures are told apart, and neither SQL nor values are told")
    func failures() async throws {
        let engine = try await PostgresEngine.open(url: try await Self.cups())
        let failing: [(sql: String, values: [SQLValue], code: Problem.Code)] = [
            ("INSERT INTO cups (id, amount) VALUES (?, 5)", [.integer(1)], .exists),
            ("INSERT INTO sips (cup) VALUES (?)", [.integer(4_711)], .notFound),
            ("INSERT INTO cups (id, amount) VALUES (?, 5)", [.text("secret-4711")], Problem.Code("records_failed")),
            ("INSERT INTO cups (id, amount) VALUES (?, ?)", [.integer(4_711)], Problem.Code("records_failed")),
            ("SELECT secret4711 FROM cups", [], Problem.Code("records_failed")),
            ("DO $$ BEGIN RAISE EXCEPTION 'secret-4711' USING ERRCODE = 'disk_full'; END $$", [], .diskFull),
            ("DO $$ BEGIN RAISE EXCEPTION 'secret-4711' USING ERRCODE = 'data_corrupted'; END $$", [], .damaged),
            ("DO $$ BEGIN RAISE EXCEPTION 'secret-4711' USING ERRCODE = 'lock_not_available'; END $$", [], .overloaded),
        ]
        _ = try await engine.write { connection throws(Problem) in
            try connection.execute("CREATE TABLE sips (cup BIGINT NOT NULL REFERENCES cups (id))", [])
        }
        for (sql, values, code) in failing {
            let problem = await #expect(throws: Problem.self) {
                try await engine.write { connection throws(Problem) in _ = try connection.execute(sql, values) }
            }
            #expect(problem?.code == code, "\(sql)")
            #expect(problem?.message.contains("4711") == false && problem?.message.contains("cups") == false)
        }
        #expect(try await Self.amount(engine) == .integer(0))
    }

    @Test("A server, database or URL that is not there is told")
    func absent() async throws {
        let server = try TestPostgres.shared()
        var options = PostgresEngine.Options()
        options.reconnecting = .zero
        for (url, code) in [
            (server.url(of: "none"), "access_refused"), ("postgresql://teahouse:secret@127.0.0.1:1/none", "unavailable"),
            ("postgresql://[", "bad_settings"), ("tea", "bad_settings"),
        ] {
            let problem = await #expect(throws: Problem.self) { _ = try await PostgresEngine.open(url: url, options: options) }
            #expect(problem?.code.text == code, "\(url)")
            #expect(problem?.message.contains("secret") == false)
        }
    }

    @Test("What was deleted stands in no file of the table, whoever writes to another database of the server meanwhile")
    func forgotten() async throws {
        let neighbour = try await PostgresEngine.open(url: try await Self.cups(), options: .patient)
        let hold = Hold()
        let writing = Task {
            try await neighbour.write { connection throws(Problem) in
                try Self.pour(connection)
                hold.stay()
            }
        }
        defer { hold.release() }
        try await hold.entered()
        let url = try TestPostgres.shared().database()
        let engine = try await PostgresEngine.open(url: url, options: .patient)
        let store = try await RecordStore.open(engine, now: .epoch)
        // The page as the server holds it, before it is written to the file.
        func place() async throws -> SQLValue? {
            try await engine.read { connection throws(Problem) in
                try connection.row("SELECT position('4711'::bytea IN get_raw_page('secrets', 0))")?.values.first
            }
        }
        _ = try await engine.write { connection throws(Problem) in try connection.execute("CREATE EXTENSION pageinspect", []) }
        _ = try await store.secret("kept", fresh: [0x01])
        _ = try await store.secret("probed", fresh: [0x47, 0x11])
        _ = try await engine.write { connection throws(Problem) in
            try connection.execute("DELETE FROM secrets WHERE name = 'probed'", [])
        }
        #expect(try await place() != .integer(0))
        try await engine.forgetDeleted()
        #expect(try await place() == .integer(0))
        hold.release()
        try await writing.value
    }
}
