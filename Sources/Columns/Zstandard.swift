internal import CZstd
internal import Synchronization

/// One-shot Zstandard frames for blocks of a part.
///
/// Contexts are kept for the next use: making one costs more than a small block.
package enum Zstandard {
    /// Appends one frame holding `bytes` to `out`; false, with `out` unchanged, when the frame would not be smaller.
    package static func compress(_ bytes: UnsafeRawBufferPointer, level: Int32, appendingTo out: inout [UInt8]) -> Bool {
        guard bytes.count > 16, let context = compressors.take() else { return false }
        defer { compressors.give(context) }
        let start = out.count
        let room = bytes.count - 1
        out.append(contentsOf: repeatElement(0, count: room))
        let size = out.withUnsafeMutableBytes { target in
            ZSTD_compressCCtx(context.pointer, target.baseAddress.map { $0 + start }, room, bytes.baseAddress, bytes.count, level)
        }
        let isSmaller = ZSTD_isError(size) == 0
        out.removeLast(isSmaller ? room - size : room)
        return isSmaller
    }

    /// Fills `target` from one frame; false when the frame is damaged or of another size.
    package static func decompress(_ frame: UnsafeRawBufferPointer, into target: UnsafeMutableRawBufferPointer) -> Bool {
        guard let context = decompressors.take() else { return false }
        defer { decompressors.give(context) }
        return ZSTD_decompressDCtx(context.pointer, target.baseAddress, target.count, frame.baseAddress, frame.count)
            == target.count
    }

    private static let compressors = ContextPool(make: { ZSTD_createCCtx() }, free: { ZSTD_freeCCtx($0) })
    private static let decompressors = ContextPool(make: { ZSTD_createDCtx() }, free: { ZSTD_freeDCtx($0) })
}

/// A context of the library, used by one thread at a time.
private struct Context: @unchecked Sendable {
    // Unchecked because the pool hands a context to one user at a time.
    let pointer: OpaquePointer
}

private final class ContextPool: Sendable {
    private static let keptMax = 8
    private let idle = Mutex<[Context]>([])
    private let make: @Sendable () -> OpaquePointer?
    private let free: @Sendable (OpaquePointer) -> Void

    init(make: @escaping @Sendable () -> OpaquePointer?, free: @escaping @Sendable (OpaquePointer) -> Void) {
        (self.make, self.free) = (make, free)
    }

    func take() -> Context? { idle.withLock { $0.popLast() } ?? make().map(Context.init(pointer:)) }

    func give(_ context: Context) {
        let isKept = idle.withLock { idle in
            guard idle.count < ContextPool.keptMax else { return false }
            idle.append(context)
            return true
        }
        if !isKept { free(context.pointer) }
    }
}
