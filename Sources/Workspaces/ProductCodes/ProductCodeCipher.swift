import Crypto
import CryptoExtras
package import Records

/// Turns batch and serial into codes that nobody without the key can guess, and codes back.
///
/// A permutation of 55 bits: 15 for the batch, 20 for the serial, and 20 that are 0 in every code that was made, so that of the codes
/// somebody makes up at most one in a million says anything. An alternating Feistel network over halves of 28 and 27 bits with ten rounds
/// of AES-256, as in FF1 of NIST SP 800-38G.
package struct ProductCodeCipher: Sendable {
    static let batchBits = 15
    static let serialBits = 20
    private static let spareBits = ProductCode.valueBits - batchBits - serialBits
    private static let roundCount = 10
    private static let leftBits = 28
    private static let rightBits = ProductCode.valueBits - leftBits

    private let key: SymmetricKey

    package init(secret: [UInt8]) {
        key = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: SymmetricKey(data: secret), info: Array("teahouse product codes".utf8), outputByteCount: 32)
    }

    /// - Precondition: batch and serial fit their bits.
    package func code(_ place: ProductPlace) -> ProductCode {
        precondition(place.batch >> ProductCodeCipher.batchBits == 0 && place.serial >> ProductCodeCipher.serialBits == 0)
        let plain = UInt64(place.batch) << ProductCodeCipher.serialBits | UInt64(place.serial)
        return ProductCode(value: encrypted(plain))
    }

    /// What a typed code says; nil when it is none of this key.
    package func place(typed text: String) -> ProductPlace? {
        guard let value = ProductCode.value(typed: text) else { return nil }
        let plain = decrypted(value)
        guard plain >> UInt64(ProductCode.valueBits - ProductCodeCipher.spareBits) == 0 else { return nil }
        return ProductPlace(
            batch: Int(plain >> UInt64(ProductCodeCipher.serialBits)), serial: Int(plain & (1 << ProductCodeCipher.serialBits - 1)))
    }

    func encrypted(_ value: UInt64) -> UInt64 {
        var (left, right) = (
            value >> UInt64(ProductCodeCipher.rightBits), value & ProductCodeCipher.mask(ProductCodeCipher.rightBits)
        )
        for round in 0 ..< ProductCodeCipher.roundCount {
            (left, right) = (right, left ^ (noise(right, round) & ProductCodeCipher.leftMask(round)))
        }
        return left << UInt64(ProductCodeCipher.rightBits) | right
    }

    func decrypted(_ value: UInt64) -> UInt64 {
        var (left, right) = (
            value >> UInt64(ProductCodeCipher.rightBits), value & ProductCodeCipher.mask(ProductCodeCipher.rightBits)
        )
        for round in (0 ..< ProductCodeCipher.roundCount).reversed() {
            (left, right) = (right ^ (noise(left, round) & ProductCodeCipher.leftMask(round)), left)
        }
        return left << UInt64(ProductCodeCipher.rightBits) | right
    }

    /// The halves change places, so that in every other round the one that is changed has 27 bits.
    private static func leftMask(_ round: Int) -> UInt64 { mask(round % 2 == 0 ? leftBits : rightBits) }
    private static func mask(_ bits: Int) -> UInt64 { 1 << UInt64(bits) - 1 }

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
