internal import Columns
internal import Model

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// Keeps the checkpoint of one import in `FILE.teahouse-import` while it runs.
///
/// It is replaced as a whole after each chunk and not flushed: a kill leaves the old one or the new one, and one that a power cut tore
/// or took away only costs the time of reading the file from its beginning.
final class ImportJournal {
    /// What was found beside the file.
    enum Found {
        case nothing
        /// Where an equal import had come to.
        case checkpoint(ImportCheckpoint)
        /// Why what was found is of no use, as the rest of a sentence.
        case useless(String)
    }

    let subject: ImportCheckpoint.Subject
    private let candidates: [String]
    /// Where it is written to; nil until the first time, or when it can be written nowhere.
    private var path: String?
    private var isUnwritable = false

    /// - Parameter candidates: paths to try, the best first: beside the file, else where one may write.
    init(subject: ImportCheckpoint.Subject, candidates: [String]) {
        self.subject = subject
        self.candidates = candidates
    }

    /// The checkpoint that an interrupted run left.
    func find() -> Found {
        guard let found = candidates.first(where: { access($0, F_OK) == 0 }) else { return .nothing }
        guard let checkpoint = ImportJournal.read(found) else {
            return .useless("its note \(found) cannot be read")
        }
        let old = checkpoint.subject
        if old.file != subject.file { return .useless("the file has changed since") }
        if old.target != subject.target { return .useless("that went to another place") }
        if old.reading != subject.reading { return .useless("its columns were read in another way") }
        return .checkpoint(checkpoint)
    }

    private static func read(_ path: String) -> ImportCheckpoint? {
        guard let source = try? FileSource(path: path), source.byteCount <= 1 << 20 else { return nil }
        var bytes = [UInt8](repeating: 0, count: source.byteCount)
        let count = bytes.withUnsafeMutableBytes { buffer in try? source.read(into: buffer) }
        guard count == bytes.count, let json = try? JSONParser.parse(bytes) else { return nil }
        return ImportCheckpoint(json: json)
    }

    /// Replaces the checkpoint.
    ///
    /// - Returns: false, once, when it can be written nowhere: the import goes on without.
    func write(_ checkpoint: ImportCheckpoint) -> Bool {
        guard !isUnwritable else { return true }
        let bytes = checkpoint.json.utf8
        for candidate in path.map({ [$0] }) ?? candidates where ImportJournal.replace(candidate, with: bytes) {
            path = candidate
            return true
        }
        isUnwritable = true
        return false
    }

    private static func replace(_ path: String, with bytes: [UInt8]) -> Bool {
        let temporary = temporary(path)
        // It holds a row of the file: for its owner only.
        let descriptor = open(temporary, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { return false }
        let written = bytes.withUnsafeBytes { systemWrite(descriptor, $0.baseAddress, $0.count) }
        close(descriptor)
        if written == bytes.count, rename(temporary, path) == 0 { return true }
        unlink(temporary)
        return false
    }

    private static func temporary(_ path: String) -> String { path + ".new" }

    /// The import is done: nothing is left to go on with.
    func remove() {
        for candidate in candidates {
            unlink(candidate)
            unlink(ImportJournal.temporary(candidate))
        }
    }
}

private func systemWrite(_ descriptor: Int32, _ bytes: UnsafeRawPointer?, _ count: Int) -> Int {
    write(descriptor, bytes, count)
}
