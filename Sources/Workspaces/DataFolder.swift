public import Model
import Synchronization

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// The folder that holds everything, held by one process at a time.
///
///     LOCK            flock'd while a process has the folder; its text is that process's number
///     LAYOUT          "teahouse data 1\n": the version of this arrangement
///     records.sqlite  everything but events; rows on their way into it are in records.sqlite-ahead-0 and -1
///     workspaces/ID/  the events of one workspace
public final class DataFolder: Sendable {
    /// The version of the arrangement that this program writes.
    public static let layoutVersion = 1

    public let path: String
    private let lock: Mutex<Int32>

    /// The database of the records.
    public var recordsPath: String { path + "/records.sqlite" }

    private init(path: String, lock: Int32) {
        self.path = path
        self.lock = Mutex(lock)
    }

    deinit { release() }

    /// Makes the folder if need be and takes its lock.
    ///
    /// - Throws: ``Problem`` with code `data_folder_locked`, `newer_data`, `read_only`, `disk_full` or `damaged`.
    public static func open(_ path: String) throws(Problem) -> DataFolder {
        let trimmed = path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path
        try make(trimmed)
        let lock = try takeLock(trimmed)
        let folder = DataFolder(path: trimmed, lock: lock)
        try folder.checkLayout()
        try make(trimmed + "/workspaces")
        return folder
    }

    /// The process that holds the folder at `path` now, if one does.
    ///
    /// Looks without taking the lock for longer than a moment.
    public static func holder(of path: String) -> Int32? {
        let file = Glibc.open(path + "/LOCK", O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { return nil }
        defer { close(file) }
        if flock(file, LOCK_SH | LOCK_NB) == 0 { return nil }
        return processNumber(file) ?? 0
    }

    /// The folder of one workspace's events, made when missing.
    public func eventsPath(of workspace: WorkspaceID) throws(Problem) -> String {
        let path = "\(path)/workspaces/\(workspace.text)"
        try DataFolder.make(path)
        return path
    }

    /// Gives the folder up; doing it twice is harmless.
    public func release() {
        lock.withLock { file in
            guard file >= 0 else { return }
            // A child process that is just being started may keep the file open for a moment longer.
            flock(file, LOCK_UN)
            close(file)
            file = -1
        }
    }

    private static func takeLock(_ path: String) throws(Problem) -> Int32 {
        let file = Glibc.open(path + "/LOCK", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw problem(errno, path + "/LOCK") }
        guard flock(file, LOCK_EX | LOCK_NB) == 0 else {
            let number = processNumber(file)
            close(file)
            let holder = number.map { " (process \($0))" } ?? ""
            throw Problem(
                .locked,
                "The data folder \(path) is in use by another Teahouse\(holder). Stop that one, talk to it with --url, or choose another folder with --data.",
                status: 503)
        }
        let text = Array("\(getpid())\n".utf8)
        if ftruncate(file, 0) != 0 || pwrite(file, text, text.count, 0) != text.count {
            let failure = errno
            close(file)
            throw problem(failure, path + "/LOCK")
        }
        return file
    }

    private static func processNumber(_ file: Int32) -> Int32? {
        var bytes = [UInt8](repeating: 0, count: 16)
        let count = pread(file, &bytes, bytes.count, 0)
        guard count > 0 else { return nil }
        return Int32(String(decoding: bytes[..<count].prefix { $0 != 0x0A }, as: UTF8.self))
    }

    private func checkLayout() throws(Problem) {
        let file = path + "/LAYOUT"
        guard let text = DataFolder.read(file) else {
            try DataFolder.write("teahouse data \(DataFolder.layoutVersion)\n", to: file)
            try DataFolder.synchronize(path)
            return
        }
        let words = text.split { $0 == " " || $0 == "\n" }
        guard words.count == 3, words[0] == "teahouse", words[1] == "data", let version = Int(words[2]) else {
            throw Problem(
                .damaged, "\(file) is not Teahouse's. Choose another folder with --data, or restore it from a backup.", status: 500)
        }
        guard version <= DataFolder.layoutVersion else {
            throw Problem(
                Problem.Code("newer_data"),
                "The data folder \(path) was written by a newer Teahouse (layout \(version); this program knows \(DataFolder.layoutVersion)). Start that program.",
                status: 500)
        }
    }

    private static func read(_ path: String) -> String? {
        guard let file = fopen(path, "r") else { return nil }
        defer { fclose(file) }
        var bytes = [UInt8](repeating: 0, count: 256)
        return String(decoding: bytes[..<fread(&bytes, 1, 256, file)], as: UTF8.self)
    }

    /// Writes beside and renames, so that a crash leaves the old file or the new one.
    private static func write(_ text: String, to path: String) throws(Problem) {
        let file = Glibc.open(path + ".new", O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw problem(errno, path) }
        let bytes = Array(text.utf8)
        let isWritten = Glibc.write(file, bytes, bytes.count) == bytes.count && fsync(file) == 0
        let failure = errno
        close(file)
        guard isWritten else { throw problem(failure, path) }
        guard rename(path + ".new", path) == 0 else { throw problem(errno, path) }
    }

    private static func make(_ path: String) throws(Problem) {
        if mkdir(path, 0o700) == 0 { return synchronizeParent(of: path) }
        var failure = errno
        if failure == ENOENT, let slash = path.lastIndex(of: "/"), slash != path.startIndex {
            try make(String(path[..<slash]))
            // Once more and no oftener: some folders, such as /proc, take none although they are there.
            if mkdir(path, 0o700) == 0 { return synchronizeParent(of: path) }
            failure = errno
        }
        var facts = stat()
        guard stat(path, &facts) == 0, facts.st_mode & S_IFMT == S_IFDIR else { throw problem(failure, path) }
    }

    /// Makes a new folder's name durable; where the folder above cannot be read, that has to do.
    private static func synchronizeParent(of path: String) {
        let parent = path.split(separator: "/").dropLast().joined(separator: "/")
        try? synchronize((path.hasPrefix("/") ? "/" : "") + (parent.isEmpty && !path.hasPrefix("/") ? "." : parent))
    }

    private static func synchronize(_ folder: String) throws(Problem) {
        let file = Glibc.open(folder, O_RDONLY | O_CLOEXEC)
        guard file >= 0 else { throw problem(errno, folder) }
        defer { close(file) }
        guard fsync(file) == 0 else { throw problem(errno, folder) }
    }

    private static func problem(_ number: Int32, _ path: String) -> Problem {
        switch number {
        case ENOSPC, EDQUOT:
            Problem(.diskFull, "The disk of \(path) is full. Free some space.", status: 503, retryAfterSeconds: 30)
        case EACCES, EPERM, EROFS:
            Problem(
                .readOnly, "\(path) cannot be written to. Check who owns it, or choose another folder with --data.", status: 503)
        case ENOTDIR, EEXIST:
            Problem(.badRequest, "\(path) is not a folder. Choose another one with --data.")
        default:
            Problem(
                Problem.Code("io_failed"),
                "\(path) cannot be made or opened: \(String(cString: strerror(number))). Choose another folder with --data.",
                status: 503)
        }
    }
}
