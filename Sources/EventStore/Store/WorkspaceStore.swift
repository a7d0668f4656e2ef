internal import Columns
internal import Disks
internal import Dispatch
internal import Logging
public import Model
internal import Synchronization

/// The events of one workspace: a durable log, parts in memory and on disk, and exact deduplication, in one folder.
///
/// Calls are taken in batches and answered when they are durable. Everything acknowledged is visible to the next snapshot.
///
///     LOCK               held while the store is open
///     MANIFEST           which files count, see ``Manifest``
///     log/NNNNNNNNNN.log what is not in a part yet, see ``LogFrame``
///     parts/N.part       the calls, see ``Part``
public final class WorkspaceStore: Sendable {
    let directory: String
    let options: StoreOptions
    let observer: (any ArrivalObserver)?
    let logger: Logger
    let state: Mutex<StoreState>
    let waiting = Mutex(WaitingBatches())
    /// Appends to the log: one thread at a time, in order.
    let writerQueue = DispatchQueue(label: "teahouse.store.writer")
    /// Builds parts in memory.
    let sealQueue = DispatchQueue(label: "teahouse.store.seal")
    /// Writes what is in memory to parts on disk.
    let flushQueue = DispatchQueue(label: "teahouse.store.flush", qos: .utility)
    /// Merges parts on disk; apart, because a long merge must not keep memory from being written down.
    let mergeQueue = DispatchQueue(label: "teahouse.store.merge", qos: .utility)
    let writer: LogWriter
    let flushing = Mutex(FlushState())
    /// Held by whoever replaces the manifest, instead of the lock of the state, which must not wait for the disk.
    let manifestTurn = Mutex(())
    private let lock: any DiskLock

    init(
        directory: String, options: StoreOptions, observer: (any ArrivalObserver)?, logger: Logger, state: consuming StoreState,
        log: LogFile, lock: any DiskLock
    ) {
        self.directory = directory
        self.options = options
        self.observer = observer
        self.logger = logger
        self.state = Mutex(state)
        self.lock = lock
        writer = LogWriter(log: log)
    }

    var logDirectory: String { directory + "/log" }
    var partDirectory: String { directory + "/parts" }

    /// Makes the calls durable and visible; returns when they are.
    ///
    /// - Parameter taking: whether a conflict keeps the rest of its batch out; decided together with all batches that arrive at once.
    /// - Returns: What became of each call, in order.
    /// - Throws: ``Problem`` with code `disk_full`, `read_only`, `io_error`, `overloaded` or `stopping`: then nothing of the batch was taken.
    public func append(_ batch: CallBatch, taking: BatchTaking = .callByCall) async throws(Problem) -> [AppendOutcome] {
        if batch.isEmpty { return [] }
        let result: Result<[AppendOutcome], Problem> = await withCheckedContinuation { continuation in
            let entry = WaitingBatches.Entry(batch: batch, taking: taking, continuation: continuation)
            switch waiting.withLock({ $0.add(entry, bytesMax: options.waitingBytesMax) }) {
            case .isClosed: continuation.resume(returning: .failure(.storeIsStopping))
            case .isFull: continuation.resume(returning: .failure(.storeIsOverloaded))
            case .startWriter: writerQueue.async { self.drain() }
            case .writerRuns: break
            }
        }
        return try result.get()
    }

    /// From now on calls of the identities that `gate` names are not taken; nil takes everybody's.
    public func setGate(_ gate: (any CallGate)?) { state.withLock { $0.gate = gate } }

    /// Everything acknowledged so far, as immutable parts.
    ///
    /// After a write this pays for the new calls only.
    public func snapshot() -> StoreSnapshot { snapshot(capturing: {}).0 }

    /// The arrival number that the next call will get.
    public var nextArrival: UInt64 { state.withLock { $0.nextArrival } }

    /// As ``snapshot()``, with what `capture` gives at the same moment: no call is applied in between.
    public func snapshot<Captured>(capturing capture: () -> Captured) -> (StoreSnapshot, Captured) {
        let (parts, chunks, rest, captured) = state.withLock { state in
            state.seal()
            let rest = (state.identities, state.nextArrival)
            return (state.diskParts.map(\.part), state.chunks, rest, capture())
        }
        let snapshot = StoreSnapshot(parts: parts + chunks.map(\.part), identities: rest.0, nextArrival: rest.1)
        if chunks.count > 8 { sealQueue.async { self.compactMemory() } }
        return (snapshot, captured)
    }

