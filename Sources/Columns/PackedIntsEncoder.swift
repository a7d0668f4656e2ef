/// Encodes a list of integers so that any of them can be read alone: frame of reference per block of 128.
///
///     0  u32  count
///     4  u8   form: 0 all equal the minimum, 1 blocks
///     5  u8   bytes of a block's base
///     6  u16  0
///     8  i64  minimum
///     16 u64  scale: every value is minimum + scale × n
///     24 u32 × blocks: offset of each block from the end of this list
///
/// A block of up to 128 values n: `u8 mode, u8 width, base`, then by mode
///
///     0 frame       128 × width bits: n − base
///     1 dictionary  u8 entries − 1, u8 entry width, entries (n − base), 128 × width bits: index of the entry
///     2 runs        u8 runs − 1, u8 entry width, entries (n − base), runs × u8: last index of the run
///     3 climbs      n − base as drawn at ``PackedClimbs``
///
/// The smallest of the first three is taken, the first on a tie. Climbs are read more slowly, so they are taken for wide values alone,
/// and where they save more than an eighth. Equal lists give equal bytes.
package struct PackedIntsEncoder {
    package static let blockSize = 128
    /// Bits of a value up to which climbs are not tried.
    private static let plainWidth = 10
    /// Bytes before the block offsets.
    package static let headerBytes = 24

    private var blocks: [UInt8] = []
    private var deltas = [UInt64](repeating: 0, count: blockSize)
    private var entries: [UInt64] = []
    private var indexes: [UInt64] = []
    private var climbs = PackedClimbsEncoder()

    /// Appends the encoding of `values` to `out`.
    package static func encode(_ values: [Int64], appendingTo out: inout ByteOutput) {
        encode(appendingTo: &out) { take in for value in values { take(value) } }
    }

    /// Appends the encoding of the values that `forEach` gives, the same ones each of the two times that it is called.
    package static func encode(appendingTo out: inout ByteOutput, forEach: ((Int64) -> Void) -> Void) {
        var range = IntRange()
        forEach { range.add($0) }
        let isConstant = range.minimum >= range.maximum
        let (minimum, scale) = (range.count == 0 ? 0 : range.minimum, max(range.divisor, 1))
        let baseBytes = isConstant ? 0 : (BitPacking.width(of: UInt64(bitPattern: range.maximum &- minimum) / scale) + 7) / 8
        out.appendInteger(UInt32(range.count))
        out.appendInteger(UInt8(isConstant ? 0 : 1))
        out.appendInteger(UInt8(baseBytes))
        out.appendInteger(UInt16(0))
        out.appendInteger(minimum)
        out.appendInteger(scale)
        guard !isConstant else { return }
        let list = out.reserve(4 * ((range.count + blockSize - 1) / blockSize))
        // All that changes with a value is one variable: what a closure changes is checked at every access.
        var run = BlockRun(minimum: minimum, scale: scale, baseBytes: baseBytes, start: out.count)
        forEach { value in
            if run.take(value) { run.endBlock(&out) }
        }
        if run.filled > 0 { run.endBlock(&out) }
        out.set(run.offsets, at: list)
    }

    /// The blocks of one list as they fill.
    private struct BlockRun {
        let minimum: Int64
        let scale: UInt64
        let baseBytes: Int
        /// Where the first block stands.
        let start: Int
        var offsets: [UInt8] = []
        var filled = 0
        private var encoder = PackedIntsEncoder()

        init(minimum: Int64, scale: UInt64, baseBytes: Int, start: Int) {
            (self.minimum, self.scale, self.baseBytes, self.start) = (minimum, scale, baseBytes, start)
        }

        /// Whether the block is full now.
        @inline(__always) mutating func take(_ value: Int64) -> Bool {
            let distance = UInt64(bitPattern: value &- minimum)
            encoder.deltas[filled] = scale == 1 ? distance : distance / scale
            filled += 1
            return filled == PackedIntsEncoder.blockSize
        }

        mutating func endBlock(_ out: inout ByteOutput) {
            offsets.appendInteger(UInt32(out.count - start))
            encoder.appendBlock(count: filled, baseBytes: baseBytes)
            out.append(encoder.blocks)
            out.handOn()
            encoder.blocks.removeAll(keepingCapacity: true)
            filled = 0
        }
    }

    private mutating func appendBlock(count: Int, baseBytes: Int) {
        var low = deltas[0]
        var high = deltas[0]
        var runCount = 1
        for index in 1 ..< max(count, 1) {
            low = min(low, deltas[index])
            high = max(high, deltas[index])
            runCount += deltas[index] == deltas[index - 1] ? 0 : 1
        }
        let width = BitPacking.width(of: high - low)
        for index in 0 ..< count { deltas[index] -= low }
        let frameBytes = BitPacking.byteCount(count, width: width)
        let runBytes = 2 + BitPacking.byteCount(runCount, width: width) + runCount
        let dictionaryBytes = findEntries(count: count, width: width)
        let least = min(frameBytes, dictionaryBytes, runBytes)
        if width > PackedIntsEncoder.plainWidth, least > 2 * PackedClimbs.headerBytes {
            let (lowWidth, climbBytes) = climbs.plan(deltas, count: count, width: width)
            if climbBytes < least - least / 8 {
                appendHeader(mode: 3, width: lowWidth, base: low, baseBytes: baseBytes)
                climbs.append(deltas, count: count, width: width, lowWidth: lowWidth, to: &blocks)
                return
            }
        }
        if frameBytes <= min(dictionaryBytes, runBytes) {
            appendHeader(mode: 0, width: width, base: low, baseBytes: baseBytes)
            BitPacking.pack(deltas[..<count], width: width, appendingTo: &blocks)
        } else if dictionaryBytes <= runBytes {
            appendDictionary(count: count, width: width, base: low, baseBytes: baseBytes)
        } else {
            appendRuns(count: count, runCount: runCount, width: width, base: low, baseBytes: baseBytes)
        }
    }

    private mutating func appendHeader(mode: UInt8, width: Int, base: UInt64, baseBytes: Int) {
        blocks.append(mode)
        blocks.append(UInt8(width))
        for index in 0 ..< baseBytes { blocks.append(UInt8(truncatingIfNeeded: base >> UInt64(8 * index))) }
    }

    /// Collects the distinct deltas, ascending, while a dictionary could pay; the bytes that it would take.
    private mutating func findEntries(count: Int, width: Int) -> Int {
        entries.removeAll(keepingCapacity: true)
        guard width > 1, count > 4 else { return Int.max }
        let limit = 32
        for index in 0 ..< count {
            let value = deltas[index]
            if index > 0, value == deltas[index - 1] { continue }
            if entries.contains(value) { continue }
            if entries.count == limit { return Int.max }
            entries.append(value)
        }
        let indexWidth = BitPacking.width(of: UInt64(entries.count - 1))
        return 2 + BitPacking.byteCount(entries.count, width: width) + BitPacking.byteCount(count, width: indexWidth)
    }

    private mutating func appendDictionary(count: Int, width: Int, base: UInt64, baseBytes: Int) {
        entries.sort()
        let indexWidth = BitPacking.width(of: UInt64(entries.count - 1))
        appendHeader(mode: 1, width: indexWidth, base: base, baseBytes: baseBytes)
        blocks.append(UInt8(entries.count - 1))
        blocks.append(UInt8(width))
        BitPacking.pack(entries, width: width, appendingTo: &blocks)
        indexes.removeAll(keepingCapacity: true)
        for index in 0 ..< count { indexes.append(UInt64(entries.firstIndex(of: deltas[index]) ?? 0)) }
        BitPacking.pack(indexes, width: indexWidth, appendingTo: &blocks)
    }

    private mutating func appendRuns(count: Int, runCount: Int, width: Int, base: UInt64, baseBytes: Int) {
        appendHeader(mode: 2, width: 0, base: base, baseBytes: baseBytes)
        blocks.append(UInt8(runCount - 1))
        blocks.append(UInt8(width))
        entries.removeAll(keepingCapacity: true)
        indexes.removeAll(keepingCapacity: true)
        for index in 0 ..< count where index + 1 == count || deltas[index] != deltas[index + 1] {
            entries.append(deltas[index])
            indexes.append(UInt64(index))
        }
        BitPacking.pack(entries, width: width, appendingTo: &blocks)
        for last in indexes { blocks.append(UInt8(last)) }
    }
}

/// What a list of integers has in common.
private struct IntRange {
    var count = 0
    var minimum = Int64.max
    var maximum = Int64.min
    /// The greatest common divisor of the distances between the values; 0 when they are all equal.
    var divisor: UInt64 = 0
    private var first: Int64 = 0

    @inline(__always) mutating func add(_ value: Int64) {
        if count == 0 { first = value }
        count += 1
        minimum = min(minimum, value)
        maximum = max(maximum, value)
        if divisor != 1 { divide(UInt64(bitPattern: value >= first ? value &- first : first &- value)) }
    }

    private mutating func divide(_ distance: UInt64) {
        if divisor == 0 {
            divisor = distance
            return
        }
        var rest = distance % divisor
        while rest != 0 { (divisor, rest) = (rest, divisor % rest) }
    }
}
