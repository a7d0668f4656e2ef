internal import CZlib
internal import CZstd
internal import Model

/// How a file is packed, by its first bytes.
enum FileCompression: String, Sendable {
    case none, gzip, zstd

    init(magic: some Collection<UInt8>) {
        let bytes = Array(magic.prefix(4))
        if bytes.starts(with: [0x1F, 0x8B]) {
            self = .gzip
        } else if bytes == [0x28, 0xB5, 0x2F, 0xFD] {
            self = .zstd
        } else {
            self = .none
        }
    }
}

/// Reads a file and unpacks it on the way, with a buffer of fixed size.
final class FileInflater {
    let source: FileSource
    let compression: FileCompression
    private var input: [UInt8]
    private var inputRange: Range<Int>
    private var isAtEnd = false
    /// Whether the last gzip member or zstd frame is complete.
    private var isComplete = true
    private var gzip: UnsafeMutablePointer<z_stream>?
    private var zstd: OpaquePointer?

    /// - Throws: ``Problem`` as ``FileSource``, and `corrupt_file`.
    init(path: String) throws(Problem) {
        source = try FileSource(path: path)
        input = [UInt8](repeating: 0, count: 256 << 10)
        inputRange = 0 ..< 0
        let count = try FileInflater.fill(&input, from: source)
        inputRange = 0 ..< count
        compression = FileCompression(magic: input[..<count])
        switch compression {
        case .none: break
        case .gzip:
            let stream = UnsafeMutablePointer<z_stream>.allocate(capacity: 1)
            stream.initialize(to: z_stream())
            gzip = stream
            guard inflateInit2_(stream, 47, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else { throw corrupt() }
        case .zstd:
            zstd = ZSTD_createDStream()
            if let zstd { ZSTD_DCtx_setParameter(zstd, ZSTD_d_windowLogMax, 27) }
        }
    }

    deinit {
        if let gzip {
            inflateEnd(gzip)
            gzip.deallocate()
        }
        if let zstd { ZSTD_freeDStream(zstd) }
    }

    /// Writes unpacked bytes into `output`; returns how many, 0 at the end.
    ///
    /// - Throws: ``Problem`` with code `corrupt_file` when the packing is damaged or cut off.
    func read(into output: UnsafeMutableRawBufferPointer) throws(Problem) -> Int {
        while true {
            if inputRange.isEmpty, !isAtEnd {
                let count = try FileInflater.fill(&input, from: source)
                inputRange = 0 ..< count
                isAtEnd = count == 0
            }
            if inputRange.isEmpty {
                guard isComplete || compression == .none else { throw corrupt() }
                return 0
            }
            let written: Int
            switch compression {
            case .none:
                written = min(output.count, inputRange.count)
                input.withUnsafeBytes { bytes in
                    output.copyMemory(
                        from: UnsafeRawBufferPointer(rebasing: bytes[inputRange.lowerBound ..< inputRange.lowerBound + written]))
                }
                inputRange = inputRange.lowerBound + written ..< inputRange.upperBound
            case .gzip: written = try inflateGzip(into: output)
            case .zstd: written = try inflateZstd(into: output)
            }
            if written > 0 { return written }
        }
    }

    private static func fill(_ input: inout [UInt8], from source: FileSource) throws(Problem) -> Int {
        let result = input.withUnsafeMutableBytes { buffer in
            Result { () throws(Problem) in try source.read(into: buffer) }
        }
        return try result.get()
    }

    private func inflateGzip(into output: UnsafeMutableRawBufferPointer) throws(Problem) -> Int {
        guard let gzip else { throw corrupt() }
        let range = inputRange
        let status = input.withUnsafeMutableBufferPointer { bytes in
            gzip.pointee.next_in = bytes.baseAddress?.advanced(by: range.lowerBound)
            gzip.pointee.avail_in = UInt32(range.count)
            gzip.pointee.next_out = output.baseAddress?.assumingMemoryBound(to: UInt8.self)
            gzip.pointee.avail_out = UInt32(clamping: output.count)
            return inflate(gzip, Z_NO_FLUSH)
        }
        inputRange = range.upperBound - Int(gzip.pointee.avail_in) ..< range.upperBound
        let written = min(output.count, Int(UInt32.max)) - Int(gzip.pointee.avail_out)
        switch status {
        case Z_STREAM_END:
            // Several members one after another are one file (RFC 1952, §2.2).
            isComplete = true
            inflateReset(gzip)
        case Z_OK, Z_BUF_ERROR: isComplete = false
        default:
            // Zeros that pad the end of a tape are no member.
            guard isComplete, written == 0, input[range].allSatisfy({ $0 == 0 }) else { throw corrupt() }
            inputRange = range.upperBound ..< range.upperBound
        }
        return written
    }

    private func inflateZstd(into output: UnsafeMutableRawBufferPointer) throws(Problem) -> Int {
        guard let zstd else { throw corrupt() }
        let range = inputRange
        var target = ZSTD_outBuffer(dst: output.baseAddress, size: output.count, pos: 0)
        let (rest, consumed) = input.withUnsafeBytes { bytes in
            var source = ZSTD_inBuffer(src: bytes.baseAddress?.advanced(by: range.lowerBound), size: range.count, pos: 0)
            let rest = ZSTD_decompressStream(zstd, &target, &source)
            return (rest, source.pos)
        }
        guard ZSTD_isError(rest) == 0 else { throw corrupt() }
        inputRange = range.lowerBound + consumed ..< range.upperBound
        isComplete = rest == 0
        return target.pos
    }

    private func corrupt() -> Problem {
        Problem(
            .init("corrupt_file"),
            "\(source.path) is damaged or cut off near byte \(source.bytesRead): its \(compression.rawValue) data cannot be read. What came before was taken; get the file again and import it again, nothing is counted twice.",
            place: source.path)
    }
}
