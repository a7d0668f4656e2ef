/// How often and how long one call tries again.
struct PostgresPatience {
    private static let conflictsMax = 12
    private static let duplicatesMax = 2
    private static let longestPauseExponent = 7

    private let reconnecting: Duration
    /// When a server that went away must be back; nil while it has not gone.
    private var end: ContinuousClock.Instant?
    private var conflictCount = 0
    private var duplicateCount = 0

    init(_ options: PostgresEngine.Options) { reconnecting = options.reconnecting }

    /// Microseconds to wait before trying again after `failure`; nil to give up.
    mutating func pause(after failure: PostgresFailure) -> UInt32? {
        switch failure.kind {
        case .conflict:
            conflictCount += 1
            guard conflictCount < PostgresPatience.conflictsMax else { return nil }
            return .random(in: 0 ... 1_000 << UInt32(min(conflictCount, PostgresPatience.longestPauseExponent)))
        case .duplicate:
            // Of two who make the same key at once the server tells one that it is there, not that it came second
            // (PostgreSQL 15 documentation, 13.5). Run again, it finds the key where it looks for it.
            duplicateCount += 1
            return duplicateCount <= PostgresPatience.duplicatesMax ? 0 : nil
        case .lost:
            let now = ContinuousClock.now
            let end = end ?? now + reconnecting
            self.end = end
            return now < end ? .random(in: 10_000 ... 100_000) : nil
        case .unknownOutcome, .refused: return nil
        }
    }
}
