/// One block of integers that climb by little steps and start anew now and then: the times of one visit after another.
///
///     0  u8    high width
///     1  u64 × 2   a bit per value, from the lowest: it starts anew
///     17 restarts × high width bits, then values × width bits: the lows
///
/// A value that starts anew is high × 2^width + low; any other one is the value before it, plus low. The first starts anew.
struct PackedClimbs {
    static let headerBytes = 17

    private let starts: (UInt64, UInt64)
    private let highs: UnsafeRawPointer
    private let highWidth: Int
    private let lows: UnsafeRawPointer
    private let width: Int

    init(_ bytes: UnsafeRawPointer, width: Int) {
        self.width = width
        highWidth = Int(bytes.load(as: UInt8.self))
        starts = (
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 1, as: UInt64.self)),
            UInt64(littleEndian: bytes.loadUnaligned(fromByteOffset: 9, as: UInt64.self))
        )
        highs = bytes + PackedClimbs.headerBytes
        let count = starts.0.nonzeroBitCount + starts.1.nonzeroBitCount
        lows = highs + BitPacking.byteCount(count, width: highWidth)
    }

    /// The value at `index`; costs the steps from where its climb starts.
    func value(at index: Int) -> UInt64 {
        let place = start(atOrBelow: index)
        var value = BitPacking.value(highs, width: highWidth, at: startCount(below: place)) << UInt64(width)
        for place in place ... index { value &+= BitPacking.value(lows, width: width, at: place) }
        return value
    }

    /// Writes the values of `range`, which is not empty, to `out`, each times `scale` and on top of `offset`.
    ///
    /// Lows are summed as if nothing started anew; then each climb is moved to where its high begins. Where climbs start cannot be
    /// foreseen, so no loop over values branches on it.
    func decode(_ range: Range<Int>, offset: Int64, scale: UInt64, into out: UnsafeMutablePointer<Int64>) {
        let first = start(atOrBelow: range.lowerBound)
        var sum: UInt64 = 0
        BitPacking.forEach(lows, width: width, first ..< range.lowerBound) { _, low in sum &+= low &* scale }
        BitPacking.forEach(lows, width: width, range) { place, low in
            sum &+= low &* scale
            out[place] = Int64(bitPattern: sum)
        }
        // The places in the range where further climbs start: its first value goes on in the first one, or starts it.
        let low = (starts.0 >> range.lowerBound | starts.1 << (64 - range.lowerBound)) & ~1
        let high = starts.1 >> range.lowerBound
        withUnsafeTemporaryAllocation(of: Int64.self, capacity: 128) { buffer in
            guard let moves = buffer.baseAddress else { return }
            findMoves(first ..< range.upperBound, later: (low, high), sums: out, offset: offset, scale: scale, into: moves)
            let climb = PackedClimbs.move(out, 0 ..< min(64, range.count), by: moves, 0, starts: low)
            if range.count > 64 { _ = PackedClimbs.move(out, 64 ..< range.count, by: moves, climb, starts: high) }
        }
    }

    /// Writes how far each climb of `range` is moved; it begins with one, and `sums` with its first value that is wanted.
    private func findMoves(
        _ range: Range<Int>, later: (UInt64, UInt64), sums: UnsafePointer<Int64>, offset: Int64, scale: UInt64,
        into moves: UnsafeMutablePointer<Int64>
    ) {
        let number = startCount(below: range.lowerBound)
        let count = startCount(through: range.upperBound - 1) - number
        let highScale = scale << UInt64(width)
        BitPacking.forEach(highs, width: highWidth, number ..< number + count) {
            moves[$0] = offset &+ Int64(bitPattern: $1 &* highScale)
        }
        var (low, high) = later
        for climb in 1 ..< max(count, 1) {
            let place = low != 0 ? low.trailingZeroBitCount : 64 &+ high.trailingZeroBitCount
            if low != 0 { low &= low &- 1 } else { high &= high &- 1 }
            moves[climb] &-= sums[place &- 1]
        }
    }

    /// Moves up to 64 sums as their climbs are, of which `climb` is the one before; the number of the last climb.
    private static func move(
        _ sums: UnsafeMutablePointer<Int64>, _ range: Range<Int>, by moves: UnsafePointer<Int64>, _ climb: Int, starts: UInt64
    ) -> Int {
        var (climb, starts) = (climb, starts)
        for index in range {
            climb &+= Int(truncatingIfNeeded: starts & 1)
            starts = starts &>> 1
            sums[index] &+= moves[climb]
        }
        return climb
    }

    private func start(atOrBelow place: Int) -> Int {
        if place >= 64 {
            let word = starts.1 << UInt64(127 - place)
            if word != 0 { return place - word.leadingZeroBitCount }
            return 63 - starts.0.leadingZeroBitCount
        }
        return place - (starts.0 << UInt64(63 - place)).leadingZeroBitCount
    }

    private func startCount(through place: Int) -> Int { startCount(below: place) + (isStart(place) ? 1 : 0) }

    private func isStart(_ place: Int) -> Bool {
        (place < 64 ? starts.0 >> UInt64(place) : starts.1 >> UInt64(place - 64)) & 1 == 1
    }

    private func startCount(below place: Int) -> Int {
        if place < 64 { return (starts.0 & (1 << UInt64(place) - 1)).nonzeroBitCount }
        return starts.0.nonzeroBitCount + (starts.1 & (1 << UInt64(place - 64) - 1)).nonzeroBitCount
    }
}

