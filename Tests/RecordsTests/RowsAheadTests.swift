import Disks
import Foundation
import Model
import Synchronization
import TestSupport
import Testing

@testable import Records
@testable import RecordsSQLite

/// Rows written ahead of the tables: there after any stop, once, and in the tables for whoever settles.
struct RowsAheadTests {
    private static let statement = RowStatement.setting("secrets", key: ["name"], changing: ["bytes"])

    private static let workspace = WorkspaceID(text: "ws_0000000000000000")

    private static func log(_ rows: [(String, String)]) -> RowLog {
        var log = RowLog()
        for (name, bytes) in rows {
            log.put(statement) { row in
                row.add(name)
                row.add(bytes)
            }
        }
        return log
    }

    private static func secrets(_ engine: SQLiteEngine) async throws -> [String: String] {
        try await engine.read { connection throws(Problem) in
            var found: [String: String] = [:]
            for row in try connection.rows("SELECT name, bytes FROM secrets", []) {
                guard case .text(let name) = row.values[0], case .text(let bytes) = row.values[1] else { continue }
                found[name] = bytes
            }
            return found
        }
    }

    @Test("of several rows for one key the last is in the table, whoever wrote it") func lastCounts() async throws {
        let engine = try SQLiteEngine.inMemory()
        _ = try await RecordStore.open(engine, now: Instant(microseconds: 0))
        let ahead = try #require(engine.ahead)
        _ = try await ahead.append(Self.log([("a", "1"), ("b", "1"), ("a", "2")]))
        let last = try await ahead.append(Self.log([("b", "3"), ("c", "")]))
        try await ahead.settle()
        #expect(ahead.appliedUntil == last)
        #expect(try await Self.secrets(engine) == ["a": "2", "b": "3", "c": ""])
        await engine.close()
    }

    @Test("whatever was cut off, all whole writes before it are there, and new ones follow them", arguments: UInt64(0) ..< 12)
    func cut(seed: UInt64) async throws {
        var random = SplitMix64(seed: seed)
        let folder = try AheadFolder()
        let engine = try SQLiteEngine.open(path: folder.path)
        _ = try await RecordStore.open(engine, now: Instant(microseconds: 0))
        let ahead = try #require(engine.ahead)
        try await ahead.settle()
        let base = try folder.copy("base")
        var ends: [Int] = []
        for number in 0 ..< 20 {
            _ = try await ahead.append(
                Self.log([("k\(Int.random(in: 0 ..< 5, using: &random))", "v\(number)"), ("n\(number)", "漢\(number)")]))
            ends.append(try folder.aheadBytes().count)
        }
        // What a stop leaves: the tables as they were before, and a part of the file.
        let bytes = try folder.aheadBytes()
        let length = Int.random(in: 0 ... bytes.count, using: &random)
        try folder.set(bytes.prefix(length), beside: base)
        await engine.close()

        let again = try SQLiteEngine.open(path: base)
        let whole = ends.filter { $0 <= length }.count
        let found = try await Self.secrets(again)
        #expect((0 ..< 20).allSatisfy { found["n\($0)"] == ($0 < whole ? "漢\($0)" : nil) }, "seed \(seed), cut at \(length)")
        _ = try await again.ahead?.append(Self.log([("new", "1")]))
        await again.close()
        let third = try SQLiteEngine.open(path: base)
        #expect(try await Self.secrets(third) == found.merging(["new": "1"]) { $1 })
        await third.close()
    }

