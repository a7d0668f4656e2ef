/// A list of integers read straight from its bytes; the layout is drawn at ``PackedIntsEncoder``.
///
/// Holds a pointer only: whoever keeps one keeps the ``ByteRegion`` under it.
package struct PackedInts: @unchecked Sendable {
    // Unchecked because the bytes are immutable.
    package let count: Int
    private let minimum: Int64
    private let scale: UInt64
    private let isConstant: Bool
    private let baseBytes: Int
    /// The bits of a base among the 64 that begin with it.
    private let baseMask: UInt64
    private let offsets: UnsafeRawPointer
    private let data: UnsafeRawPointer

    /// nil when `bytes` are too short to be such a list.
    package init?(_ bytes: UnsafeRawBufferPointer) {
        guard bytes.count >= PackedIntsEncoder.headerBytes, let start = bytes.baseAddress else { return nil }
        count = Int(bytes.integer(at: 0, as: UInt32.self))
        isConstant = bytes[4] == 0
        baseBytes = Int(bytes[5])
        minimum = bytes.integer(at: 8)
        scale = bytes.integer(at: 16)
        let blockCount = isConstant ? 0 : (count + PackedIntsEncoder.blockSize - 1) / PackedIntsEncoder.blockSize
        baseMask = baseBytes < 8 ? 1 << UInt64(8 * baseBytes) - 1 : UInt64.max
        guard baseBytes <= 8, bytes.count >= PackedIntsEncoder.headerBytes + 4 * blockCount else { return nil }
        offsets = start + PackedIntsEncoder.headerBytes
        data = offsets + 4 * blockCount
    }

    /// An empty list.
    package init() {
        let none = UnsafeRawPointer(bitPattern: 8) ?? UnsafeRawPointer(Unmanaged.passUnretained(PackedInts.anchor).toOpaque())
        (count, minimum, scale, isConstant, baseBytes, baseMask, offsets, data) = (0, 0, 1, true, 0, 0, none, none)
    }

    private final class Anchor: Sendable {}
    private static let anchor = Anchor()

    /// The value of all, when all are equal.
    package var constant: Int64? { isConstant ? minimum : nil }

    /// The value at `index`.
    ///
    /// O(1).
    package func value(at index: Int) -> Int64 {
        precondition(index >= 0 && index < count, "index outside of the list")
        if isConstant { return minimum }
        let block = Block(self, index >> 7)
        return widened(block.value(at: index & 127))
    }

    /// Writes the values of `range` to `target`, which has room for them.
    package func decode(_ range: Range<Int>, into target: UnsafeMutablePointer<Int64>) {
        precondition(range.lowerBound >= 0 && range.upperBound <= count, "range outside of the list")
        if isConstant {
            target.update(repeating: minimum, count: range.count)
            return
        }
        var index = range.lowerBound
        var out = target
        while index < range.upperBound {
            let first = index & 127
            let last = min(128, first + range.upperBound - index)
            let block = Block(self, index >> 7)
            block.decode(first, last, minimum: minimum, scale: scale, into: out)
            out += last - first
            index += last - first
        }
    }

    /// All values.
    package func array() -> [Int64] {
        [Int64](unsafeUninitializedCapacity: count) { buffer, filled in
            if let base = buffer.baseAddress { decode(0 ..< count, into: base) }
            filled = count
        }
    }

    @inline(__always) private func widened(_ delta: UInt64) -> Int64 { minimum &+ Int64(bitPattern: delta &* scale) }

    private struct Block {
        let mode: UInt8
        let width: Int
        let base: UInt64
        /// Entry count and width of modes 1 and 2.
        let entryCount: Int
        let entryWidth: Int
        let body: UnsafeRawPointer

        @inline(__always) init(_ list: PackedInts, _ number: Int) {
            let start =
                list.data + Int(UInt32(littleEndian: list.offsets.loadUnaligned(fromByteOffset: 4 * number, as: UInt32.self)))
            mode = start.load(as: UInt8.self)
            width = Int(start.load(fromByteOffset: 1, as: UInt8.self))
            base = UInt64(littleEndian: start.loadUnaligned(fromByteOffset: 2, as: UInt64.self)) & list.baseMask
            let rest = start + 2 + list.baseBytes
            if mode == 0 || mode == 3 {
                (entryCount, entryWidth, body) = (0, 0, rest)
            } else {
                entryCount = Int(rest.load(as: UInt8.self)) + 1
                entryWidth = Int(rest.load(fromByteOffset: 1, as: UInt8.self))
                body = rest + 2
            }
        }

        private var afterEntries: UnsafeRawPointer { body + BitPacking.byteCount(entryCount, width: entryWidth) }

        func value(at index: Int) -> UInt64 {
            switch mode {
            case 0: return base &+ BitPacking.value(body, width: width, at: index)
            case 1:
                let entry = Int(BitPacking.value(afterEntries, width: width, at: index))
                return base &+ BitPacking.value(body, width: entryWidth, at: entry)
            case 3: return base &+ PackedClimbs(body, width: width).value(at: index)
            default:
                let ends = afterEntries
                var run = 0
                while Int(ends.load(fromByteOffset: run, as: UInt8.self)) < index { run += 1 }
                return base &+ BitPacking.value(body, width: entryWidth, at: run)
            }
        }

        func decode(_ first: Int, _ last: Int, minimum: Int64, scale: UInt64, into out: UnsafeMutablePointer<Int64>) {
            switch mode {
            case 0:
                let start = minimum &+ Int64(bitPattern: base &* scale)
                BitPacking.forEach(body, width: width, first ..< last) { out[$0] = start &+ Int64(bitPattern: $1 &* scale) }
            case 1:
                withUnsafeTemporaryAllocation(of: Int64.self, capacity: entryCount) { entries in
                    guard let entries = entries.baseAddress else { return }
                    BitPacking.forEach(body, width: entryWidth, 0 ..< entryCount) {
                        entries[$0] = minimum &+ Int64(bitPattern: (base &+ $1) &* scale)
                    }
                    let lastEntry = UInt64(entryCount - 1)
                    BitPacking.forEach(afterEntries, width: width, first ..< last) { out[$0] = entries[Int(min($1, lastEntry))] }
                }
            case 3:
                PackedClimbs(body, width: width)
                    .decode(first ..< last, offset: minimum &+ Int64(bitPattern: base &* scale), scale: scale, into: out)
            default:
                let ends = afterEntries
                var run = 0
                var index = first
                while index < last {
                    let end = Int(ends.load(fromByteOffset: run, as: UInt8.self))
                    if end >= index {
                        let delta = base &+ BitPacking.value(body, width: entryWidth, at: run)
                        let value = minimum &+ Int64(bitPattern: delta &* scale)
                        let stop = min(end + 1, last)
                        while index < stop {
                            out[index - first] = value
                            index += 1
                        }
                    }
                    run += 1
                }
            }
        }
    }
}
