public import Model

/// Someone of the team who signs in to the console; one sign-in may belong to many workspaces.
public struct Member: Hashable, Sendable {
    public let id: MemberID
    /// Trimmed and lower-cased; unique.
    public var email: String
    public var name: String
    /// The console's language for this member; nil follows the workspace.
    public var language: Language?
    public let createdAt: Instant

    public init(id: MemberID, email: String, name: String, language: Language?, createdAt: Instant) {
        self.id = id
        self.email = email
        self.name = name
        self.language = language
        self.createdAt = createdAt
    }
}

/// What a member may do in one workspace.
public enum MemberRole: String, Sendable, CaseIterable, Hashable {
    /// Everything: sources, keys, members, settings.
    case owner
    /// Looks, asks and arranges boards; changes no settings.
    case analyst
}

/// One member's role in one workspace.
public struct Membership: Hashable, Sendable {
    public var workspace: WorkspaceID
    public var member: MemberID
    public var role: MemberRole

    public init(workspace: WorkspaceID, member: MemberID, role: MemberRole) {
        self.workspace = workspace
        self.member = member
        self.role = role
    }
}

/// A signed-in browser.
///
/// The token itself is only in its cookie; here is its digest.
public struct SessionRecord: Hashable, Sendable {
    public let digest: KeyDigest
    public let member: MemberID
    public let createdAt: Instant
    public let expiresAt: Instant

    public init(digest: KeyDigest, member: MemberID, createdAt: Instant, expiresAt: Instant) {
        self.digest = digest
        self.member = member
        self.createdAt = createdAt
        self.expiresAt = expiresAt
    }
}

/// Failed sign-ins from one place or for one e-mail, and until when further ones are refused unseen.
public struct ThrottleState: Hashable, Sendable {
    public var failures: Int
    public var lastFailureAt: Instant
    public var blockedUntil: Instant

    public init(failures: Int, lastFailureAt: Instant, blockedUntil: Instant) {
        self.failures = failures
        self.lastFailureAt = lastFailureAt
        self.blockedUntil = blockedUntil
    }
}
