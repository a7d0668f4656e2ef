import Logging
import Model
import Records
import RecordsSQLite
import Synchronization
import Workspaces

#if canImport(Glibc)
import Glibc
#endif

/// A clock that stands still until a test turns it.
final class TestClock: WallClock {
    private let instant = Mutex(Instant(microseconds: 1_767_225_600_000_000))

    var now: Instant { instant.withLock { $0 } }

    func advance(seconds: Int64) {
        instant.withLock { $0 = $0.advanced(byMicroseconds: seconds * .microsecondsPerSecond) }
    }
}

/// A data folder of one test's own, removed with everything in it when the test ends.
final class TemporaryDataFolder: Sendable {
    let path = "/tmp/teahouse-workspaces-\(UInt64.random(in: .min ... .max))"

    deinit { TemporaryDataFolder.remove(path) }

    /// Every byte of every file below the folder.
    var allBytes: [UInt8] { TemporaryDataFolder.bytes(path) }

    private static func names(_ path: String) -> [String] {
        guard let folder = opendir(path) else { return [] }
        defer { closedir(folder) }
        var names: [String] = []
        while let entry = readdir(folder) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if name != ".", name != ".." { names.append(name) }
        }
        return names
    }

    private static func remove(_ path: String) {
        for name in names(path) { remove("\(path)/\(name)") }
        if rmdir(path) != 0 { unlink(path) }
    }

    private static func bytes(_ path: String) -> [UInt8] {
        let children = names(path)
        if !children.isEmpty { return children.flatMap { bytes("\(path)/\($0)") } }
        guard let file = fopen(path, "rb") else { return [] }
        defer { fclose(file) }
        var all: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while case let count = fread(&chunk, 1, chunk.count, file), count > 0 { all += chunk[..<count] }
        return all
    }
}

/// An open directory in a folder of its own.
struct DirectoryFixtures {
    let files: TemporaryDataFolder
    let clock: TestClock
    let directory: WorkspaceDirectory

    init(
        files: TemporaryDataFolder = TemporaryDataFolder(), clock: TestClock = TestClock(),
        engine: (SQLiteEngine) -> any SQLEngine = { $0 }
    ) async throws {
        self.files = files
        self.clock = clock
        let folder = try DataFolder.open(files.path)
        let records = try await RecordStore.open(engine(try SQLiteEngine.open(path: folder.recordsPath)), now: clock.now)
        var options = WorkspaceDirectory.Options()
        options.hashesWeakly = true
        directory = try await WorkspaceDirectory.open(
            folder: folder, records: records, clock: clock, options: options, logger: Logger(label: "test"))
    }

    func create(_ name: String = "茶馆") async throws -> CreatedWorkspace {
        try await directory.create(
            NewWorkspace(name: name, timezone: "Asia/Shanghai", currency: "CNY", language: "zh-Hans"), by: .commandLine)
    }

    /// Closes this directory and opens the same folder again.
    func reopened() async throws -> DirectoryFixtures {
        await directory.close()
        return try await DirectoryFixtures(files: files, clock: clock)
    }
}

extension Collection where Element == UInt8 {
    /// Whether `text` occurs in these bytes.
    func contains(text: String) -> Bool { Array(self).contains(Array(text.utf8)) }
}
