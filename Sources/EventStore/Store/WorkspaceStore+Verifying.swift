internal import Columns
internal import Disks
public import Model
internal import Synchronization

extension WorkspaceStore {
    /// Reads everything on disk again and compares every checksum, while the store is in use.
    ///
    /// Costs the reading of all files. What is flushed or merged meanwhile is read where it is then.
    /// - Returns: The counts of the moment at which the last file was found whole.
    /// - Throws: ``Problem`` with code `damaged` that names the first damaged file and the offset.
    public func verify() throws(Problem) -> StoreStatistics {
        while true {
            let seen = state.withLock { StoreFiles($0) }
            do throws(Problem) {
                try verifyParts(seen)
                try verifyLogs(seen)
                return statistics
            } catch {
                // A file that gave way to a newer one is no damage.
                guard state.withLock({ StoreFiles($0).hasReplaced(seen) }) else { throw error }
            }
        }
    }

    private func verifyParts(_ files: StoreFiles) throws(Problem) {
        for entry in files.parts {
            let path = WorkspaceStore.partPath(partDirectory, entry.number)
            let part = try WorkspaceStore.openPart(path, disk: options.disk)
            guard part.firstArrival == entry.firstArrival, part.endArrival == entry.endArrival else {
                throw .damagedFile(path, offset: 0, "it holds other calls than the manifest says")
            }
        }
    }

    private func verifyLogs(_ files: StoreFiles) throws(Problem) {
        var arrival = files.firstLoggedArrival
        for (number, byteCount) in files.logs {
            let path = LogFile.path(logDirectory, number)
            let region: ByteRegion?
            do throws(DiskFailure) { region = try options.disk.map(path) } catch { throw error.problem }
            guard let region else { throw DiskFailure(kind: .missing, path: path, reason: "missing").problem }
            guard region.count >= byteCount else {
                throw .damagedFile(path, offset: region.count, "the file is shorter than what was written to it")
            }
            // What is written behind it now belongs to the next look.
            let bytes = UnsafeRawBufferPointer(rebasing: region.bytes[..<byteCount])
            let reader = LogReader(number: number, path: path, bytes: bytes, isNewest: false)
            _ = try reader.read(arrival: &arrival) { _ in }
        }
    }
}

/// The files that count at one moment.
private struct StoreFiles {
    let parts: [Manifest.PartEntry]
    /// Numbers of log files, oldest first, with the bytes that are durable in them.
    let logs: [(number: UInt64, byteCount: Int)]
    let firstLoggedArrival: UInt64

    init(_ state: StoreState) {
        parts = state.diskParts.map(\.entry)
        logs = state.logBytes.sorted { $0.key < $1.key }.map { (number: $0.key, byteCount: $0.value) }
        firstLoggedArrival = state.manifest.endArrival
    }

    /// Whether files of `earlier` are no longer among these.
    func hasReplaced(_ earlier: StoreFiles) -> Bool {
        firstLoggedArrival != earlier.firstLoggedArrival || parts.map(\.number) != earlier.parts.map(\.number)
    }
}
