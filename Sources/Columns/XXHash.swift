internal import CXXHash

/// A 128-bit hash, compared and stored as two words.
public struct Hash128: Hashable, Sendable {
    public var high: UInt64
    public var low: UInt64

    public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }
}

/// XXH3, the hash of checksums, dictionaries and deduplication.
///
/// Not for secrets.
///
/// Source: https://github.com/Cyan4973/xxHash/blob/dev/doc/xxhash_spec.md
public enum XXHash {
    /// XXH3-64 of `bytes`.
    public static func hash64(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> UInt64 {
        XXH3_64bits_withSeed(bytes.baseAddress, bytes.count, seed)
    }

    /// XXH3-128 of `bytes`.
    public static func hash128(_ bytes: UnsafeRawBufferPointer, seed: UInt64 = 0) -> Hash128 {
        let hash = XXH3_128bits_withSeed(bytes.baseAddress, bytes.count, seed)
        return Hash128(high: hash.high64, low: hash.low64)
    }

    /// XXH3-64 of an array of bytes.
    public static func hash64(_ bytes: [UInt8], seed: UInt64 = 0) -> UInt64 {
        bytes.withUnsafeBytes { hash64($0, seed: seed) }
    }

    /// XXH3-128 of an array of bytes.
    public static func hash128(_ bytes: [UInt8], seed: UInt64 = 0) -> Hash128 {
        bytes.withUnsafeBytes { hash128($0, seed: seed) }
    }
}
