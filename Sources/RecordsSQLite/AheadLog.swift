import Columns
import Disks
import Model
import Records

/// What was written ahead and is not in the tables yet, in two files that take turns: one is emptied when all of it is in the tables.
///
/// Used by one thread at a time.
final class AheadLog {
    private let files: [AheadFile]
    private var current: Int

    /// Opens both files, which are made when they are missing.
    ///
    /// - Parameter pending: Takes all frames that are there, in order of their numbers.
    /// - Throws: ``Problem`` with code `damaged`, or what the disk says.
    init(path: String, disk: any Disk, _ pending: inout [(number: Int64, log: RowLog)]) throws(Problem) {
        var found: [(number: Int64, log: RowLog)] = []
        var files: [AheadFile] = []
        for ending in ["-ahead-0", "-ahead-1"] {
            files.append(
                try AheadFile(path: path + ending, disk: disk) { number, log throws(Problem) in found.append((number, log)) })
        }
        do throws(DiskFailure) { try disk.syncDirectory(DiskPath.directory(of: path)) } catch { throw error.problem }
        self.files = files
        current = files[1].last > files[0].last ? 1 : 0
        pending = found.sorted { $0.number < $1.number }
    }

    func append(_ log: RowLog, number: Int64) throws(Problem) {
        do throws(DiskFailure) { try files[current].append(log, number: number) } catch { throw error.problem }
    }

    /// Removes what a write that failed may have left.
    func mend() throws(Problem) {
        do throws(DiskFailure) { try files[current].cutBack() } catch { throw error.problem }
    }

    /// Empties what is needed no more.
    ///
    /// - Parameter applied: The last number that is in the tables.
    func release(until applied: Int64) throws(Problem) {
        do throws(DiskFailure) {
            let other = 1 - current
            if files[other].last <= applied { try files[other].restart() }
            if files[current].isLong, files[other].byteCount == 0 { current = other }
        } catch { throw error.problem }
    }

    /// Removes all bytes that are in the tables for good.
    func forget(until applied: Int64) throws(Problem) {
        do throws(DiskFailure) {
            for file in files where file.last <= applied { try file.empty() }
        } catch { throw error.problem }
    }

    func close() { for file in files { file.close() } }
}
