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
        let first = try await RecordFixtures(over: try SQLiteEngine.open(path: path))
        try await first.insertAll()
        await first.store.close()
        let second = try await RecordStore.open(try SQLiteEngine.open(path: path), now: first.now)
        #expect(try await second.workspaces() == [first.workspace])
        #expect(try await second.keys() == [first.key])
        await second.close()
    }

    @Test("A full disk is said to be full, and nothing is half written")
    func fullDisk() async throws {
        let engine = try SQLiteEngine.inMemory()
        let fixtures = try await RecordFixtures(over: engine)
        try await fixtures.insertAll()
        try await engine.limitPages()
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
