internal import Columns
internal import EventStore
internal import Model
internal import Records

/// The calls of one body, one after another: checked, stamped and written, or refused.
struct IntakeRun {
    private let request: IntakeWorker.Request
    private let checker: CallChecker
    private let clock: CallClock
    private let places: CallPlaces
    private let sentBytes: UnsafeRawBufferPointer
    private var survey: CallSurvey
    private var writer: CallWriter
    private var indexes: [Int] = []
    private var rejected: [RejectedCall] = []
    private var kept: RejectionList
    private var shown: [(place: Int, item: LiveItem)] = []
    private var duplicateKeys = 0

    init(request: IntakeWorker.Request, arena: TextArena, places: CallPlaces, sentBytes: UnsafeRawBufferPointer) {
        self.request = request
        self.places = places
        self.sentBytes = sentBytes
        checker = CallChecker(
            limits: request.source.limits, arena: arena, isTrusted: request.source.isTrusted, takesCommands: request.source.isFile,
            takesExternalIDs: request.source.isOwn)
        clock = CallClock(now: request.now, isHistorical: request.options.isHistorical)
        survey = CallSurvey(limits: request.source.limits)
        writer = CallWriter(source: request.source, rules: request.rules, clientAddress: request.options.clientAddress)
        kept = RejectionList(bounds: request.bounds, source: request.source.id, now: request.now)
    }

    /// Takes one call, or refuses it.
    ///
    /// - Parameters:
    ///   - type: What the path says; nil where the call says it.
    ///   - sent: Where the call stands in the body as sent.
    ///   - flags: What was forgiven in it when it was parsed.
    mutating func take(
        _ node: JSONNode, index: Int, type: CallType?, sent: Range<Int>, flags: CallFlags, envelope: CallEnvelope,
        _ random: inout SystemRandomNumberGenerator
    ) {
        checker.arena.reset()
        do {
            try write(node, type: type, bytes: sent.count, flags: flags, envelope: envelope, &random)
            indexes.append(index)
        } catch {
            var refusal = error
            // The sender's members have other names, so that the pointer ends at the message.
            if places.isTranslated { refusal.pointer = "" }
            refuse(refusal, index: index, messageID: messageID(of: node), sent: sent)
        }
    }

    /// Takes the calls that a message of another protocol stands for, or refuses it.
    mutating func take(
        _ message: JSONNode, of capture: CaptureProtocol, index: Int, sent: Range<Int>, flags: CallFlags,
        in envelope: CaptureEnvelope, reader: JSONReader, _ random: inout SystemRandomNumberGenerator
    ) {
        var flags = flags
        do {
            let calls = try self.calls(of: message, capture, bytes: sent.count, flags: &flags, in: envelope)
            for call in calls {
                let document = call.utf8.withUnsafeBytes { bytes in
                    Result { () throws(Problem) in try reader.read(bytes, mercies: .calls) }
                }
                switch document {
                case .success(let document):
                    take(
                        document.root, index: index, type: nil, sent: sent, flags: flags, envelope: CallEnvelope(), &random)
                case .failure(let problem): refuse(.malformed(problem), index: index, messageID: nil, sent: sent)
                }
            }
        } catch {
            let messageID = capture.messageID(of: message).map { String($0.prefix(request.source.limits.messageIDCharacters)) }
            refuse(error, index: index, messageID: messageID, sent: sent)
        }
    }

    private mutating func calls(
        of message: JSONNode, _ capture: CaptureProtocol, bytes: Int, flags: inout CallFlags, in envelope: CaptureEnvelope
    ) throws(Refusal) -> [JSONValue] {
        guard message.kind == .object else { throw .notAnObject(message.kindName) }
        let limits = request.source.limits
        if bytes > limits.eventBytes { throw .eventTooLarge(bytes: bytes, limit: limits.eventBytes) }
        survey.envelopeKeys = 0
        try survey.read(message)
        if survey.duplicateKeys > 0 { flags.insert(.duplicateKey) }
        duplicateKeys += survey.duplicateKeys
        return try capture.calls(of: CaptureMessage(message.value(), limits: limits), in: envelope)
    }

    mutating func refuse(_ refusal: Refusal, index: Int, messageID: String?, sent: Range<Int>) {
        let call = RejectedCall(
            index: index, messageID: messageID, code: refusal.code, reason: refusal.reason,
            pointer: places.pointer(index) + refusal.pointer)
        rejected.append(call)
        kept.add(call, payload: UnsafeRawBufferPointer(rebasing: sentBytes[sent]))
    }

