public import Model

/// That a person granted a purpose or withdrew it, when, and how that is known.
public struct ConsentRecord: Hashable, Sendable {
    /// Who said it.
    public enum Origin: String, Sendable, Hashable {
        /// A trusted source, a file or the API, by a `declare` call.
        case declared
        /// The person: the preferences in the context of one of their calls.
        case said
    }

    public var purpose: String
    public var isGranted: Bool
    /// Of the call; that of its receipt where the call is dated later, because nobody consents ahead of time.
    public var at: Instant
    public var receivedAt: Instant
    /// The version of the purpose's text that the person saw; nil where nobody says.
    public var textVersion: Int?
    public var origin: Origin
    public var source: SourceID
    /// What the statement rests on, in the words of who made it.
    public var evidence: String?
    /// The call that says it.
    public var messageID: String
    public var arrival: UInt64
    /// The identity that the call came under.
    public var identity: Identity

    package init(
        purpose: String, isGranted: Bool, at: Instant, receivedAt: Instant, textVersion: Int? = nil, origin: Origin,
        source: SourceID, evidence: String? = nil, messageID: String, arrival: UInt64, identity: Identity
    ) {
        self.purpose = purpose
        self.isGranted = isGranted
        self.at = at
        self.receivedAt = receivedAt
        self.textVersion = textVersion
        self.origin = origin
        self.source = source
        self.evidence = evidence
        self.messageID = messageID
        self.arrival = arrival
        self.identity = identity
    }
}
