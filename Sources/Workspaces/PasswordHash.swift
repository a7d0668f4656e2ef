import Crypto
import CryptoExtras
import Model
import Records

/// A password as it is remembered: scrypt with a salt of its own, `scrypt$15$8$3$salt$hash`.
///
/// 32 MB and about a quarter of a second a guess. Source: OWASP Password Storage Cheat Sheet (N = 2¹⁵, r = 8, p = 3).
package struct PasswordHash: Hashable, Sendable {
    struct Cost: Hashable, Sendable {
        var logRounds = 15
        var blockSize = 8
        var parallelism = 3

        /// Fast and weak, for tests alone.
        static let weak = Cost(logRounds: 4, blockSize: 1, parallelism: 1)
    }

    let cost: Cost
    private let salt: [UInt8]
    private let hash: [UInt8]

    /// Derives the hash of `password`; takes the CPU for the whole cost.
    init(password: String, cost: Cost = Cost()) throws(Problem) {
        let salt = Array(Secret.bytes().prefix(16))
        self.cost = cost
        self.salt = salt
        hash = try PasswordHash.derive(password, salt, cost)
    }

    /// Reads ``text``; nil for anything else.
    init?(text: String) {
        let parts = text.split(separator: "$", omittingEmptySubsequences: false)
        guard parts.count == 6, parts[0] == "scrypt", let logRounds = Int(parts[1]), (1 ... 24).contains(logRounds),
            let blockSize = Int(parts[2]), (1 ... 64).contains(blockSize), let parallelism = Int(parts[3]),
            (1 ... 16).contains(parallelism),
            let salt = [UInt8](hex: String(parts[4])), let hash = [UInt8](hex: String(parts[5])), hash.count == 32
        else { return nil }
        cost = Cost(logRounds: logRounds, blockSize: blockSize, parallelism: parallelism)
        self.salt = salt
        self.hash = hash
    }

    var text: String { "scrypt$\(cost.logRounds)$\(cost.blockSize)$\(cost.parallelism)$\(salt.hex)$\(hash.hex)" }

    /// Whether `password` is the one; takes the CPU for the whole cost.
    func matches(_ password: String) throws(Problem) -> Bool {
        let other = try PasswordHash.derive(password, salt, cost)
        return KeyDigest(bytes: other).isEqualInConstantTime(to: KeyDigest(bytes: hash))
    }

    private static func derive(_ password: String, _ salt: [UInt8], _ cost: Cost) throws(Problem) -> [UInt8] {
        do {
            let key = try KDF.Scrypt.deriveKey(
                from: Array(password.utf8), salt: salt, outputByteCount: 32, rounds: 1 << cost.logRounds, blockSize: cost.blockSize,
                parallelism: cost.parallelism)
            return key.withUnsafeBytes { Array($0) }
        } catch {
            throw Problem(
                .overloaded, "There is not enough memory to check a password now. Try again.", status: 503, retryAfterSeconds: 5)
        }
    }
}
