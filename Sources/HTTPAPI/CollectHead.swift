internal import HTTPTypes
internal import Hummingbird
internal import Intake
internal import Model

/// What a collect request says before its body.
struct CollectHead {
    var writeKey: String?
    /// nil for none, and for one that is not understood.
    var encoding: ContentEncoding?
    var options = CollectOptions()
    /// Whether the answer to a batch lists the calls that had been taken before; SDKs do not ask, and hear only of success.
    var reportsDuplicates = false
    /// Whether the body is NDJSON, one call a line, as importers send: one broken line does not spoil its neighbours.
    private(set) var isLines = false
    /// Of another protocol: what stands in the address or in a form beside the messages.
    var form = CaptureForm()
    /// Of another protocol: the key of the header, for when there is none in the body.
    private(set) var headerKey: String?
    /// Whether the body is only to be judged.
    private(set) var isDryRun = false
    /// Why the body cannot be read (415); kept until it is known whose request it is.
    private(set) var problem: Problem?

    /// - Throws: ``Problem`` with status 401.
    init(_ request: Request) throws(Problem) {
        writeKey = try CollectHead.writeKey(authorization: request.headers[.authorization])
        if let query = request.uri.query { read(query) }
        do throws(Problem) {
            encoding = try ContentEncoding.read(header: request.headers[.contentEncoding])
            isLines = try CollectHead.readsLines(contentType: request.headers[.contentType])
        } catch {
            problem = error
        }
    }

    /// The head of a request in another protocol, whose own key stands in the address or in the body.
    ///
    /// What its content type says does not matter: a form and JSON are told apart by how they begin.
    init(capture request: Request) {
        form.read(Array((request.uri.query ?? "").utf8))
        writeKey = form.text("token")
        do throws(Problem) {
            headerKey = try CollectHead.writeKey(authorization: request.headers[.authorization])
        } catch {
            // A service account's header is no key of ours, and none is needed where the body has one.
            headerKey = nil
        }
        do throws(Problem) {
            encoding = try ContentEncoding.read(header: request.headers[.contentEncoding])
        } catch {
            problem = error
        }
        isDryRun = HTTPField.Name("Dry-Run").flatMap { request.headers[$0] }?.lowercased() == "true"
    }

    private mutating func read(_ query: String) {
        for pair in query.split(separator: "&") {
            let halves = pair.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            let value = halves.count > 1 ? String(halves[1]) : "1"
            switch halves[0] {
            case "strict": options.isStrict = CollectHead.isOn(value)
            case "historical": options.isHistorical = CollectHead.isOn(value)
            case "report": reportsDuplicates = value == "duplicates"
            // For beacons, which can set no header.
            case "writeKey": writeKey = writeKey ?? value
            default: break
            }
        }
    }

    private static func isOn(_ value: String) -> Bool { value == "1" || value == "true" }

    // MARK: - Authorization

    /// The key of `Basic base64(writeKey:)`, where the colon may be missing, or of `Bearer writeKey`.
    static func writeKey(authorization header: String?) throws(Problem) -> String? {
        guard let header, !header.isEmpty else { return nil }
        let parts = header.split(separator: " ", omittingEmptySubsequences: true)
        guard parts.count == 2 else { throw .unreadableAuthorization }
        switch parts[0].lowercased() {
        case "bearer": return String(parts[1])
        case "basic":
            guard let bytes = CollectHead.decodeBase64(parts[1].utf8) else { throw .unreadableAuthorization }
            let key = bytes.prefix { $0 != UInt8(ascii: ":") }
            // Some clients send the key as the password of nobody.
            let chosen = key.isEmpty ? bytes.dropFirst() : key
            guard !chosen.isEmpty, let text = String(validating: chosen, as: UTF8.self) else { throw .unreadableAuthorization }
            return text
        default: throw .unreadableAuthorization
        }
    }

