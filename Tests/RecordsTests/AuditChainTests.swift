import Model
import TestSupport
import Testing

@testable import Records

@Suite("The audit as a chain") struct AuditChainTests {
    private static func entry(_ index: Int, _ fixtures: RecordFixtures, workspace: Bool = true) -> AuditEntry {
        AuditEntry(
            workspace: workspace ? fixtures.workspace.id : nil, at: fixtures.now.advanced(byMicroseconds: Int64(index)),
            actor: index % 3 == 0 ? .member(MemberID(text: "mem_a")) : .commandLine,
            action: index % 2 == 0 ? "profile.viewed" : "source.changed", target: "t\(index)", detail: "茶 \"\(index)\"",
            people: index % 2 == 0 ? [PersonID(ordinal: UInt32(index)), PersonID(ordinal: 99)] : [],
            reason: index == 4 ? "a complaint" : nil)
    }

    private static func filled(_ engine: RecordsEngine, _ count: Int = 6) async throws -> RecordFixtures {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        for index in 0 ..< count { try await fixtures.store.commit([.audit(entry(index, fixtures))]) }
        try await fixtures.store.commit([
            .audit(entry(0, fixtures, workspace: false)), .audit(entry(1, fixtures, workspace: false)),
        ])
        return fixtures
    }

    private static func run(_ sql: String, _ values: [SQLValue] = [], on fixtures: RecordFixtures) async throws {
        try await fixtures.engine.write { connection throws(Problem) in _ = try connection.execute(sql, values) }
    }

    @Test(
        "Entries are numbered in each workspace, read as they were written, and each hash covers the one before",
        arguments: RecordsEngine.here)
    func whole(on engine: RecordsEngine) async throws {
        let fixtures = try await Self.filled(engine)
        let kept = try await fixtures.store.audit(workspace: fixtures.workspace.id, AuditQuery(), limit: 100)
        #expect(kept.map(\.number) == [6, 5, 4, 3, 2, 1])
        #expect(kept.map(\.entry) == (0 ..< 6).reversed().map { Self.entry($0, fixtures) })
        #expect(Set(kept.map(\.hash)).count == 6 && kept.allSatisfy { $0.hash.count == 64 })
        let second = kept[4]
        #expect(second.hash == AuditChain.hash(second.entry, number: 2, after: kept[5].hash))
        for workspace in [fixtures.workspace.id, nil] {
            let check = try await fixtures.store.checkAudit(of: workspace)
            #expect(check.firstBroken == nil && check.entryCount == (workspace == nil ? 2 : 6))
        }
        let empty = try await RecordFixtures(engine)
        #expect(try await empty.store.checkAudit(of: nil) == AuditCheck(workspace: nil, entryCount: 0, firstBroken: nil))
    }

    private static let tampering: [(String, Int64)] = [
        ("UPDATE audit_chain SET detail = 'other' WHERE scope = 'ws_one' AND number = 3", 3),
        ("UPDATE audit_chain SET at = at + 1 WHERE scope = 'ws_one' AND number = 1", 1),
        ("UPDATE audit_chain SET actor = 'admin' WHERE scope = 'ws_one' AND number = 4", 4),
        ("UPDATE audit_chain SET actor = 'nobody at all' WHERE scope = 'ws_one' AND number = 4", 4),
        ("UPDATE audit_chain SET people = 'p_1' WHERE scope = 'ws_one' AND number = 5", 5),
        ("UPDATE audit_chain SET reason = NULL WHERE scope = 'ws_one' AND number = 5", 5),
        ("UPDATE audit_chain SET hash = replace(hash, substr(hash, 1, 1), 'x') WHERE scope = 'ws_one' AND number = 6", 6),
        ("DELETE FROM audit_chain WHERE scope = 'ws_one' AND number = 2", 2),
        ("DELETE FROM audit_chain WHERE scope = 'ws_one' AND number = 6", 6),
        ("DELETE FROM audit_chain WHERE scope = 'ws_one'", 1),
        ("UPDATE audit_heads SET number = 5 WHERE scope = 'ws_one'", 6),
        ("UPDATE audit_chain SET number = 7 WHERE scope = 'ws_one' AND number = 6", 6),
    ]