    @Test("a broken write that others follow is damage, told with its place, and rows that are missing are, too")
    func damage() async throws {
        let folder = try AheadFolder()
        let engine = try SQLiteEngine.open(path: folder.path)
        _ = try await RecordStore.open(engine, now: Instant(microseconds: 0))
        let ahead = try #require(engine.ahead)
        try await ahead.settle()
        let (broken, short) = (try folder.copy("broken"), try folder.copy("short"))
        var ends: [Int] = []
        for number in 0 ..< 4 {
            _ = try await ahead.append(Self.log([("n\(number)", "v")]))
            ends.append(try folder.aheadBytes().count)
        }
        var bytes = try folder.aheadBytes()
        await engine.close()
        try folder.set(bytes.dropFirst(ends[0]), beside: short)
        bytes[ends[0] + 40] ^= 1
        try folder.set(bytes, beside: broken)
        for path in [broken, short] {
            let problem = #expect(throws: Problem.self) { _ = try SQLiteEngine.open(path: path) }
            #expect(problem?.code == .damaged)
        }
    }

    @Test("writes that are missing between the two files are damage, too") func gapBetweenFiles() async throws {
        let folder = try AheadFolder()
        let engine = try SQLiteEngine.open(path: folder.path)
        _ = try await RecordStore.open(engine, now: Instant(microseconds: 0))
        let ahead = try #require(engine.ahead)
        try await ahead.settle()
        let base = try folder.copy("base")
        var ends: [Int] = []
        for number in 0 ..< 4 {
            _ = try await ahead.append(Self.log([("n\(number)", "v")]))
            ends.append(try folder.aheadBytes().count)
        }
        let bytes = try folder.aheadBytes()
        await engine.close()
        try folder.set(bytes.prefix(ends[1]), beside: base)
        try folder.set(bytes.dropFirst(ends[2]), beside: base, file: 1)
        let problem = #expect(throws: Problem.self) { _ = try SQLiteEngine.open(path: base) }
        #expect(problem?.code == .damaged && problem?.message.contains("write 3 is missing") == true, "\(problem?.message ?? "")")
    }

    @Test("what could not be made durable is not there after a stop once somebody has settled") func failedSync() async throws {
        let folder = try AheadFolder()
        let disk = StuckDisk()
        let engine = try SQLiteEngine.open(path: folder.path, disk: disk)
        _ = try await RecordStore.open(engine, now: Instant(microseconds: 0))
        let ahead = try #require(engine.ahead)
        _ = try await ahead.append(Self.log([("a", "1")]))
        try await ahead.settle()
        disk.isStuck.withLock { $0 = true }
        await #expect(throws: Problem.self) { try await ahead.append(Self.log([("b", "1")])) }
        // Nobody may go on from the tables while it may still come back.
        await #expect(throws: Problem.self) { try await engine.writeRows(in: Self.workspace) { _ throws(Problem) in 0 } }
        disk.isStuck.withLock { $0 = false }
        _ = try await engine.writeRows(in: Self.workspace) { connection throws(Problem) in
            try connection.execute("INSERT INTO secrets (name, bytes) VALUES ('b', '2')", [])
        }
        let stopped = try folder.copy("stopped")
        try folder.set(try folder.aheadBytes(), beside: stopped)
        await engine.close()
        let again = try SQLiteEngine.open(path: stopped)
        #expect(try await Self.secrets(again) == ["a": "1", "b": "2"])
        await again.close()
    }

