public import Model

/// Where the calls of a file go: the intake of this process, or a server elsewhere.
///
/// Preparing and committing are apart so that one chunk is checked while the one before it becomes durable. Chunks are committed in
/// the order of the file.
public protocol ImportSink: Sendable {
    /// Checked calls, not yet durable.
    associatedtype Prepared: Sendable

    /// Checks NDJSON, one call a line. Runs on any thread.
    ///
    /// - Throws: ``Problem`` when nothing of it can be taken.
    func prepare(_ lines: [UInt8]) throws(Problem) -> Prepared

    /// Makes the calls durable; the answer's indexes are line numbers from 0.
    ///
    /// - Throws: ``Problem`` when nothing of it was taken, such as disk_full.
    func commit(_ prepared: Prepared) async throws(Problem) -> IntakeAnswer
}
