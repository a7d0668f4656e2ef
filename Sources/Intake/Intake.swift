internal import Columns
public import EventStore
public import Logging
public import Model
public import People
internal import Records
internal import Synchronization

/// The door of one workspace: parses, checks, stamps and encodes what senders send, and makes it durable.
///
/// A batch is taken call by call; what is refused is named. Nothing is acknowledged before the store has it on disk.
public final class Intake: Sendable {
    /// As much of a body as is kept when it is refused whole.
    public static let beginningBytes = 4 << 10

    let store: WorkspaceStore
    private let rejections: any RejectionSink
    private let live: LiveFeed
    private let clock: any WallClock
    private let logger: Logger
    let rules: Mutex<IdentityRules>
    private let bounds = RejectionBounds()
    private let limiter = RateLimiter()
    private let workers = WorkerPool()
    private let totals = Mutex(IntakeStatistics())

    public init(
        store: WorkspaceStore, identities: IdentityRules, rejections: any RejectionSink, live: LiveFeed = LiveFeed(),
        clock: any WallClock,
        logger: Logger
    ) {
        self.store = store
        self.rejections = rejections
        self.live = live
        self.clock = clock
        self.logger = logger
        rules = Mutex(identities)
    }

    /// The feed that this intake writes to.
    public var liveFeed: LiveFeed { live }

    /// Counts since the start.
    public var statistics: IntakeStatistics { totals.withLock { $0 } }

    /// The workspace's rules of identities changed.
    public func update(identities: IdentityRules) { rules.withLock { $0 = identities } }

    /// Whether a request of `source` is let in at all; call it once a request, before its body is read.
    ///
    /// - Throws: ``Problem`` suppressed (403), history_closed (403) or rate_limited (429).
    public func admit(_ source: IntakeSource, options: CollectOptions = CollectOptions()) throws(Problem) {
        if source.isSuppressed { throw .suppressed }
        if options.isHistorical, !source.allowsHistory { throw .historyClosed }
        try limiter.admit(source, at: clock.now)
    }

    /// Parses, checks, stamps, deduplicates and makes durable; returns when every accepted call is.
    ///
    /// - Throws: ``Problem`` when nothing of the body was taken: what ``admit(_:options:)``, ``prepare(_:shape:source:options:)`` and
    ///   ``commit(_:)`` throw, and the first refusal when `options.isStrict`.
    public func take(
        _ body: [UInt8], shape: CollectShape, source: IntakeSource, options: CollectOptions = CollectOptions()
    ) async throws(Problem) -> IntakeAnswer {
        let prepared = body.withUnsafeBytes { bytes in
            Result { () throws(Problem) in
                try admit(source, options: options)
                return try prepare(bytes, shape: shape, source: source, options: options)
            }
        }
        switch prepared {
        case .success(let calls): return try await commit(calls, isStrict: options.isStrict)
        case .failure(let problem):
            await note(problem, body: Array(body.prefix(Intake.beginningBytes)), source: source)
            throw problem
        }
    }

    /// Takes a chunk of NDJSON, one call a line, without the limits of a request.
    ///
    /// Best with chunks of 0.5 to 4 MB.
    ///
    /// - Returns: Refused calls carry their line's number in the chunk, from 0.
    /// - Throws: ``Problem`` as ``take(_:shape:source:options:)``; broken lines are refused one by one.
    public func take(
        lines chunk: [UInt8], source: IntakeSource, options: CollectOptions = CollectOptions(isHistorical: true)
    ) async throws(Problem) -> IntakeAnswer {
        let prepared = chunk.withUnsafeBytes { bytes in
            Result { () throws(Problem) in try prepare(bytes, shape: .lines, source: source.ofFiles, options: options) }
        }
        return try await commit(prepared.get(), isStrict: options.isStrict)
    }

    /// The first, synchronous half of ``take(_:shape:source:options:)``: parses, checks, stamps and encodes.
    ///
    /// - Parameter body: Inflated; only read during the call.
    /// - Throws: ``Problem`` malformed_json, empty_batch (400), body_too_large, too_many_events (413).
    public func prepare(
        _ body: UnsafeRawBufferPointer, shape: CollectShape, source: IntakeSource, options: CollectOptions = CollectOptions()
    ) throws(Problem) -> PreparedCalls {
        if !source.isFile {
            if body.count > source.limits.bodyBytes { throw .bodyTooLarge(limit: source.limits.bodyBytes, isInflated: false) }
            if body.isEmpty { throw .emptyBody }
        }
        let now = clock.now
        let request = IntakeWorker.Request(
            source: source, options: options, rules: rules.withLock { $0 }, now: options.receivedAt ?? now, bounds: bounds,
            liveAllowance: live.allowance(at: now))
        let worker = workers.borrow()
        defer { workers.giveBack(worker) }
        return try worker.read(body, shape: shape, request: request)
    }

