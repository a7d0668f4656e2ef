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

    /// A body that was given up while it came in, with its beginning.
    struct GivenUp: Error {
        var problem: Problem
        var beginning: [UInt8] = []
    }

    /// Collects a body, giving up as soon as it is larger than `limit` bytes or slower than ``CollectRoutes/bodySecondsMax``.
    ///
    /// - Parameter isKept: Whether the beginning of a body that says itself that it is too large is read to be kept.
    static func collect(_ request: Request, limit: Int, isKept: Bool) async throws(GivenUp) -> CollectBody {
        let tooLarge = Problem(
            .init("body_too_large"), "The body has more than \(limit) bytes, the most that are taken. Send smaller batches.",
            status: 413)
        if announcedBytes(request) ?? 0 > limit {
            throw GivenUp(problem: tooLarge, beginning: isKept ? await beginning(of: request) : [])
        }
        var whole = ByteBuffer()
        var startedAt: ContinuousClock.Instant?
        do {
            for try await part in request.body {
                if whole.readableBytes == 0 {
                    whole = part
                } else {
                    whole.writeImmutableBuffer(part)
                    let now = ContinuousClock.now
                    if let startedAt, now - startedAt > .seconds(CollectRoutes.bodySecondsMax) { throw Problem.slowBody }
                    startedAt = startedAt ?? now
                }
                if whole.readableBytes > limit { throw tooLarge }
            }
        } catch {
            throw GivenUp(problem: error as? Problem ?? .brokenBody, beginning: CollectBody.sent(whole).beginning)
        }
        return .sent(whole)
    }

    /// The first bytes of a body that is refused unread; none of a sender who waits to be asked for them.
    static func beginning(of request: Request) async -> [UInt8] {
        var bytes: [UInt8] = []
        if request.headers[.expect] != nil { return bytes }
        let startedAt = ContinuousClock.now
        do {
            for try await part in request.body {
                bytes += part.readableBytesView
                if bytes.count >= Intake.beginningBytes || ContinuousClock.now - startedAt > .seconds(2) { break }
            }
        } catch {
            // The connection broke off: what came in until then is the beginning.
            return Array(bytes.prefix(Intake.beginningBytes))
        }
        return Array(bytes.prefix(Intake.beginningBytes))
    }

    /// What `Content-Length` says; nil for a body of unknown length.
    static func announcedBytes(_ request: Request) -> Int? { request.headers[.contentLength].flatMap { Int($0) } }

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
    var beginning: [UInt8] { withBytes { Array($0.prefix(Intake.beginningBytes)) } }

    /// The write key that stands in the body: `writeKey`, or where the SDKs of another protocol put it.
    ///
    /// - Parameter fallback: The key of a body in another protocol that has none.
    /// - Throws: ``Problem`` with status 401 when there is none, 400 when the body is no JSON.
    func writeKey(_ shape: CollectShape, fallback: String?) throws(Problem) -> String {
        let found = withBytes { bytes in
            Result { () throws(Problem) in
                if bytes.isEmpty { throw shape.missingWriteKey }
                return try JSONReader().withDocument(bytes, mercies: .calls) { document throws(Problem) in
                    guard let key = shape.writeKey(in: document.root) ?? fallback else { throw shape.missingWriteKey }
                    return key
                }
            }
        }
        return try found.get()
    }
}

extension CollectShape {
    fileprivate func writeKey(in root: JSONNode) -> String? {
        if case .capture(let capture) = self { return capture.writeKey(in: root) }
        guard let key = root.member("writeKey"), key.kind == .string else { return nil }
        return String(decoding: key.string, as: UTF8.self)
    }

    var missingWriteKey: Problem {
        if case .capture = self { .missingCaptureKey } else { .missingWriteKey }
    }
}
