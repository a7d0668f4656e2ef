import Intake
import Logging
import Model
import Records
import RecordsSQLite
import Testing

@testable import Workspaces

@Suite("Workspace directory")
struct WorkspaceDirectoryTests {
    @Test("A new workspace has a trusted source that may send history, and two keys that work at once and after a restart")
    func create() async throws {
        let fixtures = try await DirectoryFixtures()
        let created = try await fixtures.create()
        #expect(created.workspace.region == "CN")
        #expect(created.source.isTrusted && created.source.allowsHistory && created.source.kind == .server)
        let again = try await fixtures.reopened()
        for directory in [again.directory] {
            #expect(directory.workspaces() == [created.workspace])
            #expect(directory.writeGrant(created.writeKey)?.source == created.source)
            #expect(directory.apiGrant(created.apiKey)?.scopes == [.read, .manage])
            #expect(directory.writeGrant(created.apiKey) == nil)
            #expect(directory.apiGrant(created.writeKey) == nil)
            #expect(directory.writeGrant(created.writeKey + "x") == nil)
        }
        await again.directory.close()
    }

    @Test("Neither keys, tokens nor passwords are anywhere in the data folder")
    func hashedAtRest() async throws {
        let fixtures = try await DirectoryFixtures()
        let created = try await fixtures.create()
        let owner = try await fixtures.directory.team.createFirstOwner(
            email: "a@example.com", name: "A", password: "green tea at dawn")
        let token = try await fixtures.directory.team.openSession(for: owner.id)
        let request = CommandRequest(scope: "admin", idempotencyKey: "once", secret: "admin-token-of-mine", content: [])
        let answer = try await fixtures.directory.command(request, by: .admin) { planner throws(Problem) in
            try planner.newWorkspace(NewWorkspace(name: "n", timezone: "UTC", currency: "USD")).map { made in
                CommandAnswer(status: 201, body: Array(made.writeKey.utf8))
            }
        }
        await fixtures.directory.close()
        let bytes = fixtures.files.allBytes
        #expect(bytes.contains(text: created.workspace.name))
        #expect(bytes.contains(text: String(created.writeKey.prefix(9))))
        let secrets = [
            created.writeKey, created.apiKey, token, "green tea at dawn", String(decoding: answer.body, as: UTF8.self),
            request.secret,
        ]
        for secret in secrets {
            #expect(!bytes.contains(text: secret))
            #expect(!bytes.contains(text: String(secret.suffix(12))))
        }
    }

    @Test("A revoked key stops at once; a rotated one too, and its successor works")
    func rotation() async throws {
        let fixtures = try await DirectoryFixtures()
        let created = try await fixtures.create()
        let (workspace, source) = (created.workspace.id, created.source.id)
        let first = try #require(fixtures.directory.keys(of: source, in: workspace).first)
        let second = try await fixtures.directory.rotateKey(of: source, in: workspace, by: .commandLine)
        #expect(fixtures.directory.writeGrant(created.writeKey) != nil)
        let third = try await fixtures.directory.rotateKey(of: source, in: workspace, replaces: first.id, by: .commandLine)
        #expect(fixtures.directory.writeGrant(created.writeKey) == nil)
        #expect(fixtures.directory.writeGrant(second.raw) != nil)
        _ = try await fixtures.directory.revokeKey(second.key.id, in: workspace, by: .commandLine)
        _ = try await fixtures.directory.revokeKey(second.key.id, in: workspace, by: .commandLine)
        #expect(fixtures.directory.writeGrant(second.raw) == nil)
        let again = try await fixtures.reopened()
        #expect(again.directory.writeGrant(second.raw) == nil)
        #expect(again.directory.writeGrant(third.raw)?.source.id == source)
        let revoked = again.directory.keys(of: source, in: workspace).filter { $0.revokedAt != nil }
        #expect(Set(revoked.map(\.id)) == [first.id, second.key.id])
        let audit = try await again.directory.audit(of: workspace)
        #expect(audit.map(\.action).filter { $0 == "key.revoked" }.count == 2)
        await again.directory.close()
    }

    @Test("The last use of a key is kept to the minute")
    func lastUse() async throws {
        let fixtures = try await DirectoryFixtures()
        let created = try await fixtures.create()
        fixtures.clock.advance(seconds: 100)
        let used = fixtures.clock.now
        for _ in 0 ..< 3 { _ = fixtures.directory.writeGrant(created.writeKey) }
        let again = try await fixtures.reopened()
        #expect(again.directory.keys(of: created.source.id, in: created.workspace.id).first?.lastUsedAt == used)
        await again.directory.close()
    }

