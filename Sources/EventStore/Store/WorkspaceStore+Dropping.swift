internal import Columns
internal import Dispatch
public import Model
internal import Synchronization

extension WorkspaceStore {
    /// Deletes the calls of everything taken so far that carry one of `events` and whose timestamp lies before `instant`.
    ///
    /// Returns when that is durable and no later snapshot holds them; after a crash before that either all are there or none. Their
    /// arrival numbers stay free, their messageIds known: a repeat is a duplicate as before. Identities, and what was decided about
    /// them, stay. Costs the parts that hold such calls, written anew; for the time being they take their room twice.
    /// - Returns: How much was deleted.
    /// - Throws: ``Problem`` with code `disk_full`, `read_only`, `io_error` or `stopping`: then nothing was deleted.
    public func drop(events: Set<String>, before instant: Instant) async throws(Problem) -> DropSummary {
        try await flush()
        let result: Result<DropSummary, Problem> = await withCheckedContinuation { continuation in
            mergeQueue.async {
                continuation.resume(
                    returning: Result { () throws(Problem) in try self.dropFromParts(events, before: instant.microseconds) })
            }
        }
        return try result.get()
    }

    /// Whether there are calls that carry `event` and lie before `instant`.
    ///
    /// Reads the timestamps of those parts alone that are old enough.
    public func hasCalls(of event: String, before instant: Instant) -> Bool {
        snapshot().parts.contains { $0.rows(of: [event], before: instant.microseconds) != nil }
    }

    /// On the merge queue, so that no part is merged meanwhile; parts may come behind the last one.
    private func dropFromParts(_ events: Set<String>, before instant: Int64) throws(Problem) -> DropSummary {
        let parts = state.withLock { $0.diskParts }
        var summary = DropSummary()
        var written: [UInt64: StoreState.DiskPart] = [:]
        do throws(Problem) {
            for old in parts {
                guard let mask = old.part.rows(of: events, before: instant) else {
                    summary.untouchedParts += 1
                    continue
                }
                let (entry, part) = try writePart([old.part], leavingOut: [mask], isStopping: { self.isClosing })
                written[old.entry.number] = StoreState.DiskPart(entry: entry, part: part)
                summary.callCount += mask.count
            }
        } catch {
            // No manifest has ever named these.
            for new in written.values { discardPart(new.entry.number) }
            throw isClosing ? .storeIsStopping : error
        }
        summary.writtenParts = written.count
        if written.isEmpty { return summary }
        try commit { manifest in
            for index in manifest.parts.indices {
                if let new = written[manifest.parts[index].number] { manifest.parts[index] = new.entry }
            }
        } apply: { state in
            for index in state.diskParts.indices {
                if let new = written[state.diskParts[index].entry.number] { state.diskParts[index] = new }
            }
        }
        for number in written.keys { discardPart(number) }
        return summary
    }
}

extension Part {
    /// The rows that carry one of `events` and lie before `instant`; nil when there are none.
    ///
    /// Reads the row sets of these events and as many timestamps.
    func rows(of events: Set<String>, before instant: Int64) -> RowMask? {
        guard minTimestamp < instant else { return nil }
        var mask = RowMask(limit: rowCount)
        for event in events {
            guard let code = nameCode(of: event) else { continue }
            rows(named: code).forEach { row in
                if timestamp(at: row) < instant { mask.insert(row) }
            }
        }
        return mask.count > 0 ? mask : nil
    }
}
