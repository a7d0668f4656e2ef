internal import Columns
internal import Disks
internal import Dispatch
internal import Logging
internal import Model
internal import Synchronization

extension WorkspaceStore {
    /// Writes down what waits until nothing does.
    ///
    /// On the writer's queue.
    func drain() {
        while let entries = waiting.withLock({ $0.take() }) { write(entries) }
    }

    /// Decides about every call, makes the new ones durable with one flush, applies them, and answers everybody.
    private func write(_ entries: [WaitingBatches.Entry]) {
        if let problem = memoryProblem() {
            for entry in entries { entry.continuation.resume(returning: .failure(problem)) }
            return
        }
        var run = state.withLock { state in
            var run = WriteRun(nextArrival: state.nextArrival, seed: state.manifest.seed)
            let known = state.knownMessages
            run.gate = state.gate
            for entry in entries { run.decide(entry.batch, entry.taking, known: known) }
            return run
        }
        if run.takenCount > 0 {
            LogFrame.seal(
                &run.frame, callCount: run.takenCount, firstArrival: run.firstArrival, fileNumber: writer.log.number)
            do throws(DiskFailure) {
                try writer.log.append(run.frame)
            } catch {
                logger.error("calls could not be written", metadata: ["path": "\(error.path)", "reason": "\(error.reason)"])
                for entry in entries { entry.continuation.resume(returning: .failure(error.problem)) }
                return
            }
            apply(run)
        } else {
            state.withLock { $0.count(run) }
        }
        for (entry, outcomes) in zip(entries, run.outcomes) { entry.continuation.resume(returning: .success(outcomes)) }
        rotateIfDue()
    }

    private func apply(_ run: WriteRun) {
        let sealed = state.withLock { state -> Bool in
            run.forEachTaken { bytes, id, payloadHash in
                state.apply(bytes, observer: observer)
                state.recent.insert(id, payloadHash: payloadHash)
            }
            state.count(run)
            state.logBytes[writer.log.number] = writer.log.byteCount
            guard state.pending.count >= options.sealCalls else { return false }
            state.seal()
            return true
        }
        guard sealed else { return }
        sealQueue.async {
            let newest = self.state.withLock { $0.chunks.last }
            _ = newest?.part
            self.compactMemory()
        }
    }
}

extension StoreState {
    fileprivate mutating func count(_ run: WriteRun) {
        duplicateCount += run.duplicateCount
        conflictCount += run.conflictCount
    }
}

/// Some batches on their way to the log: which calls are new, and the frame that holds these.
struct WriteRun {
    private struct Taken {
        var range: Range<Int>
        var id: Hash128
        var payloadHash: UInt64
    }

    let firstArrival: UInt64
    /// Room for the frame's header, then the taken calls.
    var frame: [UInt8]
    /// Per batch, per call.
    private(set) var outcomes: [[AppendOutcome]] = []
    private(set) var duplicateCount = 0
    private(set) var conflictCount = 0
    private var taken: [Taken] = []
    private var own = RecentMessages()
    var gate: (any CallGate)?
    private let seed: UInt64

    init(nextArrival: UInt64, seed: UInt64) {
        firstArrival = nextArrival
        self.seed = seed
        frame = Array(repeating: 0, count: LogFrame.headerBytes)
    }

    var takenCount: Int { taken.count }

    /// Decides about the calls of one batch, in order.
    mutating func decide(_ batch: CallBatch, _ taking: BatchTaking, known: KnownMessages) {
        if taking == .allOrNothing, let outcomes = refusal(of: batch, known: known) {
            self.outcomes.append(outcomes)
            return
        }
        var outcomes: [AppendOutcome] = []
        outcomes.reserveCapacity(batch.count)
        frame.reserveCapacity(frame.count + batch.byteCount + batch.count * 4)
        for index in 0 ..< batch.count {
            let outcome = batch.withCall(at: index) { call in isTurnedAway(call) ? .suppressed : decide(call, known: known) }
            outcomes.append(outcome)
        }
        self.outcomes.append(outcomes)
    }

    /// What becomes of the calls of a batch that holds a conflict and so is not taken; nil when it holds none.
    private mutating func refusal(
        of batch: CallBatch, known: KnownMessages
    ) -> [AppendOutcome]? {
        var seen = RecentMessages()
        var outcomes: [AppendOutcome] = []
        outcomes.reserveCapacity(batch.count)
        for index in 0 ..< batch.count {
            batch.withCall(at: index) { call in
                let id = XXHash.hash128(call.text(.messageID), seed: seed)
                if let earlier = seen.payloadHash(of: id).map(KnownMessages.Payload.full) ?? earlier(id, known) {
                    outcomes.append(earlier.isEqual(to: call.payloadHash) ? .duplicate : .conflict)
                } else {
                    seen.insert(id, payloadHash: call.payloadHash)
                    outcomes.append(.withheld)
                }
            }
        }
        guard outcomes.contains(.conflict) else { return nil }
        conflictCount += outcomes.count { $0 == .conflict }
        return outcomes
    }

    private func isTurnedAway(_ call: EncodedCall) -> Bool {
        // What is stated of somebody, such as that they withdraw a consent, and commands come from those who may.
        guard let gate, call.type != .declare, !call.type.isCommand else { return false }
        return call.hasIdentity { gate.turnsAway(type: $0, value: $1) }
    }

    /// The payload of the call that has this id, in this run or before it.
    private func earlier(_ id: Hash128, _ known: KnownMessages) -> KnownMessages.Payload? {
        own.payloadHash(of: id).map(KnownMessages.Payload.full) ?? known.payload(of: id)
    }

    private mutating func decide(_ call: EncodedCall, known: KnownMessages) -> AppendOutcome {
        let id = XXHash.hash128(call.text(.messageID), seed: seed)
        let payloadHash = call.payloadHash
        if let earlier = earlier(id, known) {
            guard earlier.isEqual(to: payloadHash) else {
                conflictCount += 1
                return .conflict
            }
            duplicateCount += 1
            return .duplicate
        }
        own.insert(id, payloadHash: payloadHash)
        frame.appendVarint(UInt64(call.bytes.count))
        let start = frame.count
        frame.append(contentsOf: call.bytes)
        taken.append(Taken(range: start ..< frame.count, id: id, payloadHash: payloadHash))
        return .taken(arrival: firstArrival + UInt64(taken.count - 1))
    }

    /// Calls `body` with each taken call in order of arrival.
    func forEachTaken(_ body: (UnsafeRawBufferPointer, Hash128, UInt64) -> Void) {
        frame.withUnsafeBytes { bytes in
            for call in taken { body(bytes.slice(call.range.lowerBound, call.range.count), call.id, call.payloadHash) }
        }
    }
}
