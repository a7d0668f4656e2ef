public import Model
public import Records

/// What one request, and one call in it, may hold.
public typealias CollectLimits = SourceLimits

/// The sender of a request, as far as intake has to know it.
public struct IntakeSource: Sendable, Hashable {
    public var id: SourceID
    /// Whether identities inside traits count: a server of the business, not something a stranger can type into.
    public var isTrusted: Bool
    /// Whether everything it sends is refused.
    public var isSuppressed: Bool
    /// Whether it may send history.
    public var allowsHistory: Bool
    /// Whether `context.ip` is kept.
    public var storesIP: Bool
    public var limits: CollectLimits
    /// Whether files of this machine are read: no request bounds them, and no lines at all are fine.
    private(set) var isFile = false
    /// Whether Teahouse itself makes the calls: they may name people by external ids alone.
    package var isOwn = false

    public init(
        id: SourceID, isTrusted: Bool = false, isSuppressed: Bool = false, allowsHistory: Bool = false, storesIP: Bool = false,
        limits: CollectLimits = .standard
    ) {
        self.id = id
        self.isTrusted = isTrusted
        self.isSuppressed = isSuppressed
        self.allowsHistory = allowsHistory
        self.storesIP = storesIP
        self.limits = limits
    }

    /// The sender that a record describes.
    public init(_ source: Source) {
        self.init(
            id: source.id, isTrusted: source.isTrusted, isSuppressed: source.isSuppressed, allowsHistory: source.allowsHistory,
            storesIP: source.storesIP, limits: source.limits)
    }

    /// The same sender read from a file of this machine: without the bounds of a request, and with history.
    ///
    /// A file may hold longer calls than the network brings (orders with hundreds of lines).
    var ofFiles: IntakeSource {
        var source = self
        source.isFile = true
        source.allowsHistory = true
        source.limits.eventBytes = max(limits.eventBytes, 512 << 10)
        return source
    }
}

/// How a body is laid out.
public enum CollectShape: Sendable, Hashable {
    /// `{"batch": […], "sentAt"?, "context"?, "integrations"?, "writeKey"?}`.
    case batch
    /// The body is one call of this type.
    case single(CallType)
    /// NDJSON, one call a line; a refused call's index is its line's number in the body, from 0. A broken line is refused alone.
    case lines
    /// What another protocol's SDK sends: one message, or several in its form of a list.
    case capture(CaptureProtocol)
}

/// How one request wants to be taken.
public struct CollectOptions: Sendable, Hashable {
    /// History: no skew correction, the past kept, a given `receivedAt` holds.
    public var isHistorical: Bool
    /// All or nothing.
    public var isStrict: Bool
    /// The instant of receipt; nil for the clock's.
    public var receivedAt: Instant?
    /// The connection's address, for sources that store it.
    public var clientAddress: String?

    public init(isHistorical: Bool = false, isStrict: Bool = false, receivedAt: Instant? = nil, clientAddress: String? = nil) {
        self.isHistorical = isHistorical
        self.isStrict = isStrict
        self.receivedAt = receivedAt
        self.clientAddress = clientAddress
    }
}
