import Columns
import Model
import Testing

@Suite struct PackedIntsTests {
    @Test("Lists of every shape read back whole, in ranges and one by one", arguments: UInt64(0) ..< 120)
    func roundTrip(seed: UInt64) throws {
        var random = SplitMix64(seed: seed)
        let values = Shapes.random(using: &random)
        let bytes = ByteOutput.bytes { PackedIntsEncoder.encode(values, appendingTo: &$0) }
        let region = ByteRegion(copying: bytes)
        let list = try #require(PackedInts(region.bytes))
        #expect(list.array() == values)
        for index in values.indices { #expect(list.value(at: index) == values[index]) }
        guard !values.isEmpty else { return }
        for _ in 0 ..< 20 {
            let low = Int.random(in: 0 ..< values.count, using: &random)
            let high = Int.random(in: low ... values.count, using: &random)
            var target = [Int64](repeating: 0, count: max(1, high - low))
            target.withUnsafeMutableBufferPointer { buffer in
                if let base = buffer.baseAddress { list.decode(low ..< high, into: base) }
            }
            #expect(Array(target[..<(high - low)]) == Array(values[low ..< high]))
        }
        withExtendedLifetime(region) {}
    }

    @Test("A constant list costs its header only")
    func constant() {
        let bytes = ByteOutput.bytes { PackedIntsEncoder.encode([Int64](repeating: -7, count: 10_000), appendingTo: &$0) }
        #expect(bytes.count == 24)
    }

    @Test("Whole milliseconds cost no more than their count")
    func scale() {
        let values = (0 ..< Int64(1_280)).map { 1_700_000_000_000_000 + ($0 * 7 % 128) * 1_000 }
        let bytes = ByteOutput.bytes { PackedIntsEncoder.encode(values, appendingTo: &$0) }
        #expect(bytes.count <= 24 + 10 * (4 + 3 + 128 * 7 / 8))
    }

    @Test("Visits of a few minutes, months apart, cost little more than their steps")
    func climbs() throws {
        var random = SplitMix64(seed: 1)
        var time: Int64 = 0
        let values = (0 ..< 1_280).map { index in
            time =
                index % 8 == 0
                ? Int64.random(in: 0 ..< 1 << 34, using: &random) : time + Int64.random(in: 0 ..< 1 << 16, using: &random)
            return time
        }
        let bytes = ByteOutput.bytes { PackedIntsEncoder.encode(values, appendingTo: &$0) }
        let region = ByteRegion(copying: bytes)
        #expect(try #require(PackedInts(region.bytes)).array() == values)
        #expect(bytes.count <= 24 + 10 * (4 + 2 + 5 + 17 + 16 * 20 / 8 + 128 * 16 / 8))
    }

    @Test("Stretches that begin and end anywhere in blocks of every width and mode are read", arguments: 0 ... 64)
    func stretches(width: Int) throws {
        var random = SplitMix64(seed: UInt64(width))
        for values in Shapes.everyMode(width: width, count: 205, using: &random) {
            let bytes = ByteOutput.bytes { PackedIntsEncoder.encode(values, appendingTo: &$0) }
            let region = ByteRegion(copying: bytes)
            let list = try #require(PackedInts(region.bytes))
            var target = [Int64](repeating: 0, count: values.count)
            for low in values.indices {
                for count in [1, 2, 7, 8, 9, 16, 63, 64, 65, 127, 128, 129, 205] where low + count <= values.count {
                    target.withUnsafeMutableBufferPointer { buffer in
                        if let base = buffer.baseAddress { list.decode(low ..< low + count, into: base) }
                    }
                    if target[..<count] != values[low ..< low + count] { Issue.record("\(low) ..< \(low + count)") }
                }
            }
            withExtendedLifetime(region) {}
        }
    }

    @Test("Bits of every width are packed and read", arguments: 0 ... 64)
    func bitPacking(width: Int) {
        var random = SplitMix64(seed: UInt64(width))
        let mask = width == 64 ? UInt64.max : (1 << UInt64(width)) - 1
        let values = (0 ..< 131).map { _ in random.next() & mask }
        var bytes: [UInt8] = []
        BitPacking.pack(values, width: width, appendingTo: &bytes)
        #expect(bytes.count == BitPacking.byteCount(values.count, width: width))
        let region = ByteRegion(copying: bytes)
        for (index, value) in values.enumerated() {
            guard let base = region.bytes.baseAddress else { continue }
            #expect(BitPacking.value(base, width: width, at: index) == value)
        }
    }
}

/// Lists that make every mode of the codec worth while.
enum Shapes {
    static func random(using random: inout SplitMix64) -> [Int64] {
        let count = [0, 1, 2, 127, 128, 129, 400, 1_000].randomElement(using: &random) ?? 0
        let few = (0 ..< 5).map { _ in Int64.random(in: Int64.min ... Int64.max, using: &random) }
        switch Int.random(in: 0 ..< 11, using: &random) {
        case 0: return (0 ..< count).map { _ in Int64.random(in: -5 ... 5, using: &random) }
        case 1: return (0 ..< count).map { _ in Int64(bitPattern: random.next()) }
        case 2: return (0 ..< count).map { _ in few[Int.random(in: 0 ..< 5, using: &random)] }
        case 3: return (0 ..< count).map { few[$0 / 40 % 5] }
        case 4: return (0 ..< count).map { Int64($0) * 1_000_000 + Int64.random(in: 0 ..< 5, using: &random) * 1_000 }
        case 5: return [Int64](repeating: few[0], count: count)
        case 7, 8, 9: return climbs(count, using: &random)
        case 6: return (0 ..< count).map { $0 == 77 ? Int64.max : Int64.min }
        default: return (0 ..< count).map { _ in Int64.random(in: 0 ..< 1 << 40, using: &random) }
        }
    }

    /// A list for each mode of the codec, of numbers of up to so many bits, times a number that all have in common or as they are.
    static func everyMode(width: Int, count: Int, using random: inout SplitMix64) -> [[Int64]] {
        let mask = width == 64 ? UInt64.max : 1 << UInt64(width) - 1
        let few = (0 ..< 5).map { _ in random.next() & mask }
        let frame = (0 ..< count).map { _ in random.next() & mask }
        let dictionary = (0 ..< count).map { _ in few[Int.random(in: 0 ..< 5, using: &random)] }
        let runs = (0 ..< count).map { few[$0 / 30 % 5] }
        var value: UInt64 = 0
        let climbs = (0 ..< count).map { _ in
            value = random.next() % 9 == 0 ? random.next() & mask : value &+ random.next() & (mask >> UInt64(width / 2 + 1))
            return value
        }
        let factor: UInt64 = width < 50 ? 1_000 : 1
        return [frame, dictionary, runs, climbs].map { $0.map { Int64(bitPattern: $0 &* factor) } }
    }

    /// Steps of some bits and starts anew of more, up to all 64, as rarely or as often as may be.
    private static func climbs(_ count: Int, using random: inout SplitMix64) -> [Int64] {
        let stepMask = (UInt64.max >> UInt64.random(in: 0 ... 63, using: &random)) >> 1
        let startMask = UInt64.max >> UInt64.random(in: 0 ..< 54, using: &random)
        let often = UInt64.random(in: 1 ... 100, using: &random)
        var value: UInt64 = 0
        return (0 ..< count).map { _ in
            value = random.next() % often == 0 ? random.next() & startMask : value &+ random.next() & stepMask
            return Int64(bitPattern: value)
        }
    }
}
