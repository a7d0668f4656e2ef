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

    /// Calls `body` with each value of `range`, which is not empty, in order.
    @inline(__always) func forEach(_ range: Range<Int>, _ body: (UInt64) -> Void) {
        var place = start(atOrBelow: range.lowerBound)
        var number = startCount(below: place)
        while place < range.upperBound {
            let end = min(start(above: place), range.upperBound)
            var value = startValue(place, number: number)
            while place < range.lowerBound {
                place += 1
                value &+= low(place)
            }
            body(value)
            place += 1
            BitPacking.forEach(lows, width: width, place ..< max(place, end)) {
                value &+= $1
                body(value)
            }
            place = max(place, end)
            number += 1
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

    private func start(above place: Int) -> Int {
        if place < 63 {
            let word = starts.0 >> UInt64(place + 1)
            if word != 0 { return place + 1 + word.trailingZeroBitCount }
        }
        let from = max(place + 1, 64) - 64
        let word = from < 64 ? starts.1 >> UInt64(from) : 0
        return word == 0 ? 128 : 64 + from + word.trailingZeroBitCount
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
