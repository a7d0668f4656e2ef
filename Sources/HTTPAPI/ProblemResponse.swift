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

    /// The members of RFC 9457, then `code`, `message` and where it is known the JSON `pointer` of the fault.
    public var json: JSONValue {
        var members: OrderedDictionary<String, JSONValue> = [
            "type": "about:blank", "title": .string(status.reasonPhrase), "status": .int(Int64(problem.status)),
            "detail": .string(problem.message), "code": .string(problem.code.text), "message": .string(problem.message),
        ]
        if let place = problem.place { members["pointer"] = .string(place) }
        return .object(members)
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
        switch status {
        case .notFound: self.init(.notFound, message ?? "There is nothing at this address.", status: 404)
        case .methodNotAllowed:
            self.init(Problem.Code("method_not_allowed"), message ?? "This method is not taken here.", status: 405)
        case .contentTooLarge: self.init(Problem.Code("body_too_large"), message ?? "The body is too large.", status: 413)
        default:
            self.init(.badRequest, message ?? "\(status.reasonPhrase).", status: status.code)
        }
    }
}
