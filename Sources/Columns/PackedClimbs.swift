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
        var place = start(atOrBelow: index)
        var value = startValue(place, number: startCount(below: place))
        while place < index {
            place += 1
            value &+= low(place)
        }
        return value
    }

    /// Writes the values of `range`, which is not empty, to `out`, each times `scale` and on top of `offset`.
    func decode(_ range: Range<Int>, offset: Int64, scale: UInt64, into out: UnsafeMutablePointer<Int64>) {
        let first = start(atOrBelow: range.lowerBound)
        withUnsafeTemporaryAllocation(of: UInt64.self, capacity: 257) { buffer in
            guard let values = buffer.baseAddress else { return }
            let highs = values + 128
            BitPacking.forEach(lows, width: width, first ..< range.upperBound) { values[$0] = $1 }
            let shift = UInt64(width)
            let number = startCount(below: first)
            BitPacking.forEach(self.highs, width: highWidth, number ..< startCount(through: range.upperBound - 1)) {
                highs[$0] = $1 << shift
            }
            let low = starts.0 >> first | starts.1 << (64 - first)
            PackedClimbs.sum(
                values, count: range.upperBound - first, highs: highs, starts: (low, starts.1 >> first))
            let skipped = values + (range.lowerBound - first)
            if scale == 1 {
                for index in 0 ..< range.count { out[index] = offset &+ Int64(bitPattern: skipped[index]) }
            } else {
                for index in 0 ..< range.count { out[index] = offset &+ Int64(bitPattern: skipped[index] &* scale) }
            }
        }
    }

    /// Turns lows into values; the first starts anew.
    ///
    /// A function of its own and without a branch: where climbs start cannot be foreseen.
    @inline(never)
    private static func sum(
        _ values: UnsafeMutablePointer<UInt64>, count: Int, highs: UnsafePointer<UInt64>, starts: (UInt64, UInt64)
    ) {
        var (low, high) = starts
        var value: UInt64 = 0
        var number = 0
        for index in 0 ..< count {
            let isStart = low & 1
            let mask = 0 &- isStart
            value = (value & ~mask) &+ (highs[number] & mask) &+ values[index]
            values[index] = value
            number &+= Int(truncatingIfNeeded: isStart)
            low = low &>> 1 | high &<< 63
            high = high &>> 1
        }
    }

    @inline(__always) private func low(_ place: Int) -> UInt64 { BitPacking.value(lows, width: width, at: place) }

    @inline(__always) private func startValue(_ place: Int, number: Int) -> UInt64 {
        BitPacking.value(highs, width: highWidth, at: number) << UInt64(width) | low(place)
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
