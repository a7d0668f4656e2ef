import Model
import Records
import TestSupport
import Testing

@Suite("Records")
struct RecordStoreTests {
    @Test("What was committed is read back as it was", arguments: RecordsEngine.here)
    func roundTrip(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        #expect(try await fixtures.store.workspaces() == [fixtures.workspace])
        #expect(try await fixtures.store.sources() == [fixtures.source])
        #expect(try await fixtures.store.keys() == [fixtures.key])
    }

    @Test("Settings of a source change, its limits and the bound on requests too", arguments: RecordsEngine.here)
    func sourceUpdate(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        var source = fixtures.source
        source.name = "site"
        source.isSuppressed = true
        source.limits.eventBytes = 7
        source.limits.requestsPerSecond = 50
        try await fixtures.store.commit([.updateSource(source)])
        #expect(try await fixtures.store.sources() == [source])
    }

    @Test("One failing change leaves nothing of the commit", arguments: RecordsEngine.here)
    func atomicity(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        await #expect(throws: Problem.self) {
            try await fixtures.store.commit([
                .insertWorkspace(fixtures.workspace), .insertSource(fixtures.source), .insertSource(fixtures.source),
            ])
        }
        #expect(try await fixtures.store.workspaces().isEmpty)
    }

    @Test("A source of no workspace is refused", arguments: RecordsEngine.here)
    func foreignKeys(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        let problem = await #expect(throws: Problem.self) { try await fixtures.store.commit([.insertSource(fixtures.source)]) }
        #expect(problem?.code == .notFound)
    }

    @Test("A key is revoked once; revoking again finds nothing", arguments: RecordsEngine.here)
    func revoke(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        let revoke = Change.revokeKey(fixtures.workspace.id, fixtures.key.id, at: fixtures.now)
        try await fixtures.store.commit([revoke, .touchKey(fixtures.workspace.id, fixtures.key.id, at: fixtures.now)])
        let key = try #require(try await fixtures.store.keys().first)
        #expect(key.revokedAt == fixtures.now)
        #expect(key.lastUsedAt == fixtures.now)
        let problem = await #expect(throws: Problem.self) { try await fixtures.store.commit([revoke]) }
        #expect(problem?.code == .notFound)
    }

    @Test("A secret is made once and stays", arguments: RecordsEngine.here)
    func secrets(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        #expect(try await fixtures.store.secret("csrf", fresh: [1, 2, 3]) == [1, 2, 3])
        #expect(try await fixtures.store.secret("csrf", fresh: [4]) == [1, 2, 3])
    }

    @Test("Settings changes are read newest first, those of one commit in their order", arguments: RecordsEngine.here)
    func audit(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        try await fixtures.insertAll()
        let entries = (0 ..< 12).map { index in
            AuditEntry(
                workspace: fixtures.workspace.id, at: fixtures.now, actor: .member(MemberID(text: "mem_a")),
                action: "source.changed",
                target: "src_\(index)", detail: "name")
        }
        try await fixtures.store.commit(entries.map { .audit($0) })
        #expect(try await fixtures.store.audit(workspace: fixtures.workspace.id, limit: 5) == Array(entries.reversed().prefix(5)))
        #expect(try await fixtures.store.audit(workspace: nil, limit: 5).isEmpty)
    }

    @Test("An answer is kept for its key; a second one for the same key is refused", arguments: RecordsEngine.here)
    func storedAnswers(on engine: RecordsEngine) async throws {
        let fixtures = try await RecordFixtures(engine)
        let digest = KeyDigest(bytes: (0 ..< 32).map { UInt8($0) })
        let answer = StoredAnswer(
            scope: "admin", digest: digest, request: digest, status: 201, sealedBody: "00ff", createdAt: fixtures.now)
        try await fixtures.store.commit([.storeAnswer(answer)])
        #expect(try await fixtures.store.answer(scope: "admin", digest: digest) == answer)
        #expect(try await fixtures.store.answer(scope: "ws_one", digest: digest) == nil)
        let problem = await #expect(throws: Problem.self) { try await fixtures.store.commit([.storeAnswer(answer)]) }
        #expect(problem?.code == .exists)
    }

    @Test("A digest survives hexadecimal")
    func digests() throws {
        let digest = KeyDigest(bytes: (0 ..< 32).map { UInt8($0 * 7 % 251) })
        #expect(KeyDigest(hex: digest.hex) == digest)
        #expect(KeyDigest(hex: "zz") == nil)
        #expect(KeyDigest(hex: String(repeating: "A", count: 64)) == nil)
    }
}
