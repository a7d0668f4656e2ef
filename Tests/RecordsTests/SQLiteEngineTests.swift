import Model
import RecordsSQLite
import Testing

@testable import Records

#if canImport(Glibc)
import Glibc
#endif

@Suite("SQLite engine")
struct SQLiteEngineTests {
    @Test("A file is written ahead and synced at every commit")
    func durability() async throws {
        let folder = TemporaryFolder()
        let engine = try SQLiteEngine.open(path: folder.path + "/records.sqlite")
        let durability = try await engine.durability()
        #expect(durability.journal == "wal")
        #expect(durability.synchronous == 2)
        await engine.close()
    }

    @Test("What was committed is there after opening again")
    func reopened() async throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/records.sqlite"
        let first = try await RecordFixtures(engine: try SQLiteEngine.open(path: path))
        try await first.insertAll()
        await first.store.close()
        let second = try await RecordStore.open(try SQLiteEngine.open(path: path), now: first.now)
        #expect(try await second.workspaces() == [first.workspace])
        #expect(try await second.keys() == [first.key])
        await second.close()
    }

    @Test("Migrations run once each, in order, and only forward")
    func migrations() async throws {
        let engine = try SQLiteEngine.inMemory()
        let now = Instant.epoch
        let first = Migration(version: 1, name: "one", statements: ["CREATE TABLE one (a BIGINT NOT NULL)"])
        let second = Migration(
            version: 2, name: "two", statements: ["ALTER TABLE one ADD COLUMN b TEXT", "INSERT INTO one (a) VALUES (7)"])
        try await Schema.migrate(engine, at: now, migrations: [first])
        try await Schema.migrate(engine, at: now, migrations: [first, second])
        try await Schema.migrate(engine, at: now, migrations: [first, second])
        let count = try await engine.read { connection throws(Problem) in try connection.rows("SELECT a, b FROM one", []).count }
        #expect(count == 1)
        let problem = await #expect(throws: Problem.self) { try await Schema.migrate(engine, at: now, migrations: [first]) }
        #expect(problem?.code == .newerData)
        #expect(problem?.message.contains("version 2") == true)
    }

    @Test("A migration that fails leaves nothing of itself")
    func failedMigration() async throws {
        let engine = try SQLiteEngine.inMemory()
        let broken = Migration(
            version: 1, name: "broken", statements: ["CREATE TABLE one (a BIGINT)", "CREATE TABLE one (a BIGINT)"])
        await #expect(throws: Problem.self) { try await Schema.migrate(engine, at: .epoch, migrations: [broken]) }
        let whole = Migration(version: 1, name: "whole", statements: ["CREATE TABLE one (a BIGINT)"])
        try await Schema.migrate(engine, at: .epoch, migrations: [whole])
    }

    @Test("One statement runs for each row, in order, and tells what each run changed")
    func eachRow() async throws {
        let engine = try SQLiteEngine.inMemory()
        let counts = try await engine.write { connection throws(Problem) in
            try connection.execute("CREATE TABLE cups (id BIGINT NOT NULL PRIMARY KEY, tea TEXT)", [])
            let rows: [[SQLValue]] = [[.integer(1), .text("茶")], [.integer(2), .null], [.integer(1), .text("other")]]
            let made = try connection.execute("INSERT INTO cups (id, tea) VALUES (?, ?) ON CONFLICT (id) DO NOTHING", each: rows)
            let changed = try connection.execute("UPDATE cups SET tea = ? WHERE id <= ?", each: [[.text("a"), .integer(2)]])
            return made + changed + (try connection.execute("DELETE FROM cups WHERE id = ?", each: []))
        }
        #expect(counts == [1, 1, 0, 2])
        let problem = await #expect(throws: Problem.self) {
            try await engine.write { connection throws(Problem) in
                let rows: [[SQLValue]] = [[.integer(3)], [.integer(1)], [.integer(4)]]
                _ = try connection.execute("INSERT INTO cups (id) VALUES (?)", each: rows)
            }
        }
        #expect(problem?.code == .exists)
        let kept = try await engine.read { connection throws(Problem) in
            try connection.rows("SELECT id, tea FROM cups ORDER BY id", []).map(\.values)
        }
        #expect(kept == [[.integer(1), .text("a")], [.integer(2), .text("a")]])
    }

    @Test("A full disk is said to be full, and nothing is half written")
    func fullDisk() async throws {
        let fixtures = try await RecordFixtures()
        try await fixtures.insertAll()
        try await fixtures.engine.limitPages()
        let problem = await #expect(throws: Problem.self) {
            for index in 0 ..< 10_000 {
                try await fixtures.store.add([fixtures.rejection("f\(index)", at: Int64(index))], rowsMax: 100_000)
            }
        }
        #expect(problem?.code == .diskFull)
        #expect(problem?.status == 503)
        #expect(problem?.retryAfterSeconds != nil)
        #expect(try await fixtures.store.workspaces() == [fixtures.workspace])
    }

    @Test("A file that is no database is damaged, a folder that is missing cannot be opened")
    func badFiles() throws {
        let folder = TemporaryFolder()
        let path = folder.path + "/records.sqlite"
        let file = try #require(fopen(path, "wb"))
        fputs(String(repeating: "tea and more tea\n", count: 300), file)
        fclose(file)
        #expect(throws: Problem.self) { _ = try SQLiteEngine.open(path: path) }
        let problem = #expect(throws: Problem.self) { _ = try SQLiteEngine.open(path: folder.path + "/none/records.sqlite") }
        #expect(problem?.code == .readOnly)
    }
}
