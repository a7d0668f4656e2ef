internal import Columns
internal import Disks
internal import Dispatch
internal import Logging
public import Model
internal import Synchronization

/// How far the writing of parts has come.
struct FlushState {
    /// Whether a log file is being written to a part now.
    var isFlushing = false
    /// Why the last try failed, if it did.
    var failure: Problem?
    /// Erasures that are under way; parts are not merged meanwhile, so that what was written for them counts.
    var erasureCount = 0
}

extension WorkspaceStore {
    /// Writes everything in memory to a part on disk; returns when it is durable.
    public func flush() async throws(Problem) {
        try await rotateOnWriter()
        try await on(flushQueue) { () throws(Problem) in try self.flushFrozen() }
    }

    /// The writer may wait for the flush queue, so that queue never waits for the writer.
    private func rotateOnWriter() async throws(Problem) {
        let result: Result<Void, Problem> = await withCheckedContinuation { continuation in
            writerQueue.async { continuation.resume(returning: Result { () throws(Problem) in try self.rotate() }) }
        }
        try result.get()
    }

    func on(
        _ queue: DispatchQueue, _ work: @escaping @Sendable () throws(Problem) -> Void
    ) async throws(Problem) {
        let result: Result<Void, Problem> = await withCheckedContinuation { continuation in
            queue.async { continuation.resume(returning: Result { () throws(Problem) in try work() }) }
        }
        try result.get()
    }

    /// Why nothing more can be taken into memory; nil when it can.
    func memoryProblem() -> Problem? {
        guard let failure = flushing.withLock({ $0.failure }) else { return nil }
        let isOverfull = state.withLock { $0.memoryCalls > 8 * options.flushCalls || $0.memoryBytes > 8 * options.flushBytes }
        if isOverfull { rotateIfDue() }
        return isOverfull ? failure : nil
    }

    /// Starts a new log file when the current one is long enough, and has the older ones written to a part.
    ///
    /// On the writer's queue.
    func rotateIfDue() {
        let (isDue, isFarBehind) = state.withLock { state in
            (
                state.currentLogCalls >= options.flushCalls || state.memoryBytes >= options.flushBytes,
                state.memoryCalls >= 4 * options.flushCalls
            )
        }
        guard isDue else { return }
        let isFree = flushing.withLock { flushing in
            if flushing.isFlushing { return false }
            flushing.isFlushing = true
            return true
        }
        if !isFree {
            // The disk cannot keep up: the writer waits, and with it everybody who sends.
            if isFarBehind { flushQueue.sync {} }
            return
        }
        do throws(Problem) { try rotate() } catch {
            flushing.withLock { flushing in
                flushing.isFlushing = false
                flushing.failure = error
            }
            return
        }
        flushQueue.async {
            let result = Result { () throws(Problem) in try self.flushFrozen() }
            self.flushing.withLock { flushing in
                flushing.isFlushing = false
                flushing.failure = nil
                if case .failure(let problem) = result {
                    flushing.failure = problem
                    self.logger.error("a part could not be written", metadata: ["reason": "\(problem.message)"])
                }
            }
            if self.options.mergesInBackground { self.mergeSoon() }
        }
    }

    /// Goes over to a new log file, unless the current one is empty.
    ///
    /// On the writer's queue.
    func rotate() throws(Problem) {
        let (isEmpty, nextArrival) = state.withLock { ($0.recent.count == 0, $0.nextArrival) }
        if isEmpty { return }
        if waiting.withLock({ $0.isClosed }) { throw .storeIsStopping }
        let fresh: LogFile
        do throws(DiskFailure) {
            try writer.log.cutBack()
            fresh = try LogFile(
                number: writer.log.number + 1, firstArrival: nextArrival, directory: logDirectory, disk: options.disk)
        } catch {
            throw error.problem
        }
        let old = writer.log
        writer.log = fresh
        old.close()
        state.withLock { state in
            state.startLog(fresh.number)
            state.logBytes[fresh.number] = fresh.byteCount
        }
    }

