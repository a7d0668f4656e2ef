public import Model
internal import Synchronization

/// Where refused calls are kept for people to look at afterwards (specs: collect, §1).
public protocol RejectionSink: Sendable {
    /// Keeps refusals; what arrives here is bounded already by ``RejectionBounds``. Must not wait for long.
    func keep(_ rejections: [KeptRejection]) async
}

/// One refused call or body, or several that only count.
public struct KeptRejection: Sendable, Hashable {
    public var source: SourceID
    public var code: Problem.Code
    public var reason: String
    public var pointer: String?
    public var messageID: String?
    /// The call as sent but for keys in it, or its beginning; nil when only the number is kept.
    public var payload: [UInt8]?
    /// How many refusals this stands for.
    public var count: Int
    public var receivedAt: Instant

    public init(
        source: SourceID, code: Problem.Code, reason: String, pointer: String? = nil, messageID: String? = nil,
        payload: [UInt8]? = nil, count: Int = 1, receivedAt: Instant
    ) {
        self.source = source
        self.code = code
        self.reason = reason
        self.pointer = pointer
        self.messageID = messageID
        self.payload = payload
        self.count = count
        self.receivedAt = receivedAt
    }
}

/// Bounds what a flood of bad input can make the sink keep: payloads per source and code an hour, and their bytes per source an
/// hour.
///
/// Beyond them refusals are only counted.
public final class RejectionBounds: Sendable {
    /// Payloads of one source and code kept in an hour.
    public static let payloadsPerHour = 100
    /// Bytes of payloads of one source kept in an hour, besides the first of each code: at most 86 MB in the 7 days.
    public static let payloadBytesPerHour = 512 << 10
    /// The most bytes of one payload.
    public static let payloadBytesMax = 32 << 10

    private struct Hour {
        var number: Int64 = .min
        var bytes = 0
        var counts: [Problem.Code: Int] = [:]
    }

    private let hours = Mutex<[SourceID: Hour]>([:])

    public init() {}

    /// Whether a payload of `bytes` may be kept now; counts it when it may.
    func admit(_ source: SourceID, _ code: Problem.Code, bytes: Int, at now: Instant) -> Bool {
        hours.withLock { hours in
            var hour = hours[source] ?? Hour()
            let number = now.microseconds / .microsecondsPerHour
            if hour.number != number { hour = Hour(number: number) }
            let count = hour.counts[code, default: 0]
            // The first of each code is kept in any case, so that a noisy one leaves no other without an example.
            let isAdmitted =
                count == 0
                || (count < RejectionBounds.payloadsPerHour && hour.bytes + bytes <= RejectionBounds.payloadBytesPerHour)
            if isAdmitted {
                hour.counts[code] = count + 1
                hour.bytes += bytes
            }
            hours[source] = hour
            return isAdmitted
        }
    }
}
