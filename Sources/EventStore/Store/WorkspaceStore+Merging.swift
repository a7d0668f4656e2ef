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
            if count > 1 { try self.merge(0 ..< count) }
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
            self.mergeWhere(self.unsettled)
        }
    }

    /// The arrival number after the last call that is in a part on disk.
    private var diskEnd: UInt64 { state.withLock { $0.diskParts.last?.entry.endArrival ?? 0 } }

    /// Merges neighbouring parts while `due` finds some.
    ///
    /// On the merge queue. What fails is left for the next time: the parts stay as they are.
    private func mergeWhere(_ due: ([Int]) -> Range<Int>?) {
        do throws(Problem) {
            while let run = state.withLock({ due($0.diskParts.map(\.entry.callCount)) }) { try merge(run) }
        } catch {
            if isClosing { return }
            logger.error("parts could not be merged", metadata: ["reason": "\(error.message)"])
        }
    }

    /// The newest run of `mergeFanIn` neighbours whose sizes differ by less than a factor of four.
    func dueMerge(_ callCounts: [Int]) -> Range<Int>? {
        let fanIn = max(2, options.mergeFanIn)
        guard callCounts.count >= fanIn else { return nil }
        for start in (0 ... callCounts.count - fanIn).reversed() {
            let run = callCounts[start ..< start + fanIn]
            guard let least = run.min(), let greatest = run.max(), run.reduce(0, +) <= options.mergedCallsMax else { continue }
            if greatest < 4 * max(least, 1) { return start ..< start + fanIn }
        }
        return nil
    }

    /// The parts from the oldest on that is at most four times as large as all behind it; each is larger than that afterwards.
    func unsettled(_ callCounts: [Int]) -> Range<Int>? {
        var rest = callCounts.reduce(0, +)
        for (start, callCount) in callCounts.enumerated().dropLast() {
            let sum = rest
            rest -= callCount
            if sum <= options.mergedCallsMax, callCount <= 4 * rest { return start ..< callCounts.count }
        }
        return nil
    }

    /// Puts one part in the place of several; parts that are flushed meanwhile come behind them.
    private func merge(_ range: Range<Int>) throws(Problem) {
        let old = state.withLock { Array($0.diskParts[range]) }
        let (entry, part) = try writePart(old.map(\.part), isStopping: { self.isClosing })
        try commit { manifest in
            manifest.parts.replaceSubrange(range, with: [entry])
        } apply: { state in
            state.diskParts.replaceSubrange(range, with: [StoreState.DiskPart(entry: entry, part: part)])
        }
        for disk in old { discardPart(disk.entry.number) }
    }
}
