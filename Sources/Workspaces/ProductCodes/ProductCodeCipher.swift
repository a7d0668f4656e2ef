package import Records

/// Turns batch and serial into codes that nobody without the key can guess, and codes back.
///
/// A permutation of 55 bits: 15 for the batch, 20 for the serial, and 20 that are 0 in every code that was made, so that of the codes
/// somebody makes up at most one in a million says anything.
package struct ProductCodeCipher: Sendable {
    static let batchBits = 15
    static let serialBits = 20
    private static let spareBits = ProductCode.valueBits - batchBits - serialBits

    private let permutation: KeyedPermutation

    package init(secret: [UInt8]) {
        permutation = KeyedPermutation(secret: secret, purpose: "teahouse product codes", bits: ProductCode.valueBits)
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

    func encrypted(_ value: UInt64) -> UInt64 { permutation.encrypted(value) }

    func decrypted(_ value: UInt64) -> UInt64 { permutation.decrypted(value) }
}
