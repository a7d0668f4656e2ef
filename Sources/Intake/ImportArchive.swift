public import EventStore
public import Model
internal import People
internal import Synchronization

extension EventArchive {
    /// The archive that a file is, by its name or its first bytes; nil when it is a file of rows.
    ///
    /// - Throws: ``Problem`` as ``open(_:)``, and file_missing, is_a_folder, not_a_file or file_not_readable.
    public static func open(ifIn path: String) throws(Problem) -> EventArchive? {
        let file = try FileSource(path: path)
        var bytes = [UInt8](repeating: 0, count: magic.count)
        var failure: Problem?
        bytes.withUnsafeMutableBytes { buffer in
            do throws(Problem) { _ = try file.read(into: buffer) } catch { failure = error }
        }
        if let failure { throw failure }
        return path.hasSuffix(suffix) || bytes == magic ? try open(path) : nil
    }
}

extension Intake {
    /// Calls that are looked at, and made durable, at once.
    private static let archiveBatchCalls = 16_384

    /// Adds the calls of an archive to those that have arrived before, in their order of arrival.
    ///
    /// They were checked when they arrived first and stay as they are, with their source and instant of receipt; which identities they
    /// name is judged by the workspace's rules. Calls that are there already are duplicates, so that taking an archive again takes
    /// nothing, and an interrupted one goes on.
    /// - Throws: ``Problem`` when the store takes nothing more; what was taken stays taken.
    public func take(
        _ archive: EventArchive, progress: (ImportProgress) -> Void = { _ in }
    ) async throws(Problem) -> ImportSummary {
        let rules = rules.withLock { $0 }
        let rejected = ImportRejectedFile(candidates: FileImporter.candidates(archive.path, ending: ".rejected.csv"))
        let start = ContinuousClock.now
        var summary = ImportSummary()
        for part in archive.parts {
            for window in part.arrivalWindows() {
                var rows = part.rows(arrivedIn: window).rows[...]
                while !rows.isEmpty {
                    let next = rows.prefix(Intake.archiveBatchCalls)
                    rows = rows.dropFirst(next.count)
                    try rejected.add(summary.add(try await outcomes(of: next, of: part, rules)))
                    summary.seconds = start.duration(to: .now) / .seconds(1)
                    let bytesRead = archive.partBytes / max(archive.callCount, 1) * summary.rowCount
                    progress(
                        ImportProgress(
                            bytesRead: bytesRead, byteCount: archive.partBytes, rowCount: summary.rowCount,
                            seconds: summary.seconds))
                }
            }
        }
        // Parts keep fewer bits of a payload's hash than memory does; whoever repeats a call now is compared by those.
        try await store.flush()
        try rejected.flush()
        summary.rejectedPath = rejected.path
        summary.seconds = start.duration(to: .now) / .seconds(1)
        return summary
    }

    /// Takes those of a part's rows that are not here yet; what became of each.
    private func outcomes(
        of rows: ArraySlice<UInt32>, of part: Part, _ rules: IdentityRules
    ) async throws(Problem) -> [AppendOutcome] {
        let known = store.outcomes(repeating: rows, of: part)
        let new = zip(rows, known).filter { $0.1 == nil }.map(\.0)
        if new.isEmpty { return known.compactMap(\.self) }
        async let firstHalf = Intake.batch(new[..<(new.count / 2)], of: part, rules)
        async let secondHalf = Intake.batch(new[(new.count / 2)...], of: part, rules)
        var batch = await firstHalf
        batch.append(await secondHalf)
        var appended = try await store.append(batch).makeIterator()
        return known.compactMap { $0 ?? appended.next() }
    }

    @concurrent
    private static func batch(_ rows: ArraySlice<UInt32>, of part: Part, _ rules: IdentityRules) async -> CallBatch {
        var encoder = CallEncoder()
        for row in rows {
            var call = part.call(at: Int(row))
            let named = rules.identities(of: call, trusted: call.flags.contains(.trustedTraits))
            if named.blocked { call.flags.insert(.blockedIdentity) }
            encoder.append(call, identities: named.identities, payloadHash: part.payloadHash(at: Int(row)))
        }
        return encoder.finish()
    }
}

extension ImportSummary {
    /// The summary of an archive whose every call is new.
    public init(of archive: EventArchive, seconds: Double) {
        (rowCount, taken, callCount) = (archive.callCount, archive.callCount, archive.callCount)
        self.seconds = seconds
    }

    /// Adds what became of the next calls; those that were refused.
    fileprivate mutating func add(_ outcomes: [AppendOutcome]) -> [ImportRefusal] {
        var refusals: [ImportRefusal] = []
        for outcome in outcomes {
            rowCount += 1
            switch outcome {
            case .taken: taken += 1
            case .duplicate: duplicates += 1
            case .conflict, .withheld, .suppressed:
                let refusal = outcome == .suppressed ? Refusal.suppressedIdentity : Refusal.conflict
                let (code, reason) = (refusal.code.text, refusal.reason)
                refusals.append(ImportRefusal(line: rowCount, code: code, reason: reason))
                refusedByCode[code, default: 0] += 1
            }
        }
        callCount = rowCount
        refused += refusals.count
        add(examples: refusals)
        return refusals
    }
}
