internal import Columns
internal import Disks

/// Puts a ``DedupeIndex`` together from the hashes of all messageIds, by arrival.
///
/// An entry with its bucket is a number of eight bytes, and their order that of the index. Half a million at a time are put in order by
/// the first bits of the bucket, its range; in the end those of one range are sorted together.
struct DedupeIndexDraft {
    /// Calls that are put in order at once, and calls of a range at most, about.
    private let runCalls: Int
    private let count: Int
    private let seed: UInt64
    private let bucketBits: Int
    private let blockBits: Int
    private let rangeBits: Int
    private var run: [UInt64] = []
    private var runs: ListDraft<UInt64>
    /// Where each range of each run begins, run by run, and the end.
    private var starts = [0]
    private var callCount = 0

    /// - Parameter count: calls that are going to be added.
    init(count: Int, seed: UInt64, scratch: Scratch?, runCalls: Int = 1 << 19) {
        self.runCalls = runCalls
        self.count = count
        self.seed = seed
        bucketBits = min(DedupeIndex.bucketBitsMax, max(0, BitPacking.width(of: UInt64(count)) - 1))
        blockBits = BitPacking.width(of: UInt64(max(count, 1) - 1) / UInt64(TextBlocksEncoder.blockSize))
        rangeBits = min(bucketBits, BitPacking.width(of: UInt64(max(count, 1) - 1) / UInt64(runCalls)))
        runs = ListDraft(in: scratch)
        run.reserveCapacity(min(count, runCalls))
    }

    private var entryBits: Int { DedupeIndex.fingerprintBits + blockBits }
    private var rangeCount: Int { 1 << rangeBits }

    /// Adds the hash of the next call's messageId.
    mutating func append(_ hash: UInt64) {
        let place = hash >> UInt64(64 - bucketBits - DedupeIndex.fingerprintBits)
        run.append(place << UInt64(blockBits) | UInt64(callCount / TextBlocksEncoder.blockSize))
        callCount += 1
        if run.count == runCalls { endRun() }
    }

    private mutating func endRun() {
        let shift = UInt64(entryBits + bucketBits - rangeBits)
        var ends = [Int](repeating: 0, count: rangeCount + 1)
        for key in run { ends[Int(key >> shift) + 1] += 1 }
        for range in 0 ..< rangeCount { ends[range + 1] += ends[range] }
        let first = starts[starts.count - 1]
        starts.append(contentsOf: ends.dropFirst().map { first + $0 })
        var ordered = [UInt64](repeating: 0, count: run.count)
        for key in run {
            ordered[ends[Int(key >> shift)]] = key
            ends[Int(key >> shift)] += 1
        }
        for key in ordered { runs.append(key) }
        run.removeAll(keepingCapacity: true)
    }

    /// Writes the index, when all calls were added.
    mutating func write(to out: inout ByteOutput) throws(DiskFailure) {
        endRun()
        let keys = try runs.finish()
        var groups: [UInt32] = []
        var words = [UInt64](repeating: 0, count: DedupeIndex.wordCount(count, bucketBits))
        out.appendInteger(seed)
        out.appendInteger(UInt32(count))
        out.append([UInt8(bucketBits), UInt8(blockBits), UInt8(DedupeIndex.fingerprintBits), 0])
        let groupCount = DedupeIndex.groupCount(bucketBits)
        let head = out.reserve(4 * groupCount + 8 * words.count)
        var packer = BitPacker(width: entryBits)
        var place = 0
        for range in 0 ..< rangeCount {
            for key in sortedKeys(of: range, keys) {
                let bucket = Int(key >> UInt64(entryBits))
                while groups.count * DedupeIndex.bucketsInGroup <= bucket { groups.append(UInt32(place)) }
                words[(place + bucket) >> 6] |= 1 << UInt64((place + bucket) & 63)
                packer.append(key & (1 << UInt64(entryBits) - 1), to: &out.pending)
                place += 1
            }
            out.handOn()
        }
        while groups.count < groupCount { groups.append(UInt32(place)) }
        packer.finish(&out.pending)
        out.appendInteger(UInt64(0))
        var lists: [UInt8] = []
        lists.reserveCapacity(4 * groups.count + 8 * words.count)
        for group in groups { lists.appendInteger(group) }
        for word in words { lists.appendInteger(word) }
        out.set(lists, at: head)
    }

    private func sortedKeys(of range: Int, _ keys: FixedList<UInt64>) -> [UInt64] {
        var sorted: [UInt64] = []
        for start in stride(from: range, to: starts.count - 1, by: rangeCount) {
            sorted.append(contentsOf: keys[starts[start] ..< starts[start + 1]])
        }
        sorted.sort()
        return sorted
    }
}
