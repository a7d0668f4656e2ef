internal import Model

/// One reading of a file: while a chunk becomes durable the next is checked and the one after it is read.
struct ImportRun {
    private let path: String
    private let reader: ImportReader
    private let rejected: ImportRejectedFile
    private var summary = ImportSummary()
    private let start = ContinuousClock.now
    private var lastProgress = ContinuousClock.now

    init(path: String, reader: ImportReader, rejectedPath: String?) {
        self.path = path
        self.reader = reader
        let name = (path.split(separator: "/").last.map(String.init) ?? "import") + ".rejected.csv"
        rejected = ImportRejectedFile(candidates: rejectedPath.map { [$0] } ?? [path + ".rejected.csv", name])
    }

    mutating func finish<Sink: ImportSink>(
        into sink: Sink, progress: (ImportProgress) -> Void
    ) async throws(Problem) -> ImportSummary {
        var waiting: (chunk: ImportChunk, prepared: Sink.Prepared)?
        var failure: Problem?
        var next = try reader.next()
        while true {
            let chunk = next
            async let answer = ImportRun.commit(waiting?.prepared, sink)
            async let prepared = ImportRun.prepare(chunk?.lines, sink)
            // Read on while the two run. Where the file cannot be read on, what came before is still taken.
            do {
                next = chunk == nil ? nil : try reader.next()
            } catch {
                next = nil
                failure = error
            }
            let committed = await answer
            let ready = await prepared
            if let waiting { try note(waiting.chunk, try committed.get()) }
            guard let chunk, let prepared = try ready.get() else { break }
            waiting = (chunk, prepared)
            tell(progress)
        }
        try rejected.flush()
        if let failure { throw failure }
        summary.rejectedPath = rejected.path
        summary.seconds = seconds
        lastProgress = start
        tell(progress)
        return summary
    }

    @concurrent
    private static func prepare<Sink: ImportSink>(_ lines: [UInt8]?, _ sink: Sink) async -> Result<Sink.Prepared?, Problem> {
        Result { () throws(Problem) in
            if let lines { try sink.prepare(lines) } else { nil }
        }
    }

    @concurrent
    private static func commit<Sink: ImportSink>(_ prepared: Sink.Prepared?, _ sink: Sink) async -> Result<IntakeAnswer, Problem> {
        guard let prepared else { return .success(IntakeAnswer()) }
        do {
            return .success(try await sink.commit(prepared))
        } catch {
            return .failure(error)
        }
    }

    // MARK: - Accounts

    /// Adds a chunk's outcome: a row is taken, a duplicate or refused as its call is.
    private mutating func note(_ chunk: ImportChunk, _ answer: IntakeAnswer) throws(Problem) {
        var refusals = chunk.refused
        var refusedRows = 0
        for call in answer.rejected where call.index < chunk.callCount {
            for line in chunk.rows(ofCall: call.index) {
                refusals.append(ImportRefusal(line: line, code: call.code.text, reason: call.reason))
                refusedRows += 1
            }
        }
        for refusal in refusals { summary.refusedByCode[refusal.code, default: 0] += 1 }
        try rejected.add(refusals)
        summary.rowCount += chunk.rowCount
        summary.refused += refusals.count
        summary.callCount += chunk.callCount
        var duplicates = 0
        for index in answer.duplicateIndexes where index < chunk.callCount { duplicates += chunk.rows(ofCall: index).count }
        summary.duplicates += duplicates
        summary.taken += chunk.rows.count - refusedRows - duplicates
    }

    // MARK: - Progress

    private var seconds: Double {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    private mutating func tell(_ progress: (ImportProgress) -> Void) {
        guard ContinuousClock.now - lastProgress > .milliseconds(100) else { return }
        lastProgress = .now
        progress(
            ImportProgress(
                bytesRead: reader.text.bytesRead, byteCount: reader.text.byteCount, rowCount: summary.rowCount, seconds: seconds))
    }
}
