import FoundationEssentials
import TestSupport

#if canImport(Glibc)
import Glibc
#endif

/// A small disk in memory that a test fills up or makes read-only.
///
/// Mounting needs root; `isPermitted` says whether it works here.
final class SmallDisk: Sendable {
    /// Tried once: containers often forbid it even to root.
    static let isPermitted: Bool = {
        guard geteuid() == 0, let folder = try? TestFolder() else { return false }
        let path = folder.path("try")
        guard mkdir(path, 0o700) == 0, mount("tmpfs", path, "tmpfs", 0, "size=1m") == 0 else { return false }
        return umount2(path, Int32(MNT_DETACH)) == 0
    }()

    let path: String
    private let megabytes: Int

    init(at path: String, megabytes: Int) throws {
        self.path = path
        self.megabytes = megabytes
        guard mkdir(path, 0o700) == 0, mount("tmpfs", path, "tmpfs", 0, "size=\(megabytes)m") == 0 else {
            throw ServerProcess.Failure("mounting \(path): \(String(cString: strerror(errno)))")
        }
    }

    deinit { umount2(path, Int32(MNT_DETACH)) }

    /// Makes it read-only, or writable again.
    ///
    /// Fails while a file is open for writing.
    func setReadOnly(_ isReadOnly: Bool) throws {
        let flags = UInt(MS_REMOUNT) | (isReadOnly ? UInt(MS_RDONLY) : 0)
        guard mount("tmpfs", path, "tmpfs", flags, "size=\(megabytes)m") == 0 else {
            throw ServerProcess.Failure("remounting \(path): \(String(cString: strerror(errno)))")
        }
    }

    /// Writes a file that leaves no more than `bytes` free.
    func fill(leaving bytes: Int) throws {
        let file = open(path + "/filler", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(file) }
        var free = statvfs()
        let zeros = [UInt8](repeating: 0, count: 65_536)
        while statvfs(path, &free) == 0, Int(free.f_bavail) * Int(free.f_frsize) > bytes {
            let rest = Int(free.f_bavail) * Int(free.f_frsize) - bytes
            guard write(file, zeros, min(rest, zeros.count)) > 0 else { break }
        }
    }

    /// Removes what ``fill(leaving:)`` wrote.
    func free() { unlink(path + "/filler") }
}
