internal import Disks
internal import Dispatch
internal import Logging
public import Model
internal import Synchronization

/// Fewer parts: while calls come in few are merged at a time, and the rest when it is quiet.
extension WorkspaceStore {
    /// Writes everything to disk and merges all parts into one.
    public func mergeAll() async throws(Problem) {
        try await flush()
        try await on(mergeQueue) { () throws(Problem) in
            let count = self.state.withLock { $0.diskParts.count }
            if count > 1 { try self.merge(0 ..< count, isStopping: { self.isClosing }) }
        }
    }

    /// Merges what is due in the background, and settles when no part has followed for a while.
    func mergeSoon() {
        mergeQueue.async { self.mergeWhere(self.dueMerge) }
        settleLater()
    }

    /// Merges until few parts are left, in the background when no part has followed for a while: questions are quickest then.
    func settleLater() {
        let end = diskEnd
        mergeQueue.asyncAfter(deadline: .now() + options.settlesAfter) { [weak self] in
            guard let self, !self.isClosing, self.diskEnd == end else { return }
            self.mergeWhere(self.dueMerge)
            let partCount = self.state.withLock { $0.diskParts.count }
            // It may take minutes; those parts that come meanwhile must not wait for it in numbers.
            self.mergeWhere(self.unsettled) {
                self.state.withLock { $0.diskParts.count } >= partCount + self.options.mergeFanIn
            }
        }
    }

    /// The arrival number after the last call that is in a part on disk.
    private var diskEnd: UInt64 { state.withLock { $0.diskParts.last?.entry.endArrival ?? 0 } }

    /// Merges neighbouring parts while `due` finds some, the disk has room, and they are not overtaken by what is more urgent.
    ///
    /// On the merge queue. What fails or is given up is left for the next time: the parts stay as they are.
    private func mergeWhere(_ due: ([PartSize]) -> Range<Int>?, isOvertaken: @escaping () -> Bool = { false }) {
        let isStopping = { self.isClosing || self.flushing.withLock { $0.erasureCount > 0 } || isOvertaken() }
        while !isStopping() {
            let sizes = state.withLock { $0.diskParts.map { PartSize($0.part) } }
            guard let run = due(sizes), hasRoom(sizes[run]) else { return }
            do throws(Problem) { try merge(run, isStopping: isStopping) } catch {
                if isStopping() { return }
                logger.error("parts could not be merged", metadata: ["reason": "\(error.message)"])
                return
            }
        }
    }

    /// Whether a merge leaves as much room on the disk as it takes: those who send must not find it full.
    private func hasRoom(_ sizes: ArraySlice<PartSize>) -> Bool {
        guard let freeBytes = options.disk.freeBytes(in: partDirectory) else { return true }
        let byteCount = sizes.reduce(0) { $0 + $1.byteCount }
        if 2 * byteCount <= freeBytes { return true }
        logger.notice("parts are not merged: the disk has too little room", metadata: ["bytes": "\(2 * byteCount)"])
        return false
    }

    /// The newest run of `mergeFanIn` neighbours whose sizes differ by less than a factor of four.
    func dueMerge(_ sizes: [PartSize]) -> Range<Int>? {
        let fanIn = max(2, options.mergeFanIn)
        guard sizes.count >= fanIn else { return nil }
        for start in (0 ... sizes.count - fanIn).reversed() {
            let run = sizes[start ..< start + fanIn]
            let callCounts = run.map(\.callCount)
            guard let least = callCounts.min(), let greatest = callCounts.max(), PartSize.sum(run).fits(options.mergedCallsMax)
            else { continue }
            if greatest < 4 * max(least, 1) { return start ..< start + fanIn }
        }
        return nil
    }

    /// The parts from the oldest on that is at most four times as large as all behind it; each is larger than that afterwards.
    func unsettled(_ sizes: [PartSize]) -> Range<Int>? {
        for (start, size) in sizes.enumerated().dropLast() {
            let rest = PartSize.sum(sizes[(start + 1)...])
            if PartSize.sum([size, rest]).fits(options.settledCallsMax), size.callCount <= 4 * rest.callCount {
                return start ..< sizes.count
            }
        }
        return nil
    }

    /// Puts one part in the place of several; parts that are flushed meanwhile come behind them.
    private func merge(_ range: Range<Int>, isStopping: @escaping () -> Bool) throws(Problem) {
        let old = state.withLock { Array($0.diskParts[range]) }
        let (entry, part) = try writePart(old.map(\.part), isStopping: isStopping)
        try commit { manifest in
            manifest.parts.replaceSubrange(range, with: [entry])
        } apply: { state in
            state.diskParts.replaceSubrange(range, with: [StoreState.DiskPart(entry: entry, part: part)])
        }
        for disk in old { discardPart(disk.entry.number) }
    }
}

/// What decides which parts are merged.
struct PartSize {
    /// Bytes of a list: it names places in itself by 32 bits.
    ///
    /// Joined, lists are hardly longer than apart.
    private static let longestBytesMax = 3 << 30

    var callCount: Int
    var byteCount = 0
    /// Bytes of the longest section or column.
    var longestBytes = 0

    /// Of all parts together, at most.
    static func sum(_ sizes: some Sequence<PartSize>) -> PartSize {
        sizes.reduce(into: PartSize(callCount: 0)) { sum, size in
            sum.callCount += size.callCount
            sum.byteCount += size.byteCount
            sum.longestBytes += size.longestBytes
        }
    }

    func fits(_ callsMax: Int) -> Bool { callCount <= callsMax && longestBytes <= PartSize.longestBytesMax }
}

extension PartSize {
    fileprivate init(_ part: Part) {
        let extents = Array(part.directory.sections.values) + part.directory.columns.map(\.extent)
        self.init(callCount: part.info.callCount, byteCount: part.byteCount, longestBytes: extents.map(\.byteCount).max() ?? 0)
    }
}
