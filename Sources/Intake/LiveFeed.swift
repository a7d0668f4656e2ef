public import Model
internal import Synchronization

/// One call that arrived, or was refused, as the Live page shows it.
public struct LiveItem: Sendable, Hashable {
    /// What became of it.
    public enum Outcome: Sendable, Hashable {
        case taken
        case duplicate
        case refused(code: Problem.Code, reason: String)
    }

    /// Its number in the feed, ascending.
    public var sequence: UInt64
    public var receivedAt: Instant
    public var source: SourceID
    public var outcome: Outcome
    public var type: CallType?
    public var event: String?
    public var userID: String?
    public var anonymousID: String?
    public var messageID: String?
    public var timestamp: Instant?

    public init(
        sequence: UInt64 = 0, receivedAt: Instant, source: SourceID, outcome: Outcome, type: CallType? = nil, event: String? = nil,
        userID: String? = nil, anonymousID: String? = nil, messageID: String? = nil, timestamp: Instant? = nil
    ) {
        self.sequence = sequence
        self.receivedAt = receivedAt
        self.source = source
        self.outcome = outcome
        self.type = type
        self.event = event
        self.userID = userID
        self.anonymousID = anonymousID
        self.messageID = messageID
        self.timestamp = timestamp
    }
}

extension LiveItem {
    fileprivate mutating func forget(_ finder: IdentityFinder) {
        if [userID, anonymousID].contains(where: { $0.map { finder.isNamed($0) } ?? false }) {
            (userID, anonymousID, messageID) = (nil, nil, nil)
        }
        if event.map({ finder.isIn($0) }) ?? false { event = IdentityFinder.mark }
        if messageID.map({ finder.isIn($0) }) ?? false { messageID = nil }
        if case .refused(let code, let reason) = outcome, finder.isIn(reason) {
            outcome = .refused(code: code, reason: IdentityFinder.mark)
        }
    }
}

/// What the feed holds at one moment.
public struct LiveSnapshot: Sendable, Hashable {
    /// Newest first.
    public var items: [LiveItem]
    /// Calls since the start, all of them.
    public var taken: Int
    public var duplicates: Int
    public var refused: Int
    /// When the newest call of each source was taken, shown or not.
    public var lastTakenAt: [SourceID: Instant]
}

/// The most recent calls and refusals of one workspace, in memory.
///
/// Under load it shows a sample, at most ``itemsPerSecond``, so that it costs nothing worth measuring; the totals are exact.
public final class LiveFeed: Sendable {
    /// The most items of one second.
    public static let itemsPerSecond = 500
    /// The most items of one request.
    public static let itemsPerRequest = 50

    private struct State {
        var ring: [LiveItem] = []
        var next: UInt64 = 1
        var taken = 0
        var duplicates = 0
        var refused = 0
        var lastTakenAt: [SourceID: Instant] = [:]
        var second: Int64 = .min
        var shownInSecond = 0
        var readers: [UInt64: AsyncStream<LiveItem>.Continuation] = [:]
        var nextReader: UInt64 = 0
    }

    private let capacity: Int
    private let state = Mutex(State())

    public init(capacity: Int = 500) { self.capacity = capacity }

    /// Takes out what names somebody whom `finder` finds.
    public func forget(_ finder: IdentityFinder) {
        state.withLock { state in for place in state.ring.indices { state.ring[place].forget(finder) } }
    }

    /// What happened lately.
    public func snapshot() -> LiveSnapshot {
        state.withLock { state in
            LiveSnapshot(
                items: state.ring.sorted { $0.sequence > $1.sequence }, taken: state.taken, duplicates: state.duplicates,
                refused: state.refused, lastTakenAt: state.lastTakenAt)
        }
    }

    /// What happens from now on.
    ///
    /// A slow reader loses the oldest; the stream ends when its reader is cancelled.
    public func updates() -> AsyncStream<LiveItem> {
        let (stream, continuation) = AsyncStream.makeStream(of: LiveItem.self, bufferingPolicy: .bufferingNewest(200))
        let reader = state.withLock { state in
            state.nextReader += 1
            state.readers[state.nextReader] = continuation
            return state.nextReader
        }
        continuation.onTermination = { [weak self] _ in
            self?.state.withLock { state in
                _ = state.readers.removeValue(forKey: reader)
            }
        }
        return stream
    }

    /// How many items of one request may be shown now.
    func allowance(at now: Instant) -> Int {
        state.withLock { state in
            let second = now.microseconds / .microsecondsPerSecond
            if state.second != second {
                state.second = second
                state.shownInSecond = 0
            }
            return min(LiveFeed.itemsPerRequest, LiveFeed.itemsPerSecond - state.shownInSecond)
        }
    }

    /// Counts what became of a request's calls and shows some of them.
    ///
    /// - Parameter now: When it came, whatever the calls say of themselves.
    func add(_ items: [LiveItem], of source: SourceID, at now: Instant, taken: Int, duplicates: Int, refused: Int) {
        state.withLock { state in
            state.taken += taken
            if taken > 0 { state.lastTakenAt[source] = now }
            state.duplicates += duplicates
            state.refused += refused
            state.shownInSecond += items.count
            for var item in items {
                item.sequence = state.next
                state.next += 1
                if state.ring.count < capacity {
                    state.ring.append(item)
                } else {
                    state.ring[Int((item.sequence - 1) % UInt64(capacity))] = item
                }
                for reader in state.readers.values { reader.yield(item) }
            }
        }
    }
}
