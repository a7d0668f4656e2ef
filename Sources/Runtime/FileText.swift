import Columns
import Model

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// Small files read whole.
enum FileText {
    /// The bytes of `path`, or of standard input for `-`; at most 16 MB.
    static func read(_ path: String) throws(Problem) -> [UInt8] {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            throw Problem(.notFound, "The file cannot be read: \(String(cString: strerror(errno))).", place: path)
        }
        defer { if descriptor != STDIN_FILENO { close(descriptor) } }
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 1 << 16)
        while true {
            let count = systemRead(descriptor, &buffer, buffer.count)
            if count == 0 { return bytes }
            guard count > 0 else {
                throw Problem(.notFound, "The file cannot be read: \(String(cString: strerror(errno))).", place: path)
            }
            bytes.append(contentsOf: buffer[..<count])
            guard bytes.count <= 16 << 20 else { throw Problem(.badRequest, "The file is larger than 16 MB.", place: path) }
        }
    }

    /// The JSON value in `path`, or in standard input for `-`.
    static func json(_ path: String) throws(Problem) -> JSONValue {
        let bytes = try read(path)
        do {
            return try JSONParser.parse(bytes)
        } catch {
            throw Problem(error.code, error.wording, place: path == "-" ? "standard input" : path)
        }
    }

    /// As ``read(_:)``; nil when there is no such file.
    static func readIfPresent(_ path: String) throws(Problem) -> [UInt8]? {
        access(path, F_OK) == 0 ? try read(path) : nil
    }

    /// Replaces `path` by `text`, readable by its owner only; the old or the new content is there after a crash.
    static func replace(_ path: String, with text: String) throws(Problem) {
        let temporary = path + ".new"
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw unwritable(path) }
        let bytes = Array(text.utf8)
        let isWritten =
            bytes.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) } == bytes.count && fsync(descriptor) == 0
        close(descriptor)
        guard isWritten, rename(temporary, path) == 0 else { throw unwritable(path) }
    }

    private static func unwritable(_ path: String) -> Problem {
        Problem(.readOnly, "The file cannot be written: \(String(cString: strerror(errno))).", place: path)
    }
}

private func systemRead(_ descriptor: Int32, _ buffer: UnsafeMutableRawPointer, _ count: Int) -> Int {
    read(descriptor, buffer, count)
}
