public import Intake
public import Model

/// Knows the write keys.
public protocol CollectAuthority: Sendable {
    /// The source that a write key stands for; nil for an unknown or revoked key. Asked once a request: a look-up but for the first time.
    func collectTarget(writeKey: String) async throws(Problem) -> CollectTarget?
}

/// Where the calls of one write key go.
public struct CollectTarget: Sendable {
    public let intake: Intake
    public let source: IntakeSource

    public init(intake: Intake, source: IntakeSource) {
        self.intake = intake
        self.source = source
    }
}
