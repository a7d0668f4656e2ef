internal import Model

/// Gathers what one request makes the sink keep: payloads while the bounds admit them, else one count per code.
struct RejectionList {
    private let bounds: RejectionBounds
    private let source: SourceID
    private let now: Instant
    private(set) var kept: [KeptRejection] = []
    private var counted: [Problem.Code: Int] = [:]

    init(bounds: RejectionBounds, source: SourceID, now: Instant) {
        self.bounds = bounds
        self.source = source
        self.now = now
    }

    /// - Parameter payload: The call's bytes; only read when they are kept.
    mutating func add(_ rejected: RejectedCall, payload: UnsafeRawBufferPointer) {
        let payload = payload.prefix(RejectionBounds.payloadBytesMax)
        if bounds.admit(source, rejected.code, bytes: payload.count, at: now) {
            append(rejected, payload: Array(payload))
        } else if let index = counted[rejected.code] {
            kept[index].count += 1
        } else {
            counted[rejected.code] = kept.count
            append(rejected, payload: nil)
        }
    }

    private mutating func append(_ rejected: RejectedCall, payload: [UInt8]?) {
        kept.append(
            KeptRejection(
                source: source, code: rejected.code, reason: rejected.reason, pointer: rejected.pointer,
                messageID: rejected.messageID,
                payload: payload, receivedAt: now))
    }
}
