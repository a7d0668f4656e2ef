import Crypto
import Records

/// A stored answer's body, closed under what only the caller knows, because it may hold a key that is shown once.
enum SealedBody {
    /// Hexadecimal of `body`, sealed with ChaCha20-Poly1305; nil when sealing is impossible.
    static func seal(_ body: [UInt8], secret: String) -> String? {
        guard let box = try? ChaChaPoly.seal(body, using: key(secret)) else { return nil }
        return Array(box.combined).hex
    }

    /// The body again; nil with another secret.
    static func open(_ hex: String, secret: String) -> [UInt8]? {
        guard let bytes = [UInt8](hex: hex), let box = try? ChaChaPoly.SealedBox(combined: bytes),
            let body = try? ChaChaPoly.open(box, using: key(secret))
        else { return nil }
        return Array(body)
    }

    private static func key(_ secret: String) -> SymmetricKey {
        HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: Array(secret.utf8)), info: Array("teahouse stored answer".utf8),
            outputByteCount: 32)
    }
}
