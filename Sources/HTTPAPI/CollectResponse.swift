internal import HTTPTypes
internal import Hummingbird
internal import Intake
internal import Model
internal import NIOCore
internal import OrderedCollections

#if canImport(Glibc)
internal import Glibc
#elseif canImport(Darwin)
internal import Darwin
#endif

/// The answers of collect.
///
/// Success is exactly 200 with a JSON object, because some SDKs send again on any other; errors carry `code` and `message`, without
/// which RudderStack's SDK sends again, beside the members of RFC 9457.
enum CollectResponse {
    private static let successBody = ByteBuffer(string: #"{"success":true}"#)
    private static let exposed = HTTPField.Name("Access-Control-Expose-Headers")
    private static let rateLimitReset = HTTPField.Name("X-RateLimit-Reset")

    private static let commonHeaders: HTTPFields = {
        var headers: HTTPFields = [.contentType: "application/json; charset=utf-8", .cacheControl: "no-store"]
        headers[.accessControlAllowOrigin] = "*"
        return headers
    }()

    private static let successHeaders: HTTPFields = {
        var headers = commonHeaders
        headers[.contentLength] = String(successBody.readableBytes)
        return headers
    }()

    /// Everything was accepted.
    static func success() -> Response {
        Response(status: .ok, headers: successHeaders, body: ResponseBody(byteBuffer: successBody))
    }

    /// Some calls of a batch were refused.
    static func partial(_ answer: IntakeAnswer) -> Response { response(answer.json(), status: .ok, headers: commonHeaders) }

    /// What became of each call of a batch whose sender asked.
    static func report(_ answer: IntakeAnswer) -> Response {
        response(answer.json(reportsDuplicates: true), status: .ok, headers: commonHeaders)
    }

    /// An answer of another protocol.
    static func response(_ body: JSONValue) -> Response { response(body, status: .ok, headers: commonHeaders) }

    /// The one call of the body was refused.
    static func refused(_ call: RejectedCall) -> Response { failure(problem(of: call)) }

    static func problem(of call: RejectedCall) -> Problem {
        let status = call.code.text == "event_too_large" ? 413 : 400
        return Problem(call.code, "\(call.reason)", place: call.pointer, status: status)
    }

    /// Nothing of the body was taken.
    ///
    /// - Parameter members: What another protocol's SDK reads, in place of what stands there otherwise.
    static func failure(_ problem: Problem, besides members: OrderedDictionary<String, JSONValue> = [:]) -> Response {
        var headers = commonHeaders
        if let seconds = problem.retryAfterSeconds {
            headers[.retryAfter] = String(seconds)
            if problem.status == 429, let rateLimitReset { headers[rateLimitReset] = String(time(nil) + seconds) }
            if let exposed { headers[exposed] = "Retry-After, X-RateLimit-Reset" }
        }
        if problem.status == 401 { headers[.wwwAuthenticate] = "Bearer realm=\"Teahouse\"" }
        var body = ProblemResponse(problem).json.objectValue ?? [:]
        body.merge(members) { _, last in last }
        return response(.object(body), status: HTTPResponse.Status(code: problem.status), headers: headers)
    }

    /// What browsers ask before they send from another site.
    static func preflight() -> Response {
        var headers = HTTPFields()
        headers[.accessControlAllowOrigin] = "*"
        headers[.accessControlAllowMethods] = "POST, OPTIONS"
        headers[.accessControlAllowHeaders] = "Authorization, Content-Type, Content-Encoding"
        headers[.accessControlMaxAge] = "86400"
        return Response(status: .noContent, headers: headers)
    }

    private static func response(_ body: JSONValue, status: HTTPResponse.Status, headers: HTTPFields) -> Response {
        Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: body.utf8)))
    }
}
