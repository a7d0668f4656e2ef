internal import Model

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// An opened file read from its beginning to its end.
final class FileSource {
    let path: String
    /// Size in bytes when it was opened.
    let byteCount: Int
    /// When it was last changed, since 1970.
    let modifiedNanoseconds: Int64
    /// Bytes read so far.
    private(set) var bytesRead = 0
    private let descriptor: Int32

    /// - Throws: ``Problem`` with code `file_missing`, `is_a_folder`, `not_a_file` or `file_not_readable`.
    init(path: String) throws(Problem) {
        var information = stat()
        guard stat(path, &information) == 0 else { throw FileSource.problem(path: path, number: errno) }
        guard information.st_mode & S_IFMT != S_IFDIR else {
            throw Problem(.init("is_a_folder"), "\(path) is a folder. Name the files in it: \(path)/*.csv.", place: path)
        }
        // A file is read twice: first some rows to see what they are, then all. What flows past once would lose its beginning.
        guard information.st_mode & S_IFMT == S_IFREG else {
            throw Problem(
                .init("not_a_file"), "\(path) is a pipe or a device. Save what comes out of it as a file and import that.",
                place: path)
        }
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw FileSource.problem(path: path, number: errno) }
        self.path = path
        byteCount = Int(information.st_size)
        #if canImport(Glibc)
        let modified = information.st_mtim
        #else
        let modified = information.st_mtimespec
        #endif
        modifiedNanoseconds = Int64(modified.tv_sec) * 1_000_000_000 + Int64(modified.tv_nsec)
    }

    deinit { close(descriptor) }

    /// Fills `buffer` as far as the file goes; returns how many bytes, 0 at the end.
    func read(into buffer: UnsafeMutableRawBufferPointer) throws(Problem) -> Int {
        var filled = 0
        while filled < buffer.count {
            #if canImport(Glibc)
            let count = Glibc.read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            #else
            let count = Darwin.read(descriptor, buffer.baseAddress?.advanced(by: filled), buffer.count - filled)
            #endif
            if count < 0, errno == EINTR { continue }
            guard count >= 0 else { throw FileSource.problem(path: path, number: errno) }
            if count == 0 { break }
            filled += count
        }
        bytesRead += filled
        return filled
    }

    private static func problem(path: String, number: Int32) -> Problem {
        switch number {
        case ENOENT, ENOTDIR:
            return Problem(
                .init("file_missing"), "There is no file \(path). Check the path, and the folder it starts from.", place: path,
                status: 404)
        case EACCES, EPERM:
            return Problem(
                .init("file_not_readable"), "\(path) may not be read. Change its permissions, or import as its owner.", place: path)
        default:
            let reason = String(cString: strerror(number))
            return Problem(.init("file_not_readable"), "\(path) cannot be read: \(reason).", place: path)
        }
    }
}
