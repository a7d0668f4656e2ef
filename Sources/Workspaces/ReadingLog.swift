import Logging
import Model
import Records
import Synchronization

/// Readings of profiles on their way to the audit: gathered in memory without making a page wait, written every half second.
final class ReadingLog: Sendable {
    /// Readings that may wait; whoever reads more waits until they are written.
    static let waitingMax = 1_000

    private let waiting = Mutex<[AuditEntry]>([])
    private let records: RecordStore
    private let logger: Logger

    init(records: RecordStore, logger: Logger) {
        self.records = records
        self.logger = logger
    }

    func add(_ entry: AuditEntry) async {
        let count = waiting.withLock { waiting in
            waiting.append(entry)
            return waiting.count
        }
        if count >= ReadingLog.waitingMax { await flush() }
    }

    /// Writes what waits; what cannot be written waits on, and is tried again.
    func flush() async {
        let batch = waiting.withLock { waiting in
            defer { waiting = [] }
            return waiting
        }
        do { try await records.commit(batch.map { .audit($0) }) } catch {
            waiting.withLock { $0 = batch + $0 }
            logger.error(
                "readings of profiles are not in the audit yet", metadata: ["count": "\(batch.count)", "reason": "\(error.code)"])
        }
    }
}
