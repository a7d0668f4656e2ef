public import Model

/// One sender of events of a workspace, with what it may do.
public struct Source: Hashable, Sendable {
    public let id: SourceID
    public let workspace: WorkspaceID
    public var name: String
    public var kind: SourceKind
    /// Whether an e-mail or phone among its traits counts as an identity: only for senders that strangers cannot type into.
    public var isTrusted: Bool
    /// Whether the sender's network address is kept in `context.ip`.
    public var storesIP: Bool
    /// Whether it may send the past with `receivedAt` of its own.
    public var allowsHistory: Bool
    /// Suppressed sources are refused with 403; their events so far stay.
    public var isSuppressed: Bool
    public var limits: SourceLimits
    public let createdAt: Instant

    public init(
        id: SourceID, workspace: WorkspaceID, name: String, kind: SourceKind, isTrusted: Bool, storesIP: Bool, allowsHistory: Bool,
        isSuppressed: Bool = false, limits: SourceLimits = .standard, createdAt: Instant
    ) {
        self.id = id
        self.workspace = workspace
        self.name = name
        self.kind = kind
        self.isTrusted = isTrusted
        self.storesIP = storesIP
        self.allowsHistory = allowsHistory
        self.isSuppressed = isSuppressed
        self.limits = limits
        self.createdAt = createdAt
    }
}

/// Where a source's calls are made: in a visitor's browser, on a server of the business, or from files.
public enum SourceKind: String, Sendable, CaseIterable, Hashable {
    case browser, server
    /// Files read in by `teahouse import`.
    case files = "import"
}

/// The bounds of what one request and one call of a source may hold.
///
/// Source: specs, collect §1.
public struct SourceLimits: Hashable, Sendable {
    /// Bytes of JSON of one call.
    public var eventBytes = 32_768
    /// Bytes of one request's body, as sent and inflated alike.
    public var bodyBytes = 4_194_304
    /// Calls in one batch.
    public var batchEvents = 2_000
    /// Depth of nested objects and lists.
    public var nesting = 16
    /// Keys within one call's members, at every depth together; in lists each name of a place once.
    public var keys = 300
    public var messageIDCharacters = 100
    /// Bytes of one identifier.
    public var idBytes = 512
    /// Bytes of an event's or page's name.
    public var nameBytes = 200
    /// Bytes of one trait's value.
    public var traitBytes = 4_096
    /// Requests a second before 429; nil for no bound.
    public var requestsPerSecond: Int?

    public init() {}

    /// The limits of a new source.
    public static let standard = SourceLimits()
}
