import Model
import TestSupport
import Testing

@testable import Records

@Suite("Engines")
struct EngineTests {
    @Test("Migrations run once each, in order, and only forward", arguments: RecordsEngine.here)
    func migrations(on engine: RecordsEngine) async throws {
        let engine = try await engine.openBare()
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

    @Test("A migration that fails leaves nothing of itself", arguments: RecordsEngine.here)
    func failedMigration(on engine: RecordsEngine) async throws {
        let engine = try await engine.openBare()
        let broken = Migration(
            version: 1, name: "broken", statements: ["CREATE TABLE one (a BIGINT)", "CREATE TABLE one (a BIGINT)"])
        await #expect(throws: Problem.self) { try await Schema.migrate(engine, at: .epoch, migrations: [broken]) }
        let whole = Migration(version: 1, name: "whole", statements: ["CREATE TABLE one (a BIGINT)"])
        try await Schema.migrate(engine, at: .epoch, migrations: [whole])
    }

    @Test("One statement runs for each row, in order, and tells what each run changed", arguments: RecordsEngine.here)
    func eachRow(on engine: RecordsEngine) async throws {
        let engine = try await engine.openBare()
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

    @Test("However many rows are written at once, all are there, or none", arguments: RecordsEngine.here)
    func manyRows(on engine: RecordsEngine) async throws {
        let engine = try await engine.openBare()
        let setting = RowStatement.setting("cups", key: ["id"], fixed: ["tea"], changing: ["level"])
        let adding = RowStatement.adding("cups", key: ["id"], ["tea", "level"])
        _ = try await engine.write { connection throws(Problem) in
            try connection.execute("CREATE TABLE cups (id BIGINT NOT NULL PRIMARY KEY, tea TEXT, level INTEGER)", [])
        }
        func rows(_ ids: Range<Int>, _ level: SQLValue) -> [[SQLValue]] {
            ids.map { [.count($0), .text("茶?\($0)"), level] }
        }
        for (first, count) in [(0, 0), (0, 1), (1, 7), (8, 9), (17, 64), (81, 201)] {
            let new = rows(first ..< first + count, .null)
            try await engine.write { connection throws(Problem) in try connection.write(new, by: adding) }
        }
        let changed = rows(100 ..< 300, .integer(3))
        try await engine.write { connection throws(Problem) in try connection.write(changed, by: setting) }
        let problem = await #expect(throws: Problem.self) {
            let again = rows(299 ..< 400, .integer(4))
            try await engine.write { connection throws(Problem) in try connection.write(again, by: adding) }
        }
        #expect(problem?.code == .exists)
        let kept = try await engine.read { connection throws(Problem) in
            try connection.rows("SELECT id, tea, level FROM cups ORDER BY id", []).map(\.values)
        }
        #expect(kept == rows(0 ..< 100, .null) + rows(100 ..< 300, .integer(3)))
    }

    @Test("Texts come back as they were, whatever they hold", arguments: RecordsEngine.here)
    func texts(on engine: RecordsEngine) async throws {
        // GRDB ends a text at U+0000.
        let zeroes = engine == .sqlite ? [] : ["a\0b\0", "\u{10FFFD}0\0"]
        let texts = zeroes + ["", "茶馆 🍵", "\u{10FFFD}", "it's \"?\" $1 \\", String(repeating: "长", count: 100_000)]
        let engine = try await engine.openBare()
        let found = try await engine.write { connection throws(Problem) in
            try connection.execute("CREATE TABLE cups (id BIGINT NOT NULL PRIMARY KEY, tea TEXT)", [])
            try connection.execute(
                "INSERT INTO cups (id, tea) VALUES (?, ?)", each: texts.enumerated().map { [.integer(Int64($0)), .text($1)] })
            var found: [SQLValue] = []
            for text in texts {
                found += try connection.rows("SELECT tea FROM cups WHERE tea = ? AND tea <> '?'", [.text(text)]).flatMap(\.values)
            }
            return found
        }
        #expect(found == texts.map { .text($0) })
    }

    @Test("Texts are put in order byte by byte", arguments: RecordsEngine.here)
    func order(on engine: RecordsEngine) async throws {
        let engine = try await engine.openBare()
        let texts = ["b", "B", "a", "_", "ä", "茶", "Z", "aa", "a b"]
        let found = try await engine.write { connection throws(Problem) in
            try connection.execute("CREATE TABLE cups (tea TEXT NOT NULL)", [])
            try connection.execute("ALTER TABLE cups ADD COLUMN sugar TEXT", [])
            try connection.execute("INSERT INTO cups (tea, sugar) VALUES (?, ?)", each: texts.map { [.text($0), .text($0)] })
            let rows = try connection.rows("SELECT tea FROM cups ORDER BY tea", []).flatMap(\.values)
            return rows + (try connection.rows("SELECT sugar FROM cups ORDER BY sugar", []).flatMap(\.values))
        }
        let sorted = texts.sorted { Array($0.utf8).lexicographicallyPrecedes(Array($1.utf8)) }
        #expect(found == (sorted + sorted).map { .text($0) })
    }

    @Test("Numbers, flags, counts and sums are integers, also the greatest", arguments: RecordsEngine.here)
    func numbers(on engine: RecordsEngine) async throws {
        let engine = try await engine.openBare()
        let row = try await engine.write { connection throws(Problem) in
            try connection.execute("CREATE TABLE cups (amount BIGINT NOT NULL, hot SMALLINT NOT NULL, size INTEGER)", [])
            let rows: [[SQLValue]] = [
                [.integer(.max), .integer(1), .integer(1 << 40)], [.integer(.min), .integer(0), .null],
            ]
            try connection.execute("INSERT INTO cups (amount, hot, size) VALUES (?, ?, ?)", each: rows)
            return try connection.row(
                """
                SELECT MAX(amount), MIN(amount), SUM(amount), SUM(hot), COUNT(*), MAX(size), EXISTS (SELECT 1 FROM cups WHERE hot = ?),
                    (SELECT size FROM cups WHERE hot = 0)
                FROM cups
                """, [.integer(1)])
        }
        #expect(
            row?.values
                == [.integer(.max), .integer(.min), .integer(-1), .integer(1), .integer(2), .integer(1 << 40), .integer(1), .null])
    }