/// Writes blocks as ``PackedClimbs`` reads them.
struct PackedClimbsEncoder {
    /// How many steps take as many bits; falls, which cannot be steps, are the last.
    private var steps = [Int](repeating: 0, count: 66)
    private var highs: [UInt64] = []
    private var lows: [UInt64] = []

    /// The width of lows that takes the fewest bytes, and how many these are.
    ///
    /// - Parameter width: bits that the greatest value takes, 1 or more.
    mutating func plan(_ values: [UInt64], count: Int, width: Int) -> (lowWidth: Int, byteCount: Int) {
        for index in steps.indices { steps[index] = 0 }
        for index in 1 ..< max(count, 1) {
            let (step, isFall) = values[index].subtractingReportingOverflow(values[index - 1])
            steps[isFall ? 65 : BitPacking.width(of: step)] += 1
        }
        var restarts = 1 + steps[65]
        var best = (lowWidth: 0, byteCount: Int.max)
        for lowWidth in (0 ..< width).reversed() {
            restarts += steps[lowWidth + 1]
            let byteCount =
                PackedClimbs.headerBytes + BitPacking.byteCount(restarts, width: width - lowWidth)
                + BitPacking.byteCount(count, width: lowWidth)
            if byteCount <= best.byteCount { best = (lowWidth, byteCount) }
        }
        return best
    }

    /// Appends one block, planned with the same values.
    mutating func append(_ values: [UInt64], count: Int, width: Int, lowWidth: Int, to out: inout [UInt8]) {
        var starts: (UInt64, UInt64) = (0, 0)
        highs.removeAll(keepingCapacity: true)
        lows.removeAll(keepingCapacity: true)
        for index in 0 ..< count {
            let value = values[index]
            if index > 0, value >= values[index - 1], value - values[index - 1] < 1 << UInt64(lowWidth) {
                lows.append(value - values[index - 1])
                continue
            }
            if index < 64 { starts.0 |= 1 << UInt64(index) } else { starts.1 |= 1 << UInt64(index - 64) }
            highs.append(value >> UInt64(lowWidth))
            lows.append(value & (1 << UInt64(lowWidth) - 1))
        }
        out.append(UInt8(width - lowWidth))
        out.appendInteger(starts.0)
        out.appendInteger(starts.1)
        BitPacking.pack(highs, width: width - lowWidth, appendingTo: &out)
        BitPacking.pack(lows, width: lowWidth, appendingTo: &out)
    }
}
