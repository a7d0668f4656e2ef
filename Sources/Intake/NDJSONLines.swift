#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The lines of a chunk that hold something: where they stand, and their numbers in the chunk from 0.
struct NDJSONLines {
    private(set) var ranges: [Range<Int>] = []
    private(set) var numbers: [Int] = []

    init(_ chunk: UnsafeRawBufferPointer) {
        guard let base = chunk.baseAddress else { return }
        var start = 0
        var number = 0
        while start < chunk.count {
            let end = memchr(base + start, 0x0A, chunk.count - start).map { UnsafeRawPointer($0) - base } ?? chunk.count
            if chunk[start ..< end].contains(where: { $0 != 0x20 && $0 != 0x0D && $0 != 0x09 }) {
                ranges.append(start ..< end)
                numbers.append(number)
            }
            start = end + 1
            number += 1
        }
    }

    /// The lines as the elements of one JSON array.
    func joined(_ chunk: UnsafeRawBufferPointer) -> [UInt8] {
        var out: [UInt8] = []
        out.reserveCapacity(chunk.count + 2)
        out.append(UInt8(ascii: "["))
        for (index, range) in ranges.enumerated() {
            if index > 0 { out.append(UInt8(ascii: ",")) }
            out.append(contentsOf: UnsafeRawBufferPointer(rebasing: chunk[range]))
        }
        out.append(UInt8(ascii: "]"))
        return out
    }
}
