/// Bytes that stay where they are for as long as someone holds the region: a mapped file or a heap block.
///
/// At least ``slackBytes`` readable bytes follow the last one, so that decoders may load whole words at the end.
package final class ByteRegion: @unchecked Sendable {
    // Unchecked because the bytes are never written after init, and are freed only by deinit.

    /// Readable bytes after the end.
    package static let slackBytes = 16

    package let bytes: UnsafeRawBufferPointer
    private let release: @Sendable () -> Void

    /// Takes over `bytes`; `release` gives them back.
    package init(bytes: UnsafeRawBufferPointer, release: @escaping @Sendable () -> Void) {
        self.bytes = bytes
        self.release = release
    }

    /// Copies `bytes` to the heap.
    package convenience init(copying bytes: UnsafeRawBufferPointer) {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: bytes.count + ByteRegion.slackBytes, alignment: 64)
        block.initializeMemory(as: UInt8.self, repeating: 0)
        block.copyMemory(from: bytes)
        nonisolated(unsafe) let owned = block  // because only this region's deinit uses it
        self.init(bytes: UnsafeRawBufferPointer(rebasing: block[..<bytes.count])) { owned.deallocate() }
    }

    /// Copies an array to the heap.
    package convenience init(copying array: [UInt8]) {
        let block = UnsafeMutableRawBufferPointer.allocate(byteCount: array.count + ByteRegion.slackBytes, alignment: 64)
        array.withUnsafeBytes { block.copyMemory(from: $0) }
        for index in array.count ..< block.count { block[index] = 0 }
        nonisolated(unsafe) let owned = block  // because only this region's deinit uses it
        self.init(bytes: UnsafeRawBufferPointer(rebasing: block[..<array.count])) { owned.deallocate() }
    }

    deinit { release() }

    package var count: Int { bytes.count }
}