    /// Writes the calls of all log files but the current one to a part.
    ///
    /// On the flush queue.
    func flushFrozen() throws(Problem) {
        let (chunks, current) = state.withLock { state in
            (state.chunks.filter { $0.log < state.currentLog }, state.currentLog)
        }
        guard let last = chunks.last else { return }
        let (entry, part) = try writePart(chunks.map(\.part))
        try commit { manifest in
            manifest.parts.append(entry)
            manifest.endArrival = last.endArrival
            manifest.firstLog = current
        } apply: { state in
            state.diskParts.append(StoreState.DiskPart(entry: entry, part: part))
            state.chunks.removeAll { $0.endArrival <= last.endArrival }
            state.frozen.removeAll { $0.log < current }
            for log in state.logBytes.keys where log < current { state.logBytes[log] = nil }
        }
        removeLogs(below: current)
    }

    var isClosing: Bool { waiting.withLock { $0.isClosed } }

    /// Joins parts, less the rows of `masks`, into a file that no manifest names yet.
    func writePart(
        _ parts: [Part], leavingOut masks: [RowMask?]? = nil, erasing erasure: Erasure? = nil,
        isStopping: @escaping () -> Bool = { false }
    ) throws(Problem) -> (Manifest.PartEntry, Part) {
        // The number is taken at once, because a flush and a merge may be under way together.
        let (number, seed) = state.withLock { state in
            defer { state.manifest.nextPart += 1 }
            return (state.manifest.nextPart, state.manifest.seed)
        }
        let path = WorkspaceStore.partPath(partDirectory, number)
        let byteCount: Int
        do throws(DiskFailure) {
            byteCount = try PartFile.write(
                parts, leavingOut: masks, erasing: erasure, seed: seed, to: path, disk: options.disk,
                scratchBytes: options.scratchBytes, isStopping: isStopping)
            try options.disk.syncDirectory(partDirectory)
        } catch {
            options.disk.discard(path)
            throw error.problem
        }
        let entry = Manifest.PartEntry(
            number: number, firstArrival: parts.first?.firstArrival ?? 0, endArrival: parts.last?.endArrival ?? 0,
            byteCount: UInt64(byteCount))
        do throws(Problem) {
            // What cannot be read back as it was written is never named by a manifest.
            return (entry, try WorkspaceStore.openPart(path, disk: options.disk))
        } catch {
            options.disk.discard(path)
            throw error
        }
    }

    func discardPart(_ number: UInt64) { options.disk.discard(WorkspaceStore.partPath(partDirectory, number)) }

    /// Changes which files count: durably first, then for readers.
    ///
    /// While the disk works only other changes wait: neither those who send nor those who read.
    /// - Throws: the disk's problem; then the change may still be found after a crash, and nothing else has happened.
    func commit(_ change: (inout Manifest) -> Void, apply: (inout StoreState) -> Void) throws(Problem) {
        try manifestTurn.withLock { _ throws(Problem) in
            var manifest = state.withLock { $0.manifest }
            change(&manifest)
            try save(manifest)
            state.withLock { state in
                // Another part may have taken its number meanwhile.
                manifest.nextPart = max(manifest.nextPart, state.manifest.nextPart)
                state.manifest = manifest
                apply(&state)
            }
        }
    }

    private func save(_ manifest: Manifest) throws(Problem) {
        do throws(DiskFailure) {
            try options.disk.replace("\(directory)/\(Manifest.fileName)", with: manifest.bytes)
        } catch {
            throw error.problem
        }
    }

    private func removeLogs(below number: UInt64) {
        let names: [String]
        do throws(DiskFailure) { names = try options.disk.names(in: logDirectory) } catch { return }
        for name in names {
            if let log = LogFile.number(ofName: name), log < number { options.disk.discard("\(logDirectory)/\(name)") }
        }
    }

    // MARK: - Part files

    static func partPath(_ directory: String, _ number: UInt64) -> String { "\(directory)/\(number).part" }

    static func openPart(_ path: String, disk: any Disk) throws(Problem) -> Part {
        let region: ByteRegion?
        do throws(DiskFailure) { region = try disk.map(path) } catch { throw error.problem }
        guard let region else { throw DiskFailure(kind: .missing, path: path, reason: "missing").problem }
        return try Part(region: region, name: path)
    }
}
