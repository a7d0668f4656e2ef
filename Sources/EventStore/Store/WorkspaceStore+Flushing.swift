internal import Columns
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
}

extension WorkspaceStore {
    /// Writes everything in memory to a part on disk; returns when it is durable.
    public func flush() async throws(Problem) {
        try await rotateOnWriter()
        try await on(flushQueue) { () throws(Problem) in try self.flushFrozen() }
    }

    /// Writes everything to disk and merges all parts into one.
    public func mergeAll() async throws(Problem) {
        try await rotateOnWriter()
        try await on(flushQueue) { () throws(Problem) in try self.flushFrozen() }
        try await on(mergeQueue) { () throws(Problem) in
            let count = self.state.withLock { $0.diskParts.count }
            if count > 1 { try self.merge(0 ..< count) }
        }
    }

    /// The writer may wait for the flush queue, so that queue never waits for the writer.
    private func rotateOnWriter() async throws(Problem) {
        let result: Result<Void, Problem> = await withCheckedContinuation { continuation in
            writerQueue.async { continuation.resume(returning: Result { () throws(Problem) in try self.rotate() }) }
        }
        try result.get()
    }

    private func on(
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
            flushing.withLock { $0 = FlushState(isFlushing: false, failure: error) }
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
            if self.options.mergesInBackground { self.mergeQueue.async { self.mergeIfDue() } }
        }
    }

    /// Goes over to a new log file, unless the current one is empty.
    ///
    /// On the writer's queue.
    private func rotate() throws(Problem) {
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
    private func flushFrozen() throws(Problem) {
        let (chunks, current) = state.withLock { state in
            (state.chunks.filter { $0.log < state.currentLog }, state.currentLog)
        }
        guard let last = chunks.last else { return }
        let (entry, part) = try writePart(chunks.map(\.part))
        try state.withLock { state throws(Problem) in
            var manifest = state.manifest
            manifest.parts.append(entry)
            manifest.endArrival = last.endArrival
            manifest.firstLog = current
            try save(manifest)
            state.manifest = manifest
            state.diskParts.append(StoreState.DiskPart(entry: entry, part: part))
            state.chunks.removeAll { $0.endArrival <= last.endArrival }
            state.frozen.removeAll { $0.log < current }
            for log in state.logBytes.keys where log < current { state.logBytes[log] = nil }
        }
        removeLogs(below: current)
    }

    private var isClosing: Bool { waiting.withLock { $0.isClosed } }

    private func writePart(
        _ parts: [Part], isStopping: () -> Bool = { false }
    ) throws(Problem) -> (Manifest.PartEntry, Part) {
        // The number is taken at once, because a flush and a merge may be under way together.
        let (number, seed) = state.withLock { state in
            defer { state.manifest.nextPart += 1 }
            return (state.manifest.nextPart, state.manifest.seed)
        }
        let path = WorkspaceStore.partPath(partDirectory, number)
        let byteCount: Int
        do throws(DiskFailure) {
            byteCount = try PartFile.write(parts, seed: seed, to: path, disk: options.disk, isStopping: isStopping)
            try options.disk.syncDirectory(partDirectory)
        } catch {
            options.disk.discard(path)
            throw error.problem
        }
        let entry = Manifest.PartEntry(
            number: number, firstArrival: parts.first?.firstArrival ?? 0, endArrival: parts.last?.endArrival ?? 0,
            byteCount: UInt64(byteCount))
        return (entry, try WorkspaceStore.openPart(path, disk: options.disk))
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

    // MARK: - Merging

    /// Merges neighbouring parts while `mergeFanIn` of them are of similar size.
    ///
    /// On the merge queue. What fails is left for the next time: the parts stay as they are.
    private func mergeIfDue() {
        do throws(Problem) {
            while let run = state.withLock({ dueMerge($0.diskParts.map { $0.part.rowCount }) }) { try merge(run) }
        } catch {
            if isClosing { return }
            logger.error("parts could not be merged", metadata: ["reason": "\(error.message)"])
        }
    }

    /// The newest run of `mergeFanIn` neighbours whose sizes differ by less than a factor of four.
    func dueMerge(_ rowCounts: [Int]) -> Range<Int>? {
        let fanIn = max(2, options.mergeFanIn)
        guard rowCounts.count >= fanIn else { return nil }
        for start in (0 ... rowCounts.count - fanIn).reversed() {
            let run = rowCounts[start ..< start + fanIn]
            guard let least = run.min(), let greatest = run.max(), run.reduce(0, +) <= options.mergedCallsMax else { continue }
            if greatest < 4 * max(least, 1) { return start ..< start + fanIn }
        }
        return nil
    }

    /// Puts one part in the place of several; parts that are flushed meanwhile come behind them.
    private func merge(_ range: Range<Int>) throws(Problem) {
        let old = state.withLock { Array($0.diskParts[range]) }
        let (entry, part) = try writePart(old.map(\.part), isStopping: { self.isClosing })
        try state.withLock { state throws(Problem) in
            var manifest = state.manifest
            manifest.parts.replaceSubrange(range, with: [entry])
            try save(manifest)
            state.manifest = manifest
            state.diskParts.replaceSubrange(range, with: [StoreState.DiskPart(entry: entry, part: part)])
        }
        for disk in old { options.disk.discard(WorkspaceStore.partPath(partDirectory, disk.entry.number)) }
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
