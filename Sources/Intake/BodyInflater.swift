internal import CZlib
internal import CZstd
public import Model

/// The encodings of a body that are understood.
public enum ContentEncoding: String, Sendable, Hashable, CaseIterable {
    case gzip, deflate, zstd

    /// Reads a `Content-Encoding` header: nil for none or `identity`.
    ///
    /// - Throws: ``Problem`` with code `unsupported_encoding`, status 415.
    public static func read(header: String?) throws(Problem) -> ContentEncoding? {
        guard let header else { return nil }
        let word = header.lowercased().filter { $0 != " " && $0 != "\t" }
        switch word {
        case "", "identity": return nil
        case "x-gzip": return .gzip
        default:
            if let encoding = ContentEncoding(rawValue: word) { return encoding }
            throw Problem(
                .init("unsupported_encoding"),
                "Content-Encoding \"\(header.prefix(40))\" is not understood. Send gzip, deflate, zstd, or the body as it is.",
                status: 415)
        }
    }
}

/// Inflates bodies, giving up as soon as more comes out than is allowed.
public struct BodyInflater {
    private static let chunkBytes = 64 << 10

    /// The inflated bytes.
    ///
    /// - Parameter limit: The most bytes that may come out.
    /// - Throws: ``Problem`` with code `body_too_large` (413) or `bad_encoding` (400).
    public static func inflate(
        _ bytes: UnsafeRawBufferPointer, encoding: ContentEncoding, limit: Int
    ) throws(Problem) -> [UInt8] {
        var out: [UInt8] = []
        try inflate(bytes, encoding: encoding, limit: limit, into: &out)
        return out
    }

    private static func inflate(
        _ bytes: UnsafeRawBufferPointer, encoding: ContentEncoding, limit: Int, into out: inout [UInt8]
    ) throws(Problem) {
        switch encoding {
        case .gzip: try inflate(bytes, windowBits: 15 + 16, encoding: encoding, limit: limit, into: &out)
        // RFC 9110 means zlib's wrapping; some clients send the bare stream.
        case .deflate:
            try inflate(bytes, windowBits: hasZlibHeader(bytes) ? 15 : -15, encoding: encoding, limit: limit, into: &out)
        case .zstd: try inflateZstandard(bytes, limit: limit, into: &out)
        }
    }

    /// The first `count` inflated bytes, or as many as can be had of a body that is damaged or cut short.
    public static func beginning(_ bytes: UnsafeRawBufferPointer, encoding: ContentEncoding, count: Int) -> [UInt8] {
        var out: [UInt8] = []
        do throws(Problem) {
            try inflate(bytes, encoding: encoding, limit: count, into: &out)
        } catch {
            // Why it went no further is told by the refusal that this is kept for.
            return Array(out.prefix(count))
        }
        return out
    }

    private static func hasZlibHeader(_ bytes: UnsafeRawBufferPointer) -> Bool {
        guard bytes.count >= 2 else { return false }
        return bytes[0] & 0x0F == 8 && bytes[0] >> 4 <= 7 && (Int(bytes[0]) << 8 | Int(bytes[1])) % 31 == 0
    }

    private static func inflate(
        _ bytes: UnsafeRawBufferPointer, windowBits: Int32, encoding: ContentEncoding, limit: Int, into out: inout [UInt8]
    ) throws(Problem) {
        var stream = z_stream()
        guard inflateInit2_(&stream, windowBits, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK else {
            throw Problem(.overloaded, "There is no memory to inflate the body now. Try again.", status: 503, retryAfterSeconds: 1)
        }
        defer { inflateEnd(&stream) }
        stream.next_in = UnsafeMutablePointer(mutating: bytes.baseAddress?.assumingMemoryBound(to: UInt8.self))
        stream.avail_in = UInt32(clamping: bytes.count)
        while true {
            let status = grow(&out, limit: limit, hint: bytes.count) { target in
                stream.next_out = target.baseAddress
                stream.avail_out = UInt32(target.count)
                let status = CZlib.inflate(&stream, Z_NO_FLUSH)
                return (target.count - Int(stream.avail_out), status)
            }
            if out.count > limit { throw .bodyTooLarge(limit: limit, isInflated: true) }
            if status == Z_STREAM_END {
                // A gzip body may be several members one after another (RFC 1952, §2.2).
                guard encoding == .gzip, stream.avail_in > 0 else { break }
                guard inflateReset(&stream) == Z_OK else { throw .corrupt(encoding) }
                continue
            }
            guard status == Z_OK, stream.avail_in > 0 || stream.avail_out == 0 else { throw .corrupt(encoding) }
        }
        if stream.avail_in > 0 { throw .corrupt(encoding) }
    }

    private static func inflateZstandard(
        _ bytes: UnsafeRawBufferPointer, limit: Int, into out: inout [UInt8]
    ) throws(Problem) {
        guard !bytes.isEmpty, let stream = ZSTD_createDStream() else { throw .corrupt(.zstd) }
        defer { ZSTD_freeDStream(stream) }
        // A frame may ask for a window of gigabytes; 8 MB is what RFC 8878 says a decoder should take.
        ZSTD_DCtx_setParameter(stream, ZSTD_d_windowLogMax, 23)
        var input = ZSTD_inBuffer(src: bytes.baseAddress, size: bytes.count, pos: 0)
        while true {
            var isFull = false
            let rest = grow(&out, limit: limit, hint: bytes.count) { target in
                var output = ZSTD_outBuffer(dst: target.baseAddress, size: target.count, pos: 0)
                let rest = ZSTD_decompressStream(stream, &output, &input)
                isFull = output.pos == output.size
                return (output.pos, rest)
            }
            if out.count > limit { throw .bodyTooLarge(limit: limit, isInflated: true) }
            if ZSTD_isError(rest) != 0 { throw .corrupt(.zstd) }
            if input.pos == input.size, !isFull {
                if rest != 0 { throw .corrupt(.zstd) }
                return
            }
        }
    }

    /// Appends what `fill` writes into a fresh chunk; room for one byte beyond the limit shows that there is more.
    private static func grow<Status>(
        _ out: inout [UInt8], limit: Int, hint: Int, fill: (UnsafeMutableBufferPointer<UInt8>) -> (Int, Status)
    ) -> Status {
        let start = out.count
        let wanted = min(max(chunkBytes, min(hint, limit) * 4), limit + 1 - start)
        out.reserveCapacity(start + wanted)
        var status: Status?
        let more = [UInt8](unsafeUninitializedCapacity: wanted) { buffer, count in
            let (written, result) = fill(buffer)
            count = written
            status = result
        }
        out.append(contentsOf: more)
        guard let status else { preconditionFailure("the chunk was filled") }
        return status
    }
}