    /// Gives `body` everything acknowledged so far while nothing is applied; for what has to be true before the next call comes.
    public func exclusively(_ body: (StoreSnapshot) -> Void) {
        state.withLock { state in
            state.seal()
            body(
                StoreSnapshot(
                    parts: state.diskParts.map(\.part) + state.chunks.map(\.part), identities: state.identities,
                    nextArrival: state.nextArrival))
        }
    }

    /// Counts and sizes now.
    public var statistics: StoreStatistics {
        state.withLock { state in
            var statistics = StoreStatistics()
            statistics.droppedCount = state.diskParts.reduce(0) { $0 + $1.part.droppedCount }
            statistics.callCount = Int(state.nextArrival) - 1 - statistics.droppedCount
            statistics.identityCount = state.identities.count
            statistics.partCount = state.diskParts.count
            statistics.partBytes = state.diskParts.reduce(0) { $0 + Int($1.entry.byteCount) }
            statistics.logBytes = state.logBytes.values.reduce(0, +)
            statistics.memoryCalls = state.memoryCalls
            statistics.duplicateCount = state.duplicateCount
            statistics.conflictCount = state.conflictCount
            return statistics
        }
    }

    /// Takes nothing more, finishes what was taken and gives the folder up.
    ///
    /// Later appends throw `stopping`.
    public func close() async {
        guard waiting.withLock({ $0.close() }) else { return }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            writerQueue.async {
                self.drain()
                self.writer.log.close()
                self.sealQueue.sync {}
                self.flushQueue.sync {}
                self.mergeQueue.sync {}
                self.lock.release()
                continuation.resume()
            }
        }
    }

    /// Merges small neighbours in memory, so that many small writes do not leave many small parts.
    ///
    /// On the seal queue.
    func compactMemory() {
        while let run = state.withLock({ Self.mergeableTail(of: $0.chunks, small: options.sealCalls) }) {
            let merged: MemoryChunk
            do throws(Problem) { merged = try MemoryChunk(merging: run, log: run[0].log) } catch {
                logger.error("parts in memory could not be merged", metadata: ["reason": "\(error.message)"])
                return
            }
            guard state.withLock({ $0.replace(run, by: merged) }) else { return }
        }
    }

    /// Two or more small neighbours of one log file where each is less than twice as long as what follows it.
    ///
    /// Chunks of `small` calls and more wait for the flush, which merges them all at once.
    private static func mergeableTail(of chunks: [MemoryChunk], small: Int) -> [MemoryChunk]? {
        var index = chunks.count - 1
        while index > 0 {
            guard chunks[index].count < small else {
                index -= 1
                continue
            }
            var start = index
            var count = chunks[index].count
            while start > 0, chunks[start - 1].log == chunks[index].log, chunks[start - 1].count < min(2 * count, small) {
                start -= 1
                count += chunks[start].count
            }
            if start < index { return Array(chunks[start ... index]) }
            index -= 1
        }
        return nil
    }
}

/// The log file that is being written; touched by the writer's queue alone.
final class LogWriter: @unchecked Sendable {
    // Unchecked because only blocks on the store's writer queue use it after init.
    var log: LogFile

    init(log: LogFile) { self.log = log }
}

/// Batches that wait for the writer.
struct WaitingBatches {
    struct Entry: Sendable {
        let batch: CallBatch
        let taking: BatchTaking
        let continuation: CheckedContinuation<Result<[AppendOutcome], Problem>, Never>
    }

    enum Added {
        case startWriter, writerRuns, isFull, isClosed
    }

    private var entries: [Entry] = []
    private var byteCount = 0
    private var isRunning = false
    private(set) var isClosed = false

    mutating func add(_ entry: Entry, bytesMax: Int) -> Added {
        if isClosed { return .isClosed }
        if byteCount > 0, byteCount + entry.batch.byteCount > bytesMax { return .isFull }
        entries.append(entry)
        byteCount += entry.batch.byteCount
        defer { isRunning = true }
        return isRunning ? .writerRuns : .startWriter
    }

    /// What waits now; nil, and the writer stops, when nothing does.
    mutating func take() -> [Entry]? {
        guard !entries.isEmpty else {
            isRunning = false
            return nil
        }
        defer {
            entries.removeAll(keepingCapacity: true)
            byteCount = 0
        }
        return entries
    }

    /// False when it was closed before.
    mutating func close() -> Bool {
        defer { isClosed = true }
        return !isClosed
    }
}

extension Problem {
    static let storeIsStopping = Problem(
        .stopping, "Teahouse is stopping. Send this again in a moment.", status: 503, retryAfterSeconds: 5)
    static let storeIsOverloaded = Problem(
        .overloaded, "More arrives than the disk can take. Send this again in a moment.", status: 503, retryAfterSeconds: 2)
}
