internal import Model
internal import Records

/// Gathers what one request makes the sink keep: payloads while the bounds admit them, else one count per code, reason and place.
struct RejectionList {
    /// Reasons of one request that are counted apart; beyond them refusals are counted by code alone.
    static let reasonsMax = 20

    private struct Ground: Hashable {
        var code: Problem.Code
        var reason: String?
        var pointer: String?
    }

    private let bounds: RejectionBounds
    private let source: SourceID
    private let now: Instant
    private(set) var kept: [KeptRejection] = []
    private var counted: [Ground: Int] = [:]

    init(bounds: RejectionBounds, source: SourceID, now: Instant) {
        self.bounds = bounds
        self.source = source
        self.now = now
    }

    /// - Parameter payload: The call's bytes; only read when they are kept, and without the keys in them.
    mutating func add(_ rejected: RejectedCall, payload: UnsafeRawBufferPointer) {
        let payload = payload.prefix(RejectionBounds.payloadBytesMax)
        if bounds.admit(source, rejected.code, bytes: payload.count, at: now) {
            append(rejected, payload: PayloadRedactor.redacted(payload))
        } else {
            count(rejected)
        }
    }

    private mutating func count(_ rejected: RejectedCall) {
        var rejected = rejected
        rejected.messageID = nil
        rejected.pointer = rejected.pointer.map(RejectionList.withoutIndex)
        var ground = Ground(code: rejected.code, reason: rejected.reason, pointer: rejected.pointer)
        if counted[ground] == nil, counted.count >= RejectionList.reasonsMax {
            ground = Ground(code: rejected.code)
            rejected.reason = Rejection.countedReason
            rejected.pointer = nil
        }
        if let index = counted[ground] {
            kept[index].count += 1
        } else {
            counted[ground] = kept.count
            append(rejected, payload: nil)
        }
    }

    /// `/batch/17/event` as `/batch/-/event`, and `/17` of a body that is a list as `/-`: the same fault of many calls is one.
    private static func withoutIndex(_ pointer: String) -> String {
        let list = pointer.hasPrefix("/batch/") ? 7 : 1
        let index = pointer.dropFirst(list).prefix { $0 != "/" }
        guard Int(index) != nil else { return pointer }
        return pointer.prefix(list) + "-" + pointer.dropFirst(list + index.count)
    }

    private mutating func append(_ rejected: RejectedCall, payload: [UInt8]?) {
        kept.append(
            KeptRejection(
                source: source, code: rejected.code, reason: rejected.reason, pointer: rejected.pointer,
                messageID: rejected.messageID, payload: payload, receivedAt: now))
    }
}
