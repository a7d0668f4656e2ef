import Columns
import Disks
import Model
import Records

/// What was written ahead and is not in the tables yet, in two files that take turns: one is emptied when all of it is in the tables.
///
/// Used by one thread at a time.
final class AheadLog {
    /// None once it is closed.
    private var files: [AheadFile]
    private var current: Int
    private var lock: (any DiskLock)?

    /// Opens both files, which are made when they are missing, and holds them alone until it is closed.
    ///
    /// - Parameters:
    ///   - applied: Tells the last number that is in the tables, once nobody else can change it.
    ///   - pending: Takes all frames that are there, in order of their numbers.
    /// - Throws: ``Problem`` with code `data_folder_locked` or `damaged`, or what the disk says.
    init(
        path: String, disk: any Disk, bytesMax: Int = AheadFile.bytesMax, applied: () throws(Problem) -> Int64,
        _ pending: inout [(number: Int64, log: RowLog)]
    ) throws(Problem) {
        // Before anything is read: whoever has them writes them, and removes what is in the tables.
        let lock = try AheadLog.lock(path, disk)
        do throws(Problem) {
            (files, pending) = try AheadLog.open(path, disk, bytesMax, try applied())
        } catch {
            lock.release()
            throw error
        }
        self.lock = lock
        current = files[1].last > files[0].last ? 1 : 0
    }

    deinit { lock?.release() }

    private static let endings = ["-ahead-0", "-ahead-1"]

    private static func lock(_ path: String, _ disk: any Disk) throws(Problem) -> any DiskLock {
        do throws(DiskFailure) {
            if let lock = try disk.lock(path + endings[0]) { return lock }
        } catch { throw error.problem }
        throw Problem(
            .locked,
            """
            The records \(path) are in use by another Teahouse, and one alone may have them. Stop that one, or let several share a \
            database of PostgreSQL.
            """, status: 503)
    }

    private static func open(
        _ path: String, _ disk: any Disk, _ bytesMax: Int, _ applied: Int64
    ) throws(Problem) -> (files: [AheadFile], pending: [(number: Int64, log: RowLog)]) {
        var found: [(number: Int64, log: RowLog)] = []
        var files: [AheadFile] = []
        for ending in endings {
            files.append(
                try AheadFile(
                    path: path + ending, disk: disk, applied: applied, bytesMax: bytesMax
                ) { number, log throws(Problem) in found.append((number, log)) })
        }
        do throws(DiskFailure) { try disk.syncDirectory(DiskPath.directory(of: path)) } catch { throw error.problem }
        return (files, found.sorted { $0.number < $1.number })
    }

    func append(_ log: RowLog, number: Int64) throws(Problem) {
        try onFiles { files throws(DiskFailure) in try files[current].append(log, number: number) }
    }

    /// Removes what a write that failed may have left.
    func mend() throws(Problem) {
        try onFiles { files throws(DiskFailure) in try files[current].cutBack() }
    }

    /// Empties what is needed no more.
    ///
    /// - Parameter applied: The last number that is in the tables.
    func release(until applied: Int64) throws(Problem) {
        try onFiles { files throws(DiskFailure) in
            let other = 1 - current
            if files[other].last <= applied { try files[other].restart() }
            if files[current].isLong, files[other].byteCount == 0 { current = other }
        }
    }

    /// Removes all bytes that are in the tables for good.
    func forget(until applied: Int64) throws(Problem) {
        try onFiles { files throws(DiskFailure) in
            for file in files where file.last <= applied { try file.empty() }
        }
    }

    /// Others may have the files from now on; doing it twice is harmless.
    func close() {
        files = []
        lock?.release()
        lock = nil
    }

    private func onFiles(_ body: ([AheadFile]) throws(DiskFailure) -> Void) throws(Problem) {
        guard !files.isEmpty else { throw .recordsClosing }
        do throws(DiskFailure) { try body(files) } catch { throw error.problem }
    }
}
