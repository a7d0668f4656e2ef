public import Model

/// Calls of one source that were refused for one reason on one day, with the payload of one of them.
///
/// A row never spans two days (UTC), so that the counts of a week add up however often the same call comes again.
public struct Rejection: Hashable, Sendable {
    /// The most bytes of a payload that are kept.
    public static let payloadBytesMax = 32_768

    public let workspace: WorkspaceID
    public let source: SourceID
    /// Equal for calls that count as the same: same day, code, place and payload.
    public let fingerprint: String
    /// The problem's stable word, such as `message_id_conflict`.
    public let code: String
    public let reason: String
    /// Where in the call: an RFC 6901 pointer.
    public let pointer: String?
    public let messageID: String?
    /// The call as it came but for keys, at most 32 KB of it; nil where only the number is known.
    public let payload: String?
    public let count: Int
    public let firstAt: Instant
    public let lastAt: Instant

    public init(
        workspace: WorkspaceID, source: SourceID, fingerprint: String, code: String, reason: String, pointer: String?,
        messageID: String?, payload: String?, count: Int, firstAt: Instant, lastAt: Instant
    ) {
        self.workspace = workspace
        self.source = source
        self.fingerprint = fingerprint
        self.code = code
        self.reason = reason
        self.pointer = pointer
        self.messageID = messageID
        self.payload = payload
        self.count = count
        self.firstAt = firstAt
        self.lastAt = lastAt
    }
}

extension Rejection {
    /// What stands for the reason where calls of several reasons are counted together.
    public static let countedReason = "More calls were refused with this code than are kept one by one."

    /// The day (UTC) on which it happened last, in days since 1970.
    public var day: Int64 { Rejection.day(of: lastAt) }

    /// Only that it happened, for when there are too many to keep each: one row for each source, code and day.
    public var countedOnly: Rejection {
        Rejection(
            workspace: workspace, source: source, fingerprint: "\(day)-counted-\(code)", code: code,
            reason: Rejection.countedReason, pointer: nil, messageID: nil, payload: nil, count: count, firstAt: firstAt,
            lastAt: lastAt)
    }

    /// The day (UTC) of `instant`, in days since 1970.
    public static func day(of instant: Instant) -> Int64 {
        let (days, rest) = instant.microseconds.quotientAndRemainder(dividingBy: .microsecondsPerDay)
        return rest < 0 ? days - 1 : days
    }
}
