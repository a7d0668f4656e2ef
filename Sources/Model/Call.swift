/// The six calls of the Segment specification, and what is stated beside them.
public enum CallType: UInt8, Sendable, Hashable, CaseIterable {
    case track = 0, page, screen, identify, group, alias
    /// States something of people that no event shows; ``Call/event`` says what: `relationship`.
    case declare
    /// Joins the people of two identities by command.
    case merge
    /// Takes two identities apart for good, as if nothing had ever joined them.
    case unmerge

    /// The word on the wire.
    public var text: String {
        switch self {
        case .track: "track"
        case .page: "page"
        case .screen: "screen"
        case .identify: "identify"
        case .group: "group"
        case .alias: "alias"
        case .declare: "declare"
        case .merge: "merge"
        case .unmerge: "unmerge"
        }
    }

    public init?(text: String) {
        guard let type = CallType.allCases.first(where: { $0.text == text }) else { return nil }
        self = type
    }

    /// Whether selectors can match it: only track, page and screen are events (specs: questions, N2).
    public var isEvent: Bool { self == .track || self == .page || self == .screen }

    /// Whether it joins people or takes them apart by command.
    public var isCommand: Bool { self == .merge || self == .unmerge }
}

/// What intake noticed about a call while taking it.
public struct CallFlags: OptionSet, Sendable, Hashable {
    public let rawValue: UInt16
    public init(rawValue: UInt16) { self.rawValue = rawValue }

    /// A bare NaN or Infinity was read as null.
    public static let nonFinite = CallFlags(rawValue: 1)
    /// An integer beyond Int64 is kept as its decimal text.
    public static let bigInteger = CallFlags(rawValue: 2)
    /// Invalid UTF-8 or a lone surrogate became U+FFFD.
    public static let badText = CallFlags(rawValue: 4)
    /// A key stood twice; the last one won.
    public static let duplicateKey = CallFlags(rawValue: 8)
    /// The time was impossible and was set to the instant of receipt.
    public static let clock = CallFlags(rawValue: 16)
    /// An identity that identifies nobody was ignored.
    public static let blockedIdentity = CallFlags(rawValue: 32)
    /// Sent as history: no skew correction, the past kept.
    public static let historical = CallFlags(rawValue: 64)
    /// The e-mail address or phone number among its traits was taken as an identity, as the source was trusted then.
    ///
    /// For resolving the call again; without a word of its own.
    public static let trustedTraits = CallFlags(rawValue: 128)
    /// Its traits count only while nothing else was said of them (`context.traitsOnce`).
    ///
    /// Without a word of its own: the context says it.
    public static let traitsOnce = CallFlags(rawValue: 256)

    /// The flags' words, for answers and pages.
    public var names: [String] {
        let all: [(CallFlags, String)] = [
            (.nonFinite, "non_finite"), (.bigInteger, "big_integer"), (.badText, "bad_text"), (.duplicateKey, "duplicate_key"),
            (.clock, "clock"), (.blockedIdentity, "blocked_value"), (.historical, "historical"),
        ]
        return all.filter { contains($0.0) }.map(\.1)
    }
}

/// One call as it is kept: stamped, lossless but for the order of keys.
public struct Call: Hashable, Sendable {
    public var type: CallType
    public var messageID: String
    /// When it happened, after correction.
    public var timestamp: Instant
    public var receivedAt: Instant
    /// The timestamp as sent, when one was.
    public var originalTimestamp: Instant?
    public var sentAt: Instant?
    public var userID: String?
    public var anonymousID: String?
    /// Of `alias`.
    public var previousID: String?
    /// Of `group`.
    public var groupID: String?
    /// The event's name: of `track` its own, of `page` and `screen` these words; of `declare` what is stated; else nil.
    public var event: String?
    /// Of `page` and `screen`.
    public var name: String?
    /// Of `page` and `screen`.
    public var category: String?
    /// An object: properties of track, page, screen and declare.
    public var properties: JSONValue
    /// An object: traits of identify (with those of `context.traits`) and group.
    public var traits: JSONValue
    /// An object.
    public var context: JSONValue
    /// An object.
    public var integrations: JSONValue
    public var flags: CallFlags
    public var source: SourceID

    public init(
        type: CallType, messageID: String, timestamp: Instant, receivedAt: Instant, originalTimestamp: Instant? = nil,
        sentAt: Instant? = nil, userID: String? = nil, anonymousID: String? = nil, previousID: String? = nil,
        groupID: String? = nil,
        event: String? = nil, name: String? = nil, category: String? = nil, properties: JSONValue = [:], traits: JSONValue = [:],
        context: JSONValue = [:], integrations: JSONValue = [:], flags: CallFlags = [], source: SourceID
    ) {
        self.type = type
        self.messageID = messageID
        self.timestamp = timestamp
        self.receivedAt = receivedAt
        self.originalTimestamp = originalTimestamp
        self.sentAt = sentAt
        self.userID = userID
        self.anonymousID = anonymousID
        self.previousID = previousID
        self.groupID = groupID
        self.event = event
        self.name = name
        self.category = category
        self.properties = properties
        self.traits = traits
        self.context = context
        self.integrations = integrations
        self.flags = flags
        self.source = source
    }
}
