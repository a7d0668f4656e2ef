import Model
import Records
import TestSupport

#if canImport(Glibc)
import Glibc
#endif

/// Records with one workspace, its source and its keys.
struct RecordFixtures {
    let engine: any SQLEngine
    let store: RecordStore
    let now = Instant(microseconds: 1_767_225_600_000_000)
    let workspace: Workspace
    let source: Source
    let key: Key

    /// Over an empty database.
    init(_ engine: RecordsEngine) async throws { try await self.init(over: engine.open()) }

    init(over engine: any SQLEngine) async throws {
        self.engine = engine
        store = try await RecordStore.open(engine, now: now)
        workspace = Workspace(
            id: WorkspaceID(text: "ws_one"), name: "茶馆", timezone: "Asia/Shanghai", currency: .cny, language: .zhHans,
            region: "CN", createdAt: now)
        source = Source(
            id: SourceID(text: "src_one"), workspace: workspace.id, name: "server", kind: .server, isTrusted: true, storesIP: false,
            allowsHistory: true, createdAt: now)
        key = Key(
            id: KeyID(text: "key_one"), workspace: workspace.id, kind: .write(source.id), name: "first",
            digest: KeyDigest(bytes: (0 ..< 32).map { UInt8($0) }), shownPrefix: "wk_abcdef", scopes: [.collect], createdAt: now,
            createdBy: .admin)
    }

    func insertAll() async throws {
        try await store.commit([.insertWorkspace(workspace), .insertSource(source), .insertKey(key)])
    }

    func member(_ id: String, _ email: String) -> Member {
        Member(id: MemberID(text: "mem_\(id)"), email: email, name: id, language: nil, createdAt: now)
    }

    func rejection(_ fingerprint: String, at seconds: Int64, count: Int = 1, code: String = "too_deep") -> Rejection {
        let instant = now.advanced(byMicroseconds: seconds * .microsecondsPerSecond)
        return Rejection(
            workspace: workspace.id, source: source.id, fingerprint: fingerprint, code: code, reason: "Too deep.",
            pointer: "/properties", messageID: "m-\(fingerprint)", payload: "{\"at\":\(seconds)}", count: count, firstAt: instant,
            lastAt: instant)
    }
}

/// A folder of its own for one test, removed afterwards.
struct TemporaryFolder: ~Copyable {
    let path: String

    init() {
        path = "/tmp/teahouse-records-\(UInt64.random(in: .min ... .max))"
        mkdir(path, 0o700)
    }

    deinit {
        for name in ["records.sqlite", "records.sqlite-wal", "records.sqlite-shm"] { unlink("\(path)/\(name)") }
        rmdir(path)
    }
}
