import Crypto
import CryptoExtras

/// A permutation of the numbers of so many bits that nobody without the key can tell from a random one.
///
/// An alternating Feistel network over two halves with ten rounds of AES-256, as in FF1 of NIST SP 800-38G: codes are made from running
/// numbers and say them again, and nothing about them has to be stored.
package struct KeyedPermutation: Sendable {
    private static let roundCount = 10

    private let key: SymmetricKey
    private let leftBits: UInt64
    private let rightBits: UInt64

    /// - Parameter purpose: Keeps apart what one secret is used for.
    /// - Precondition: from 2 to 64 bits.
    package init(secret: [UInt8], purpose: String, bits: Int) {
        precondition((2 ... 64).contains(bits))
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: secret), info: Array(purpose.utf8), outputByteCount: 32)
        leftBits = UInt64(bits + 1) / 2
        rightBits = UInt64(bits) / 2
    }

    /// - Precondition: `value` has no more than the bits of the permutation.
    package func encrypted(_ value: UInt64) -> UInt64 {
        var (left, right) = (value >> rightBits, value & mask(rightBits))
        for round in 0 ..< KeyedPermutation.roundCount { (left, right) = (right, left ^ (noise(right, round) & roundMask(round))) }
        return left << rightBits | right
    }

    /// The number of which ``encrypted(_:)`` made this one.
    package func decrypted(_ value: UInt64) -> UInt64 {
        var (left, right) = (value >> rightBits, value & mask(rightBits))
        for round in (0 ..< KeyedPermutation.roundCount).reversed() {
            (left, right) = (right ^ (noise(left, round) & roundMask(round)), left)
        }
        return left << rightBits | right
    }

    /// The halves change places, so that in every other round the one that is changed has the bits of the right one.
    private func roundMask(_ round: Int) -> UInt64 { mask(round % 2 == 0 ? leftBits : rightBits) }
    private func mask(_ bits: UInt64) -> UInt64 { 1 << bits - 1 }

    private func noise(_ half: UInt64, _ round: Int) -> UInt64 {
        var block: (UInt64, UInt64) = (half.littleEndian, UInt64(round).littleEndian)
        withUnsafeMutableBytes(of: &block) { bytes in
            var block = UnsafeMutableRawBufferPointer(bytes)
            // The block has 16 bytes and the key 32: nothing can be refused.
            do { try AES.permute(&block, key: key) } catch { preconditionFailure("AES takes 16 bytes: \(error)") }
        }
        return UInt64(littleEndian: block.0)
    }
}