    @Test("rows that cannot come into their tables are told of once, and once more when they can") func stuckTables() async throws {
        let folder = try AheadFolder()
        let engine = try SQLiteEngine.open(path: folder.path)
        _ = try await RecordStore.open(engine, now: Instant(microseconds: 0))
        let ahead = try #require(engine.ahead)
        let told = Mutex<[String]>([])
        ahead.listen { problem in told.withLock { $0.append(problem?.code.text ?? "again") } }
        try await engine.limitPages(more: 0)
        // More than a page, so that it does not fit.
        let long = String(repeating: "x", count: 100_000)
        _ = try await ahead.append(Self.log([("a", long)]))
        for _ in 0 ..< 3 { await #expect(throws: Problem.self) { try await ahead.settle() } }
        #expect(told.withLock { $0 } == ["disk_full"])
        #expect(ahead.trouble?.code == .diskFull && ahead.trouble?.status == 503 && ahead.trouble?.place == folder.path)
        #expect(ahead.trouble?.message.hasSuffix("Free some space.") == true)
        // Whoever listens later hears what is so.
        let late = Mutex<[String]>([])
        ahead.listen { problem in late.withLock { $0.append(problem?.code.text ?? "again") } }
        try await engine.limitPages(more: 1_000)
        try await ahead.settle()
        #expect(ahead.trouble == nil)
        #expect(late.withLock { $0 } == ["disk_full", "again"])
        #expect(try await Self.secrets(engine) == ["a": long])
        await engine.close()
    }

    @Test("a file that is in use is refused to others, and keeps what was written ahead of it") func inUse() async throws {
        let folder = try AheadFolder()
        let engine = try SQLiteEngine.open(path: folder.path)
        _ = try await RecordStore.open(engine, now: Instant(microseconds: 0))
        let ahead = try #require(engine.ahead)
        for number in 0 ..< 3 {
            _ = try await ahead.append(Self.log([("n\(number)", "v")]))
            let bytes = try folder.aheadBytes()
            let problem = #expect(throws: Problem.self) { _ = try SQLiteEngine.open(path: folder.path) }
            #expect(problem?.code == .locked && problem?.message.contains(folder.path) == true)
            #expect(try folder.aheadBytes() == bytes)
        }
        _ = try await ahead.append(Self.log([("last", "v")]))
        await engine.close()
        let again = try SQLiteEngine.open(path: folder.path)
        #expect(try await Self.secrets(again) == ["n0": "v", "n1": "v", "n2": "v", "last": "v"])
        await again.close()
    }

    @Test("a closed engine writes nothing, and closing it again closes nobody else's files") func closedTwice() async throws {
        let folder = try AheadFolder()
        let engine = try SQLiteEngine.open(path: folder.path)
        _ = try await RecordStore.open(engine, now: Instant(microseconds: 0))
        await engine.close()
        // Has the numbers of the files that were closed.
        let other = try SQLiteEngine.open(path: folder.path)
        await engine.close()
        let problem = await #expect(throws: Problem.self) { try await engine.ahead?.append(Self.log([("a", "1")])) }
        #expect(problem?.code == .stopping)
        _ = try await other.ahead?.append(Self.log([("b", "1")]))
        try await other.ahead?.settle()
        #expect(try await Self.secrets(other) == ["b": "1"])
        await other.close()
    }

    @Test("whoever waits for full tables is told when the engine closes, and finds all of it at the next start")
    func closedWhileFull() async throws {
        let folder = try AheadFolder()
        let engine = try SQLiteEngine.open(path: folder.path)
        _ = try await RecordStore.open(engine, now: Instant(microseconds: 0))
        let ahead = try #require(engine.ahead)
        try await engine.limitPages(more: 0)
        let long = String(repeating: "x", count: 100_000)
        _ = try await ahead.append(Self.log([("a", long)]))
        await engine.close()
        await #expect(throws: Problem.self) { try await ahead.settle() }
        let again = try SQLiteEngine.open(path: folder.path)
        #expect(try await Self.secrets(again) == ["a": long])
        await again.close()
    }

    @Test("what is forgotten stands in no file, whoever writes ahead meanwhile") func forgetting() async throws {
        let folder = try AheadFolder()
        let engine = try SQLiteEngine.open(path: folder.path)
        _ = try await RecordStore.open(engine, now: Instant(microseconds: 0))
        let ahead = try #require(engine.ahead)
        let holder = RowsHolder()
        for round in 0 ..< 20 {
            _ = try await ahead.append(Self.log([("secret", "the-secret-\(round)")]))
            let writing = Task {
                for number in 0 ..< 50 {
                    try await ahead.turn(of: holder) { _ throws(Problem) in
                        _ = try await ahead.append(Self.log([("other", "\(number)")]))
                    }
                }
            }
            try await engine.forgetDeleted()
            #expect(try folder.aheadBytes().range(of: Data("the-secret-\(round)".utf8)) == nil)
            try await writing.value
        }
        await engine.close()
    }

    @Test("whoever looks for somebody finds what was written ahead of them") func places() async throws {
        let engine = try SQLiteEngine.inMemory()
        let store = try await RecordStore.open(engine, now: Instant(microseconds: 0))
        let command = RowStatement.adding(
            "loyalty_commands", key: ["workspace", "id"], ["actor", "content", "recorded_at", "refused", "answer"])
        var log = RowLog()
        log.put(command) { row in
            row.add(Self.workspace.text)
            row.add("1")
            row.add("server")
            row.add(#"{"member":"user_id:whoever-it-is"}"#)
            row.add(Int64(0))
            row.add(false)
            row.add("{}")
        }
        _ = try await engine.ahead?.append(log)
        let ann = Identity(type: .userID, value: "whoever-it-is")
        #expect(
            try await store.places(of: [ann], texts: [ann.value], in: Self.workspace) == ["loyalty_commands.content"])
        await engine.close()
    }

    @Test("one has the turn at a time, and is told when another had it in between") func turns() async throws {
        let engine = try SQLiteEngine.inMemory()
        let ahead = try #require(engine.ahead)
        let (one, other) = (RowsHolder(), RowsHolder())
        var told: [Bool] = []
        for holder in [one, one, other, one, one] {
            told.append(try await ahead.turn(of: holder) { isSame throws(Problem) in isSame })
        }
        #expect(told == [false, true, false, false, true])
        _ = try await engine.writeRows(in: Self.workspace) { _ throws(Problem) in 0 }
        #expect(try await ahead.turn(of: one) { isSame throws(Problem) in isSame } == false)
        await engine.close()
    }

    @Test("values keep their bytes and keys their order") func encoding() throws {
        let log = Self.log([("", "a\u{0}b"), ("漢字", "")])
        let again = try log.encoded.withUnsafeBytes { try RowLog(encoded: $0) }
        #expect(again.rows == log.rows && again.rowCount == 2)
        #expect(again.statements.map(\.sql) == log.statements.map(\.sql))
        for count in 0 ..< 60 {
            let cut = Array(log.encoded.prefix(count))
            #expect(throws: Problem.self) { _ = try cut.withUnsafeBytes { try RowLog(encoded: $0) } }
        }
    }
}

/// Records in a folder that is removed with the value.
private final class AheadFolder {
    private let root: String
    var path: String { root + "/records.sqlite" }

