internal import Dispatch
public import Model
internal import Synchronization

/// Whom ``WorkspaceStore/erase(_:)`` erases: their identities by ordinal, and the texts by which others' calls may name them.
public struct ErasedPeople: Hashable, Sendable {
    public var identities: Set<UInt32>
    /// Identities as they are compared and as they came.
    public var texts: Set<String>
    /// Those of a browser or device, which anybody can make up: found only where they are the whole text of a member that names somebody.
    public var madeUp: Set<String>

    public init(identities: Set<UInt32>, texts: Set<String>, madeUp: Set<String> = []) {
        self.identities = identities
        self.texts = texts
        self.madeUp = madeUp
    }
}

extension WorkspaceStore {
    /// Takes everything of some people out of the store: their calls, their identities, and their names in the calls of others.
    ///
    /// Returns when that is durable and no file of the store holds any of it; after a crash before that either all is there or nothing.
    /// What has come until the last moment is erased with the rest; what comes later under one of these identities is somebody new. Of
    /// the calls the instants of receipt stay, 24 bits of a hash each, and the hash of the messageId, by which a repeat is still known.
    ///
    /// Parts that hold something of these people are written anew while calls are taken; what has come meanwhile is written down and
    /// looked through while nobody is answered: some milliseconds. When there is more of them by then, it begins again. For the time being
    /// parts take their room twice.
    /// - Parameters:
    ///   - people: says who is meant, at the beginning and once more at the last moment; called on the store's threads.
    ///   - announce: told who is meant before anything is written, and again whenever it begins again: nobody else is erased.
    /// - Returns: How much was erased.
    /// - Throws: ``Problem`` with code `disk_full`, `read_only`, `io_error`, `stopping`, `overloaded` when they never stay the same, or what
    ///   `announce` throws: then nothing was erased.
    public func erase(
        _ people: @escaping @Sendable (IdentityTable) -> ErasedPeople,
        announcing announce: (ErasedPeople) async throws(Problem) -> Void = { _ in }
    ) async throws(Problem) -> ErasureSummary {
        flushing.withLock { $0.erasureCount += 1 }
        defer { flushing.withLock { $0.erasureCount -= 1 } }
        for _ in 0 ..< WorkspaceStore.erasureRoundsMax {
            let wanted = await withCheckedContinuation { continuation in
                mergeQueue.async { continuation.resume(returning: people(self.state.withLock { $0.identities })) }
            }
            try await announce(wanted)
            try await flush()
            if let summary = try await erase(wanted, unlessOther: people) { return summary }
        }
        throw Problem(
            .overloaded, "While somebody was being erased their identities kept changing. Try again.", status: 503,
            retryAfterSeconds: 5)
    }

    /// How often an erasure begins again because there is more of somebody.
    private static let erasureRoundsMax = 8

    /// nil, with nothing changed, when at the last moment others are meant.
    private func erase(
        _ wanted: ErasedPeople, unlessOther people: @escaping @Sendable (IdentityTable) -> ErasedPeople
    ) async throws(Problem) -> ErasureSummary? {
        let prepared: Result<PreparedErasure, Problem> = await withCheckedContinuation { continuation in
            mergeQueue.async {
                var prepared = PreparedErasure(people: wanted)
                continuation.resume(
                    returning: Result { () throws(Problem) in
                        try self.prepare(&prepared)
                        return prepared
                    })
            }
        }
        let ready = try prepared.get()
        let result: Result<ErasureSummary?, Problem> = await withCheckedContinuation { continuation in
            writerQueue.async {
                continuation.resume(returning: Result { () throws(Problem) in try self.finish(ready, people) })
            }
        }
        return try result.get()
    }

    /// Writes the parts on disk without these people, unless that was done before.
    private func prepare(_ prepared: inout PreparedErasure) throws(Problem) {
        let erasure = Erasure(prepared.people)
        do throws(Problem) {
            for old in state.withLock({ $0.diskParts }) where !prepared.isKnown(old.entry.number) {
                // The folder may be another's by now.
                if isClosing { throw .storeIsStopping }
                if erasure.isAbsent(from: old.part) {
                    prepared.untouched.insert(old.entry.number)
                    continue
                }
                let mask = erasure.mask(of: old.part)
                let (entry, part) = try writePart(
                    [old.part], leavingOut: [mask], erasing: erasure, isStopping: { self.isClosing })
                prepared.written[old.entry.number] = StoreState.DiskPart(entry: entry, part: part)
                prepared.callCounts[old.entry.number] = mask?.count ?? 0
            }
        } catch {
            discard(prepared)
            throw isClosing ? .storeIsStopping : error
        }
    }

    /// No manifest has ever named these.
    private func discard(_ prepared: PreparedErasure) {
        for new in prepared.written.values { discardPart(new.entry.number) }
    }

    /// On the writer's queue: nothing is taken meanwhile, and nothing is left in the log.
    private func finish(
        _ ready: PreparedErasure, _ people: (IdentityTable) -> ErasedPeople
    ) throws(Problem) -> ErasureSummary? {
        var prepared = ready
        do throws(Problem) {
            // The folder may be another's by now.
            if isClosing { throw .storeIsStopping }
            try rotate()
            let flushed = flushQueue.sync { Result { () throws(Problem) in try self.flushFrozen() } }
            try flushed.get()
        } catch {
            discard(prepared)
            throw error
        }
        if people(state.withLock { $0.identities }) != ready.people {
            discard(prepared)
            return nil
        }
        return try mergeQueue.sync { Result { () throws(Problem) in try self.commit(&prepared) } }.get()
    }

    private func commit(_ prepared: inout PreparedErasure) throws(Problem) -> ErasureSummary {
        try prepare(&prepared)
        let numbers = Set(state.withLock { $0.manifest.parts.map(\.number) })
        // A part that was merged away meanwhile was prepared for nothing.
        let written = prepared.written.filter { numbers.contains($0.key) }
        for (number, new) in prepared.written where !numbers.contains(number) { discardPart(new.entry.number) }
        let identities = prepared.people.identities
        var summary = ErasureSummary()
        // When this fails the manifest may name the new parts all the same: what none names is removed at the next start.
        try commit { manifest in
            for index in manifest.parts.indices {
                if let new = written[manifest.parts[index].number] { manifest.parts[index] = new.entry }
            }
        } apply: { state in
            summary.identityCount = identities.subtracting(state.identities.erased).count
            for index in state.diskParts.indices {
                if let new = written[state.diskParts[index].entry.number] { state.diskParts[index] = new }
            }
            state.identities.erase(identities)
            observer?.forget(identities: identities)
        }
        for (number, count) in prepared.callCounts where numbers.contains(number) { summary.callCount += count }
        summary.writtenParts = written.count
        summary.untouchedParts = numbers.count - written.count
        for number in written.keys { discardPart(number) }
        return summary
    }
}

/// Parts that were written without some people, before anything names them.
private struct PreparedErasure: Sendable {
    let people: ErasedPeople
    /// By the number of the part whose place it takes.
    var written: [UInt64: StoreState.DiskPart] = [:]
    /// Calls left out, by the same numbers.
    var callCounts: [UInt64: Int] = [:]
    /// Parts that hold nothing of them.
    var untouched: Set<UInt64> = []

    init(people: ErasedPeople) { self.people = people }

    func isKnown(_ part: UInt64) -> Bool { written[part] != nil || untouched.contains(part) }
}
