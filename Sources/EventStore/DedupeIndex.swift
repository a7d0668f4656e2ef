internal import Columns

/// Finds a part's calls by the hash of their messageId, straight from the mapped file: about 4.2 bytes a call.
///
///     0  u64  seed of the hashes             8  u32  calls
///     12 u8   bits of the bucket             13 u8   bits of an arrival offset
///     14 u8   bits of the fingerprint        15 u8   0
///     16 u32  bytes of the bucket list
///     20 first entry of each bucket, and their number (PackedInts)
///     …  entries, bit-packed: arrival offset × 2^fingerprint bits + fingerprint, sorted by hash; 8 bytes of 0
///
/// The hash is the high word of XXH3-128 of the messageId; its top bits are the bucket, the next ones the fingerprint. A
/// fingerprint that fits is confirmed by the messageId itself, so an answer is exact.
struct DedupeIndex: @unchecked Sendable {
    // Unchecked because the bytes are immutable, and whoever holds an index holds their region.
    private static let fingerprintBits = 12
    private static let headerBytes = 20

    private let seed: UInt64
    private let bucketBits: Int
    private let offsetBits: Int
    private let buckets: PackedInts
    private let entries: UnsafeRawPointer

    /// Writes the index of calls whose messageIds have the given hashes, by arrival.
    static func write(hashes: [UInt64], seed: UInt64, appendingTo out: inout [UInt8]) {
        let bucketBits = max(0, BitPacking.width(of: UInt64(hashes.count)) - 3)
        let offsetBits = BitPacking.width(of: UInt64(max(hashes.count, 1) - 1))
        let order = (0 ..< UInt32(hashes.count)).sorted {
            let (left, right) = (hashes[Int($0)], hashes[Int($1)])
            return left != right ? left < right : $0 < $1
        }
        var starts: [Int64] = []
        var entries: [UInt64] = []
        starts.reserveCapacity(1 << bucketBits + 1)
        entries.reserveCapacity(hashes.count)
        for offset in order {
            let hash = hashes[Int(offset)]
            let bucket = bucketBits == 0 ? 0 : Int(hash >> UInt64(64 - bucketBits))
            while starts.count <= bucket { starts.append(Int64(entries.count)) }
            entries.append(UInt64(offset) << UInt64(fingerprintBits) | fingerprint(hash, bucketBits))
        }
        while starts.count <= 1 << bucketBits { starts.append(Int64(entries.count)) }
        out.appendInteger(seed)
        out.appendInteger(UInt32(hashes.count))
        out.append(contentsOf: [UInt8(bucketBits), UInt8(offsetBits), UInt8(fingerprintBits), 0])
        let mark = out.count
        out.appendInteger(UInt32(0))
        PackedIntsEncoder.encode(starts, appendingTo: &out)
        out.setInteger(UInt32(out.count - mark - 4), at: mark)
        BitPacking.pack(entries, width: offsetBits + fingerprintBits, appendingTo: &out)
        out.appendInteger(UInt64(0))
    }

    /// nil when the bytes are no such index.
    init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= DedupeIndex.headerBytes, Int(bytes[14]) == DedupeIndex.fingerprintBits else { return nil }
        seed = bytes.integer(at: 0)
        bucketBits = Int(bytes[12])
        offsetBits = Int(bytes[13])
        let size = Int(bytes.integer(at: 16, as: UInt32.self))
        let count = Int(bytes.integer(at: 8, as: UInt32.self))
        let entryBytes = BitPacking.byteCount(count, width: offsetBits + DedupeIndex.fingerprintBits)
        guard DedupeIndex.headerBytes + size + entryBytes <= bytes.count,
            let buckets = PackedInts(bytes.slice(DedupeIndex.headerBytes, size)), buckets.count == 1 << bucketBits + 1,
            let start = bytes.baseAddress
        else { return nil }
        self.buckets = buckets
        entries = start + DedupeIndex.headerBytes + size
    }

    /// The arrival offset of the call whose messageId has this hash; `id` gives the messageId at an offset.
    func offset(of hash: Hash128, id: (Int) -> [UInt8]) -> Int? {
        let bucket = bucketBits == 0 ? 0 : Int(hash.high >> UInt64(64 - bucketBits))
        let wanted = DedupeIndex.fingerprint(hash.high, bucketBits)
        let width = offsetBits + DedupeIndex.fingerprintBits
        for entry in Int(buckets.value(at: bucket)) ..< Int(buckets.value(at: bucket + 1)) {
            let value = BitPacking.value(entries, width: width, at: entry)
            guard value & (1 << UInt64(DedupeIndex.fingerprintBits) - 1) == wanted else { continue }
            let offset = Int(value >> UInt64(DedupeIndex.fingerprintBits))
            if XXHash.hash128(id(offset), seed: seed) == hash { return offset }
        }
        return nil
    }

    private static func fingerprint(_ hash: UInt64, _ bucketBits: Int) -> UInt64 {
        (hash << UInt64(bucketBits)) >> UInt64(64 - fingerprintBits)
    }
}