    @Test("Thousands of runs of one statement are told apart", arguments: RecordsEngine.here)
    func manyRuns(on engine: RecordsEngine) async throws {
        let engine = try await engine.openBare()
        let counts = try await engine.write { connection throws(Problem) in
            try connection.execute("CREATE TABLE cups (id BIGINT NOT NULL PRIMARY KEY)", [])
            return try connection.execute(
                "INSERT INTO cups (id) VALUES (?) ON CONFLICT (id) DO NOTHING",
                each: (0 ..< 3_500).map { [.integer(Int64($0 - $0 % 5 / 4))] })
        }
        #expect(counts == (0 ..< 3_500).map { $0 % 5 == 4 ? 0 : 1 })
    }

    @Test("A transaction that does nothing, or throws of itself, leaves the engine usable", arguments: RecordsEngine.here)
    func nothing(on engine: RecordsEngine) async throws {
        let engine = try await engine.openBare()
        #expect(try await engine.write { _ in 7 } == 7)
        for _ in 0 ..< 20 {
            let problem = await #expect(throws: Problem.self) {
                try await engine.write { connection throws(Problem) in
                    try connection.execute("CREATE TABLE cups (id BIGINT)", [])
                    throw Problem(.badRequest, "No.")
                }
            }
            #expect(problem?.code == .badRequest)
        }
        _ = try await engine.write { connection throws(Problem) in
            try connection.execute("CREATE TABLE cups (id BIGINT)", [])
        }
        await #expect(throws: Problem.self) {
            try await engine.read { connection throws(Problem) in
                _ = try connection.execute("INSERT INTO cups (id) VALUES (1)", [])
            }
        }
        #expect(try await engine.read { connection throws(Problem) in try connection.rows("SELECT id FROM cups", []).count } == 0)
    }

    @Test("What was deleted is forgotten while the records stay as they are", arguments: RecordsEngine.here)
    func forgetDeleted(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        try await fixtures.engine.forgetDeleted()
        #expect(try await fixtures.store.workspaces() == [fixtures.workspace])
    }
}
