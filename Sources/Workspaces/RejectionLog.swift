import Crypto
import Intake
import Logging
import Model
import Records
import Synchronization

/// Refusals on their way to the records: gathered in memory without making anyone wait, written every half second.
final class RejectionLog: Sendable {
    /// Different refusals that may wait; beyond it only their number is kept.
    static let waitingMax = 2_000

    private struct Place: Hashable {
        var source: SourceID
        var fingerprint: String
    }

    private let waiting = Mutex<[Place: Rejection]>([:])
    private let records: RecordStore
    private let logger: Logger

    init(records: RecordStore, logger: Logger) {
        self.records = records
        self.logger = logger
    }

    func add(_ rejection: Rejection) {
        waiting.withLock { waiting in
            var place = Place(source: rejection.source, fingerprint: rejection.fingerprint)
            var rejection = rejection
            if waiting[place] == nil, waiting.count >= RejectionLog.waitingMax {
                rejection = rejection.countedOnly
                place.fingerprint = rejection.fingerprint
            }
            waiting[place] = waiting[place].map { $0.joined(with: rejection) } ?? rejection
        }
    }

    /// Writes what waits.
    ///
    /// A failure is logged and what waited is given up: refusals are a courtesy, events are not. What a stop interrupts waits on.
    func flush() async {
        let batch = waiting.withLock { waiting in
            defer { waiting = [:] }
            return Array(waiting.values)
        }
        do { try await records.add(batch) } catch {
            // Stopped in the middle of it: they are written when the directory is closed.
            if error.code == .stopping { return batch.forEach(add) }
            logger.warning("refusals were not kept", metadata: ["count": "\(batch.count)", "reason": "\(error.code)"])
        }
    }
}

extension Rejection {
    /// One refusal for two of the same fingerprint.
    func joined(with later: Rejection) -> Rejection {
        Rejection(
            workspace: workspace, source: source, fingerprint: fingerprint, code: code, reason: later.reason,
            pointer: later.pointer,
            messageID: later.messageID, payload: later.payload, count: count + later.count, firstAt: min(firstAt, later.firstAt),
            lastAt: max(lastAt, later.lastAt))
    }

    /// What intake refused, cut to what is kept.
    init(_ kept: KeptRejection, workspace: WorkspaceID) {
        let payload = kept.payload.map { Rejection.text($0) }
        // Without a payload what is the same is told by the reason.
        let place = [kept.code.text, kept.pointer ?? "", payload ?? "\u{0}\(kept.reason)"].joined(separator: "\u{0}")
        self.init(
            workspace: workspace, source: kept.source,
            fingerprint: "\(Rejection.day(of: kept.receivedAt))-\(KeyDigest(of: place).hex.prefix(32))", code: kept.code.text,
            reason: kept.reason, pointer: kept.pointer, messageID: kept.messageID, payload: payload, count: kept.count,
            firstAt: kept.receivedAt, lastAt: kept.receivedAt)
        if kept.reason == Rejection.countedReason { self = countedOnly }
    }

    /// At most 32 KB, without the letter that the cut may have halved; NUL is shown as its picture, since text columns hold none.
    private static func text(_ payload: [UInt8]) -> String {
        var end = min(payload.count, payloadBytesMax)
        while end < payload.count, end > 0, payload[end] & 0xC0 == 0x80 { end -= 1 }
        let text = String(decoding: payload[..<end], as: UTF8.self)
        return text.utf8.contains(0) ? String(text.map { $0 == "\u{0}" ? "\u{2400}" : $0 }) : text
    }
}

/// The sink of one workspace's intake.
struct WorkspaceRejections: RejectionSink {
    let workspace: WorkspaceID
    let log: RejectionLog

    func keep(_ rejections: [KeptRejection]) async {
        for rejection in rejections { log.add(Rejection(rejection, workspace: workspace)) }
    }
}
