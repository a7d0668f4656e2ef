import Model

#if canImport(Glibc)
import Glibc
#elseif canImport(Darwin)
import Darwin
#endif

/// A file, or standard output for `-`, written from front to back.
final class OutputFile {
    private let path: String
    private let descriptor: Int32

    init(path: String) throws(Problem) {
        self.path = path
        descriptor = path == "-" ? STDOUT_FILENO : open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
        guard descriptor >= 0 else { throw failure() }
    }

    /// Appends all of `bytes`.
    func write(_ bytes: [UInt8]) throws(Problem) {
        var offset = 0
        while offset < bytes.count {
            let written = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress?.advanced(by: offset), $0.count - offset) }
            guard written > 0 else { throw failure() }
            offset += written
        }
    }

    /// Makes what was written durable, where that means something, and closes.
    func close() throws(Problem) {
        guard descriptor != STDOUT_FILENO else { return }
        let isDurable = fsync(descriptor) == 0
        guard systemClose(descriptor) == 0, isDurable else { throw failure() }
    }

    private func failure() -> Problem {
        Problem(.diskFull, "The file cannot be written: \(String(cString: strerror(errno))).", place: path)
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}

private func systemClose(_ descriptor: Int32) -> Int32 { close(descriptor) }
