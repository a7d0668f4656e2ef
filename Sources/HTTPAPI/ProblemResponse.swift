internal import HTTPTypes
public import Hummingbird
public import Model
internal import NIOCore
internal import OrderedCollections

/// A refusal as HTTP: RFC 9457 `application/problem+json` with `code` and `message` for those who do not know that standard.
public struct ProblemResponse: Sendable {
    public let problem: Problem
    /// The methods that the path does take, for 405.
    var allowedMethods: [HTTPRequest.Method] = []

    public init(_ problem: Problem) { self.problem = problem }

    /// The members of RFC 9457, then `code`, `message` and where the fault is, when that is known.
    ///
    /// One of: `pointer` (RFC 6901, into the body), `parameter` (of the query), `line` and `column` (of malformed JSON), `place` (any
    /// other). Faults of the server say nothing of its files.
    public var json: JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "type": "about:blank", "title": .string(ProblemResponse.title(of: problem.status)),
            "status": .int(Int64(problem.status)), "detail": .string(problem.message), "code": .string(problem.code.text),
            "message": .string(problem.message),
        ]
        if problem.status >= 500, problem.code != .notBuilt { return .object(members) }
        if let pointer = problem.pointer {
            members["pointer"] = .string(pointer)
        } else if let parameter = problem.parameter {
            members["parameter"] = .string(parameter)
        } else if let position = problem.position {
            members["line"] = .int(Int64(position.line))
            members["column"] = .int(Int64(position.column))
        } else if let place = problem.place {
            members["place"] = .string(place)
        }
        return .object(members)
    }

    /// What a status is called (RFC 9110, §15); with `type` about:blank, RFC 9457 asks for this as the title.
    private static func title(of status: Int) -> String {
        switch status {
        case 400: "Bad Request"
        case 401: "Unauthorized"
        case 403: "Forbidden"
        case 404: "Not Found"
        case 405: "Method Not Allowed"
        case 408: "Request Timeout"
        case 409: "Conflict"
        case 413: "Content Too Large"
        case 415: "Unsupported Media Type"
        case 422: "Unprocessable Content"
        case 429: "Too Many Requests"
        case 501: "Not Implemented"
        case 503: "Service Unavailable"
        case 500...: "Internal Server Error"
        default: "Bad Request"
        }
    }

    public var response: Response {
        let bytes = json.utf8
        var headers: HTTPFields = [
            .contentType: "application/problem+json; charset=utf-8", .cacheControl: "no-store", .contentLength: String(bytes.count),
        ]
        if let seconds = problem.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        if problem.status == 401 { headers[.wwwAuthenticate] = "Bearer realm=\"Teahouse\"" }
        if !allowedMethods.isEmpty { headers[.allow] = allowedMethods.map(\.rawValue).joined(separator: ", ") }
        return Response(status: status, headers: headers, body: ResponseBody(byteBuffer: ByteBuffer(bytes: bytes)))
    }

    private var status: HTTPResponse.Status { HTTPResponse.Status(code: problem.status) }
}

extension Problem {
    /// What any error means to a client.
    ///
    /// What is not understood is 500 and says nothing of the inside.
    public init(http error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case is NIOTooManyBytesError:
            self.init(Problem.Code("body_too_large"), "The body is larger than is taken here. Send less.", status: 413)
        case is CancellationError: self.init(.stopping, "Teahouse is stopping. Try again.", status: 503, retryAfterSeconds: 5)
        case let error as any HTTPResponseError: self.init(status: error.status, message: (error as? HTTPError)?.body)
        default: self.init(Problem.Code("internal"), "Something went wrong inside. The server's log knows more.", status: 500)
        }
    }

    private init(status: HTTPResponse.Status, message: String?) {
        let wording: Wording? = message.map { "\($0)" }
        switch status {
        case .notFound: self.init(.notFound, wording ?? "There is nothing at this address.", status: 404)
        case .methodNotAllowed:
            self.init(Problem.Code("method_not_allowed"), wording ?? "This method is not taken here.", status: 405)
        case .contentTooLarge: self.init(Problem.Code("body_too_large"), wording ?? "The body is too large.", status: 413)
        default:
            self.init(.badRequest, wording ?? "\(status.reasonPhrase).", status: status.code)
        }
    }
}