    /// RFC 4648 base64 in either alphabet, padded or not; nil when it is neither or longer than `limit`, by default than any key.
    static func decodeBase64(_ text: some Collection<UInt8>, limit: Int = 512) -> [UInt8]? {
        guard text.count <= limit else { return nil }
        var out: [UInt8] = []
        var bits: UInt32 = 0
        var count = 0
        var isPadding = false
        for byte in text {
            let value: UInt8
            switch byte {
            case UInt8(ascii: "A") ... UInt8(ascii: "Z"): value = byte - UInt8(ascii: "A")
            case UInt8(ascii: "a") ... UInt8(ascii: "z"): value = byte - UInt8(ascii: "a") + 26
            case UInt8(ascii: "0") ... UInt8(ascii: "9"): value = byte - UInt8(ascii: "0") + 52
            case UInt8(ascii: "+"), UInt8(ascii: "-"): value = 62
            case UInt8(ascii: "/"), UInt8(ascii: "_"): value = 63
            case UInt8(ascii: "="):
                isPadding = true
                continue
            default: return nil
            }
            if isPadding { return nil }
            bits = bits << 6 | UInt32(value)
            count += 6
            if count >= 8 {
                count -= 8
                out.append(UInt8(truncatingIfNeeded: bits >> UInt32(count)))
            }
        }
        return count == 6 ? nil : out
    }

    // MARK: - Content type

    /// Whether a content type says NDJSON, rather than JSON or text that beacons send and that is read as JSON; nothing said is JSON.
    ///
    /// - Throws: ``Problem`` with status 415 when it is neither.
    private static func readsLines(contentType header: String?) throws(Problem) -> Bool {
        guard let header, !header.isEmpty else { return false }
        if header == "application/json" { return false }
        let parts = header.lowercased().split(separator: ";").map { $0.filter { $0 != " " && $0 != "\"" } }
        guard let type = parts.first else { throw .unsupportedMediaType(header) }
        let isLines = type == "application/x-ndjson" || type == "application/ndjson"
        guard isLines || type == "application/json" || type == "text/plain" || type == "text/json" || isJSON(type) else {
            throw .unsupportedMediaType(header)
        }
        for part in parts.dropFirst() where part.hasPrefix("charset=") {
            guard ["utf-8", "utf8", "us-ascii"].contains(part.dropFirst(8)) else {
                throw .unsupportedCharset(String(part.dropFirst(8)))
            }
        }
        return isLines
    }

    private static func isJSON(_ type: String) -> Bool { type.hasPrefix("application/") && type.hasSuffix("+json") }
}

extension Problem {
    static let unknownWriteKey = Problem(
        .unauthorized, "This write key is unknown or was revoked. Take a key of the source from the settings.", status: 401)
    static let missingWriteKey = Problem(
        .unauthorized,
        "The request has no write key. Send it as Authorization: Basic base64(\"KEY:\"), or as writeKey in the body.",
        status: 401)
    static let missingCaptureKey = Problem(
        .unauthorized,
        "The request has no write key. Give the SDK a write key of the source as its API key or token.",
        status: 401)
    static let unreadableAuthorization = Problem(
        .unauthorized, "The Authorization header is not readable. Send Basic base64(\"KEY:\") or Bearer KEY.", status: 401)

    static func unsupportedMediaType(_ type: String) -> Problem {
        Problem(
            .init("unsupported_media_type"), "Content-Type \"\(type.prefix(60))\" is not understood. Send application/json.",
            status: 415)
    }

    static func unsupportedCharset(_ charset: String) -> Problem {
        Problem(
            .init("unsupported_media_type"), "The charset \"\(charset.prefix(40))\" is not understood. Send UTF-8.", status: 415)
    }

    static let slowBody = Problem(
        .init("request_timeout"), "The body took longer than \(CollectRoutes.bodySecondsMax) seconds to come in. Send it again.",
        status: 408)
    static let brokenBody = Problem(.init("incomplete_body"), "The connection broke off before the body was whole. Send it again.")
}
