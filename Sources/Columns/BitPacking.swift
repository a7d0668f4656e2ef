/// Integers of one width, 0 to 64 bits, laid bit after bit from the lowest, little-endian.
package enum BitPacking {
    /// Bits needed for `value`.
    @inlinable package static func width(of value: UInt64) -> Int { 64 - value.leadingZeroBitCount }

    /// Bytes that `count` integers of `width` bits fill.
    @inlinable package static func byteCount(_ count: Int, width: Int) -> Int { (count * width + 7) / 8 }

    /// Appends `values`, each below 2^width.
    package static func pack(_ values: some Collection<UInt64>, width: Int, appendingTo out: inout [UInt8]) {
        guard width > 0 else { return }
        var packer = BitPacker(width: width)
        for value in values { packer.append(value, to: &out) }
        packer.finish(&out)
    }

    /// The integer at `index`.
    ///
    /// Reads up to 9 bytes from its first byte on.
    @inlinable package static func value(_ bytes: UnsafeRawPointer, width: Int, at index: Int) -> UInt64 {
        guard width > 0 else { return 0 }
        let bit = index &* width
        let shift = UInt64(bit & 7)
        let start = bytes + (bit &>> 3)
        var value = UInt64(littleEndian: start.loadUnaligned(as: UInt64.self)) &>> shift
        if shift + UInt64(width) > 64 { value |= UInt64(start.load(fromByteOffset: 8, as: UInt8.self)) &<< (64 &- shift) }
        return width == 64 ? value : value & ((1 &<< UInt64(width)) &- 1)
    }
}

extension BitPacking {
    /// Calls `body` with the integers of `range`, each with its place in it from 0.
    ///
    /// Reads up to 9 bytes from the first byte of each. Eight integers begin with a byte and end with one, so that within them shifts
    /// follow from what the width leaves over whole bytes: there is a loop for each such rest.
    @inline(__always)
    static func forEach(_ bytes: UnsafeRawPointer, width: Int, _ range: Range<Int>, _ body: (Int, UInt64) -> Void) {
        if width == 0 {
            for place in 0 ..< range.count { body(place, 0) }
            return
        }
        let first = range.lowerBound
        let wholes = min((first + 7) & ~7, range.upperBound)
        for index in first ..< wholes { body(index &- first, value(bytes, width: width, at: index)) }
        let groups = width <= 56 ? (range.upperBound &- wholes) &>> 3 : 0
        if groups > 0 {
            let start = bytes + (wholes &>> 3) &* width
            let place = wholes &- first
            switch width & 7 {
            case 0: forEach(start, width, rest: 0, groups, place, body)
            case 1: forEach(start, width, rest: 1, groups, place, body)
            case 2: forEach(start, width, rest: 2, groups, place, body)
            case 3: forEach(start, width, rest: 3, groups, place, body)
            case 4: forEach(start, width, rest: 4, groups, place, body)
            case 5: forEach(start, width, rest: 5, groups, place, body)
            case 6: forEach(start, width, rest: 6, groups, place, body)
            default: forEach(start, width, rest: 7, groups, place, body)
            }
        }
        for index in wholes &+ groups &* 8 ..< range.upperBound {
            body(index &- first, value(bytes, width: width, at: index))
        }
    }

    /// Calls `body` with eight integers for each group; `rest` is a literal, the width modulo 8.
    @inline(__always)
    private static func forEach(
        _ start: UnsafeRawPointer, _ width: Int, rest: Int, _ groups: Int, _ place: Int, _ body: (Int, UInt64) -> Void
    ) {
        let wholeBytes = width &>> 3
        let mask: UInt64 = (1 &<< UInt64(width)) &- 1
        var group = start
        var place = place
        for _ in 0 ..< groups {
            for number in 0 ..< 8 {
                let byte = group + (number &* wholeBytes &+ (number &* rest) &>> 3)
                let word = UInt64(littleEndian: byte.loadUnaligned(as: UInt64.self))
                body(place &+ number, (word &>> UInt64((number &* rest) & 7)) & mask)
            }
            group += width
            place &+= 8
        }
    }
}

/// Packs integers of one width one after another, as ``BitPacking`` lays them.
package struct BitPacker {
    private let width: Int
    private var accumulator: UInt64 = 0
    private var filled = 0

    /// `width` is 1 to 64.
    package init(width: Int) { self.width = width }

    /// Appends `value`, which is below 2^width.
    @inline(__always) package mutating func append(_ value: UInt64, to out: inout [UInt8]) {
        accumulator |= value << UInt64(filled)
        filled += width
        if filled >= 64 {
            out.appendInteger(accumulator)
            filled -= 64
            accumulator = filled == 0 ? 0 : value >> UInt64(width - filled)
        }
    }

    /// Appends the bytes that are not whole words.
    package mutating func finish(_ out: inout [UInt8]) {
        while filled > 0 {
            out.append(UInt8(truncatingIfNeeded: accumulator))
            accumulator >>= 8
            filled -= 8
        }
    }
}
