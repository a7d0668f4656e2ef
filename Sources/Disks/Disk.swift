package import Columns
public import Model

/// The file system as the store uses it: few calls, each of which may fail, so that tests can lose power between any two.
package protocol Disk: Sendable {
    /// Makes a directory; it may exist already.
    func makeDirectory(_ path: String) throws(DiskFailure)
    /// The names in a directory, in no order.
    func names(in directory: String) throws(DiskFailure) -> [String]
    /// The bytes of a file, mapped; nil when there is none.
    func map(_ path: String) throws(DiskFailure) -> ByteRegion?
    /// Opens a file for writing, making it when it is missing.
    func open(_ path: String) throws(DiskFailure) -> any DiskFile
    func remove(_ path: String) throws(DiskFailure)
    /// Gives `from` the name `to`, replacing what has it; durable after ``syncDirectory(_:)``.
    func rename(_ from: String, to: String) throws(DiskFailure)
    /// Makes names made, changed and removed in a directory durable.
    func syncDirectory(_ path: String) throws(DiskFailure)
    /// Bytes that files in a directory may still take; nil when that is not known.
    func freeBytes(in directory: String) -> Int?
    /// Takes the lock of a folder until the process ends or the lock is released; nil when another process has it.
    func lock(_ path: String) throws(DiskFailure) -> (any DiskLock)?
}

/// A file open for writing.
///
/// Used by one thread at a time.
package protocol DiskFile: Sendable {
    /// Writes all of `bytes` at `offset`.
    func write(_ bytes: UnsafeRawBufferPointer, at offset: Int) throws(DiskFailure)
    /// Makes what was written durable.
    func sync() throws(DiskFailure)
    func truncate(to size: Int) throws(DiskFailure)
    func close()
}

extension DiskFile {
    /// Writes all of `bytes` at `offset`.
    package func write(_ bytes: [UInt8], at offset: Int) throws(DiskFailure) {
        var failure: DiskFailure?
        bytes.withUnsafeBytes { buffer in
            do throws(DiskFailure) { try write(buffer, at: offset) } catch { failure = error }
        }
        if let failure { throw failure }
    }
}

/// A held lock.
package protocol DiskLock: Sendable {
    func release()
}

/// What the file system said when it would not.
package struct DiskFailure: Error, Hashable, Sendable {
    /// The kinds that callers treat differently.
    package enum Kind: Hashable, Sendable {
        case full, readOnly, denied, missing
        /// The system's error number.
        case other(Int32)
    }

    package var kind: Kind
    package var path: String
    /// The system's words.
    package var reason: String

    package init(kind: Kind, path: String, reason: String) {
        self.kind = kind
        self.path = path
        self.reason = reason
    }

    /// The problem that reaches whoever asked.
    package var problem: Problem {
        switch kind {
        case .full:
            Problem(
                .diskFull, "The disk is full: nothing of this was taken. Free some space; what was acknowledged before is safe.",
                place: path, status: 503, retryAfterSeconds: 10)
        case .readOnly:
            Problem(
                .readOnly, "The data folder is read-only: nothing of this was taken. Mount it for writing.", place: path,
                status: 503,
                retryAfterSeconds: 30)
        case .denied:
            Problem(
                .readOnly, "The data folder may not be written (\(reason)). Check its owner and permissions.", place: path,
                status: 503)
        case .missing:
            Problem(.damaged, "A file of the data folder is missing. Restore it from a backup.", place: path, status: 500)
        case .other:
            Problem(
                .ioError, "The disk failed (\(reason)): nothing of this was taken. Check the machine's logs.", place: path,
                status: 503,
                retryAfterSeconds: 10)
        }
    }
}

extension Problem.Code {
    /// The disk failed in a way that is neither full nor read-only.
    public static let ioError = Problem.Code("io_error")
}

extension Disk {
    /// Replaces the file at `path` by `bytes`: after a crash either the old or the new content is there.
    package func replace(_ path: String, with bytes: [UInt8]) throws(DiskFailure) {
        let temporary = path + ".new"
        try write(bytes, to: temporary)
        try rename(temporary, to: path)
        try syncDirectory(DiskPath.directory(of: path))
    }

    /// Writes a new file and makes its bytes, not yet its name, durable.
    ///
    /// A file that failed half-way is removed.
    package func write(_ bytes: [UInt8], to path: String) throws(DiskFailure) {
        let file = try open(path)
        defer { file.close() }
        do throws(DiskFailure) {
            try file.truncate(to: 0)
            try file.write(bytes, at: 0)
            try file.sync()
        } catch {
            discard(path)
            throw error
        }
    }

    /// Removes a file that nothing names any more; that it stays is harmless, since opening the store removes it.
    package func discard(_ path: String) {
        do { try remove(path) } catch { return }
    }
}

/// Paths as text.
package enum DiskPath {
    /// What stands before the last slash.
    package static func directory(of path: String) -> String {
        path.lastIndex(of: "/").map { String(path[..<$0]) } ?? "."
    }
}