    @Test("Whatever is changed or taken out is noticed, and the first broken entry named", arguments: RecordsEngine.here, tampering)
    func tampered(on engine: RecordsEngine, _ change: (sql: String, number: Int64)) async throws {
        let fixtures = try await Self.filled(engine)
        try await Self.run(change.sql, on: fixtures)
        #expect(try await fixtures.store.checkAudit(of: fixtures.workspace.id).firstBroken == change.number)
        #expect(try await fixtures.store.checkAudit(of: nil).firstBroken == nil, "each workspace has a chain of its own")
    }

    @Test("Entries are found by actor, kind and person, a page at a time", arguments: RecordsEngine.here)
    func filters(on engine: RecordsEngine) async throws {
        let fixtures = try await Self.filled(engine)
        func numbers(_ query: AuditQuery, limit: Int = 100) async throws -> [Int64] {
            try await fixtures.store.audit(workspace: fixtures.workspace.id, query, limit: limit).map(\.number)
        }
        #expect(try await numbers(AuditQuery(actor: .commandLine)) == [6, 5, 3, 2])
        #expect(try await numbers(AuditQuery(isReading: true)) == [5, 3, 1])
        #expect(try await numbers(AuditQuery(isReading: false)) == [6, 4, 2])
        #expect(try await numbers(AuditQuery(people: [PersonID(ordinal: 2)])) == [3])
        #expect(try await numbers(AuditQuery(people: [PersonID(ordinal: 2), PersonID(ordinal: 4)])) == [5, 3])
        #expect(try await numbers(AuditQuery(actor: .commandLine, people: [PersonID(ordinal: 99)])) == [5, 3])
        #expect(try await numbers(AuditQuery(before: 4), limit: 2) == [3, 2])
        let actors = try await fixtures.store.actors(of: fixtures.workspace.id)
        #expect(Set(actors) == [.commandLine, .member(MemberID(text: "mem_a"))])
    }

    @Test("Entries from before the chain are taken into it in the order of their time", arguments: RecordsEngine.here)
    func migrated(on engine: RecordsEngine) async throws {
        let engine = try await engine.openBare()
        try await Schema.migrate(engine, at: .epoch, migrations: Array(Schema.migrations.prefix(3)))
        try await engine.write { connection throws(Problem) in
            try connection.execute(
                "INSERT INTO workspaces (id, name, timezone, currency, language, region, created_at) VALUES (?, ?, ?, ?, ?, ?, ?)",
                ["ws_one", "茶馆", "Asia/Shanghai", "CNY", "zh-Hans", "CN"].map { .text($0) } + [.integer(1)])
            let rows: [(String, Int64, String?)] = [("b", 7, "ws_one"), ("a", 7, "ws_one"), ("c", 5, "ws_one"), ("d", 9, nil)]
            for (id, at, scope) in rows {
                try connection.execute(
                    "INSERT INTO audit (id, workspace, at, actor, action, target, detail) VALUES (?, ?, ?, ?, ?, ?, ?)",
                    [.text(id), scope.map { .text($0) } ?? .null, .integer(at)]
                        + ["mem_a", "workspace.created", "ws_one", id].map { .text($0) })
            }
        }
        let store = try await RecordStore.open(engine, now: .epoch)
        let workspace = WorkspaceID(text: "ws_one")
        #expect(try await store.audit(workspace: workspace, limit: 9).map(\.detail) == ["b", "a", "c"])
        #expect(try await store.audit(workspace: nil, limit: 9).map(\.detail) == ["d"])
        #expect(try await store.checkAudit(of: workspace) == AuditCheck(workspace: workspace, entryCount: 3, firstBroken: nil))
        #expect(try await store.checkAudit(of: nil).firstBroken == nil)
    }
}
