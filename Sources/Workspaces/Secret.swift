import Crypto
import Model
package import Records

/// Random texts that open something, and how they are compared and remembered.
package enum Secret {
    private static let letters = Array("0123456789abcdefghjkmnpqrstvwxyz".utf8)

    /// `prefix`, an underscore, and 160 random bits in 32 letters and digits.
    package static func key(prefix: String) -> String { prefix + "_" + text(letterCount: 32) }

    /// 260 random bits for a session's cookie.
    package static func token() -> String { text(letterCount: 52) }

    /// 32 random bytes.
    package static func bytes() -> [UInt8] { SymmetricKey(size: .bits256).withUnsafeBytes { Array($0) } }

    /// HMAC-SHA256 of `text` under `secret`, in hexadecimal.
    package static func code(of text: String, under secret: [UInt8]) -> String {
        Array(HMAC<SHA256>.authenticationCode(for: Array(text.utf8), using: SymmetricKey(data: secret))).hex
    }

    /// Whether two texts are equal, in a time that does not tell where they differ.
    package static func isEqual(_ left: String, _ right: String) -> Bool {
        KeyDigest(of: left).isEqualInConstantTime(to: KeyDigest(of: right))
    }

    private static func text(letterCount: Int) -> String {
        var generator = SystemRandomNumberGenerator()
        let bytes = (0 ..< letterCount).map { _ in letters[Int(generator.next() & 31)] }
        return String(decoding: bytes, as: UTF8.self)
    }
}

extension KeyDigest {
    /// SHA-256 of a text that itself holds at least 128 random bits, so that no salt is needed.
    package init(of text: String) { self.init(bytes: SHA256.hash(data: Array(text.utf8))) }

    /// SHA-256 of bytes.
    package init(of bytes: [UInt8]) { self.init(bytes: SHA256.hash(data: bytes)) }

    package func isEqualInConstantTime(to other: KeyDigest) -> Bool {
        let difference =
            (words.0 ^ other.words.0) | (words.1 ^ other.words.1) | (words.2 ^ other.words.2) | (words.3 ^ other.words.3)
        return difference == 0
    }
}
