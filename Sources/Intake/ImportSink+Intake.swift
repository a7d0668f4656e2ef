public import Model
internal import Records

/// The intake of this process, with everything that senders over the network meet: the same checks, the same deduplication.
public struct IntakeSink: ImportSink {
    private let intake: Intake
    private let source: IntakeSource

    /// - Parameter source: A file may hold longer calls than the network brings (orders with hundreds of lines): the limit of one
    ///   call is raised to at least 512 KB, and history is allowed.
    public init(intake: Intake, source: IntakeSource) {
        self.intake = intake
        self.source = source.ofFiles
    }

    public func prepare(_ lines: [UInt8]) throws(Problem) -> PreparedCalls {
        let result = lines.withUnsafeBytes { bytes in
            Result { () throws(Problem) in
                try intake.prepare(bytes, shape: .lines, source: source, options: CollectOptions(isHistorical: true))
            }
        }
        return try result.get()
    }

    public func commit(_ prepared: PreparedCalls) async throws(Problem) -> IntakeAnswer {
        try await intake.commit(prepared)
    }
}

/// Checks everything and keeps nothing, for `--dry-run`.
public struct ImportRehearsal: ImportSink {
    private let sink: IntakeSink

    public init(intake: Intake, source: IntakeSource) { sink = IntakeSink(intake: intake, source: source) }

    public func prepare(_ lines: [UInt8]) throws(Problem) -> PreparedCalls { try sink.prepare(lines) }

    public func commit(_ prepared: PreparedCalls) async throws(Problem) -> IntakeAnswer {
        IntakeAnswer(taken: prepared.count, rejected: prepared.refusals)
    }
}
