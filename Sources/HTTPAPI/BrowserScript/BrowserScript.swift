import CZlib
public import Hummingbird

/// Serves `teahouse.js`, the browser script, at `GET /teahouse.js`: embedded, compressed once, cached by its ETag.
public struct BrowserScript: Sendable {
    /// Where it is served.
    static let path = "/teahouse.js"

    /// The script as written.
    package let source: [UInt8]
    /// The script as gzip, below 4 KB; nil should zlib fail.
    package let gzipped: [UInt8]?
    private let etag: String

    public init() {
        source = PackageResources.teahouse_js
        gzipped = BrowserScript.gzip(source)
        etag = BrowserScript.digest(source)
    }

    /// Adds `GET` and `HEAD /teahouse.js`.
    public func add<Context: RequestContext>(to router: some RouterMethods<Context>) {
        router.get(RouterPath(BrowserScript.path)) { request, _ in response(to: request) }
        router.head(RouterPath(BrowserScript.path)) { request, _ in response(to: request).createHeadResponse() }
    }

    /// The script, compressed when the browser takes gzip; 304 without a body when the browser has it already.
    ///
    /// Pages of any origin may load it. Browsers ask again after an hour, so that a newer server's script arrives.
    private func response(to request: Request) -> Response {
        let body = request.headers[.acceptEncoding].map(BrowserScript.allowsGzip) == true ? gzipped : nil
        let tag = "\"\(etag)\(body == nil ? "" : "-gzip")\""
        var headers: HTTPFields = [
            .eTag: tag, .cacheControl: "public, max-age=3600", .vary: "Accept-Encoding", .accessControlAllowOrigin: "*",
        ]
        if request.headers[values: .ifNoneMatch].contains(where: { BrowserScript.matches($0, tag: tag) }) {
            return Response(status: .notModified, headers: headers)
        }
        headers[.contentType] = "text/javascript; charset=utf-8"
        headers[.xContentTypeOptions] = "nosniff"
        if body != nil { headers[.contentEncoding] = "gzip" }
        return Response(status: .ok, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body ?? source)))
    }

    /// Whether an `Accept-Encoding` value names gzip (or anything) without refusing it by `q=0`.
    static func allowsGzip(_ accepted: String) -> Bool {
        accepted.lowercased().split(separator: ",").contains { coding in
            let parts = coding.split(separator: ";").map { $0.filter { $0 != " " } }
            guard parts.first == "gzip" || parts.first == "*" else { return false }
            return !parts.dropFirst().contains { $0.hasPrefix("q=0") && !$0.contains(where: { ("1" ... "9").contains($0) }) }
        }
    }

    /// Whether an `If-None-Match` value names `tag`, by weak comparison.
    static func matches(_ header: String, tag: String) -> Bool {
        header.split(separator: ",").contains { candidate in
            let text = candidate.filter { $0 != " " }
            return text == "*" || text == tag || text == "W/" + tag
        }
    }

    /// 64-bit FNV-1a in hexadecimal: names a version of the script, nothing more.
    private static func digest(_ bytes: [UInt8]) -> String {
        let hash = bytes.reduce(UInt64(0xcbf2_9ce4_8422_2325)) { ($0 ^ UInt64($1)) &* 0x100_0000_01b3 }
        return String(hash, radix: 16)
    }

    /// `bytes` as one gzip member; nil when zlib has no memory.
    private static func gzip(_ bytes: [UInt8]) -> [UInt8]? {
        var stream = z_stream()
        let gzipWindow: Int32 = 15 + 16
        guard
            deflateInit2_(
                &stream, 9, Z_DEFLATED, gzipWindow, 9, Z_DEFAULT_STRATEGY, ZLIB_VERSION, Int32(MemoryLayout<z_stream>.size)) == Z_OK
        else { return nil }
        defer { deflateEnd(&stream) }
        var input = bytes
        return [UInt8](unsafeUninitializedCapacity: Int(deflateBound(&stream, UInt(bytes.count)))) { output, count in
            input.withUnsafeMutableBufferPointer { input in
                stream.next_in = input.baseAddress
                stream.avail_in = UInt32(input.count)
                stream.next_out = output.baseAddress
                stream.avail_out = UInt32(output.count)
                deflate(&stream, Z_FINISH)
            }
            count = Int(stream.total_out)
        }
    }
}