    @Test("A source of another workspace is not found")
    func borders() async throws {
        let fixtures = try await DirectoryFixtures()
        let (mine, other) = (try await fixtures.create("mine"), try await fixtures.create("other"))
        let problem = #expect(throws: Problem.self) { try fixtures.directory.source(other.source.id, of: mine.workspace.id) }
        #expect(problem?.code == .notFound)
        await #expect(throws: Problem.self) {
            try await fixtures.directory.rotateKey(of: other.source.id, in: mine.workspace.id, by: .commandLine)
        }
        await fixtures.directory.close()
    }

    @Test("Settings change for an open workspace at once")
    func update() async throws {
        let fixtures = try await DirectoryFixtures()
        let created = try await fixtures.create()
        let open = try await fixtures.directory.workspace(created.workspace.id)
        #expect(open.calendar.zone.identifier == "Asia/Shanghai")
        let changed = try await fixtures.directory.update(
            created.workspace.id, WorkspaceWish(name: "新", timezone: "Europe/Berlin", region: "de"), by: .commandLine)
        #expect(changed.region == "DE")
        #expect(open.settings == changed)
        #expect(open.calendar.zone.identifier == "Europe/Berlin")
        await fixtures.directory.close()
    }

    @Test("Changes made at the same time all hold")
    func concurrentChanges() async throws {
        let fixtures = try await DirectoryFixtures()
        let created = try await fixtures.create()
        let directory = fixtures.directory
        try await withThrowingTaskGroup { group in
            for index in 0 ..< 20 {
                group.addTask {
                    let wish = NewSource(name: "source \(index)", kind: .browser)
                    _ = try await directory.createSource(wish, in: created.workspace.id, by: .commandLine)
                }
                group.addTask {
                    let wish = index % 2 == 0 ? SourceWish(storesIP: true) : SourceWish(isTrusted: false)
                    _ = try await directory.updateSource(created.source.id, in: created.workspace.id, wish, by: .commandLine)
                }
            }
            try await group.waitForAll()
        }
        let again = try await fixtures.reopened()
        #expect(again.directory.sources(of: created.workspace.id).count == 21)
        let source = try again.directory.source(created.source.id, of: created.workspace.id)
        #expect(source.storesIP && !source.isTrusted)
        await again.directory.close()
    }

    @Test("Many callers open one workspace once")
    func singleOpening() async throws {
        let fixtures = try await DirectoryFixtures()
        let created = try await fixtures.create()
        let directory = fixtures.directory
        let opened = try await withThrowingTaskGroup(of: ObjectIdentifier.self) { group in
            for _ in 0 ..< 50 { group.addTask { ObjectIdentifier(try await directory.workspace(created.workspace.id)) } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(opened.count == 1)
        await directory.close()
        let problem = await #expect(throws: Problem.self) { try await directory.ready() }
        #expect(problem?.code == .stopping)
    }

    @Test("A command repeated with its key gives the first answer; with another request it is refused")
    func idempotency() async throws {
        let fixtures = try await DirectoryFixtures()
        let directory = fixtures.directory
        func send(_ key: String?, _ content: String, _ secret: String = "token") async throws -> CommandAnswer {
            let request = CommandRequest(scope: "admin", idempotencyKey: key, secret: secret, content: Array(content.utf8))
            return try await directory.command(request, by: .admin) { planner throws(Problem) in
                try planner.newWorkspace(NewWorkspace(name: content, timezone: "UTC", currency: "USD")).map { made in
                    CommandAnswer(status: 201, body: Array(made.apiKey.utf8))
                }
            }
        }
        let first = try await send("k", "one")
        let second = try await send("k", "one")
        #expect(first.body == second.body)
        #expect(second.isRepeat && !first.isRepeat)
        for (content, secret) in [("two", "token"), ("one", "other")] {
            let problem = await #expect(throws: Problem.self) { _ = try await send("k", content, secret) }
            #expect(problem?.code == .idempotencyConflict)
        }
        _ = try await send(nil, "one")
        #expect(directory.workspaces().count == 2)
        let again = try await fixtures.reopened()
        #expect(again.directory.workspaces().count == 2)
        await again.directory.close()
    }

    @Test("Refusals are read back at once, equal ones counted, foreign bytes made readable")
    func rejections() async throws {
        let fixtures = try await DirectoryFixtures()
        let created = try await fixtures.create()
        let sink = WorkspaceRejections(workspace: created.workspace.id, log: fixtures.directory.rejections)
        func kept(_ payload: [UInt8]?, count: Int = 1) -> KeptRejection {
            KeptRejection(
                source: created.source.id, code: Problem.Code("too_deep"), reason: "Too deep.", pointer: "/properties",
                messageID: nil,
                payload: payload, count: count, receivedAt: fixtures.clock.now)
        }
        await sink.keep([kept(Array("{}".utf8)), kept(Array("{}".utf8)), kept([0xFF, 0x00]), kept(nil, count: 7)])
        let rows = try await fixtures.directory.rejections(of: created.source.id, in: created.workspace.id)
        #expect(rows.map(\.count).sorted() == [1, 2, 7])
        #expect(rows.compactMap(\.payload).sorted() == ["{}", "\u{FFFD}\u{2400}"].sorted())
        await fixtures.directory.close()
    }

    @Test("The same refusal is counted for each day apart; one noisy code takes no room from another")
    func rejectionDays() async throws {
        let fixtures = try await DirectoryFixtures()
        let created = try await fixtures.create()
        let sink = WorkspaceRejections(workspace: created.workspace.id, log: fixtures.directory.rejections)
        func kept(_ code: String, _ payload: String, count: Int = 1) -> KeptRejection {
            KeptRejection(
                source: created.source.id, code: Problem.Code(code), reason: "No.", payload: Array(payload.utf8), count: count,
                receivedAt: fixtures.clock.now)
        }
        await sink.keep([kept("missing_identity", "{}", count: 3)])
        for day in 1 ... 2 {
            fixtures.clock.advance(seconds: 86_400)
            await sink.keep([kept("missing_identity", "{}", count: 4)] + (0 ..< 1_500).map { kept("too_deep", "\(day)-\($0)") })
        }
        let rows = try await fixtures.directory.rejections(of: nil, in: created.workspace.id, limit: 10_000)
        #expect(rows.filter { $0.code == "missing_identity" }.map(\.count) == [4, 4, 3])
        #expect(rows.filter { $0.code == "too_deep" }.reduce(0) { $0 + $1.count } == 3_000)
        await fixtures.directory.close()
    }

    @Test("A directory that is told to stop as soon as it runs warns of nothing")
    func stopsQuietly() async throws {
        let heard = WarningLog()
        let files = TemporaryDataFolder()
        let clock = TestClock()
        let folder = try DataFolder.open(files.path)
        let records = try await RecordStore.open(try SQLiteEngine.open(path: folder.recordsPath), now: clock.now)
        let directory = try await WorkspaceDirectory.open(
            folder: folder, records: records, clock: clock, logger: Logger(label: "test") { _ in heard.handler })
        let duties = Task { await directory.run() }
        try await Task.sleep(for: .milliseconds(50))
        duties.cancel()
        await duties.value
        await directory.close()
        #expect(heard.messages.isEmpty, "\(heard.messages)")
    }

    @Test("Records whose tables cannot take what was written ahead are said to be stuck, once, until they can again")
    func stuckRecords() async throws {
        let heard = WarningLog(from: .notice)
        let files = TemporaryDataFolder()
        let clock = TestClock()
        let folder = try DataFolder.open(files.path)
        let engine = try SQLiteEngine.open(path: folder.recordsPath)
        let records = try await RecordStore.open(engine, now: clock.now)
        let directory = try await WorkspaceDirectory.open(
            folder: folder, records: records, clock: clock, logger: Logger(label: "test") { _ in heard.handler })
        try await directory.ready()
        try await engine.limitPages(more: 0)
        var rows = RowLog()
        rows.put(RowStatement.setting("secrets", key: ["name"], changing: ["bytes"])) { row in
            row.add(.text("long"))
            row.add(.text(String(repeating: "x", count: 100_000)))
        }
        let ahead = try #require(engine.ahead)
        _ = try await ahead.append(rows)
        for _ in 0 ..< 3 { await #expect(throws: Problem.self) { try await ahead.settle() } }
        let problem = await #expect(throws: Problem.self) { try await directory.ready() }
        #expect(problem?.code == .diskFull && problem?.status == 503 && problem?.retryAfterSeconds != nil)
        #expect(problem?.description.contains(files.path) == false, "anybody may ask")
        #expect(directory.areRecordsStuck)
        try await engine.limitPages(more: 1_000)
        try await ahead.settle()
        try await directory.ready()
        #expect(!directory.areRecordsStuck)
        #expect(
            heard.messages == [
                "the tables of the records cannot be written", "what was written ahead comes into the tables of the records again",
            ])
        await directory.close()
    }

    @Test("A flood of different refusals is bounded and still counted whole")
    func flood() async throws {
        let fixtures = try await DirectoryFixtures()
        let created = try await fixtures.create()
        let sink = WorkspaceRejections(workspace: created.workspace.id, log: fixtures.directory.rejections)
        let many = (0 ..< 5_000).map { index in
            KeptRejection(
                source: created.source.id, code: Problem.Code("too_deep"), reason: "Too deep.", pointer: nil, messageID: nil,
                payload: Array("\(index)".utf8), count: 1, receivedAt: fixtures.clock.now)
        }
        await sink.keep(many)
        let rows = try await fixtures.directory.rejections(of: nil, in: created.workspace.id, limit: 10_000)
        #expect(rows.count <= 101)
        #expect(rows.reduce(0) { $0 + $1.count } == 5_000)
        #expect(rows.filter { $0.payload != nil }.count == 100)
        await fixtures.directory.close()
    }
}
