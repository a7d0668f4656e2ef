internal import Columns
internal import HTTPTypes
internal import Hummingbird
internal import Intake
internal import Model
internal import NIOCore

/// The body of a collect request, as sent or inflated.
enum CollectBody {
    case sent(ByteBuffer)
    case inflated([UInt8])

    /// Collects a body, giving up as soon as it is larger than `limit` bytes or slower than ``CollectRoutes/bodySecondsMax``.
    static func collect(_ request: Request, limit: Int) async throws(Problem) -> CollectBody {
        let tooLarge = Problem(
            .init("body_too_large"), "The body has more than \(limit) bytes, the most that are taken. Send smaller batches.",
            status: 413)
        if let length = request.headers[.contentLength].flatMap({ Int($0) }), length > limit { throw tooLarge }
        var whole = ByteBuffer()
        var startedAt: ContinuousClock.Instant?
        do {
            for try await part in request.body {
                if whole.readableBytes + part.readableBytes > limit { throw tooLarge }
                if whole.readableBytes == 0 {
                    whole = part
                } else {
                    whole.writeImmutableBuffer(part)
                    let now = ContinuousClock.now
                    if let startedAt, now - startedAt > .seconds(CollectRoutes.bodySecondsMax) { throw Problem.slowBody }
                    startedAt = startedAt ?? now
                }
            }
        } catch {
            throw error as? Problem ?? .brokenBody
        }
        return .sent(whole)
    }

    /// The body without its encoding.
    func inflated(_ encoding: ContentEncoding?, limit: Int) throws(Problem) -> CollectBody {
        guard let encoding else { return self }
        let inflated = withBytes { bytes in
            Result { () throws(Problem) in try BodyInflater.inflate(bytes, encoding: encoding, limit: limit) }
        }
        return .inflated(try inflated.get())
    }

    func withBytes<Value>(_ body: (UnsafeRawBufferPointer) -> Value) -> Value {
        switch self {
        case .sent(let buffer): buffer.withUnsafeReadableBytes(body)
        case .inflated(let bytes): bytes.withUnsafeBytes(body)
        }
    }

    /// As much of it as is kept when it is refused whole.
    var beginning: [UInt8] { withBytes { Array($0.prefix(4 << 10)) } }

    /// The `writeKey` that stands in the body.
    ///
    /// - Throws: ``Problem`` with status 401 when there is none, 400 when the body is no JSON.
    func writeKey() throws(Problem) -> String {
        let found = withBytes { bytes in
            Result { () throws(Problem) in
                if bytes.isEmpty { throw Problem.missingWriteKey }
                return try JSONReader().withDocument(bytes, mercies: .collect) { document throws(Problem) in
                    guard let key = document.root.member("writeKey"), key.kind == .string else { throw Problem.missingWriteKey }
                    return String(decoding: key.string, as: UTF8.self)
                }
            }
        }
        return try found.get()
    }
}
