internal import Columns

/// Finds a part's calls by the hash of their messageId, straight from the mapped file: about 3.1 bytes a call.
///
///     0  u64  seed of the hashes             8  u32  calls
///     12 u8   bits of the bucket             13 u8   bits of a block's number
///     14 u8   bits of the fingerprint        15 u8   0
///     16 u32 × ⌈buckets / 256⌉: entries before each 256 buckets
///     …  u64 words: per bucket a 1 for each of its entries, then a 0, from the lowest bit; one word to spare
///     …  entries, bit-packed: fingerprint × 2^(bits of a block's number) + block, ascending by bucket and entry; 8 bytes of 0
///
/// The hash is the high word of XXH3-128 of the messageId; its top bits are the bucket, the next ones the fingerprint. An entry
/// names the block of 128 messageIds in which the call's stands. A fingerprint that fits is confirmed by the messageIds themselves,
/// so an answer is exact.
struct DedupeIndex: @unchecked Sendable {
    // Unchecked because the bytes are immutable, and whoever holds an index holds their region.
    static let fingerprintBits = 10
    static let bucketsInGroup = 256
    static let bucketBitsMax = 28
    private static let headerBytes = 16

    let seed: UInt64
    private let bucketBits: Int
    private let blockBits: Int
    private let groups: UnsafeRawPointer
    private let words: UnsafeRawPointer
    private let entries: UnsafeRawPointer

    /// nil when the bytes are no such index.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= DedupeIndex.headerBytes, Int(bytes[14]) == DedupeIndex.fingerprintBits,
            Int(bytes[12]) <= DedupeIndex.bucketBitsMax, let start = bytes.baseAddress
        else { return nil }
        seed = bytes.integer(at: 0)
        bucketBits = Int(bytes[12])
        blockBits = Int(bytes[13])
        let count = Int(bytes.integer(at: 8, as: UInt32.self))
        let groupBytes = 4 * DedupeIndex.groupCount(bucketBits)
        let wordBytes = 8 * DedupeIndex.wordCount(count, bucketBits)
        let entryBytes = BitPacking.byteCount(count, width: blockBits + DedupeIndex.fingerprintBits)
        guard DedupeIndex.headerBytes + groupBytes + wordBytes + entryBytes <= bytes.count else { return nil }
        groups = start + DedupeIndex.headerBytes
        words = groups + groupBytes
        entries = words + wordBytes
    }

    /// The arrival offset of the call whose messageId has this hash; nil when there is none.
    ///
    /// - Parameter place: where in a block of messageIds the one with this hash stands, if it does.
    func offset(of hash: Hash128, place: (_ block: Int) -> Int?) -> Int? {
        let key = hash.high >> UInt64(64 - bucketBits - DedupeIndex.fingerprintBits)
        let wanted = key & (1 << UInt64(DedupeIndex.fingerprintBits) - 1)
        for index in entryRange(bucket: Int(key >> UInt64(DedupeIndex.fingerprintBits))) {
            let entry = BitPacking.value(entries, width: blockBits + DedupeIndex.fingerprintBits, at: index)
            guard entry >> UInt64(blockBits) == wanted else { continue }
            let block = Int(entry & (1 << UInt64(blockBits) - 1))
            if let place = place(block) { return block * TextBlocksEncoder.blockSize + place }
        }
        return nil
    }

    /// The entries of a bucket: before its first one stand as many zeros as there are buckets before it.
    private func entryRange(bucket: Int) -> Range<Int> {
        let group = bucket / DedupeIndex.bucketsInGroup
        let before = group * DedupeIndex.bucketsInGroup
        let groupEntries = UInt32(littleEndian: groups.loadUnaligned(fromByteOffset: 4 * group, as: UInt32.self))
        let groupStart = Int(groupEntries) + before
        let start = bucket == before ? groupStart : zero(bucket - before - 1, from: groupStart) + 1
        return start - bucket ..< zero(0, from: start) - bucket
    }

    /// The place of the zero that follows `number` others from `start` on.
    private func zero(_ number: Int, from start: Int) -> Int {
        var index = start >> 6
        var zeros = ~word(index) & (UInt64.max << UInt64(start & 63))
        var rest = number
        while rest >= zeros.nonzeroBitCount {
            rest -= zeros.nonzeroBitCount
            index += 1
            zeros = ~word(index)
        }
        return index << 6 + DedupeIndex.place(ofBit: rest, in: zeros)
    }

    private func word(_ index: Int) -> UInt64 {
        UInt64(littleEndian: words.loadUnaligned(fromByteOffset: 8 * index, as: UInt64.self))
    }

    /// The place of the set bit that follows `number` others.
    private static func place(ofBit number: Int, in word: UInt64) -> Int {
        var (rest, word, place, width) = (number, word, 0, UInt64(32))
        while width > 0 {
            let count = (word & (1 << width - 1)).nonzeroBitCount
            if rest >= count {
                rest -= count
                word >>= width
                place += Int(width)
            }
            width >>= 1
        }
        return place
    }

    static func groupCount(_ bucketBits: Int) -> Int { ((1 << bucketBits) + bucketsInGroup - 1) / bucketsInGroup }

    static func wordCount(_ count: Int, _ bucketBits: Int) -> Int { (count + (1 << bucketBits) + 63) / 64 + 1 }
}
