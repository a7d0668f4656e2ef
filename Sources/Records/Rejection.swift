public import Model

/// Calls of one source that were refused for one reason, with the payload of one of them.
public struct Rejection: Hashable, Sendable {
    /// The most bytes of a payload that are kept.
    public static let payloadBytesMax = 32_768

    public let workspace: WorkspaceID
    public let source: SourceID
    /// Equal for calls that count as the same: same code, place and payload.
    public let fingerprint: String
    /// The problem's stable word, such as `message_id_conflict`.
    public let code: String
    public let reason: String
    /// Where in the call: an RFC 6901 pointer.
    public let pointer: String?
    public let messageID: String?
    /// The call as it came, at most 32 KB of it; nil where only the number is known.
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
