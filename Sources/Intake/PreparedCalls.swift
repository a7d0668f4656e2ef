internal import EventStore
internal import Model

/// The calls of one body, checked and encoded, not yet durable.
public struct PreparedCalls: Sendable {
    let source: IntakeSource
    let receivedAt: Instant
    let batch: CallBatch
    /// The index in the body of each call of `batch`.
    let indexes: [Int]
    let places: CallPlaces
    var rejected: [RejectedCall]
    let kept: [KeptRejection]
    /// Some of the calls, for the live feed: their place in `batch` and what is shown.
    let shown: [(place: Int, item: LiveItem)]
    /// How often keys stood twice, for the statistics.
    let duplicateKeys: Int

    /// How many calls passed the checks.
    public var count: Int { batch.count }
    /// Calls that did not.
    public var refusals: [RejectedCall] { rejected }
}

/// Where the calls of a body stand in it, for the pointers of what is refused.
struct CallPlaces: Sendable {
    /// The list of calls; nil where the body is the call, or a line of it is.
    var list: String?
    /// Whether the calls were made of messages whose members have other names.
    var isTranslated = false

    static let single = CallPlaces()

    func pointer(_ index: Int) -> String { list.map { "\($0)/\(index)" } ?? "" }
}
