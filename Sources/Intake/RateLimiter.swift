internal import Model
internal import Records
internal import Synchronization

/// Holds each source to its requests a second, with a burst of one second's worth.
final class RateLimiter: Sendable {
    private struct Bucket {
        var tokens: Double
        var filledAt: Instant
    }

    private let buckets = Mutex<[SourceID: Bucket]>([:])

    /// Takes one request of `source` in.
    ///
    /// - Throws: ``Problem`` with code `rate_limited`, status 429 and the seconds to wait.
    func admit(_ source: IntakeSource, at now: Instant) throws(Problem) {
        guard let rate = source.limits.requestsPerSecond else { return }
        let full = Double(max(rate, 1))
        let missing: Double = buckets.withLock { buckets in
            var bucket = buckets[source.id] ?? Bucket(tokens: full, filledAt: now)
            // A clock that went backwards fills nothing.
            let elapsed = max(0, Double(now.microseconds(since: bucket.filledAt)) / 1e6)
            bucket.tokens = min(full, bucket.tokens + elapsed * Double(max(rate, 0)))
            bucket.filledAt = now
            let missing = max(0, 1 - bucket.tokens)
            if missing == 0 { bucket.tokens -= 1 }
            buckets[source.id] = bucket
            return missing
        }
        guard missing > 0 else { return }
        throw .rateLimited(seconds: rate > 0 ? max(1, Int((missing / Double(rate)).rounded(.up))) : 60)
    }
}