    /// The second half: makes the calls durable.
    ///
    /// - Parameter isStrict: Refuse everything when one call is refused.
    /// - Throws: ``Problem`` disk_full, overloaded, stopping (503), or the first refusal when strict. Then nothing was taken.
    public func commit(_ calls: PreparedCalls, isStrict: Bool = false) async throws(Problem) -> IntakeAnswer {
        if !calls.kept.isEmpty { await rejections.keep(calls.kept) }
        if isStrict, let first = calls.rejected.first {
            report(calls, answer: IntakeAnswer(rejected: calls.rejected), outcomes: [])
            throw .strict(first, count: calls.rejected.count)
        }
        let outcomes = try await store.append(calls.batch, taking: isStrict ? .allOrNothing : .callByCall)
        var answer = IntakeAnswer(rejected: calls.rejected)
        var conflicts: [Int] = []
        for (place, outcome) in outcomes.enumerated() {
            switch outcome {
            case .taken: answer.taken += 1
            case .duplicate:
                answer.duplicates += 1
                answer.duplicateIndexes.append(calls.indexes[place])
            case .conflict: conflicts.append(place)
            case .withheld: break
            case .suppressed:
                // Named in the answer and kept nowhere: its payload is what must not be kept.
                answer.rejected.append(
                    RejectedCall(
                        index: calls.indexes[place], code: Refusal.suppressedIdentity.code,
                        reason: Refusal.suppressedIdentity.reason,
                        pointer: calls.places.pointer(calls.indexes[place])))
            }
        }
        answer.rejected.sort { $0.index < $1.index }
        if !conflicts.isEmpty { await refuse(conflicts: conflicts, of: calls, in: &answer) }
        report(calls, answer: answer, outcomes: outcomes)
        if isStrict, let first = answer.rejected.first { throw .strict(first, count: answer.rejected.count) }
        return answer
    }

    /// Keeps a request that was refused whole, so that its sender can find out why.
    ///
    /// - Parameter body: Its beginning, inflated.
    public func note(_ problem: Problem, body: [UInt8], source: IntakeSource) async {
        // What the store cannot take now is sent again; it is no fault of the sender.
        guard problem.status < 500 else { return }
        let rejected = RejectedCall(index: 0, code: problem.code, reason: problem.message, pointer: problem.pointer)
        var list = RejectionList(bounds: bounds, source: source.id, now: clock.now)
        body.withUnsafeBytes { list.add(rejected, payload: $0) }
        await rejections.keep(list.kept)
        let item = LiveItem(
            receivedAt: clock.now, source: source.id, outcome: .refused(code: problem.code, reason: problem.message))
        let now = clock.now
        live.add(live.allowance(at: now) > 0 ? [item] : [], of: source.id, at: now, taken: 0, duplicates: 0, refused: 1)
        totals.withLock { $0.refusedBodies += 1 }
    }

    // MARK: - Afterwards

    private func refuse(conflicts: [Int], of calls: PreparedCalls, in answer: inout IntakeAnswer) async {
        var list = RejectionList(bounds: bounds, source: calls.source.id, now: calls.receivedAt)
        for place in conflicts {
            let index = calls.indexes[place]
            let call = calls.batch.call(at: place)
            let refusal = Refusal.conflict
            let rejected = RejectedCall(
                index: index, messageID: call.messageID, code: refusal.code, reason: refusal.reason,
                pointer: calls.places.pointer(index) + (calls.places.isTranslated ? "" : refusal.pointer))
            answer.rejected.append(rejected)
            call.wireJSON.utf8.withUnsafeBytes { list.add(rejected, payload: $0) }
        }
        answer.rejected.sort { $0.index < $1.index }
        await rejections.keep(list.kept)
    }

    private func report(_ calls: PreparedCalls, answer: IntakeAnswer, outcomes: [AppendOutcome]) {
        var items: [LiveItem] = []
        for (place, shown) in calls.shown where place < outcomes.count {
            var item = shown
            switch outcomes[place] {
            case .taken: break
            case .duplicate: item.outcome = .duplicate
            case .conflict: item.outcome = .refused(code: Refusal.conflict.code, reason: Refusal.conflict.reason)
            case .withheld, .suppressed: continue
            }
            items.append(item)
        }
        for refused in calls.rejected.prefix(max(0, LiveFeed.itemsPerRequest - items.count)) {
            items.append(
                LiveItem(
                    receivedAt: calls.receivedAt, source: calls.source.id,
                    outcome: .refused(code: refused.code, reason: refused.reason),
                    messageID: refused.messageID))
        }
        live.add(
            items, of: calls.source.id, at: clock.now, taken: answer.taken, duplicates: answer.duplicates,
            refused: answer.rejected.count)
        totals.withLock { totals in
            totals.taken += answer.taken
            totals.duplicates += answer.duplicates
            totals.refused += answer.rejected.count
            totals.duplicateKeys += calls.duplicateKeys
        }
    }
}

/// What intake counted since the start.
public struct IntakeStatistics: Sendable, Hashable {
    public var taken = 0
    public var duplicates = 0
    /// Calls refused, conflicts among them.
    public var refused = 0
    /// Bodies refused whole.
    public var refusedBodies = 0
    /// Members replaced by a later one of the same name.
    public var duplicateKeys = 0

    public init() {}
}

/// Workers that nobody uses now; at most a few are kept.
private final class WorkerPool: Sendable {
    /// A worker in transit between threads.
    ///
    /// Unchecked because the pool hands each to one borrower at a time.
    private struct Idle: @unchecked Sendable {
        let worker: IntakeWorker
    }

    private let idle = Mutex<[Idle]>([])

    func borrow() -> IntakeWorker {
        idle.withLock { $0.popLast() }?.worker ?? IntakeWorker()
    }

    func giveBack(_ worker: IntakeWorker) {
        let idleWorker = Idle(worker: worker)
        idle.withLock { idle in
            if idle.count < 8 { idle.append(idleWorker) }
        }
    }
}
