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
}

/// How a body is laid out.
public enum CollectShape: Sendable, Hashable {
    /// `{"batch": […], "sentAt"?, "context"?, "integrations"?, "writeKey"?}`.
    case batch
    /// The body is one call of this type.
    case single(CallType)
    /// One call a line; a refused call's index is its line's number in the chunk, from 0.
    case lines
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
