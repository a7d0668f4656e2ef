/// An identifier made of a short prefix and random letters, such as `ws_4k7dq2m9x0c3b8ha`: safe in addresses and file names.
public protocol TextID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The letters before the underscore.
    static var prefix: String { get }
    var text: String { get }
    /// Wraps text as it is; use ``init(validating:)`` for input.
    init(text: String)
}

extension TextID {
    public var description: String { text }
    public static func < (left: Self, right: Self) -> Bool { left.text < right.text }

    /// A new id with 80 random bits.
    public static func random(using generator: inout some RandomNumberGenerator) -> Self {
        let letters = Array("0123456789abcdefghjkmnpqrstvwxyz")
        var text = prefix + "_"
        for _ in 0 ..< 16 { text.append(letters[Int.random(in: 0 ..< 32, using: &generator)]) }
        return Self(text: text)
    }

    /// nil unless `text` has this type's prefix and 1 to 40 lower-case letters and digits after it.
    public init?(validating text: String) {
        guard text.hasPrefix(Self.prefix + "_") else { return nil }
        let rest = text.utf8.dropFirst(Self.prefix.utf8.count + 1)
        guard (1 ... 40).contains(rest.count),
            rest.allSatisfy({ ($0 >= 0x30 && $0 <= 0x39) || ($0 >= 0x61 && $0 <= 0x7A) })
        else { return nil }
        self.init(text: text)
    }
}

/// A workspace: one business with its sources, people and settings.
public struct WorkspaceID: TextID {
    public static let prefix = "ws"
    public let text: String
    public init(text: String) { self.text = text }
}

/// A source: one sender of events with its write keys.
public struct SourceID: TextID {
    public static let prefix = "src"
    public let text: String
    public init(text: String) { self.text = text }
}

/// A key, of a source (write) or of a workspace (api).
public struct KeyID: TextID {
    public static let prefix = "key"
    public let text: String
    public init(text: String) { self.text = text }
}

/// A member of the team that uses the console.
///
/// Not a person whom Teahouse watches.
public struct MemberID: TextID {
    public static let prefix = "mem"
    public let text: String
    public init(text: String) { self.text = text }
}

/// A board: a page of pinned questions.
public struct BoardID: TextID {
    public static let prefix = "brd"
    public let text: String
    public init(text: String) { self.text = text }
}

/// A card: one question pinned on a board.
public struct CardID: TextID {
    public static let prefix = "crd"
    public let text: String
    public init(text: String) { self.text = text }
}

/// A batch of product codes.
public struct ProductBatchID: TextID {
    public static let prefix = "bat"
    public let text: String
    public init(text: String) { self.text = text }
}

/// A case: several people have registered one product code.
public struct ProductCaseID: TextID {
    public static let prefix = "case"
    public let text: String
    public init(text: String) { self.text = text }
}

/// A form of progressive registration.
public struct FormID: TextID {
    public static let prefix = "frm"
    public let text: String
    public init(text: String) { self.text = text }
}

/// A person as seen from outside: `p` and the ordinal of the identity seen first, in base 32.
///
/// After a merge the surviving id is that of the person seen first; the other still finds it.
public struct PersonID: Hashable, Sendable, Comparable, CustomStringConvertible {
    /// The dense ordinal of the person: that of their first-seen identity.
    public let ordinal: UInt32

    public init(ordinal: UInt32) { self.ordinal = ordinal }

    /// Reads `p_` and base-32 digits; nil for anything else.
    public init?(text: String) {
        guard text.hasPrefix("p_"), text.utf8.count <= 9, let value = UInt32(text.dropFirst(2), radix: 32),
            String(value, radix: 32) == text.dropFirst(2)
        else { return nil }
        ordinal = value
    }

    public var text: String { "p_" + String(ordinal, radix: 32) }
    public var description: String { text }
    public static func < (left: PersonID, right: PersonID) -> Bool { left.ordinal < right.ordinal }
}
