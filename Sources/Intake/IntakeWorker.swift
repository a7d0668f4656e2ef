internal import Columns
internal import EventStore
internal import Model
internal import People
internal import Records

/// Reads one body at a time with buffers that live on between bodies.
///
/// Not thread-safe: ``Intake`` lends each to one request.
final class IntakeWorker {
    private let reader = JSONReader()
    /// Reads the calls that other protocols' messages are translated to.
    private let callReader = JSONReader()
    private let arena = TextArena()
    private var random = SystemRandomNumberGenerator()

    /// What a request brings along.
    struct Request {
        var source: IntakeSource
        var options: CollectOptions
        var rules: IdentityRules
        var now: Instant
        var bounds: RejectionBounds
        var liveAllowance: Int
    }

    /// Reads a body of one call or of a batch.
    ///
    /// - Throws: ``Problem`` for the whole body.
    func read(_ body: UnsafeRawBufferPointer, shape: CollectShape, request: Request) throws(Problem) -> PreparedCalls {
        switch shape {
        case .lines: return try readLines(body, request: request)
        case .single(let type): return try readSingle(body, type: type, request: request)
        case .batch: return try readBatch(body, request: request)
        case .capture(let capture): return try readCapture(body, of: capture, request: request)
        }
    }

    private func readSingle(_ body: UnsafeRawBufferPointer, type: CallType, request: Request) throws(Problem) -> PreparedCalls {
        let document = try reader.read(body, mercies: .calls)
        guard document.root.kind == .object else { throw .notAnObject(document.root) }
        var run = IntakeRun(request: request, arena: arena, places: .single, sentBytes: body)
        run.take(
            document.root, index: 0, type: type, sent: 0 ..< body.count, flags: CallFlags(document.mercies),
            envelope: CallEnvelope(),
            &random)
        return run.finish()
    }

    private func readBatch(_ body: UnsafeRawBufferPointer, request: Request) throws(Problem) -> PreparedCalls {
        let limits = request.source.limits
        let document = try reader.read(body, mercies: .calls)
        guard document.root.kind == .object else { throw .notAnObject(document.root) }
        var found: (position: Int, node: JSONNode)?
        for (position, member) in document.root.members.enumerated() where member.key.string.equals("batch") {
            found = (position, member.value)
        }
        guard let found, found.node.kind == .array else { throw .noBatch(found?.node.kindName) }
        let count = found.node.count
        if count == 0 { throw .emptyBatch }
        if count > limits.batchEvents { throw .tooManyEvents(count, limit: limits.batchEvents) }
        var survey = CallSurvey(limits: limits)
        var envelope = try CallEnvelope(
            document.root, survey: &survey, checker: CallChecker(limits: limits, arena: arena))
        let spans = document.spansOfElements(inMember: found.position)
        guard spans.count == count else { throw .noBatch(nil) }
        envelope.flags.formUnion(CallFlags(document.merciesOutside(spans)))
        var run = IntakeRun(request: request, arena: arena, places: CallPlaces(list: "/batch"), sentBytes: body)
        for (index, (node, span)) in zip(found.node.elements, spans).enumerated() {
            run.take(
                node, index: index, type: nil, sent: document.sentBytes(of: span), flags: CallFlags(document.mercies(in: span)),
                envelope: envelope, &random)
            try run.checkSize()
        }
        return run.finish()
    }

    // MARK: - Other protocols

