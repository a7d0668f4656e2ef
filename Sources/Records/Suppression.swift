public import Model

/// An identity that was erased, or whose calls are not kept, by a keyed digest: whoever reads the records learns no name.
public struct Suppression: Hashable, Sendable {
    public enum Kind: String, Sendable, CaseIterable {
        /// Erased once; what comes later is taken, an archive from before is not.
        case erased
        /// Its calls are turned away.
        case suppressed
        /// Both.
        case erasedAndSuppressed = "erased_suppressed"

        public var isErased: Bool { self != .suppressed }
        public var turnsAway: Bool { self != .erased }

        /// What comes of an identity that was this and is now the other, too.
        public func joined(with other: Kind) -> Kind { self == other ? self : .erasedAndSuppressed }
    }

    public var workspace: WorkspaceID
    /// HMAC-SHA-256 of type and value, in hexadecimal.
    public var digest: String
    /// A few bits of another keyed hash, which tell most other identities apart without a digest.
    ///
    /// 0 to 65,535.
    public var hint: Int
    public var kind: Kind
    public var createdAt: Instant
    /// Why, in the words of who asked for it; without names.
    public var reason: String

    public init(workspace: WorkspaceID, digest: String, hint: Int, kind: Kind, createdAt: Instant, reason: String) {
        self.workspace = workspace
        self.digest = digest
        self.hint = hint
        self.kind = kind
        self.createdAt = createdAt
        self.reason = reason
    }
}
