internal import Model

/// One reading of a file: while a chunk becomes durable the next is checked and the one after it is read.
struct ImportRun {
    private let makeReader: () throws(Problem) -> ImportReader
    private var reader: ImportReader
    private let rejected: ImportRejectedFile?
    private let journal: ImportJournal?
    private let notice: (String) -> Void
    private var summary = ImportSummary()
    /// Chunks whose calls are settled.
    private var chunkCount = 0
    private var witness: [UInt8] = []
    /// Whether the next chunk is the one that may have been under way when the run before was interrupted.
    private var isInterruptedChunk = false
    private let start = ContinuousClock.now
    private var lastProgress = ContinuousClock.now

    /// - Parameters:
    ///   - rejected: the list of refused rows; nil when only the summary tells of them.
    ///   - journal: keeps the checkpoint; nil when the rows go nowhere.
    ///   - notice: told in a sentence what a person should know, such as where the import goes on.
    ///   - makeReader: opens the file at its beginning.
    init(
        rejected: ImportRejectedFile?, journal: ImportJournal?, notice: @escaping (String) -> Void,
        makeReader: @escaping () throws(Problem) -> ImportReader
    ) throws(Problem) {
        self.makeReader = makeReader
        self.rejected = rejected
        self.journal = journal
        self.notice = notice
        reader = try makeReader()
    }

    mutating func finish<Sink: ImportSink>(
        into sink: Sink, progress: (ImportProgress) -> Void
    ) async throws(Problem) -> ImportSummary {
        try await goOn(into: sink, progress)
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
            if let waiting {
                try note(waiting.chunk, try committed.get())
                try keepCheckpoint(after: waiting.chunk)
            }
            guard let chunk, let prepared = try ready.get() else { break }
            waiting = (chunk, prepared)
            tell(progress, rowCount: summary.rowCount)
        }
        try rejected?.flush()
        if let failure { throw failure }
        journal?.remove()
        summary.rejectedPath = rejected?.path
        summary.seconds += seconds
        lastProgress = start
        tell(progress, rowCount: summary.rowCount)
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
        try rejected?.add(refusals)
        summary.add(examples: refusals)
        summary.rowCount += chunk.rowCount
        summary.refused += refusals.count
        summary.callCount += chunk.callCount
        var duplicates = 0
        for index in answer.duplicateIndexes where index < chunk.callCount { duplicates += chunk.rows(ofCall: index).count }
        summary.duplicates += duplicates
        summary.taken += chunk.rows.count - refusedRows - duplicates
        if isInterruptedChunk { summary.interruptedCount += duplicates }
        isInterruptedChunk = false
        chunkCount += 1
        noteWitness(chunk, answer)
    }

    /// Remembers the last accepted call, unless it is too long to be written down again and again.
    private mutating func noteWitness(_ chunk: ImportChunk, _ answer: IntakeAnswer) {
        guard journal != nil else { return }
        let refused = Set(answer.rejected.map(\.index))
        guard let index = (0 ..< chunk.callCount).last(where: { !refused.contains($0) }) else { return }
        let line = chunk.line(ofCall: index)
        if line.count <= 64 << 10 { witness = Array(line) }
    }

    // MARK: - Going on

    private mutating func keepCheckpoint(after chunk: ImportChunk) throws(Problem) {
        guard let journal else { return }
        // The list must not be shorter than the checkpoint says.
        try rejected?.flush()
        var accounts = summary
        accounts.rejectedPath = rejected?.path
        accounts.seconds += seconds
        let checkpoint = ImportCheckpoint(
            subject: journal.subject, chunkCount: chunkCount, line: chunk.nextLine, summary: accounts,
            rejectedBytes: rejected?.byteCount ?? 0, witness: witness)
        if !journal.write(checkpoint) {
            notice("How far the import has come cannot be noted; interrupted and run again it would begin at the beginning.")
        }
    }

    /// Goes on where an equal run was interrupted, or says why not.
    private mutating func goOn(into sink: some ImportSink, _ progress: (ImportProgress) -> Void) async throws(Problem) {
        guard let journal else { return }
        let reason: String
        switch journal.find() {
        case .nothing: return
        case .useless(let why): reason = why
        case .checkpoint(let checkpoint):
            if let path = checkpoint.summary.rejectedPath, rejected?.goOn(at: path, byteCount: checkpoint.rejectedBytes) != true {
                reason = "the list of its refused rows is gone"
            } else if try await !ImportRun.knows(checkpoint.witness, sink) {
                reason = "what was taken then is no longer there"
            } else if try skip(checkpoint, progress) {
                return
            } else {
                reason = "the file reads otherwise now"
            }
        }
        rejected?.beginAnew()
        notice("An import of this file was interrupted, but \(reason): beginning at the beginning. What was taken is not doubled.")
    }

    /// Whether the place that took `witness` still has it.
    private static func knows(_ witness: [UInt8], _ sink: some ImportSink) async throws(Problem) -> Bool {
        if witness.isEmpty { return true }
        return try await sink.commit(try sink.prepare(witness)).duplicates == 1
    }

    /// Reads what is settled without sending it: how often equal rows came, which traits were told and which order waits for more rows
    /// are the same afterwards as they were in the run before.
    ///
    /// - Returns: false, with the reader at the beginning again, when the chunks are not those that the checkpoint tells of.
    private mutating func skip(_ checkpoint: ImportCheckpoint, _ progress: (ImportProgress) -> Void) throws(Problem) -> Bool {
        notice("Going on at line \(checkpoint.line), where the import of this file was interrupted.")
        var rowCount = 0
        var callCount = 0
        var line = 0
        for _ in 0 ..< checkpoint.chunkCount {
            guard let chunk = try reader.next() else { break }
            rowCount += chunk.rowCount
            callCount += chunk.callCount
            line = chunk.nextLine
            tell(progress, rowCount: rowCount)
        }
        let accounts = checkpoint.summary
        guard rowCount == accounts.rowCount, callCount == accounts.callCount, line == checkpoint.line else {
            reader = try makeReader()
            return false
        }
        summary = accounts
        summary.continuedAtLine = checkpoint.line
        summary.rowCountBefore = rowCount
        chunkCount = checkpoint.chunkCount
        witness = checkpoint.witness
        isInterruptedChunk = true
        return true
    }

    // MARK: - Progress

    private var seconds: Double {
        let (seconds, attoseconds) = (ContinuousClock.now - start).components
        return Double(seconds) + Double(attoseconds) / 1e18
    }

    private mutating func tell(_ progress: (ImportProgress) -> Void, rowCount: Int) {
        guard ContinuousClock.now - lastProgress > .milliseconds(100) else { return }
        lastProgress = .now
        progress(
            ImportProgress(
                bytesRead: reader.text.bytesRead, byteCount: reader.text.byteCount, rowCount: rowCount, seconds: seconds))
    }
}
