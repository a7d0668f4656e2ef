public import Model

/// A key as it is remembered: never the key itself, only its digest and the first letters by which people recognise it.
public struct Key: Hashable, Sendable {
    public let id: KeyID
    public let workspace: WorkspaceID
    public let kind: KeyKind
    public var name: String
    /// SHA-256 of the key's text.
    public let digest: KeyDigest
    /// The first letters, such as `wk_4k7dq2`; useless without the rest.
    public let shownPrefix: String
    public let scopes: Set<KeyScope>
    public let createdAt: Instant
    /// Who made it: a person, another key, or the server's own; nil for a key of a time when nobody wrote it down.
    public let createdBy: Actor?
    /// When it was last used, to the minute.
    public var lastUsedAt: Instant?
    public var revokedAt: Instant?

    public init(
        id: KeyID, workspace: WorkspaceID, kind: KeyKind, name: String, digest: KeyDigest, shownPrefix: String,
        scopes: Set<KeyScope>, createdAt: Instant, createdBy: Actor?, lastUsedAt: Instant? = nil, revokedAt: Instant? = nil
    ) {
        self.id = id
        self.workspace = workspace
        self.kind = kind
        self.name = name
        self.digest = digest
        self.shownPrefix = shownPrefix
        self.scopes = scopes
        self.createdAt = createdAt
        self.createdBy = createdBy
        self.lastUsedAt = lastUsedAt
        self.revokedAt = revokedAt
    }
}

/// Whose key it is.
public enum KeyKind: Hashable, Sendable {
    /// A write key of a source: it can collect and nothing else.
    case write(SourceID)
    /// An api key of a workspace.
    case api

    /// The source of a write key.
    public var source: SourceID? { if case .write(let source) = self { source } else { nil } }
}

/// What a key opens.
public enum KeyScope: String, Sendable, CaseIterable, Hashable, Comparable {
    /// Send calls; only write keys have it.
    case collect
    /// Ask questions, see people.
    case read
    /// Change sources, keys and settings.
    case manage

    public static func < (left: KeyScope, right: KeyScope) -> Bool { left.rawValue < right.rawValue }
}

/// 32 bytes of a SHA-256 in four words, cheap to compare and to look up.
public struct KeyDigest: Hashable, Sendable {
    public let words: (UInt64, UInt64, UInt64, UInt64)

    /// - Precondition: `bytes` are 32.
    public init(bytes: some Sequence<UInt8>) {
        var words: [UInt64] = [0, 0, 0, 0]
        var count = 0
        for byte in bytes {
            words[count / 8 & 3] = words[count / 8 & 3] << 8 | UInt64(byte)
            count += 1
        }
        precondition(count == 32, "a digest has 32 bytes")
        self.words = (words[0], words[1], words[2], words[3])
    }

    /// nil unless `hex` is 64 lower-case hexadecimal digits.
    public init?(hex: String) {
        guard let bytes = [UInt8](hex: hex), bytes.count == 32 else { return nil }
        self.init(bytes: bytes)
    }

    /// 64 lower-case hexadecimal digits.
    public var hex: String { [words.0, words.1, words.2, words.3].flatMap(KeyDigest.bytes).hex }

    private static func bytes(_ word: UInt64) -> [UInt8] { (0 ..< 8).map { UInt8(truncatingIfNeeded: word >> (56 - $0 * 8)) } }

    public static func == (left: KeyDigest, right: KeyDigest) -> Bool { left.words == right.words }

    public func hash(into hasher: inout Hasher) { hasher.combine(words.0) }
}

extension Array where Element == UInt8 {
    /// Lower-case hexadecimal digits, two a byte.
    package var hex: String {
        let digits = Array("0123456789abcdef".utf8)
        return String(decoding: flatMap { [digits[Int($0 >> 4)], digits[Int($0 & 15)]] }, as: UTF8.self)
    }

    /// nil unless `hex` is an even number of lower-case hexadecimal digits.
    package init?(hex: String) {
        let nibbles = hex.utf8.map { byte -> UInt8 in
            switch byte {
            case 0x30 ... 0x39: byte - 0x30
            case 0x61 ... 0x66: byte - 0x57
            default: 255
            }
        }
        guard nibbles.count % 2 == 0, !nibbles.contains(255) else { return nil }
        self = stride(from: 0, to: nibbles.count, by: 2).map { nibbles[$0] << 4 | nibbles[$0 + 1] }
    }
}