    /// Keeps a batch's outer context from being multiplied into more than a body may be.
    ///
    /// - Throws: ``Problem`` with code `body_too_large`.
    func checkSize() throws(Problem) {
        let limit = request.source.limits.bodyBytes
        if writer.byteCount > 4 * limit + (1 << 20) { throw .bodyTooLarge(limit: limit, isInflated: true) }
    }

    mutating func finish() -> PreparedCalls {
        PreparedCalls(
            source: request.source, receivedAt: request.now, batch: writer.finish(), indexes: indexes, places: places,
            rejected: rejected,
            kept: kept.kept, shown: shown, duplicateKeys: duplicateKeys)
    }

    // MARK: - One call

    private mutating func write(
        _ node: JSONNode, type: CallType?, bytes: Int, flags: CallFlags, envelope: CallEnvelope,
        _ random: inout SystemRandomNumberGenerator
    ) throws(Refusal) {
        guard node.kind == .object else { throw .notAnObject(node.kindName) }
        let limit = request.source.limits.eventBytes
        if bytes + envelope.bytes > limit { throw .eventTooLarge(bytes: bytes + envelope.bytes, limit: limit) }
        survey.envelopeKeys = envelope.keys
        try survey.read(node)
        let fields = CallFields(node)
        let draft = try checker.check(fields, type: type, bytes: bytes + envelope.bytes, outer: envelope.context)
        let stamp = try clock.stamp(fields, batchSentAt: envelope.sentAt)
        var header = CallHeader(
            type: draft.type, timestamp: stamp.timestamp, receivedAt: stamp.receivedAt, originalTimestamp: stamp.originalTimestamp,
            sentAt: stamp.sentAt, flags: flags.union(envelope.flags), payloadHash: survey.payloadHash(as: draft.type))
        if stamp.isClamped { header.flags.insert(.clock) }
        if request.options.isHistorical { header.flags.insert(.historical) }
        if survey.holdsBigNumber { header.flags.insert(.bigInteger) }
        if survey.duplicateKeys > 0 { header.flags.insert(.duplicateKey) }
        duplicateKeys += survey.duplicateKeys
        let messageID: UnsafeRawBufferPointer
        if let own = draft.messageID {
            messageID = own
        } else {
            messageID = try madeMessageID(node, draft, hasTime: stamp.originalTimestamp != nil, &random)
        }
        writer.write(draft, messageID: messageID, header: header, envelope: envelope)
        if shown.count < request.liveAllowance { show(draft, messageID: messageID, stamp) }
    }

    /// With a time of its own a call without messageId gets one made of its payload, so that a naive retry does not count twice;
    /// without one a random one, since two equal calls may be two real events.
    private mutating func madeMessageID(
        _ node: JSONNode, _ draft: CallDraft, hasTime: Bool, _ random: inout SystemRandomNumberGenerator
    ) throws(Refusal) -> UnsafeRawBufferPointer {
        if hasTime {
            let hash = try survey.longHash(node, as: draft.type)
            return checker.arena.keep("hash-" + IntakeRun.hex(hash.high) + IntakeRun.hex(hash.low))
        }
        return checker.arena.keep("auto-" + IntakeRun.hex(random.next()) + IntakeRun.hex(random.next()))
    }

    private static func hex(_ word: UInt64) -> String {
        let digits = String(word, radix: 16)
        return String(repeating: "0", count: 16 - digits.utf8.count) + digits
    }

    private func messageID(of node: JSONNode) -> String? {
        guard node.kind == .object, let id = node.member("messageId") else { return nil }
        return id.idText.map { String($0.prefix(request.source.limits.messageIDCharacters)) }
    }

    private mutating func show(_ draft: CallDraft, messageID: UnsafeRawBufferPointer, _ stamp: CallClock.Stamp) {
        let event = draft.event ?? draft.name
        shown.append(
            (
                indexes.count,
                LiveItem(
                    receivedAt: stamp.receivedAt, source: request.source.id, outcome: .taken, type: draft.type,
                    event: event.map { String(utf8: $0) }, userID: draft.userID.map { String(utf8: $0) },
                    anonymousID: draft.anonymousID.map { String(utf8: $0) }, messageID: String(utf8: messageID),
                    timestamp: stamp.timestamp)
            ))
    }
}
