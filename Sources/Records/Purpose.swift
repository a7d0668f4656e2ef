public import Model

/// Something for which people are asked whether it may be done with what is known of them.
public struct Purpose: Hashable, Sendable {
    public let workspace: WorkspaceID
    /// Unique within the workspace; what consents and questions name: `marketing.email`.
    public let name: String
    public var legalBasis: LegalBasis
    /// What people are asked, oldest version first; never empty.
    public var texts: [PurposeText]
    public let createdAt: Instant

    public init(workspace: WorkspaceID, name: String, legalBasis: LegalBasis, texts: [PurposeText], createdAt: Instant) {
        self.workspace = workspace
        self.name = name
        self.legalBasis = legalBasis
        self.texts = texts
        self.createdAt = createdAt
    }

    /// The version of the text that people are asked now.
    public var version: Int { texts.last?.version ?? 0 }
}

/// One version of what people are asked; it is never changed, so that a consent shows for good what was agreed to.
public struct PurposeText: Hashable, Sendable {
    /// Counted from 1.
    public let version: Int
    public let text: String
    public let createdAt: Instant

    public init(version: Int, text: String, createdAt: Instant) {
        self.version = version
        self.text = text
        self.createdAt = createdAt
    }
}

/// Why it is lawful: the six of Article 6 (1) of the General Data Protection Regulation.
///
/// Whichever it is, of whom no consent is known does not count for the purpose.
public enum LegalBasis: String, Sendable, CaseIterable, Hashable {
    case consent
    case contract
    case legalObligation = "legal_obligation"
    case vitalInterests = "vital_interests"
    case publicTask = "public_task"
    case legitimateInterests = "legitimate_interests"
}
