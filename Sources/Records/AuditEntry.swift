public import Model

/// Who changed or read what, when and why: a change's is written in its transaction.
public struct AuditEntry: Hashable, Sendable {
    /// nil for what belongs to no workspace, such as the first owner.
    public var workspace: WorkspaceID?
    public var at: Instant
    public var actor: Actor
    /// Noun and past verb: `source.created`, `key.revoked`.
    public var action: String
    /// The id of what was changed.
    public var target: String
    /// What changed, for people; never a key, a password or a token.
    public var detail: String
    /// Whose profiles were read or changed, at most ``peopleMax``.
    public var people: [PersonID]
    /// Why, in the words of who did it; nil where nobody says.
    public var reason: String?

    /// The most people that one entry names.
    public static let peopleMax = 500
    /// The longest reason in bytes.
    public static let reasonBytesMax = 500

    public init(
        workspace: WorkspaceID?, at: Instant, actor: Actor, action: String, target: String, detail: String,
        people: [PersonID] = [], reason: String? = nil
    ) {
        self.people = Array(people.prefix(AuditEntry.peopleMax))
        self.reason = reason
        self.workspace = workspace
        self.at = at
        self.actor = actor
        self.action = action
        self.target = target
        self.detail = detail
    }
}

extension AuditEntry {
    /// Whether something was only looked at.
    public var isReading: Bool { AuditEntry.readingVerbs.contains { action.hasSuffix($0) } }

    private static let readingVerbs = [".viewed", ".listed", ".exported"]
}

/// Who asks for a change.
public enum Actor: Hashable, Sendable {
    case member(MemberID)
    case key(KeyID)
    /// The bearer of the server's admin token.
    case admin
    /// Whoever may run commands on the machine.
    case commandLine
    /// What the server does by itself, because a rule says so.
    case server

    /// The word kept in the records: an id, `admin`, `command-line` or `server`.
    public var text: String {
        switch self {
        case .member(let id): id.text
        case .key(let id): id.text
        case .admin: "admin"
        case .commandLine: "command-line"
        case .server: "server"
        }
    }

    /// Reads ``text``; nil for anything else.
    public init?(text: String) {
        switch text {
        case "admin": self = .admin
        case "command-line": self = .commandLine
        case "server": self = .server
        default:
            if let member = MemberID(validating: text) {
                self = .member(member)
            } else if let key = KeyID(validating: text) {
                self = .key(key)
            } else {
                return nil
            }
        }
    }
}

/// The answer of a command, kept so that a repeat with the same `Idempotency-Key` gets it again.
public struct StoredAnswer: Hashable, Sendable {
    /// Who asked: a workspace's id, or `admin`.
    public let scope: String
    /// Digest of the key that the caller chose.
    public let digest: KeyDigest
    /// Digest of what was asked, so that the same key with another request is noticed.
    public let request: KeyDigest
    public let status: Int
    /// The sealed body, in hexadecimal: it may hold a fresh key, so it can be opened only by who asked.
    public let sealedBody: String
    public let createdAt: Instant

    public init(scope: String, digest: KeyDigest, request: KeyDigest, status: Int, sealedBody: String, createdAt: Instant) {
        self.scope = scope
        self.digest = digest
        self.request = request
        self.status = status
        self.sealedBody = sealedBody
        self.createdAt = createdAt
    }
}
