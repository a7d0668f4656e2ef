internal import CZstd

/// One-shot Zstandard frames for blocks of a part.
package enum Zstandard {
    /// Appends one frame holding `bytes` to `out`; false, with `out` unchanged, when the frame would not be smaller.
    package static func compress(_ bytes: UnsafeRawBufferPointer, level: Int32, appendingTo out: inout [UInt8]) -> Bool {
        let start = out.count
        guard bytes.count > 16 else { return false }
        let room = bytes.count - 1
        out.append(contentsOf: repeatElement(0, count: room))
        let size = out.withUnsafeMutableBytes { target in
            ZSTD_compress(target.baseAddress.map { $0 + start }, room, bytes.baseAddress, bytes.count, level)
        }
        let isSmaller = ZSTD_isError(size) == 0
        out.removeLast(isSmaller ? room - size : room)
        return isSmaller
    }

    /// Fills `target` from one frame; false when the frame is damaged or of another size.
    package static func decompress(_ frame: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Bool {
        ZSTD_decompress(target.baseAddress, target.count, frame.baseAddress, frame.count) == target.count
    }
}
