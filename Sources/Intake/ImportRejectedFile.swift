internal import Model

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The line number, code and reason of each row that was not taken, in `FILE.rejected.csv`.
///
/// It is made when the first row is refused.
final class ImportRejectedFile {
    /// Where it is, once it was made.
    private(set) var path: String?
    /// Its length, what waits included.
    private(set) var byteCount = 0
    private let candidates: [String]
    private var descriptor: Int32 = -1
    private var pending: [UInt8] = []

    /// - Parameter candidates: paths to try, the best first: beside the file, else where one may write.
    init(candidates: [String]) { self.candidates = candidates }

    deinit { if descriptor >= 0 { close(descriptor) } }

    /// - Throws: ``Problem`` with code `rejected_file` when it can be written nowhere.
    func add(_ refusals: [ImportRefusal]) throws(Problem) {
        guard !refusals.isEmpty else { return }
        if descriptor < 0 { try make() }
        let before = pending.count
        for refusal in refusals.sorted(by: { $0.line < $1.line }) {
            pending.append(contentsOf: "\(refusal.line),\(refusal.code),\"".utf8)
            for byte in refusal.reason.utf8 {
                if byte == UInt8(ascii: "\"") { pending.append(byte) }
                pending.append(byte)
            }
            pending.append(contentsOf: "\"\n".utf8)
        }
        byteCount += pending.count - before
        if pending.count > 64 << 10 { try flush() }
    }

    /// Goes on with the list that an interrupted run left, behind its first `byteCount` bytes; false when it is no longer there.
    func goOn(at path: String, byteCount: Int) -> Bool {
        let opened = open(path, O_WRONLY | O_CLOEXEC)
        guard opened >= 0 else { return false }
        guard lseek(opened, 0, SEEK_END) >= byteCount, ftruncate(opened, off_t(byteCount)) == 0,
            lseek(opened, 0, SEEK_END) == byteCount
        else {
            close(opened)
            return false
        }
        descriptor = opened
        self.path = path
        self.byteCount = byteCount
        return true
    }

    /// Forgets a list that was gone on with: the next refusal begins it anew.
    func beginAnew() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
        path = nil
        byteCount = 0
        pending.removeAll()
    }

    /// - Throws: ``Problem`` with code `rejected_file` when it cannot be written.
    func flush() throws(Problem) {
        var start = 0
        while start < pending.count {
            let count = pending.withUnsafeBytes { write(descriptor, $0.baseAddress?.advanced(by: start), $0.count - start) }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw problem() }
            start += count
        }
        pending.removeAll(keepingCapacity: true)
    }

    private func make() throws(Problem) {
        for candidate in candidates {
            descriptor = open(candidate, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o644)
            guard descriptor >= 0 else { continue }
            path = candidate
            pending.append(contentsOf: "line,code,reason\n".utf8)
            byteCount = pending.count
            return
        }
        throw problem()
    }

    private func problem() -> Problem {
        Problem(
            .init("rejected_file"),
            "The list of refused rows cannot be written to \(candidates.joined(separator: " or ")): \(String(cString: strerror(errno))). Name another place.",
            place: candidates.first)
    }
}
