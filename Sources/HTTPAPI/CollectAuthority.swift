public import Intake
public import Model
internal import Records

/// Knows the write keys.
public protocol CollectAuthority: Sendable {
    /// The source that a write key stands for; nil for an unknown or revoked key. Asked once a request: a look-up but for the first time.
    func collectTarget(writeKey: String) async throws(Problem) -> CollectTarget?

    /// The most bytes of a body that any source takes: what a body may have whose key stands in it.
    var collectBodyBytesMax: Int { get }
}

extension CollectAuthority {
    /// That of sources whose limits were left as they are.
    public var collectBodyBytesMax: Int { SourceLimits.standard.bodyBytes }
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
