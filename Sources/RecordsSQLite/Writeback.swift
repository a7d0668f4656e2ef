import Disks
import Dispatch
import Foundation
import Synchronization

/// Sends what is being written to files on to the disk while it is written, a little at a time.
///
/// Else all of a long transaction would go there at once when it is committed, and whoever makes something short durable would wait
/// behind it. Nothing is more or less durable by this.
final class Writeback: Sendable {
    /// Seconds.
    private static let pause = 0.003

    private let queue = DispatchQueue(label: "teahouse.records.writeback")
    private let paths: [String]
    /// Open until ``close()``: closing a file that SQLite has open, too, would end SQLite's locks of it.
    private let files = Mutex<[any DiskFile]>([])

    init(_ paths: [String]) { self.paths = paths }

    deinit { close() }

    /// Runs `body`, and sends on what is written meanwhile.
    func during<Answer>(_ body: () async throws -> Answer) async rethrows -> Answer {
        if paths.isEmpty { return try await body() }
        let work = Work()
        queue.async { [self] in
            while work.isGoingOn {
                sendOn()
                Thread.sleep(forTimeInterval: Writeback.pause)
            }
        }
        defer { work.end() }
        return try await body()
    }

    private func sendOn() {
        files.withLock { files in
            // What cannot be sent on now is told by the commit, which sends on the rest.
            do throws(DiskFailure) {
                while files.count < paths.count { files.append(try SystemDisk().open(paths[files.count])) }
                for file in files { try file.sync() }
            } catch { return }
        }
    }

    /// Once SQLite has closed the files.
    func close() {
        queue.sync {
            files.withLock { files in
                for file in files { file.close() }
                files = []
            }
        }
    }

    private final class Work: Sendable {
        private let isDone = Atomic(false)

        var isGoingOn: Bool { !isDone.load(ordering: .acquiring) }

        func end() { isDone.store(true, ordering: .releasing) }
    }
}
