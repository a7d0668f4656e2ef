package import Model
import Records

/// Turns the numbers of coupons into codes that nobody without the key can guess, and codes back; nothing about them is stored.
public struct CouponCodeCipher: Sendable {
    /// Which coupon of which batch.
    public struct Place: Hashable, Sendable {
        /// 1, 2, … within a program.
        public let batch: UInt32
        /// 0, 1, … within the batch.
        public let index: UInt64

        public init(batch: UInt32, index: UInt64) {
            self.batch = batch
            self.index = index
        }
    }

    /// How many symbols a code may have, without the check.
    public static let lengths = 8 ... 12
    public static let lengthDefault = 12
    /// Batches are below this number.
    public static let batchCount: UInt64 = 1 << 20
    /// One code in so many that could be typed may exist.
    private static let sparseness: UInt64 = 100_000_000

    private let permutations: [KeyedPermutation]

    /// Under which name the records keep the secret of a workspace's codes.
    package static func secretName(of workspace: WorkspaceID) -> String { "coupons:\(workspace.text)" }

    public init(secret: [UInt8]) {
        permutations = CouponCodeCipher.lengths.map { length in
            let bits = 64 - (CouponCodeCipher.space(length) - 1).leadingZeroBitCount
            return KeyedPermutation(secret: secret, purpose: "teahouse coupon codes of \(length)", bits: bits)
        }
    }

    /// How many codes of a length could be typed.
    static func space(_ length: Int) -> UInt64 { (0 ..< length).reduce(1) { product, _ in product * CouponCode.base } }

    /// How many codes of a length a program may have in all, so that guessing one is hopeless.
    public static func codesMax(length: Int) -> UInt64 { space(length) / sparseness }

    /// The shortest length for so many codes in all; nil when there are too many for any.
    public static func shortestLength(codes: UInt64) -> Int? { lengths.first { codes <= codesMax(length: $0) } }

    /// - Returns: nil when the length, the batch or the index is beyond what codes can say.
    public func code(_ place: Place, length: Int = CouponCodeCipher.lengthDefault) -> CouponCode? {
        guard let permutation = permutation(length), UInt64(place.batch) < CouponCodeCipher.batchCount,
            place.index < CouponCodeCipher.codesMax(length: length)
        else { return nil }
        let space = CouponCodeCipher.space(length)
        var value = place.index * CouponCodeCipher.batchCount + UInt64(place.batch)
        // Numbers that no code of this length can say are encrypted again until one can: still a permutation.
        repeat { value = permutation.encrypted(value) } while value >= space
        return CouponCode(value: value, length: length)
    }

    /// What a typed code says; whether there is such a batch with so many codes has to be looked up.
    public func place(typed text: String) -> Place? {
        guard let (typed, length) = CouponCode.value(typed: text), let permutation = permutation(length) else { return nil }
        let space = CouponCodeCipher.space(length)
        var value = typed
        repeat { value = permutation.decrypted(value) } while value >= space
        let index = value / CouponCodeCipher.batchCount
        guard index < CouponCodeCipher.codesMax(length: length) else { return nil }
        return Place(batch: UInt32(value % CouponCodeCipher.batchCount), index: index)
    }

    private func permutation(_ length: Int) -> KeyedPermutation? {
        CouponCodeCipher.lengths.contains(length) ? permutations[length - CouponCodeCipher.lengths.lowerBound] : nil
    }
}