    private func readCapture(
        _ body: UnsafeRawBufferPointer, of capture: CaptureProtocol, request: Request
    ) throws(Problem) -> PreparedCalls {
        let document = try reader.read(body, mercies: .calls)
        let root = document.root
        var messages: [(node: JSONNode, sent: Range<Int>, flags: CallFlags)] = []
        var places = CallPlaces(isTranslated: true)
        if let list = capture.list(in: root) {
            let spans = list.member.map { document.spansOfElements(inMember: $0) } ?? document.spansOfElements()
            let (count, limit) = (list.node.count, request.source.limits.batchEvents)
            if count == 0 { throw .emptyBatch }
            if count > limit { throw .tooManyEvents(count, limit: limit) }
            guard spans.count == count else { throw .noBatch(nil) }
            places.list = list.member == nil ? "" : "/batch"
            for (node, span) in zip(list.node.elements, spans) {
                messages.append((node, document.sentBytes(of: span), CallFlags(document.mercies(in: span))))
            }
        } else {
            guard root.kind == .object else { throw .notAnObject(root) }
            messages = [(root, 0 ..< body.count, CallFlags(document.mercies))]
        }
        let sentAt = capture == .postHog ? root.text("sent_at") ?? root.text("created_at") : nil
        let envelope = CaptureEnvelope(
            now: request.now, sentAt: sentAt.map { .string($0) }, key: capture.writeKey(in: root))
        var run = IntakeRun(request: request, arena: arena, places: places, sentBytes: body)
        for (index, message) in messages.enumerated() {
            run.take(
                message.node, of: capture, index: index, sent: message.sent, flags: message.flags, in: envelope,
                reader: callReader, &random)
            try run.checkSize()
        }
        return run.finish()
    }

    // MARK: - Lines

    /// Reads a chunk of NDJSON as one document; where a line is broken, or lines only fit together, line by line.
    private func readLines(_ chunk: UnsafeRawBufferPointer, request: Request) throws(Problem) -> PreparedCalls {
        let lines = NDJSONLines(chunk)
        let (count, limit) = (lines.ranges.count, request.source.limits.batchEvents)
        if !request.source.isFile {
            if count == 0 { throw .emptyBody }
            if count > limit { throw .tooManyEvents(count, limit: limit) }
        }
        var run = IntakeRun(request: request, arena: arena, places: .single, sentBytes: chunk)
        if !takeTogether(lines, chunk, into: &run) {
            run = IntakeRun(request: request, arena: arena, places: .single, sentBytes: chunk)
            takeApart(lines, chunk, into: &run)
        }
        return run.finish()
    }

    private func takeTogether(_ lines: NDJSONLines, _ chunk: UnsafeRawBufferPointer, into run: inout IntakeRun) -> Bool {
        let joined = lines.joined(chunk)
        let document = joined.withUnsafeBytes { bytes in
            Result { () throws(Problem) in try reader.read(bytes, mercies: .calls) }
        }
        guard case .success(let document) = document, document.root.kind == .array,
            document.root.count == min(lines.ranges.count, 0xFF_FFFF)
        else { return false }
        let spans = document.spansOfElements()
        guard spans.count == lines.ranges.count else { return false }
        // Each line stands in `joined` one byte after the last one's end and the comma.
        var start = 1
        for (span, range) in zip(spans, lines.ranges) {
            let sent = document.sentBytes(of: span)
            guard sent.lowerBound >= start, sent.upperBound <= start + range.count else { return false }
            start += range.count + 1
        }
        for (index, node) in document.root.elements.enumerated() {
            run.take(
                node, index: lines.numbers[index], type: nil, sent: lines.ranges[index],
                flags: CallFlags(document.mercies(in: spans[index])), envelope: CallEnvelope(), &random)
        }
        return true
    }

    private func takeApart(_ lines: NDJSONLines, _ chunk: UnsafeRawBufferPointer, into run: inout IntakeRun) {
        for (number, range) in zip(lines.numbers, lines.ranges) {
            do {
                let document = try reader.read(UnsafeRawBufferPointer(rebasing: chunk[range]), mercies: .calls)
                run.take(
                    document.root, index: number, type: nil, sent: range, flags: CallFlags(document.mercies),
                    envelope: CallEnvelope(),
                    &random)
            } catch {
                run.refuse(.malformed(error), index: number, messageID: nil, sent: range)
            }
        }
    }
}

extension CallFlags {
    /// What was forgiven when the call was parsed.
    init(_ mercies: JSONMercies) {
        self = []
        if mercies.contains(.nonFinite) { insert(.nonFinite) }
        if mercies.contains(.bigNumbers) { insert(.bigInteger) }
        if mercies.contains(.badText) { insert(.badText) }
    }
}