    init() throws {
        root = FileManager.default.temporaryDirectory.path + "/teahouse-ahead-" + String(UInt64.random(in: 0 ... .max), radix: 36)
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit { try? FileManager.default.removeItem(atPath: root) }

    /// The tables as they are now, elsewhere.
    func copy(_ name: String) throws -> String {
        let copy = root + "/\(name).sqlite"
        for ending in ["", "-wal"] { try FileManager.default.copyItem(atPath: path + ending, toPath: copy + ending) }
        return copy
    }

    func aheadBytes() throws -> Data { try Data(contentsOf: URL(filePath: path + "-ahead-0")) }
    func set(_ bytes: Data, beside copy: String, file: Int = 0) throws {
        try Data(bytes).write(to: URL(filePath: copy + "-ahead-\(file)"))
    }
}

/// The machine's disk, which for a time writes and makes nothing durable, nor shorter.
private final class StuckDisk: PassingDisk {
    let isStuck = Mutex(false)

    func file(_ file: any DiskFile, at path: String) -> any DiskFile { StuckFile(file: file, path: path, disk: self) }
}

private struct StuckFile: PassingFile {
    let file: any DiskFile
    let path: String
    let disk: StuckDisk

    private func requireFree() throws(DiskFailure) {
        if disk.isStuck.withLock({ $0 }) { throw DiskFailure(kind: .other(5), path: path, reason: "Input/output error") }
    }

    func sync() throws(DiskFailure) {
        try requireFree()
        try file.sync()
    }

    func truncate(to size: Int) throws(DiskFailure) {
        try requireFree()
        try file.truncate(to: size)
    }
}
