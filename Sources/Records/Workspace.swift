public import Model

/// One business as Teahouse keeps it: its name, its calendar, its money and its language.
public struct Workspace: Hashable, Sendable {
    public let id: WorkspaceID
    public var name: String
    /// An IANA name such as `Asia/Shanghai`; days, weeks and months of every question are this zone's.
    public var timezone: String
    public var currency: Currency
    /// The language in which the console greets a member who has chosen none.
    public var language: Language
    /// ISO 3166-1 alpha-2, such as `CN`: the country of phone numbers written without one.
    public var region: String
    /// The stages of the life cycle as JSON text; nil: the standard ones.
    public var stages: String?
    /// Limits and values of identities as JSON text; nil: the standard ones.
    public var identitySettings: String?
    public let createdAt: Instant

    public init(
        id: WorkspaceID, name: String, timezone: String, currency: Currency, language: Language, region: String,
        stages: String? = nil, identitySettings: String? = nil, createdAt: Instant
    ) {
        self.id = id
        self.name = name
        self.timezone = timezone
        self.currency = currency
        self.language = language
        self.region = region
        self.stages = stages
        self.identitySettings = identitySettings
        self.createdAt = createdAt
    }
}

/// A language of the console.
public enum Language: String, Sendable, CaseIterable, Hashable {
    case en
    case zhHans = "zh-Hans"
}
